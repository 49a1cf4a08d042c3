"""What a pass mark does, by hand and by brute force; small counts do not leave; published bands leave only bounds."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.evidence import evidence, no_evidence
from analysis.params import Params, load_params
from analysis.plan.thresholds import AS_NEWEST, OWN_NEWEST, mark_skills, stress, stress_published
from analysis.release import release
from analysis.stats.country import Country
from analysis.stats.pass_marks import below, exams, mark_in_force, mark_shares, national_mark_shares
from analysis.stats.scale import national_bands
from analysis.stats.shares import result_shares

PARAMS = load_params()


def results(percents: list[float], year: int = 2025, domain: str = "mathematics", **more: Any) -> pd.DataFrame:
    rows = pd.DataFrame({"value": percents, "pupil": [f"{year}{domain}{i}" for i in range(len(percents))]})
    base = {"municipality_id": "M1", "school_id": "S1", "school_year": year, "grade": "9", "test": "CE", "level": ""}
    base |= {
        "session": "",
        "status": "present",
        "scale": "percent",
        "domain": domain,
        "low_cut": np.nan,
        "high_cut": np.nan,
    }
    return rows.assign(**(base | more))


def spread(below_10: int, to_15: int, to_20: int, above: int) -> list[float]:
    return [5.0] * below_10 + [12.5] * to_15 + [17.5] * to_20 + [60.0] * above


def shown(rows: pd.DataFrame, params: Params = PARAMS) -> pd.DataFrame:
    return release(rows, params).rows


def of(rows: pd.DataFrame, indicator: str, part: str) -> Any:
    return rows[(rows["indicator"] == indicator) & (rows["part"] == part)].iloc[0]


def test_a_result_at_the_mark_has_passed_whatever_the_arithmetic() -> None:
    values = pd.Series([100 * k / n for n in range(20, 121) for k in range(n + 1)])
    exact = pd.Series([100 * k < 15 * n for n in range(20, 121) for k in range(n + 1)])
    assert (below(values, 15.0) == exact).all()


@pytest.mark.parametrize(
    ("year", "grade", "domain", "mark"),
    [(2025, "9", "mathematics", 10.0), (2026, "9", "mathematics", 15.0), (2026, "12", "mathematics", 15.0),
     (2026, "9", "biology", None), (2027, "9", "latvian", 15.0)],
)  # fmt: skip
def test_where_no_mark_is_confirmed_the_last_one_serves(year: int, grade: str, domain: str, mark: float | None) -> None:
    assert mark_in_force(year, grade, "CE", domain) == mark


def test_shares_of_the_newest_year_are_counts() -> None:
    rows = mark_shares(pd.concat([results(spread(9, 9, 9, 9), 2024), results(spread(20, 30, 25, 125))]), PARAMS)
    assert rows[["part", "n", "estimate", "school_year"]].values.tolist() == [
        ["10", 200, 10.0, 2025], ["15", 200, 25.0, 2025], ["20", 200, 37.5, 2025]
    ]  # fmt: skip


def test_a_subject_that_is_no_longer_examined_stays_out() -> None:
    rows = pd.concat([results(spread(9, 9, 9, 99), 2025, "english"), results(spread(9, 9, 9, 99), 2026)])
    assert set(exams(rows)["domain"]) == {"mathematics"}


def test_rounded_percents_widen_the_interval_by_those_printed_at_the_mark() -> None:
    rows = results([14.0] * 10 + [15.0] * 20 + [50.0] * 170)
    plain = of(mark_shares(rows, PARAMS), "fail_share_at", "15")
    rounded = of(mark_shares(rows, PARAMS.model_copy(update={"percents_rounded": True})), "fail_share_at", "15")
    assert plain["estimate"] == rounded["estimate"] == 5.0
    assert plain["high"] < 15 < rounded["high"]


def test_the_country_is_counted_once_for_all_and_a_board_is_no_country() -> None:
    rows = pd.concat([results(spread(9, 9, 9, 99), year) for year in (2024, 2025)])
    country = Country(rows, pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), (), (), "country", PARAMS)
    found = national_mark_shares(country)
    assert (set(found["municipality_id"]), len(found)) == ({""}, 6)
    board = Country(rows, pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), (), (), "board", PARAMS)
    assert national_mark_shares(board).empty


def _country(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Twelve places, three years, tests of different difficulty; the first place lies three points lower."""
    parts = []
    for year, middle in ((2023, 50), (2024, 43), (2025, 54)):
        for place in range(12):
            percent = np.clip(rng.normal(middle - 3 * (place == 0), 22, 300), 0, 100)
            parts.append(results(list(percent), year, municipality_id=f"M{place}"))
    rows = pd.concat(parts, ignore_index=True)
    country = Country(rows, pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), (), (), "country", PARAMS)
    return rows[rows["municipality_id"] == "M0"], national_mark_shares(country), national_bands(rows)


