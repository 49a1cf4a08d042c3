"""The pattern of a municipality: the same whatever the order of its rows, found once, and enough against the attack."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from analysis.batch.open import open_unit
from analysis.batch.suppressed import pattern_of, pattern_path, results_evidence, suppress_all
from analysis.desk.board_evidence import board_evidence
from analysis.intake.store import open_store
from analysis.release import release
from analysis.release.suppression.planned import unplanned
from analysis.release.suppression.suppress import suppress


@pytest.fixture(scope="module")
def unit(demo_store):
    return open_unit("D004", "", str(demo_store), "board")


def test_all_evidence_of_a_municipality_is_planned(unit):
    rows = board_evidence(unit)
    assert not unplanned(rows).any()


def test_no_row_that_the_first_line_shows_is_unknown_to_the_pattern(unit):
    rows = board_evidence(unit)
    pattern = pattern_of(unit)
    first, both = release(rows, unit.params).rows, release(rows, unit.params, pattern).rows
    newly = first["n"].notna() & both["n"].isna()
    told = rows[newly.to_numpy()]
    assert pattern.withholds(told).all()
    assert newly.sum() < 0.15 * first["n"].notna().sum()
    assert replace(pattern, withheld=frozenset()).withholds(rows[first["n"].notna().to_numpy()]).sum() == 0


def test_the_order_of_rows_does_not_matter(unit):
    rows = results_evidence(unit)
    again = suppress(
        rows.sample(frac=1, random_state=1), unit.results.sample(frac=1, random_state=2), unit.attributes, unit.params
    )
    assert again.dump() == pattern_of(unit).dump()


def test_a_pattern_is_found_once_for_both_editions(unit, demo_store):
    pattern_of(unit)
    path = pattern_path(unit)
    assert path.stat().st_mode & 0o077 == 0
    public = open_unit("D004", "", str(demo_store), "public", "en")
    assert pattern_path(public) == path


def test_one_worker_or_two_and_any_hash_seed_find_the_same(unit, demo_store):
    store = open_store(demo_store)
    known = {name: pattern.dump() for name, pattern in suppress_all(store, demo_store, 2)}
    assert known["D004"] == pattern_of(unit).dump()
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
