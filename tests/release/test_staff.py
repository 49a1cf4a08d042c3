"""Staff through the door: fewer than ten teachers are never counted, and no share or sum tells how many they are."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.release import release

PLACE = {"municipality_id": "M1", "school_year": 2026, "population": "teachers"}


def gaps(sizes: dict[str, int], indicator: str = "competence_gap", **columns: Any) -> pd.DataFrame:
    rows = pd.DataFrame({"school_id": list(sizes), "n": list(sizes.values()), "part": "planning"})
    rows = rows.assign(estimate=0.5, low=0.2, high=0.8)
    return evidence(rows, **({"indicator": indicator, "unit": "level", "confidence": 0.95} | PLACE | columns))


def goals(n: int, counts: dict[str, int]) -> pd.DataFrame:
    parts = list(counts)
    events = pd.Series(list(counts.values()), dtype="float64")
    shares = pd.DataFrame({"part": parts, "n": n, "estimate": 100 * events / n, "low": 0.0, "high": 100.0})
    aims = pd.DataFrame({"part": parts, "n": events.astype("int64"), "estimate": 3.0, "low": 2.5, "high": 3.5})
    return pd.concat([
        evidence(shares, indicator="goal_share", unit="percent", confidence=0.95, **PLACE),
        evidence(aims, indicator="goal_aim", unit="level", confidence=0.95, **PLACE),
    ], ignore_index=True)  # fmt: skip


def hours(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["test", "part", "group", "n"]).assign(estimate=100.0)
    return evidence(table, indicator="development_hours", unit="hours", **PLACE)


def shown(rows: pd.DataFrame, params: Any, **keys: Any) -> pd.DataFrame:
    found = release(rows, params).rows
    for name, value in keys.items():
        found = found[found[name] == value]
    return found


@pytest.mark.parametrize(("n", "told"), [(5, False), (9, False), (10, True), (11, True)])
@pytest.mark.parametrize("population", ["teachers", "respondents"])
def test_ten_is_the_least_for_teachers_as_for_respondents(params, n: int, told: bool, population: str) -> None:
    row = shown(gaps({"": n}, population=population), params).iloc[0]
    assert pd.notna(row["n"]) == told
    assert np.isnan(row["estimate"]) != told


def test_a_share_is_coded_by_the_limit_of_teachers(params) -> None:
    """9 of 40 is 22.5 %, told of pupils and not of teachers; 4 of 40 is "at most 25 %", beyond what would tell of nine."""
    row = shown(
        goals(40, {"planning": 9, "digital": 20, "inclusion": 20}), params, indicator="goal_share", part="planning"
    ).iloc[0]
    assert np.isnan(row["estimate"])
    assert pd.isna(row["n"]) or row["high"] * 40 / 100 >= 10


def test_no_count_below_ten_follows_from_a_released_share_or_its_n(params) -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        n = int(rng.integers(10, 120))
        counts = {f"c{i}": int(rng.integers(0, n + 1)) for i in range(5)}
        found = shown(goals(n, counts), params)
        for row in found[found["estimate"].notna()].itertuples():
            count = counts[row.part]
            assert count >= 10, (n, counts)
            if row.indicator == "goal_share":
                assert n - count >= 10, (n, counts)
        told = found[(found["indicator"] == "goal_share") & found["estimate"].notna()]["part"]
        hidden = [count for part, count in counts.items() if part not in set(told)]
        assert len(hidden) != 1, "each teacher has as many goals: one missing share would follow from the others"
        assert not hidden or len(told) == 0 or sum(hidden) >= 10


def test_the_aim_goes_with_its_share(params) -> None:
    found = shown(goals(60, {"planning": 3, "digital": 30, "inclusion": 27}), params, indicator="goal_aim").set_index(
        "part"
    )
    shares = shown(
        goals(60, {"planning": 3, "digital": 30, "inclusion": 27}), params, indicator="goal_share"
    ).set_index("part")
    assert (found["n"].isna() == shares["estimate"].isna()).all()
    assert found["n"].isna().sum() >= 2


def test_a_small_staff_does_not_follow_from_the_others(params) -> None:
    found = shown(gaps({"": 54, "S1": 9, "S2": 15, "S3": 30}), params).set_index("school_id")
    assert found["n"].isna().to_dict() == {"": False, "S1": True, "S2": True, "S3": False}


def test_what_stands_beside_a_gap_goes_with_it(params) -> None:
    sizes = {"": 54, "S1": 9, "S2": 15, "S3": 30}
    rows = [gaps(sizes), gaps(sizes | {"S1": 11}, "self_gap"), gaps(sizes, "self_bias")]
    sure = gaps(sizes, "competence_reliability", unit="probability")
    found = shown(pd.concat([*rows, sure]), params)
    assert set(found.loc[found["n"].isna(), "school_id"]) == {"S1", "S2"}
    assert found.groupby("school_id")["n"].count().to_dict() == {"": 4, "S1": 0, "S2": 0, "S3": 4}


def test_teachers_who_are_all_alike_are_not_told(params) -> None:
    row = shown(gaps({"": 30}).assign(low=0.5, high=0.5), params).iloc[0]
    assert pd.isna(row["n"])


def test_few_participants_are_not_told_nor_what_is_left_beside_them(params) -> None:
    rows = hours(("", "", "", 80), ("", "planning", "", 8), ("", "digital", "", 30), ("", "inclusion", "", 42))
    found = shown(rows, params).set_index("part")["n"]
    assert found.isna().to_dict() == {"": False, "planning": True, "digital": True, "inclusion": False}
    by_form = hours(("", "", "", 80), ("", "", "form=course", 71), ("", "", "form=practice", 9))
    assert shown(by_form, params).set_index("group")["n"].isna().sum() == 2


def test_a_programme_leaves_no_few_beside_all(params) -> None:
    near = hours(("", "", "", 80), ("4.2.3.1", "", "", 74))
    assert shown(near, params, test="4.2.3.1")["n"].isna().all()
    far = hours(("", "", "", 80), ("4.2.3.1", "", "", 60), ("4.2.2.3", "", "", 20))
    assert shown(far, params)["n"].notna().all()
    two = hours(("", "", "", 80), ("4.2.3.1", "", "", 40), ("4.2.2.3", "", "", 35))
    assert shown(two, params).set_index("test")["n"].isna().to_dict() == {"": False, "4.2.3.1": False, "4.2.2.3": True}


def test_participants_of_a_school_are_not_told_below_ten_nor_from_the_others(params) -> None:
    rows = hours(("", "", "", 77), ("", "", "", 8), ("", "", "", 14), ("", "", "", 55))
    rows["school_id"] = ["", "S1", "S2", "S3"]
    assert shown(rows, params).set_index("school_id")["n"].isna().to_dict() == {
        "": False,
        "S1": True,
        "S2": True,
        "S3": False,
    }


def test_what_follows_a_gap_goes_with_it(params) -> None:
    rows = [gaps({"S1": 9, "S2": 30, "S3": 40, "S4": 50})]
    rows += [
        gaps({"S1": 12, "S2": 30, "S3": 40}, name, reference="last_year")
        for name in ("gap_before", "gap_after", "gap_moved")
    ]
    found = shown(pd.concat(rows), params)
    assert found[found["indicator"] != "competence_gap"].groupby("school_id")["n"].count()["S1"] == 0
    assert found[found["school_id"] == "S3"]["n"].notna().all()


def test_visits_are_counted_of_schools_and_pass(params) -> None:
    row = pd.DataFrame({"school_id": ["S1"], "domain": ["inclusion"], "n": [1], "estimate": [2.0]})
    found = release(
        evidence(row, indicator="visits_planned", unit="visits", municipality_id="M1", population="schools"), params
    )
    assert found.rows["estimate"].tolist() == [2.0]
