"""Schools as learning organisations: rounds of surveys, agreement, spread of schools."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.climate import learning_organisation
from analysis.words.catalogue import labels

ITEMS = pd.DataFrame({"item": ["s1", "s2", "s3"], "dimension": "vision"})


def staff(levels: dict[str, float], n: int = 20, year: int = 2026, noise: float = 0.3, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        {"respondent": f"{school}{year}{i}", "school_year": year, "school_id": school, "item": item, "value": own + e}
        for school, level in levels.items()
        for i in range(n)
        for own in [level + rng.normal(0, noise)]
        for item, e in zip(ITEMS["item"], rng.normal(0, 0.3, 3), strict=True)
    ]
    return pd.DataFrame(rows)


def schools(*ids: str, staff_total: float = 30.0) -> pd.DataFrame:
    return pd.DataFrame({"school_id": ids, "municipality_id": [i[0] for i in ids], "staff_total": staff_total})


def of(found: pd.DataFrame, indicator: str, **keys: str) -> pd.DataFrame:
    mine = found["indicator"] == indicator
    for key, value in keys.items():
        mine &= found[key] == value
    return found[mine]


def test_a_municipality_takes_each_schools_newest_survey() -> None:
    answers = pd.concat([staff({"A1": 3.0, "B1": 4.0}, year=2026), staff({"A1": 1.5, "A2": 4.0}, year=2025)])
    found = learning_organisation(answers, ITEMS, schools("A1", "A2", "B1"), "country")
    place = of(found, "slo_dimension", municipality_id="A", school_id="", reference="").iloc[0]
    assert place["estimate"] == pytest.approx(3.5, abs=0.1)  # 3.0 of 2026 and 4.0 of 2025, not 1.5
    assert (place["year_from"], place["school_year"], place["n"]) == (2025, 2026, 40)
    old = learning_organisation(answers, ITEMS, schools("A1", "A2", "B1"), "country", rounds=1)
    assert of(old, "slo_dimension", municipality_id="A", school_id="", reference="")["n"].tolist() == [20]


def test_agreement_is_near_one_where_staff_answer_alike_and_near_none_by_chance() -> None:
    rng = np.random.default_rng(3)
    chance = staff({"A2": 3.0}).assign(value=rng.integers(1, 6, 60).astype(float))
    found = learning_organisation(
        pd.concat([staff({"A1": 4.5, "A3": 1.5}, noise=0.1), chance]), ITEMS, schools("A1", "A2", "A3"), "country"
    )
    agreement = of(found, "slo_agreement").set_index("school_id")["estimate"]
    assert agreement["A1"] > 95
    assert agreement["A2"] < 40


def test_the_spread_of_schools_never_is_one_schools_mean() -> None:
    seven = {f"A{i}": 2 + 0.3 * i for i in range(7)}
    few = learning_organisation(staff(seven), ITEMS, schools(*seven), "country")
    assert of(few, "slo_schools", unit="level").empty
    eight = {f"A{i}": 2 + 0.3 * i for i in range(8)}
    found = learning_organisation(staff(eight | {"B1": 3.0, "B2": 3.0}), ITEMS, schools(*eight, "B1", "B2"), "country")
    quartiles = of(found, "slo_schools", unit="level").set_index("part")
    means = of(found, "slo_dimension", municipality_id="A", reference="")
    means = means.loc[means["school_id"] != "", "estimate"]
    assert quartiles.loc["vision|q50", "estimate"] == pytest.approx(means.median())
    assert set(quartiles["municipality_id"]) == {"A"}
    sides = of(found, "slo_schools", unit="pupils")
    assert set(sides["municipality_id"]) == {"A"}  # of two schools each would know the other's
    assert sides["estimate"].between(2, 4).all()  # the middle ones lie on no side surely


def test_a_school_of_which_half_did_not_answer_is_not_told() -> None:
    levels = {"A1": 2.0, "A2": 4.0, "A3": 3.0}
    found = learning_organisation(staff(levels), ITEMS, schools(*levels, staff_total=60.0), "country")
    own = of(found, "slo_dimension", reference="")
    own = own[own["school_id"] != ""]
    assert own["estimate"].isna().all()
    assert set(own["verdict"]) == {"too_few"}
    assert of(found, "slo_agreement").empty
    assert of(found, "slo_response", school_id="A1")["estimate"].tolist() == [pytest.approx(100 / 3)]


def test_without_the_number_of_staff_no_school_is_told_but_the_municipality_is() -> None:
    levels = {"A1": 2.0, "A2": 4.0}
    found = learning_organisation(staff(levels), ITEMS, schools(*levels).drop(columns="staff_total"), "country")
    own = of(found, "slo_dimension", reference="")
    assert own.loc[own["school_id"] != "", "estimate"].isna().all()
    assert own.loc[own["municipality_id"] == "A", "estimate"].notna().any()
    assert of(found, "slo_response").empty


EIGHT = list(labels()["dimension"])


def of_dimensions(names: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make 30 answers in each of ten schools to three items a dimension, each dimension a tenth above the one before."""
    levels, parts, items = {f"A{i}": 3.0 for i in range(10)}, [], []
    for k, name in enumerate(names):
        rows = staff(levels, n=30, seed=k)
        parts.append(rows.assign(item=rows["item"] + name, value=rows["value"] + k / 10))
        items += [(item + name, name) for item in ITEMS["item"]]
    return pd.concat(parts, ignore_index=True), pd.DataFrame(items, columns=["item", "dimension"])


def test_the_validated_eight_dimensions_are_judged_as_the_seven_are() -> None:
    assert len(EIGHT) == 8
    answers, items = of_dimensions(EIGHT)
    ids = tuple(f"A{i}" for i in range(10))
    found = learning_organisation(answers, items, schools(*ids), "board")
    own = of(found, "slo_dimension", school_id="", reference="").set_index("part")["estimate"]
    assert own.to_dict() == {name: pytest.approx(3 + k / 10, abs=0.1) for k, name in enumerate(EIGHT)}
    assert set(of(found, "slo_reliability")["part"]) == {f"{d}|{m}" for d in EIGHT for m in ("alpha", "omega", "icc")}
    without = learning_organisation(answers, items[items["dimension"] != "leadership"], schools(*ids), "board")
    assert set(of(without, "slo_dimension")["part"]) == set(EIGHT) - {"leadership"}


def test_barriers_and_forms_of_development_are_no_dimensions() -> None:
    answers, items = of_dimensions(["leadership", "barrier:time", "form:practice"])
    ids = tuple(f"A{i}" for i in range(10))
    found = learning_organisation(answers, items, schools(*ids), "board")
    assert {part.split("|")[0] for part in found["part"] if part} == {"leadership"}
    only = items[items["dimension"] != "leadership"]
    assert learning_organisation(answers, only, schools(*ids), "board").empty
