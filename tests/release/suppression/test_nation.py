"""Rows of the country are told where nothing small follows from them and from all municipalities' pages together."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.evidence import evidence, no_evidence
from analysis.params import load_params
from analysis.release.suppression.keys import Key, row_keys
from analysis.release.suppression.nation import told_of_nation
from analysis.release.suppression.of_nation import OfNation, read_nation
from analysis.release.suppression.pattern import Pattern
from analysis.release.suppression.subtracted import Of, Place, few_left

PARAMS = load_params()
K = PARAMS.smallest_group
TEST = {"school_year": 2026, "grade": "9", "test": "CE", "domain": "latvian", "level": ""}
BANDS = ("0-29", "30-59", "60-100")
MIDDLES = (10.0, 40.0, 70.0)
SIZE: Key = ("size", "9", "CE", "", "2026-2026", "", "")


def share(part: str) -> Key:
    return ("share", *SIZE[1:], "latvian", "band_share", part)


ALL = frozenset({SIZE, *map(share, BANDS)})


def pupils(cells: list[list[int]]) -> pd.DataFrame:
    """Return results: a municipality a row, a band a column."""
    counts = [(m, middle, n) for m, own in enumerate(cells) for middle, n in zip(MIDDLES, own, strict=True)]
    rows = [{"municipality_id": f"M{m}", "value": middle} for m, middle, n in counts for _ in range(n)]
    fixed = {"session": "", "status": "present", "scale": "percent", "position": np.nan, "points": np.nan}
    return pd.DataFrame(rows).assign(**TEST, **fixed)


def nation(cells: list[list[int]]) -> pd.DataFrame:
    """Return the country's spread over three bands."""
    sums, n = np.sum(cells, axis=0), int(np.sum(cells))
    rows = [TEST | {"part": part, "n": n, "estimate": 100 * count / n} for part, count in zip(BANDS, sums, strict=True)]
    return evidence(pd.DataFrame(rows), indicator="band_share", unit="percent").assign(unit_of="bands", pages=3)


def places(told: list[set[Key]], rows: pd.DataFrame | None = None) -> dict[str, Place]:
    blank = no_evidence().assign(told=False, counted=False) if rows is None else rows
    return {f"M{m}": Place(frozenset(keys), ALL - keys, PARAMS, blank) for m, keys in enumerate(told)}


def bounds(
    cells: list[list[int]], told: list[set[Key]], with_nation: bool, of: tuple[int, int | slice]
) -> tuple[float, float]:
    """Return between which numbers a cell, or all of a municipality, must lie, by another solver."""
    truth, rows, sums = np.array(cells, dtype=float), [], []

    def known(mask: np.ndarray) -> None:
        rows.append(mask.ravel())
        sums.append(float((mask * truth).sum()))

    for m, keys in enumerate(told):
        whole = np.zeros_like(truth)
        whole[m] = 1
        for at, key in [(slice(None), SIZE), *((b, share(part)) for b, part in enumerate(BANDS))]:
            mask = np.zeros_like(truth)
            mask[m, at] = 1
            if key in keys or (key == SIZE and keys):  # a share is told of a number
                known(mask)
    for b in range(len(BANDS)) if with_nation else ():
        mask = np.zeros_like(truth)
        mask[:, b] = 1
        known(mask)
    goal = np.zeros_like(truth)
    goal[of] = 1
    equal: dict[str, Any] = {"A_eq": np.array(rows), "b_eq": sums} if rows else {}
    low, high = (sign * linprog(sign * goal.ravel(), **equal, bounds=(0, 1000)).fun for sign in (1, -1))
    return low, high


def test_where_one_municipality_alone_is_silent_the_country_is_silent_too():
    cells = [[20, 30, 40], [10, 20, 30], [2, 3, 4]]
    rows = nation(cells)
    assert told_of_nation(rows, pupils(cells), places([ALL, ALL, set()]), PARAMS) == frozenset()
    assert told_of_nation(rows, pupils(cells), places([ALL, ALL, {SIZE}]), PARAMS) == frozenset()


