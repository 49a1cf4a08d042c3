"""The state of a target: from the probability as it is printed; a withheld target tells none."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.aims import Target, targets_of
from analysis.params import load_params
from analysis.plan.targets import states, target_states
from analysis.release import release

PARAMS = load_params()
AIM: dict[str, Any] = {
    "id": "a", "indicator": "attainment", "unit": "sd", "grade": "3", "test": "diagnostic", "domain": "numeracy",
    "start": {"year": 2021, "value": 0.0}, "aim": 0.2, "year": 2027,
}  # fmt: skip


def aims(**change: Any) -> tuple[Target, ...]:
    return targets_of({"targets": [AIM | change]}, "D001.yml")


def results(means: dict[int, float], n: int = 300, sd: float = 1.0, **more: Any) -> pd.DataFrame:
    """Pupils whose mean and SD are exactly these."""
    z = np.linspace(-1, 1, n)
    z = (z - z.mean()) / z.std(ddof=1)
    parts = [pd.DataFrame({"school_year": year, "position": mean + sd * z}) for year, mean in means.items()]
    base = {
        "municipality_id": "M1",
        "grade": "3",
        "test": "diagnostic",
        "domain": "numeracy",
        "level": "",
        "session": "",
    }
    base |= {"status": "present", "scale": "percent", "value": 50.0, "points": float("nan"), "sex": "boy", "sen": "yes"}
    return pd.concat(parts, ignore_index=True).assign(**(base | more))


def found(targets: tuple[Target, ...], rows: pd.DataFrame) -> pd.DataFrame:
    """Rows that judge; those that only state where things stand have a test of their own."""
    shown = release(target_states(targets, rows, PARAMS), PARAMS).rows
    shown = shown[~shown["indicator"].isin(["target_set", "target_now"])].reset_index(drop=True)
    return shown.assign(state=states(shown))


@pytest.mark.parametrize(
    ("means", "state"),
    [
        ({2022: 0.10, 2023: 0.15, 2024: 0.22, 2025: 0.27, 2026: 0.33}, "on_course"),
        ({2022: 0.02, 2023: -0.04, 2024: 0.01, 2025: -0.03, 2026: -0.02}, "off_course"),
        ({2022: 0.10, 2023: 0.12, 2024: 0.15, 2025: 0.14, 2026: 0.17}, "cannot_tell"),
        ({2025: 0.05, 2026: 0.06, 2027: 0.30}, "achieved"),
        ({2025: 0.05, 2026: 0.06, 2027: 0.10}, "off_course"),
        ({2025: 0.05, 2026: 0.06, 2027: 0.21}, "cannot_tell"),
        ({2026: 0.30}, "not_measurable"),
        ({2025: 0.05, 2026: 0.30, 2028: 0.30}, "not_measurable"),
        ({2027: 0.30}, "achieved"),
        ({2026: 0.05, 2027: 0.30, 2028: -0.3}, "achieved"),  # what came after its year does not matter
    ],
)
def test_the_five_states(means: dict[int, float], state: str) -> None:
    rows = found(aims(), results(means))
    assert set(rows.loc[rows["indicator"] == "target", "state"]) == {state}


def test_a_measured_year_is_judged_by_its_own_error() -> None:
    row = found(aims(), results({2026: 0.1, 2027: 0.22}, n=400)).iloc[0]
    assert row["estimate"] == pytest.approx(0.66, abs=0.01)  # 0.02 above with an error of 0.05
    assert row["n"] == 400
    assert pd.isna(row["year_from"])


def test_an_aim_below_the_start_is_reached_from_above() -> None:
    down = aims(start={"year": 2021, "value": 0.3}, aim=0.1)
    falling = results({2023: 0.2, 2024: 0.1, 2025: 0.02, 2026: -0.05})
    up = found(aims(start={"year": 2021, "value": -0.3}, aim=-0.1), falling.assign(position=-falling["position"]))
    rows = found(down, falling)
    assert set(rows["state"]) == {"on_course"}
    assert rows["estimate"].iloc[0] == up["estimate"].iloc[0]
    assert rows["estimate"].iloc[1] == -up["estimate"].iloc[1]
    assert (rows["low"].iloc[1], rows["high"].iloc[1]) == (-up["high"].iloc[1], -up["low"].iloc[1])


def test_what_would_settle_it_is_told_for_planned_years_alone() -> None:
    means = {2022: 0.10, 2023: 0.12, 2024: 0.15, 2025: 0.14}
    every = found(aims(year=2028), results(means))
    planned = found(aims(year=2028, measured=[2024, 2026, 2028]), results(means))
    settled = [rows[(rows["indicator"] == "target_settled")] for rows in (every, planned)]
    assert [sorted(set(rows["school_year"])) for rows in settled] == [[2026, 2027, 2028], [2026, 2028]]
    chance = settled[0][settled[0]["unit"] == "probability"]["estimate"]
    width = settled[0][settled[0]["unit"] == "sd"]["estimate"]
    assert chance.is_monotonic_increasing
    assert width.is_monotonic_decreasing
    assert chance.iloc[-1] > 0.5


def test_a_group_is_followed_by_its_own_pupils_and_in_points_where_no_sd_is_known() -> None:
    both = pd.concat(
        [results({2024: 0.3, 2025: 0.3, 2026: 0.3}), results({2024: -0.3, 2025: -0.3, 2026: -0.3}, sex="girl")]
    )
    rows = found(aims(indicator="group_gap", group="sex=girl"), both)
    assert rows["estimate"].iloc[1] < -0.1
    assert rows["group"].iloc[0] == "sex=girl"
    points = both.assign(points=20 * both["position"], position=float("nan"))
    in_points = found(aims(indicator="group_gap", group="sex=girl", unit="points", aim=4.0), points)
    assert in_points["estimate"].iloc[0] == rows["estimate"].iloc[0]
    assert found(aims(unit="points", aim=4.0), both)["state"].tolist() == ["not_measurable"]


def test_a_withheld_target_tells_neither_figure_nor_state() -> None:
    few = found(aims(indicator="group_gap", group="sen=yes"), results({2025: 0.1, 2026: 0.3}, n=4))
    assert few["state"].tolist() == ["not_measurable"]  # years with fewer than ten pupils are no years
    strict = PARAMS.model_copy(update={"smallest_group_sensitive": 50})
    told = target_states(aims(indicator="group_gap", group="sen=yes"), results({2025: 0.1, 2026: 0.3}, n=20), PARAMS)
    rows = release(told, strict).rows
    set_by_board = rows["indicator"] == "target_set"
    assert rows.loc[~set_by_board, ["n", "estimate", "low", "high"]].isna().all(axis=None)
    assert rows.loc[set_by_board, "estimate"].tolist() == [0.0, 0.2]
    assert set(states(rows)) == {""}
    assert not rows["part"].str.contains("course|tell|achieved").any()


def stand(targets: tuple[Target, ...], rows: pd.DataFrame) -> pd.DataFrame:
    shown = release(target_states(targets, rows, PARAMS), PARAMS).rows
    return shown[shown["indicator"].isin(["target_set", "target_now"])]


def test_where_it_started_what_it_aims_at_and_where_it_stands_are_told_beside_it() -> None:
    rows = stand(aims(), results({2025: 0.05, 2026: 0.14}, n=400))
    assert rows[["indicator", "school_year", "estimate", "reference"]].to_numpy().tolist() == [
        ["target_set", 2021, 0.0, ""], ["target_set", 2027, 0.2, "threshold"], ["target_now", 2026, 0.14, "threshold"],
    ]  # fmt: skip
    now = rows.iloc[2]
    assert now["n"] == 400
    assert (now["low"], now["high"]) == (0.04, 0.24)  # 0.14 ± 1.97 · 1 / √400, rounded
    assert "target_now" not in set(
        stand(aims(), results({2026: 0.1, 2027: 0.3}))["indicator"]
    )  # that year is the aim's


def test_a_year_in_which_few_are_not_of_the_group_does_not_count() -> None:
    """The mean of all and that of the group would tell the mean of the few."""
    group = aims(indicator="group_gap", group="sex=girl")
    girls = results({2025: 0.1, 2026: 0.3}, sex="girl")
    least = PARAMS.smallest_group_sensitive
    for boys, years in ((least - 1, [2025]), (least, [2025, 2026])):
        both = pd.concat([girls, results({2025: 0.0}, n=50), results({2026: 0.0}, n=boys)])
        counted = target_states(group, both, PARAMS)
        assert counted.loc[counted["indicator"] == "target_now", "school_year"].tolist() == years[-1:]


def test_without_targets_or_results_nothing_is_said() -> None:
    assert target_states((), results({2025: 0.1}), PARAMS).empty
    assert target_states(aims(), pd.DataFrame(), PARAMS).empty
