"""The place expected from who comes to school, with the unit itself left out."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import WLS

from analysis.release.suppression.planned import forms, unplanned
from analysis.stats.cohorts import cohorts
from analysis.stats.similar import FEWEST_SCHOOLS, _means, _weights, _with_intake, expected_for_similar, left_out


def pupils(
    seed: int = 0, schools: int = 160, places: int = 40, effect: float = -0.8, between: float = 0.05
) -> pd.DataFrame:
    """Schools whose share of low income differs; the place of a pupil falls with the income, and by little else."""
    rng = np.random.default_rng(seed)
    school = np.repeat(np.arange(schools), 40)
    poor = rng.random(len(school)) < np.repeat(rng.beta(2, 4, schools), 40)
    other = rng.normal(0, between, places)[school % places]
    return pd.DataFrame(
        {
            "pupil": [f"P{i}" for i in range(len(school))], "school_id": [f"S{s:03}" for s in school],
            "municipality_id": [f"M{s % places:02}" for s in school], "school_year": 2026, "grade": "3",
            "domain": "numeracy", "low_income": np.where(poor, "yes", "no"),
            "position": effect * (poor - 0.33) + other + rng.normal(0, 0.6, len(school)),
        }
    )  # fmt: skip


def rows_of(found: pd.DataFrame, reference: str, *, schools: bool = False) -> pd.DataFrame:
    rows = found[(found["indicator"] == "expected_for_similar") & (found["reference"] == reference)]
    rows = rows[(rows["school_id"] != "") == schools]
    return rows.set_index("school_id" if schools else "municipality_id")


def test_a_municipality_is_left_out_of_its_own_expectation_exactly(country) -> None:
    """Refitting without it, by statsmodels, gives the same place; its own results do not matter to it."""
    data = country(pupils(), attributes=("low_income",))
    expected = rows_of(expected_for_similar(data), "country")["estimate"]
    changed = pupils()
    changed.loc[changed["municipality_id"] == "M05", "position"] += 0.3
    again = rows_of(expected_for_similar(country(changed, attributes=("low_income",))), "country")["estimate"]
    assert again["M05"] == pytest.approx(expected["M05"], abs=1e-3)  # only the weights look at all schools
    assert abs(again["M06"] - expected["M06"]) > 10 * abs(again["M05"] - expected["M05"])
    rows = _with_intake(cohorts(data)[0])
    schools = _means(rows, "school_id", ["intake_0"])
    x = np.column_stack(
        [np.ones(len(schools)), (schools["intake_0"] - schools["intake_0"].mean()) / schools["intake_0"].std()]
    )
    inside = rows["standing"] - rows.groupby("school_id")["standing"].transform("mean")
    weight = _weights(x, schools, float((inside**2).sum() / (len(rows) - len(schools))))
    of_place = rows.groupby("school_id")["municipality_id"].first().reindex(schools.index)
    rest = (of_place != "M05").to_numpy()
    fit = WLS(schools["mean"][rest], x[rest], weights=weight[rest]).fit()
    own = rows[rows["municipality_id"] == "M05"]["intake_0"].mean()
    at = fit.params.iloc[0] + fit.params.iloc[1] * (own - schools["intake_0"].mean()) / schools["intake_0"].std()
    assert expected["M05"] == pytest.approx(at, abs=1e-3)  # a weak prior on the slope is all that differs


def test_intervals_hold_what_municipalities_reach(country) -> None:
    inside = []
    for seed in range(6):
        data = pupils(seed)
        found = rows_of(expected_for_similar(country(data, attributes=("low_income",))), "country")
        reached = data.groupby("municipality_id")["position"].mean().reindex(found.index)
        inside.append(((found["low"] <= reached) & (reached <= found["high"])).mean())
        assert (found["verdict"] == "").all()
    assert 0.91 <= np.mean(inside) <= 0.99


def test_a_municipality_beyond_its_intake_differs_from_similar_ones(country) -> None:
    data = pupils(3, between=0.0)
    data.loc[data["municipality_id"] == "M07", "position"] += 0.4
    away = rows_of(expected_for_similar(country(data, attributes=("low_income",))), "similar")
    assert away.loc["M07", "verdict"] == "differs"
    assert away.loc["M07", "estimate"] == pytest.approx(0.4, abs=0.12)
    assert (away.drop("M07")["verdict"] == "differs").mean() < 0.15


def test_what_the_intake_explains_is_told_in_percent(country) -> None:
    found = expected_for_similar(country(pupils(), attributes=("low_income",)))
    explained = found[found["indicator"] == "explained_by_intake"].set_index("part")["estimate"]
    assert 40 < explained["schools"] < 100
    nothing = expected_for_similar(country(pupils(effect=0.0), attributes=("low_income",)))
    assert set(nothing["indicator"]) == {"explained_by_intake"}
    assert nothing["estimate"].max() < 10


@pytest.mark.parametrize(
    "make",
    [
        lambda: (pupils(schools=FEWEST_SCHOOLS - 1, places=5), {"attributes": ("low_income",)}),
        lambda: (pupils(), {"scope": "board", "attributes": ("low_income",)}),
        lambda: (pupils(), {}),
        lambda: (pupils().assign(low_income="no"), {"attributes": ("low_income",)}),
        lambda: (pupils().assign(position=0.0), {"attributes": ("low_income",)}),
        lambda: (pupils().assign(low_income=None), {"attributes": ("low_income",)}),
    ],
    ids=["few schools", "a board", "no intake", "an intake all share", "constant places", "unknown intake"],
)
def test_what_cannot_carry_an_expectation_has_none(country, make) -> None:
    rows, more = make()
    assert expected_for_similar(country(rows, **more)).empty


def test_with_fewer_than_five_municipalities_only_schools_are_predicted(country) -> None:
    found = expected_for_similar(country(pupils(schools=40, places=4), attributes=("low_income",)))
    assert rows_of(found, "country").empty
    assert len(rows_of(found, "country", schools=True)) == 40


def test_an_attribute_value_of_one_municipality_alone_does_not_run_away(country) -> None:
    rows = pupils().assign(settlement="city")
    rows.loc[rows["municipality_id"] == "M03", "settlement"] = "rural"
    found = rows_of(expected_for_similar(country(rows, attributes=("low_income", "settlement"))), "country")
    assert found["estimate"].abs().max() < 2


def test_what_is_told_of_municipalities_and_schools_is_planned_to_be_published(country) -> None:
    found = expected_for_similar(country(pupils(), attributes=("low_income",)))
    assert set(forms(found)) == {"all", "school"}
    assert not unplanned(found).any()


def test_the_order_of_pupils_changes_nothing(country) -> None:
    rows = pupils()
    one, other = (
        expected_for_similar(country(r, attributes=("low_income",)))
        for r in (rows, rows.sample(frac=1, random_state=4))
    )
    assert other["estimate"].to_numpy() == pytest.approx(one["estimate"].to_numpy(), abs=1e-9)


def test_left_out_needs_columns() -> None:
    rows = pupils().assign(standing=lambda r: r["position"], year=2026)
    assert left_out(rows, rows, "school_id", []) is None
