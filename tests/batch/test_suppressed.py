"""The pattern of a municipality: the same whatever the order of its rows, found once, and enough against the attack."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from analysis.audit.aside import Aside
from analysis.audit.run import audit_municipality, of_pupils
from analysis.audit.told import told as lines_of
from analysis.batch.aside import outside_of
from analysis.batch.open import open_unit
from analysis.batch.suppressed import own_pattern, pattern_path, results_evidence, suppress_all
from analysis.desk.board_evidence import board_evidence
from analysis.intake.store import open_store
from analysis.release import release
from analysis.release.suppression.planned import plan, unplanned
from analysis.release.suppression.solver import NotSolved
from analysis.release.suppression.stage import Stage
from analysis.release.suppression.suppress import suppress


@pytest.fixture(scope="module")
def unit(demo_store):
    return open_unit("D004", "", str(demo_store), "board")


def test_all_evidence_of_a_municipality_is_planned(unit):
    rows = board_evidence(unit)
    assert not unplanned(rows).any()


def test_no_row_that_the_first_line_shows_is_unknown_to_the_pattern(unit):
    rows = board_evidence(unit)
    pattern = own_pattern(unit)
    first, both = release(rows, unit.params).rows, release(rows, unit.params, pattern).rows
    newly = first["n"].notna() & both["n"].isna()
    told = rows[newly.to_numpy()]
    assert pattern.withholds(told).all()
    assert newly.sum() < 0.15 * first["n"].notna().sum()
    assert replace(pattern, withheld=frozenset()).withholds(rows[first["n"].notna().to_numpy()]).sum() == 0


def test_the_order_of_rows_does_not_matter(unit):
    rows, outside = results_evidence(unit), outside_of(unit.store, "D004")
    again = suppress(
        rows.sample(frac=1, random_state=1), unit.results.sample(frac=1, random_state=2), unit.attributes, unit.params,
        outside=outside.sample(frac=1, random_state=3),
    )  # fmt: skip
    assert again.dump() == own_pattern(unit).dump()


def test_a_pattern_is_found_once_for_both_editions(unit, demo_store):
    own_pattern(unit)
    path = pattern_path(unit)
    assert path.stat().st_mode & 0o077 == 0
    public = open_unit("D004", "", str(demo_store), "public", "en")
    assert pattern_path(public) == path


def test_one_worker_or_two_and_any_hash_seed_find_the_same(unit, demo_store):
    store = open_store(demo_store)
    found = dict(suppress_all(store, demo_store, 2))
    assert {name: pattern.left_out for name, pattern in found.items()} == dict.fromkeys(found, ())
    known = {name: pattern.dump() for name, pattern in found.items()}
    assert known["D004"] == own_pattern(unit).dump()
    code = (
        "import sys; from analysis.batch.open import open_unit; from analysis.batch.suppressed import _found;"
        "u = open_unit('D005', '', sys.argv[1], 'board'); print(_found(u).dump())"
    )
    for seed in ("0", "1", "2"):
        found = subprocess.run(
            [sys.executable, "-c", code, str(demo_store)], env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert json.loads(found.stdout) == json.loads(known["D005"])


def test_where_a_programme_finds_no_end_nothing_of_its_test_is_told(demo_store, monkeypatch):
    """Another test of the municipality, whose programmes end, is told as before."""
    unit = open_unit("D005", "", str(demo_store), "board")
    rows = results_evidence(unit)
    before = suppress(rows, unit.results, unit.attributes, unit.params)
    protect = Stage.protect

    def fails(stage: Stage) -> None:
        if stage.name == ("6", "diagnostic"):
            raise NotSolved("limit")
        protect(stage)

    monkeypatch.setattr(Stage, "protect", fails)
    pattern = suppress(rows, unit.results, unit.attributes, unit.params)
    assert pattern.left_out == ("6 diagnostic",)
    of_test = {key for key in pattern.known if key[1:3] == ("6", "diagnostic")}
    assert of_test
    assert of_test <= pattern.withheld
    assert pattern.withheld - of_test == {key for key in before.withheld if key not in of_test}
    released = release(rows, unit.params, pattern).rows
    mine = released[
        (released["grade"] == "6") & (released["test"] == "diagnostic") & released["municipality_id"].eq("D005")
    ]
    assert len(mine)
    assert mine[mine["indicator"].isin(plan())]["n"].isna().all()


def test_what_is_public_of_schools_is_never_what_hides_a_group(unit):
    """Planned without it, groups follow once it is added; planned with it, none does that did not follow from it alone."""
    rows, outside = results_evidence(unit), outside_of(unit.store, "D004")
    last = rows[(rows["grade"] == "12") & rows["test"].eq("CE")]
    assert len(outside)
    found = {}
    for name, known in {"without": None, "with": outside}.items():
        pattern = suppress(last, unit.results, unit.attributes, unit.params, outside=known)
        told = of_pupils(release(last, unit.params, pattern).rows.drop_duplicates().assign(file="e"))
        found[name] = audit_municipality("board", "D004", told, unit.params, unit, Aside(outside))
    assert found["without"].found
    assert found["with"].found == ()
    assert found["with"].refused == ()
    assert found["with"].anyway > 0


def test_public_numbers_of_more_pupils_bound_ours_and_leave_nothing_out(unit):
    """Of a delivery from which results are still missing: the public numbers of its schools are higher."""
    rows, outside = results_evidence(unit), outside_of(unit.store, "D004")
    nine = rows[(rows["grade"] == "9") & rows["test"].eq("CE")]
    apart = outside.assign(n=outside["n"] + 5).query("band.isna()")
    pattern = suppress(nine, unit.results, unit.attributes, unit.params, outside=apart)
    assert pattern.left_out == ()
    told = of_pupils(release(nine, unit.params, pattern).rows.drop_duplicates().assign(file="e"))
    found = audit_municipality("board", "D004", told, unit.params, unit, Aside(apart))
    assert told["n"].notna().any()
    assert (found.found, found.refused, found.late) == ((), (), ())
    assert found.others > 0
    assert any(f"not in these data as well: {found.others}" in line for line in lines_of(found))


def test_fewer_pupils_in_public_numbers_than_in_ours_are_a_contradiction_and_the_test_is_left_out(unit):
    rows, outside = results_evidence(unit), outside_of(unit.store, "D004")
    nine = (outside["grade"] == "9") & outside["band"].isna()
    fewer = outside.assign(n=outside["n"].where(~nine, outside["n"] - 5))
    pattern = suppress(rows, unit.results, unit.attributes, unit.params, outside=fewer)
    assert pattern.left_out == ("9 CE",)
    assert {key for key in pattern.known if key[1:3] == ("9", "CE")} <= pattern.withheld
