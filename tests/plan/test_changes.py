"""What changed since an issue: each part is there where its cause was planted, and nowhere else."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.plan.changes import INDICATOR, PARTS, SCALE, changes
from analysis.plan.sums import cuts_of, sums
from analysis.release.door import DECIMALS

SIZES = {"A1": 60, "A2": 50, "B1": 40}
ATTRIBUTES = ["sex", "sen"]


def here(rows: pd.DataFrame, municipality: str = "A", homes: Any = None) -> pd.DataFrame:
    known = homes or {"A1": "A", "A2": "A", "B1": "B", "C1": "C"}
    rows = rows.assign(municipality_id=rows["school_id"].map(known))
    return rows[rows["municipality_id"] == municipality].reset_index(drop=True)


def parts(found: pd.DataFrame, indicator: str = "change") -> dict[str, Any]:
    rows = found[found["indicator"] == indicator]
    assert not rows["part"].duplicated().any()
    return {row.part: row for row in rows.itertuples()}


def hundredths(row: Any) -> int:
    return round(row.estimate * 100)


def test_printed_as_the_door_prints() -> None:
    assert {unit: 10 ** DECIMALS[unit] for unit in SCALE} == SCALE


def test_without_an_earlier_issue_there_is_nothing(pupils, params) -> None:
    assert changes(here(pupils(2026, SIZES)), None, ATTRIBUTES, params).empty


def test_a_year_later_in_the_same_schools_only_pupils_and_results_change(pupils, issue, params) -> None:
    old, new = pupils(2025, SIZES), pupils(2026, SIZES, shift=0.4)
    found = parts(changes(here(pd.concat([old, new])), issue(old), ATTRIBUTES, params))
    assert set(found) == set(PARTS)
    assert [hundredths(found[p]) for p in ("data", "definition", "boundary")] == [0, 0, 0]
    then, now = here(old)["position"].mean(), here(new)["position"].mean()
    assert hundredths(found["total"]) == round(100 * now) - round(100 * then)
    assert sum(hundredths(found[p]) for p in PARTS[1:]) == hundredths(found["total"])
    assert (found["total"].year_from, found["total"].school_year, found["total"].reference) == (2025, 2026, "last_year")


def test_the_interval_of_the_total_is_welchs(pupils, issue, params) -> None:
    from statsmodels.stats.weightstats import CompareMeans

    old, new = pupils(2025, SIZES), pupils(2026, SIZES, shift=0.4)
    total = parts(changes(here(pd.concat([old, new])), issue(old), ATTRIBUTES, params))["total"]
    welch = CompareMeans.from_data(here(new)["position"], here(old)["position"])
    low, high = welch.tconfint_diff(usevar="unequal")
    assert (total.high - total.low) / 2 == pytest.approx((high - low) / 2)
    assert total.verdict == ("differs" if total.low > 0 else "not_distinguishable")


def test_revised_data_are_the_difference_of_the_same_year(pupils, issue, params) -> None:
    old, new = pupils(2025, SIZES), pupils(2026, SIZES)
    revised = old.assign(position=old["position"] + 0.2)
    found = parts(changes(here(pd.concat([revised, new])), issue(old), ATTRIBUTES, params))
    assert hundredths(found["data"]) == 20
    assert hundredths(found["boundary"]) == 0


def test_schools_that_came_are_a_boundary_change(pupils, issue, params) -> None:
    """B is merged into A: the boundary part is the mean with B's school less the mean without, in the year told then."""
    old, new = pupils(2025, SIZES), pupils(2026, SIZES)
    merged = {"A1": "A", "A2": "A", "B1": "A"}
    found = parts(changes(here(pd.concat([old, new]), homes=merged), issue(old), ATTRIBUTES, params))
    assert found["boundary"].estimate == pytest.approx(old["position"].mean() - here(old)["position"].mean(), abs=0.006)
    assert hundredths(found["boundary"]) != 0
    assert hundredths(found["data"]) == 0
    assert found["boundary"].n == SIZES["B1"]


def test_schools_that_left_are_a_boundary_change_as_well(pupils, issue, params) -> None:
    old, new = pupils(2025, SIZES), pupils(2026, SIZES)
    now = {"A1": "A", "A2": "C", "B1": "B"}
    both = pd.concat([old, new])
    away = here(both, "C", now)
    found = parts(changes(here(both, homes=now), replace(issue(old), away=away), ATTRIBUTES, params))
    expected = old.loc[old["school_id"] == "A1", "position"].mean() - here(old)["position"].mean()
    assert found["boundary"].estimate == pytest.approx(expected, abs=0.006)
    assert hundredths(found["data"]) == 0
    # A board has no results of schools that left it: the frozen sums stand for them.
    alone = replace(issue(old), left=frozenset({"A2"}))
    board = parts(changes(here(both, homes=now), alone, ATTRIBUTES, params))
    assert board["boundary"].estimate == found["boundary"].estimate