def test_the_expected_count_is_steadier_than_one_year_and_follows_the_countrys_shape() -> None:
    rng = np.random.default_rng(3)
    truth = {mark: 300 * (np.clip(rng.normal(51, 22, 200_000), 0, 100) < mark).mean() for mark in (10, 15, 20)}
    misses: dict[str, list[float]] = {"expected": [], "newest": []}
    for seed in range(6):
        own, modelled, bands = _country(np.random.default_rng(seed))
        found = stress(own, modelled, bands, PARAMS)
        for mark, true in truth.items():
            row = of(found, "fail_count_at", str(mark))
            misses["expected"].append(row["estimate"] - true)
            misses["newest"].append(of(found, "fail_share_at", str(mark))["estimate"] * 3 - true)
            assert (row["method"], row["n"], row["year_from"]) == (AS_NEWEST, 300, 2023)
    error = {name: float(np.sqrt(np.mean(np.square(m)))) for name, m in misses.items()}
    assert error["expected"] < 0.85 * error["newest"]


def test_a_coming_year_is_less_sure_than_one_as_hard_as_the_newest() -> None:
    own, modelled, bands = _country(np.random.default_rng(5))
    found = stress(own, modelled, bands, PARAMS)
    for mark in ("10", "15", "20"):
        hard, coming = of(found, "fail_count_at", mark), of(found, "fail_count_coming", mark)
        assert coming["high"] - coming["low"] > 1.5 * (hard["high"] - hard["low"])
    from_bands = stress(own, no_evidence(), bands, PARAMS)
    exact, near = of(found, "fail_count_at", "20")["estimate"], of(from_bands, "fail_count_at", "20")["estimate"]
    assert near == pytest.approx(exact, rel=0.05)


def test_without_the_country_the_own_newest_year_is_all_there_is() -> None:
    found = stress(results(spread(20, 30, 25, 125)), no_evidence(), pd.DataFrame(), PARAMS)
    row = of(found, "fail_count_at", "15")
    assert (row["method"], row["estimate"]) == (OWN_NEWEST, pytest.approx(50, abs=1.5))


def _shape(below_10: float, below_15: float, below_20: float, year: int = 2025) -> pd.DataFrame:
    """The country's shares below the marks."""
    rows = pd.DataFrame({"part": ["10", "15", "20"], "estimate": [below_10, below_15, below_20]})
    test = {"school_year": year, "grade": "9", "test": "CE", "domain": "mathematics"}
    return evidence(rows, indicator="fail_share_at", n=17_000, unit="percent", **test)


def test_few_expected_are_told_as_a_bound_and_so_are_few_left() -> None:
    own = shown(stress(results(spread(1, 1, 1, 297)), _shape(1, 2, 3), pd.DataFrame(), PARAMS))
    for indicator in ("fail_count_at", "fail_count_coming"):
        row = of(own, indicator, "10")
        assert (row["n"], row["high"]) == (300, 5)
        assert pd.isna(row["estimate"])
        assert pd.isna(row["low"])
    all_but_few = shown(stress(results(spread(28, 1, 0, 1)), _shape(90, 96, 97), pd.DataFrame(), PARAMS))
    assert (of(all_but_few, "fail_count_at", "15")["low"], of(all_but_few, "fail_count_at", "15")["n"]) == (25, 30)
    nobody = shown(stress(results(spread(0, 0, 0, 4)), _shape(1, 2, 3), pd.DataFrame(), PARAMS))
    assert nobody[["n", "estimate", "low", "high"]].isna().all(axis=None)


def test_a_count_foretold_from_the_newest_year_alone_is_shown_where_that_years_is() -> None:
    own = shown(stress(results(spread(20, 3, 20, 157)), no_evidence(), pd.DataFrame(), PARAMS))
    assert own[own["part"] == "10"]["n"].tolist() == [200, 200, 200]
    assert own[own["part"] == "15"][["n", "estimate", "low", "high"]].isna().all(axis=None)


@settings(deadline=None, max_examples=8)
@example((7, 9, 3), 100, True).via("two marks with three between them")
@example((3, 20, 9), 100, False).via("few below the lowest mark")
@given(st.tuples(*[st.integers(0, 30)] * 3), st.integers(25, 200), st.booleans())
def test_no_number_below_five_can_be_worked_out_of_what_leaves(low: tuple[int, ...], above: int, alone: bool) -> None:
    """Shares shown as they are, and the n of skills, are numbers below some mark: no two of them lie near each other."""
    values = [start + i / 10 for start, count in zip((4.0, 10.5, 16.0), low, strict=True) for i in range(count)]
    own, items, item_map = _with_items(values + [60.0 + i % 30 for i in range(above)] + [99.0])
    modelled = no_evidence() if alone else _shape(5, 10, 18)
    parts = [stress(own, modelled, pd.DataFrame(), PARAMS), mark_skills(own, items, item_map, PARAMS)]
    rows = shown(pd.concat([*parts, result_shares(own, PARAMS)]))
    plain = rows[
        rows["indicator"].str.endswith(("fail_share", "low_result_share", "share_at")) & rows["estimate"].notna()
    ]
    known = {0, len(own)} | set((plain["estimate"] * plain["n"].astype(float) / 100).round().astype(int))
    below_mark = dict(zip(("10", "15", "20"), np.cumsum(low).tolist(), strict=True))
    for row in rows[rows["indicator"].eq("mark_skill") & rows["n"].notna()].itertuples():
        upper = below_mark[str(row.part).split(":")[0].split("-")[1]]
        known |= {upper, upper - int(row.n)}
    assert all(b - a >= PARAMS.smallest_group for a, b in pairwise(sorted(known)))
    foretold = rows[rows["method"] == OWN_NEWEST]
    assert set(foretold["part"]) <= set(plain.loc[plain["indicator"] == "fail_share_at", "part"])


