"""Published rows are read as statements on groups: right ones agree with the pupils behind them, a leak among them is found."""

import json
import stat
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from analysis import report, stats
from analysis.__main__ import main
from analysis.audit.aside import Aside
from analysis.audit.attack import Limits, attack
from analysis.audit.published import published_rows
from analysis.audit.results import Book, books, figures, linked_sets
from analysis.audit.run import audit_municipality
from analysis.audit.sets import LinkedSet
from analysis.audit.truth import labelled, pool_of, true_cells
from analysis.batch import open_unit
from analysis.evidence import evidence
from analysis.release import release
from analysis.report.html import EVIDENCE_TYPE


@pytest.fixture(scope="module")
def unit(demo_store):
    return open_unit("D004", "", str(demo_store), "board")


@pytest.fixture(scope="module")
def released(unit):
    results, params = unit.results, unit.params
    return release(
        [
            stats.attainment(results, params),
            stats.result_shares(results, params, unit.modelled),
            stats.high_result_groups(results, unit.attributes, params, unit.modelled),
            stats.band_shares(results, unit.reference_bands, params),
            stats.group_evidence(results, unit.attributes, params),
            stats.school_attainment(results, params),
            stats.school_groups(results, unit.attributes, params),
        ],
        params,
    )


@pytest.fixture
def folder(tmp_path, released):
    path = tmp_path / "board" / "20_municipality" / "D004.csv"
    path.parent.mkdir(parents=True)
    path.write_text(report.evidence_file(released)._repr_mimebundle_()[EVIDENCE_TYPE], "utf-8")
    return tmp_path


def read(folder, unit, grades: tuple[str, ...] = ("9",)) -> pd.DataFrame:
    rows = published_rows(folder, ("public", "board"))
    rows = rows[(rows["population"] == "pupils") & (rows["municipality_id"] == unit.municipality_id)]
    return rows[rows["grade"].isin(grades)].reset_index(drop=True)


def test_every_figure_that_is_read_agrees_with_the_pupils_behind_it(folder, unit):
    found = audit_municipality("board", "D004", read(folder, unit, ("PS", "3", "6", "9", "12")), unit.params, unit)
    assert found.refused == ()
    assert 0.9 * found.rows < found.read <= found.rows  # years outside every pool are not read
    assert found.targets > 1000


def test_it_is_said_how_many_rows_were_read(folder, unit):
    rows = read(folder, unit)
    foreign = rows.head(1).assign(indicator="skill_gap", part="reading")
    found = audit_municipality("board", "D004", pd.concat([rows, foreign], ignore_index=True), unit.params, unit)
    assert found.read < found.rows == rows["n"].notna().sum() + 1


def test_the_cells_are_the_pupils(folder, unit):
    for book in books(read(folder, unit), unit.params):
        levels = labelled(book, pool_of(unit.results, book), unit.attributes)
        for linked in linked_sets(book, sorted(levels["school"].unique()), {"sex": ["boy", "girl"]}):
            counted = len(levels) if "period" in linked.dims else levels["year"].isin(book.pool).sum()
            assert true_cells(linked, levels, book).sum() == counted > 0


def test_a_small_group_put_among_the_figures_is_found_by_its_size_and_by_what_is_left(folder, unit):
    rows = read(folder, unit)
    sizes = rows[(rows["indicator"] == "group_gap") & (rows["reference"] == "country") & (rows["grade"] == "9")]
    whole = sizes[sizes["group"].str.startswith("sex=") & (sizes["domain"] == "mathematics")].iloc[0]
    book = next(b for b in books(sizes[sizes["domain"] == "mathematics"], unit.params))
    pool = pool_of(unit.results, replace(book, years=(2024, 2025, 2026)))
    counts = pool.assign(overage=pool["overage"].astype("str")).groupby(["overage", "moved"], observed=True).size()
    (overage, moved), n = next((key, int(n)) for key, n in counts.items() if 0 < n < 5)
    leak = whole.copy()
    leak["group"], leak["n"] = f"moved={moved}&overage={overage}", float(n)
    leaked = pd.concat([rows, leak.to_frame().T.astype(rows.dtypes)], ignore_index=True)
    found = audit_municipality("board", "D004", leaked, unit.params, unit)
    group = {"moved": frozenset([moved]), "overage": frozenset([overage])}
    assert [(one.size, one.judgement) for _, one in found.found if one.group == group] == [(n, "exact")]
    alone = audit_municipality("board", "D004", leaked, unit.params)
    assert group in [one.group for _, one in alone.found if one.judgement == "exact"]


def test_a_mean_put_among_the_figures_pins_the_few_who_are_not_of_its_group(folder, unit):
    """The results of a school and of all but a few of its pupils are told: the few of whom neither is."""
    rows = read(folder, unit)
    rows = rows[(rows["domain"] == "mathematics") & rows["group"].eq("") & rows["indicator"].eq("attainment")]
    pool = pool_of(unit.results, next(books(rows, unit.params)))
    pool = pool.assign(moved=pool["moved"].astype("str"))
    means = pool.groupby(["school_id", "moved"], observed=True)["position"].agg(["size", "mean"])
    school, value = next((s, v) for (s, v), n in means["size"].items() if 0 < n < 5 and s in set(rows["school_id"]))
    few, rest = pool["moved"].eq(value), means.loc[school].drop(value).iloc[0]
    own = rows[rows["school_id"] == school].iloc[[0]].assign(reference="country")
    whole = own.assign(estimate=round(pool["position"][pool["school_id"] == school].mean(), 2))
    other = means.loc[school].drop(value).index[0]
    leak = own.assign(indicator="school_group", group=f"moved={other}", n=rest["size"], estimate=round(rest["mean"], 2))
    group = {"school": frozenset([school]), "moved": frozenset([value])}

    def pins(*more: pd.DataFrame) -> list:
        given = pd.concat([rows, *more], ignore_index=True)
        found = audit_municipality("board", "D004", given, unit.params, unit).found
        return [one for _, one in found if one.group == group and one.judgement == "pinned"]

    assert pins(whole) == pins(leak) == []
    (found,) = pins(whole, leak)
    results = pool["value"][(pool["school_id"] == school) & few]
    assert found.size == len(results)
    assert found.low <= results.mean() <= found.high