def test_the_municipality_may_have_a_new_id(pupils, issue, params) -> None:
    old, new = pupils(2025, SIZES), pupils(2026, SIZES)
    renamed = dict.fromkeys(SIZES, "AB")
    found = changes(here(pd.concat([old, new]), "AB", renamed), issue(old), ATTRIBUTES, params)
    assert set(found["municipality_id"]) == {"AB"}
    assert hundredths(parts(found)["boundary"]) != 0


def test_where_today_holds_nothing_of_that_year_a_revision_is_not_told(pupils, issue, params) -> None:
    old, new = pupils(2025, SIZES), pupils(2026, SIZES)
    whole = parts(changes(here(pd.concat([old, new])), issue(old), ATTRIBUTES, params))
    found = parts(changes(here(new), issue(old), ATTRIBUTES, params))
    assert set(found) == set(PARTS) - {"data", "definition"}
    assert {p: found[p].estimate for p in found} == {p: whole[p].estimate for p in found}


def test_shares_in_percent_never_cross_years(pupils, issue, params) -> None:
    old, new = pupils(2025, SIZES), pupils(2026, SIZES)
    found = changes(here(pd.concat([old, new])), issue(old), ATTRIBUTES, params)
    assert set(found["indicator"]) == {"change"}


def test_of_one_year_another_cut_is_a_change_of_definition(pupils, issue, params) -> None:
    old = here(pupils(2025, SIZES))
    other = params.model_copy(update={"low_result_percent": 50.0})
    found = parts(changes(old, issue(pupils(2025, SIZES)), ATTRIBUTES, other), "low_result_change")
    by_hand = 100 * ((old["value"] < 50).mean() - (old["value"] < params.low_result_percent).mean())
    assert found["definition"].estimate == pytest.approx(by_hand, abs=0.06)
    assert "mix" not in found
    assert found["total"].estimate == pytest.approx(by_hand, abs=0.11)
    assert np.isnan(found["total"].low)  # the same pupils


def test_what_the_issue_withheld_has_no_number_today(pupils, issue, params) -> None:
    small = {"A1": 4, "B1": 40}
    old, new = pupils(2025, small), pupils(2026, {"A1": 30, "B1": 40})
    found = changes(here(pd.concat([old, new])), issue(old), ATTRIBUTES, params)
    assert len(found)
    assert found["n"].isna().all()


def test_a_revision_of_few_pupils_rests_on_few(pupils, issue, params) -> None:
    old, new = pupils(2025, SIZES), pupils(2026, SIZES)
    revised = old.assign(position=old["position"].where(old.index != 3, 3.0))
    found = parts(changes(here(pd.concat([revised, new])), issue(old), ATTRIBUTES, params))
    assert found["data"].n < params.smallest_group
    late = parts(changes(here(pd.concat([old.drop(index=[1, 2]), new])), issue(old), ATTRIBUTES, params))
    assert late["data"].n <= 2


def test_a_boundary_change_is_not_told_where_the_other_municipality_was_withheld(pupils, issue, params) -> None:
    old, new = pupils(2025, {"A1": 60, "B1": 4}), pupils(2026, {"A1": 60, "B1": 30})
    found = parts(changes(here(pd.concat([old, new]), homes={"A1": "A", "B1": "A"}), issue(old), ATTRIBUTES, params))
    assert pd.isna(found["boundary"].n)


def test_sums_give_the_figures_that_the_statistics_give(pupils, params) -> None:
    from analysis import stats

    rows = here(pupils(2025, SIZES))
    added = sums(rows, ATTRIBUTES, cuts_of(params)).groupby("figure")[["n", "total"]].sum()
    of = {**dict.fromkeys(("attainment",), stats.attainment(rows, params))}
    shares = stats.result_shares(rows, params)
    for figure in INDICATOR:
        frame = of.get(figure, shares)
        told = frame[
            (frame["indicator"] == figure) & frame["unit"].isin(["sd" if figure == "attainment" else "percent"])
        ]
        if len(told):
            assert added.loc[figure, "total"] / added.loc[figure, "n"] == pytest.approx(told["estimate"].iloc[0])