def test_two_marks_that_leave_few_between_them_are_not_both_shown() -> None:
    own = shown(mark_shares(results(spread(20, 3, 20, 157)), PARAMS))
    assert of(own, "fail_share_at", "10")["estimate"] == 10
    assert pd.isna(of(own, "fail_share_at", "15")["n"])
    assert of(own, "fail_share_at", "20")["estimate"] == 21.5
    enough = shown(mark_shares(results(spread(20, 5, 20, 155)), PARAMS))
    assert enough["estimate"].notna().all()


def _with_items(percents: list[float]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Two skills of ten points: what a pupil has above 10 % is geometry."""
    own = results(percents)
    test = {"school_year": 2025, "grade": "9", "test": "CE", "domain": "mathematics"}
    geometry = (own["value"] / 5 - 1).clip(lower=0, upper=10)
    parts = {"g": geometry, "a": own["value"] / 5 - geometry}
    items = pd.concat(
        [pd.DataFrame({"pupil": own["pupil"], "item": i, "points": p}).assign(**test) for i, p in parts.items()]
    )
    item_map = pd.DataFrame({"item": ["g", "a"], "skill": ["geometry", "algebra"], "max_points": 10.0}).assign(**test)
    return own, items, item_map


def test_skills_of_those_between_two_marks_by_hand() -> None:
    own, items, item_map = _with_items([6.0] * 10 + [11.0] * 6 + [14.0] * 6 + [60.0] * 78)
    found = mark_skills(own, items, item_map, PARAMS)
    between = of(found, "mark_skill", "10-15:geometry")
    assert (between["n"], between["estimate"]) == (12, pytest.approx(15.0))  # 1.2 and 1.8 of 10 points
    assert of(found, "mark_skill", "10-15:algebra")["estimate"] == pytest.approx(10.0)
    below_all = of(found, "mark_skill", "0-15:geometry")
    assert (below_all["n"], below_all["estimate"]) == (22, pytest.approx((10 * 2 + 12 * 15) / 22))
    assert mark_skills(own, no_evidence(), item_map, PARAMS).empty


@pytest.mark.parametrize(("low", "band", "expected"), [(10, 12, True), (3, 12, False), (10, 4, False)])
def test_skills_leave_only_beside_both_counts(low: int, band: int, expected: bool) -> None:
    values = [4.0 + i / 10 for i in range(low)] + [11.0 + i / 10 for i in range(band)]
    own, items, item_map = _with_items(values + [60.0] * (100 - len(values)))
    rows = shown(pd.concat([mark_shares(own, PARAMS), mark_skills(own, items, item_map, PARAMS)]))
    assert pd.notna(of(rows, "mark_skill", "10-15:geometry")["n"]) == expected
    alone = shown(mark_skills(own, items, item_map, PARAMS))
    assert alone["n"].isna().all()  # nothing vouches for the counts


def _bands(counts: list[int], year: int = 2025, school: str = "S1", grade: str = "9") -> pd.DataFrame:
    test = {"school_year": year, "grade": grade, "test": "CE", "domain": "mathematics", "level": ""}
    return pd.DataFrame({"band": range(10), "n": counts}).assign(municipality_id="M1", school_id=school, **test)


def test_published_bands_give_counts_at_tens_and_bounds_between() -> None:
    rows = pd.concat(
        [_bands([4, 6, 10, 10, 10, 10, 10, 10, 10, 5]), _bands([1, 4, 5, 0, 0, 0, 0, 0, 0, 5], school="S2")]
    )
    found = stress_published(rows, pd.DataFrame(), PARAMS)
    at = {m: of(found, "fail_share_at_published", m) for m in ("10", "15", "20")}
    assert [(r["estimate"], r["low"], r["high"]) for r in (at["10"], at["20"])] == [(5, 5, 5), (15, 15, 15)]
    assert (at["15"]["low"], at["15"]["high"]) == (5, 15)
    assert 5 < at["15"]["estimate"] < 15
    assert set(found["population"]) == {"papers"}
    assert of(shown(found), "fail_share_at_published", "10")["estimate"] == 5  # it was public before


def test_bands_of_tests_without_a_mark_and_empty_ones_say_nothing() -> None:
    assert stress_published(_bands([1] * 10, grade="6"), pd.DataFrame(), PARAMS).empty
    assert stress_published(_bands([0] * 10), pd.DataFrame(), PARAMS).empty
    assert stress_published(pd.DataFrame(), pd.DataFrame(), PARAMS).empty
    assert stress(pd.DataFrame(), no_evidence(), pd.DataFrame(), PARAMS).empty
