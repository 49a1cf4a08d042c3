"""Ways of choosing: whoever knows the scores knows the chosen, so that few, none and all of them are withheld."""

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release import release

NEED, PUPILS, CHOSEN = 60, 400, 40


def shown(reached: dict[str, float], need: int = NEED, chosen: int = CHOSEN) -> "pd.Series[float]":
    """Release shares of so many children reached, their differences to the largest, and the lot's."""
    best = max(reached, key=lambda way: reached[way])
    rows = [{"part": way, "n": need, "estimate": 100 * k / need} for way, k in reached.items()]
    for way in (w for w in reached if w != best):
        behind = 100 * (reached[way] - reached[best]) / need
        ends = {"estimate": behind, "low": behind - 100, "high": behind + 100}
        rows.append({"part": f"{way}|best", "n": need, **ends, "confidence": 0.95, "verdict": "not_distinguishable"})
    rows.append({"part": "lot", "n": PUPILS, "estimate": 100 * chosen / PUPILS})
    frame = evidence(pd.DataFrame(rows).fillna({"verdict": ""}), indicator="targeting", unit="percent", municipality_id="M1",
                     school_year=2026, grade="6", test="CE", domain="mathematics")  # fmt: skip
    return release(frame, load_params()).rows.set_index("part")["estimate"]


def gone(*args: object, **more: int) -> set[str]:
    found = shown(*args, **more)  # type: ignore[arg-type]
    return set(found[found.isna()].index)


def test_shares_between_are_shown() -> None:
    assert gone({"school": 8, "rule": 20, "model": 35}) == set()


@pytest.mark.parametrize(("reached", "withheld"), [(4, True), (0, True), (5, False)])
def test_a_way_that_reached_few_tells_that_the_other_chosen_had_no_low_result(reached: int, withheld: bool) -> None:
    assert gone({"school": reached, "rule": 20, "model": 30}) == ({"school", "school|best"} if withheld else set())


@pytest.mark.parametrize(("reached", "withheld"), [(36, True), (40, True), (35, False)])
def test_where_all_but_few_of_the_chosen_had_it_the_best_goes_and_all_differences_with_it(reached, withheld) -> None:
    expected = {"model", "school|best", "rule|best"} if withheld else set()
    assert gone({"school": 8, "rule": 20, "model": reached}) == expected


def test_all_but_few_of_those_in_need_are_withheld_as_well() -> None:
    assert gone({"school": 8, "rule": 20, "model": 56}, chosen=80) == {"model", "school|best", "rule|best"}


def test_few_in_need_tell_nothing_at_all() -> None:
    assert gone({"school": 1, "rule": 2, "model": 3}, need=4) == {"school", "rule", "model", "school|best", "rule|best"}


def test_without_the_number_of_chosen_nothing_is_shown_and_other_places_do_not_matter() -> None:
    one = evidence(pd.DataFrame({"part": ["rule"], "n": [60], "estimate": [50.0], "municipality_id": ["M1"]}),
                   indicator="targeting", unit="percent")  # fmt: skip
    lot = one.assign(part="lot", municipality_id="M2", n=400, estimate=10.0)
    rows = release(pd.concat([one, lot], ignore_index=True), load_params()).rows
    assert rows["estimate"].isna().tolist() == [True, False]