def test_where_all_tell_or_several_that_are_large_together_are_silent_it_is_told():
    rows = nation([[20, 30, 40], [10, 20, 30], [12, 13, 14]])
    cells = [[20, 30, 40], [10, 20, 30], [12, 13, 14]]
    assert told_of_nation(rows, pupils(cells), places([ALL, ALL, ALL]), PARAMS) == frozenset(row_keys(rows))
    assert told_of_nation(rows, pupils(cells), places([ALL, set(), set()]), PARAMS) == frozenset(row_keys(rows))


def test_a_spread_from_which_something_follows_goes_and_another_one_stays():
    """Beside the finer bands the third municipality's lowest band follows; the coarser ones tell nothing of it."""
    cells = [[20, 30, 40], [10, 20, 30], [3, 30, 40]]
    coarse = pd.DataFrame(
        [TEST | {"part": p, "n": 223, "estimate": 100 * n / 223} for p, n in (("0-59", 113), ("60-100", 110))]
    )
    beside = evidence(coarse, indicator="band_share", unit="percent").assign(unit_of="coarse", pages=1)
    rows = pd.concat([nation(cells), beside], ignore_index=True)
    told = places([ALL, ALL, {SIZE, share("60-100"), share("0-59")}])
    assert told_of_nation(rows, pupils(cells), told, PARAMS) == frozenset(row_keys(beside))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=3, max_size=3).filter(
        lambda c: np.sum(c) > 0
    ),
    st.lists(st.sets(st.sampled_from(sorted(ALL))), min_size=3, max_size=3),
)
def test_no_small_cell_is_narrower_beside_what_is_told_of_the_country(cells, told):
    """Another solver works out what follows with the country and without it."""
    found = told_of_nation(nation(cells), pupils(cells), places(told), PARAMS)
    if not found:
        return
    for m, counts in enumerate(cells):
        for b, count in enumerate(
            [*counts, sum(counts)] if sum(counts) else ()
        ):  # whoever has no pupils withholds none
            of = (m, b if b < len(BANDS) else slice(None))
            withheld = (share(BANDS[b]) not in told[m]) if b < len(BANDS) else not told[m]
            low, high = bounds(cells, told, True, of)
            before = bounds(cells, told, False, of)
            if (0 < count < K or withheld) and (high - low < K - 1e-6 or high < K - 1e-6):
                assert before[1] - before[0] < K or before[1] < K


def test_a_figure_that_is_withheld_does_not_follow_however_large_it_is():
    """Its page withholds all of it for the sake of a school; beside the country it would be known, and the school with it."""
    cells = [[20, 30, 40], [10, 20, 30], [46, 56, 51]]
    rows = nation(cells)
    assert told_of_nation(rows, pupils(cells), places([ALL, ALL, set()]), PARAMS) == frozenset()
    assert told_of_nation(rows, pupils(cells), places([ALL, ALL, {SIZE}]), PARAMS) == frozenset()


def test_a_number_that_two_marks_tell_is_known_from_one_of_them():
    """Each mark says how many pupils there are in the country, and so how many the silent municipality has."""
    cells = [[20, 30, 40], [10, 20, 30], [1, 1, 1]]
    marks = [TEST | {"part": part, "n": 153, "estimate": 100 * 31 / 153} for part in ("15", "20")]
    rows = evidence(pd.DataFrame(marks), indicator="fail_share_at", unit="percent").assign(pages=3)
    told = places([{SIZE}, {SIZE}, set()])
    assert told_of_nation(rows.assign(unit_of=rows["part"]), pupils(cells), told, PARAMS) == frozenset()


def test_results_that_are_no_percents_have_no_shares_of_the_country():
    cells = [[20, 30, 40], [10, 20, 30]]
    scores = pupils(cells).assign(scale="score")
    assert told_of_nation(nation(cells), scores, places([ALL, ALL]), PARAMS) == frozenset()
    assert told_of_nation(nation(cells), scores.iloc[:0], places([ALL, ALL]), PARAMS) == frozenset()