def test_a_number_that_is_wrong_by_one_is_refused(folder, unit):
    rows = read(folder, unit)
    at = rows.index[(rows["indicator"] == "attainment") & (rows["school_id"] != "")][0]
    rows.loc[at, "n"] += 1
    found = audit_municipality("board", "D004", rows, unit.params, unit)
    assert found.refused
    assert not found.sound


def test_a_share_speaks_of_its_own_year_and_a_shrunken_one_of_nothing(folder, unit):
    book = next(b for b in books(read(folder, unit), unit.params) if b.cuts)
    dims = {"period": book.periods, "school": tuple(unit.schools["school_id"])}
    shares = [one for one in figures(book, dims) if one.event is not None]
    assert shares
    assert all(len({level.split(":")[0] for level in one.event["period"]}) == 1 for one in shares)
    assert all(one.event["period"] <= one.group.get("period", set(book.periods)) for one in shares)
    shrunken = book.rows["method"].str.contains("shrunken") & book.rows["indicator"].eq("high_result_share")
    bare = replace(book, rows=book.rows[shrunken])
    assert [one for one in figures(bare, dims | {"sex": ("boy", "girl")}) if one.event is not None] == []


def test_too_many_attributes_are_thinned_and_the_rest_is_attacked(unit, folder):
    book = next(iter(books(read(folder, unit), unit.params)))
    many = {f"a{i}": ["1", "2", "3", "4"] for i in range(9)}
    sets = list(linked_sets(book, ["S1"], many))
    assert all(linked.size <= 20_000 for linked in sets)
    assert 1 < len(set(sets[0].dims)) < 9  # crossed
    assert {name for linked in sets[1:] for name in linked.dims} == {"period", "school", *many}  # one by one


def test_the_command_counts_aloud_and_names_only_to_its_owner(folder, unit, demo_store, tmp_path):
    detail = tmp_path / "detail.json"
    told = CliRunner().invoke(main, ["audit", str(folder), "--store", str(demo_store), "--detail", str(detail)])
    content = json.loads(detail.read_text("utf-8"))
    assert told.exit_code == (3 if content else 0)
    assert told.output.startswith("D004 board: ")
    assert "=" not in told.output
    assert stat.S_IMODE(detail.stat().st_mode) == 0o600
    assert {one["municipality_id"] for one in content} <= {"D004"}


def test_a_folder_without_figures_and_a_missing_store_are_usage(tmp_path, folder):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert CliRunner().invoke(main, ["audit", str(empty)]).exit_code == 2
    missing = CliRunner().invoke(main, ["audit", str(folder), "--store", str(tmp_path / "none")])
    assert missing.exit_code == 2
    assert "C14" in missing.output


def test_periods_are_years_and_years_are_cut_where_pages_cut_them(folder, unit):
    book = next(b for b in books(read(folder, unit), unit.params) if b.cuts)
    for year, cuts in book.cuts.items():
        assert book.period(year, 100.0) == f"{year}:{max(cuts):g}"
        assert book.period(year, 0.0) == f"{year}:0"
        assert set(np.diff(cuts) > 0) == {True}
    whole = replace(book, cuts={})
    assert whole.periods == tuple(str(year) for year in book.years)
    assert whole.period(book.years[0], 55.0) == str(book.years[0])


def test_a_group_that_is_named_without_figures_has_as_many_as_a_name_needs(unit):
    """Of 34 pupils the boys are named: thirty at least, so that four girls at the most are left, who follow as a small group."""
    row = {"municipality_id": "D004", "school_year": 2026, "grade": "6", "test": "diagnostic", "domain": "literacy"}
    whole = evidence(pd.DataFrame([row | {"n": 34, "estimate": 0.1}]), indicator="behind_as_a_whole", unit="pupils")
    boys = evidence(
        pd.DataFrame([row | {"group": "sex=boy", "part": "headline"}]), indicator="support_group", unit="pupils"
    )
    rows = pd.concat([whole, boys], ignore_index=True).assign(file="f")
    book = Book(rows, (2026,), frozenset([2026]), {}, unit.params, Aside())
    dims = {"sex": ("boy", "girl")}
    known = LinkedSet("t", dims, tuple(figures(book, dims)))
    assert {(one.low, one.high) for one in known.figures} == {(34, 34), (unit.params.smallest_named_group, np.inf)}
    (girls,) = attack(known, np.array([31.0, 3.0]), Limits(5, 10, frozenset())).found
    assert (girls.group["sex"], girls.high, girls.judgement) == (frozenset(["girl"]), 4, "narrow")