@pytest.mark.parametrize(
    ("whole", "parts", "few"),
    [
        ((50, 50), [Of(30, True), Of(20, True)], False),
        ((50, 50), [Of(30, True), Of(17, True), Of(3, False)], True),
        ((50, 50), [Of(30, True), Of(20, False)], True),  # one alone follows, however many
        ((50, 50), [Of(30, True), Of(12, False), Of(8, False)], False),
        ((50, 50), [Of(47, True), Of(2, False), Of(1, False)], True),  # few together
        ((45, 55), [Of(30, True), Of(20, False)], False),  # told to the ten
        ((45, 55), [Of(52, True), Of(1, False)], True),
    ],
)
def test_what_is_left_when_the_others_are_subtracted(whole, parts, few):
    assert few_left(*whole, parts, K) is few


class TestOtherRows:
    """What has no count of results behind it: only sums over municipalities can be formed."""

    def row(self, place: str, n: int, percent: float) -> pd.DataFrame:
        facts = TEST | {"municipality_id": place, "part": "6-9", "n": n, "estimate": percent}
        return evidence(pd.DataFrame([facts]), indicator="earlier_missing", unit="percent")

    def told(self, *of: tuple[int, float, bool, bool]) -> bool:
        n, events = sum(one[0] for one in of), sum(round(one[0] * one[1] / 100) for one in of)
        rows = self.row("", n, 100 * events / n).assign(unit_of="m", pages=3)
        own = {}
        for i, (size, percent, told, counted) in enumerate(of):
            beside = self.row(f"M{i}", size, percent).assign(told=told, counted=counted)
            own[f"M{i}"] = Place(frozenset(), frozenset(), PARAMS, beside)
        return bool(told_of_nation(rows, pupils([[1, 1, 1]]), own, PARAMS))

    def test_all_or_many_together(self):
        assert self.told((100, 10.0, True, True), (200, 20.0, True, True))
        assert self.told((100, 10.0, True, True), (50, 20.0, False, False), (60, 20.0, False, False))

    def test_not_where_one_is_silent_or_few_are_left(self):
        assert not self.told((100, 10.0, True, True), (50, 20.0, False, False))
        assert not self.told((100, 10.0, True, True), (2, 50.0, False, False), (2, 50.0, False, False))

    def test_not_where_few_without_the_event_are_left(self):
        assert not self.told((500, 50.0, True, True), (60, 97.0, True, False), (60, 98.5, True, False))

    def test_not_where_few_have_no_row_at_all(self):
        rows = self.row("", 303, 10.0).assign(unit_of="m", pages=3)
        own = {place: Place(frozenset(), frozenset(), PARAMS, self.row(place, n, 10.0).assign(told=True, counted=True))
               for place, n in (("M0", 100), ("M1", 200))}  # fmt: skip
        assert not told_of_nation(rows, pupils([[1, 1, 1]]), own, PARAMS)

    def test_not_where_few_of_a_share_are_left(self):
        """Both say how many they are; the second one's share is told as a bound."""
        assert not self.told((100, 10.0, True, True), (100, 2.0, True, False))


def test_rows_that_nobody_has_looked_at_are_not_told_of_results_and_are_of_other_things(tmp_path):
    rows = nation([[20, 30, 40]])
    looked = OfNation(frozenset(row_keys(rows)), frozenset(row_keys(rows)[:1]))
    assert looked.withholds(rows).tolist() == [False, True, True]
    assert OfNation(frozenset(), frozenset()).withholds(rows).all()
    other = evidence(pd.DataFrame([{"n": 40, "estimate": 3.0}]), indicator="targeting", unit="percent")
    assert not OfNation(frozenset(), frozenset()).withholds(other).any()
    (tmp_path / "n.json").write_text(looked.dump(), "utf-8")
    assert read_nation(tmp_path / "n.json") == looked
    pattern = Pattern(frozenset(), frozenset(), nation=looked)
    assert pattern.withholds(rows).tolist() == [False, True, True]
    assert not Pattern(frozenset(), frozenset()).withholds(rows).any()
