"""Results learn what is known of their pupils and schools; what is not known stays unknown."""

import math

import pandas as pd
import pytest

from analysis.faults import rejected
from analysis.intake.checking.typed import typed
from analysis.intake.derived import attributes_of, with_derived
from analysis.intake.mapping.maps import Map

NONE = Map()


def table(name: str, *rows: dict[str, str], numbers: tuple[str, ...] = ()) -> pd.DataFrame:
    frame = pd.DataFrame(rows).fillna("").astype("str").assign(_file=f"{name}.csv", _line=range(2, 2 + len(rows)))
    made, faults = typed(name, frame, numbers)
    assert rejected(faults) == []
    return made


def result(pupil: str = "a", **changes: str) -> dict[str, str]:
    base = {"pupil_id": pupil, "school_year": "2024", "grade": "9", "test": "CE", "domain": "x", "school_id": "S1"}
    return base | {"score": "30", "score_max": "40", "status": "present"} | changes


SCHOOLS = table("schools", {"school_id": "S1", "name": "Skola", "municipality_id": "D1", "settlement": "rural"})


def derived(*rows: dict[str, str], settings: Map = NONE, **tables: pd.DataFrame) -> pd.DataFrame:
    return with_derived({"results": table("results", *rows), "schools": SCHOOLS} | tables, settings)["results"]


def test_percent_is_the_share_of_the_range() -> None:
    made = derived(
        result(),
        result("b", score="20", score_min="10", score_max="50"),
        result("c", score_max=""),
        result("d", score="", status="absent"),
    )
    assert made["percent"].tolist()[:2] == [75, 25]
    assert made["percent"].isna().tolist() == [False, False, True, True]


def test_a_score_on_a_threshold_is_on_it() -> None:
    """100 × 0.29 is 28.999999999999996: bands and thresholds are decided on 29."""
    made = derived(*(result(str(n), score=f"{n / 100}", score_max="1") for n in range(101)))
    assert made["percent"].tolist() == list(range(101))


def test_a_range_of_nothing_has_no_percent() -> None:
    assert math.isnan(derived(result(score="0", score_max="0"))["percent"].iloc[0])


def test_place_and_settlement_are_those_of_the_results_school() -> None:
    assert derived(result())[["municipality_id", "settlement"]].to_numpy().tolist() == [["D1", "rural"]]


@pytest.mark.parametrize(
    ("birth_year", "grade", "expected"),
    [("2008", "9", "no"), ("2007", "9", "yes"), ("2017", "PS", "no"),
     ("2016", "PS", "yes"), ("2005", "12", "no"), ("2004", "12", "yes")],
)  # fmt: skip
def test_overage_is_born_before_the_usual_year(birth_year: str, grade: str, expected: str) -> None:
    """Grade 9 in spring 2024: usually born in 2008 (2024 − 9 − 7)."""
    pupils = table("pupils", {"pupil_id": "a", "birth_year": birth_year})
    assert derived(result(grade=grade), pupils=pupils)["overage"].tolist() == [expected]


def test_without_a_birth_year_nobody_is_overage_or_not() -> None:
    assert derived(result())["overage"].isna().all()
    assert derived(result("b"), pupils=table("pupils", {"pupil_id": "a", "birth_year": "2008"}))["overage"].isna().all()


def test_yearly_attributes_are_those_of_the_results_year_and_unknown_without_an_enrolment() -> None:
    enrolments = table(
        "enrolments",
        {"pupil_id": "a", "school_year": "2024", "grade": "9", "school_id": "S1", "sen": "yes"},
        {"pupil_id": "a", "school_year": "2023", "grade": "8", "school_id": "S1", "sen": "no"},
    )
    made = derived(result(), result(school_year="2023"), result(school_year="2022"), enrolments=enrolments)
    assert made["sen"].fillna("–").tolist() == ["yes", "no", "–"]
    assert made["enrolled"].notna().tolist() == [True, True, False]


def test_rows_are_neither_lost_nor_doubled_nor_moved() -> None:
    made = derived(*(result(str(n)) for n in range(50)), pupils=table("pupils", {"pupil_id": "7", "sex": "girl"}))
    assert made["pupil_id"].tolist() == [str(n) for n in range(50)]
    assert made["sex"].notna().sum() == 1


def test_declared_attributes_and_covariates_are_joined_and_listed_after_the_built_in_ones() -> None:
    settings = Map(attributes={"pupils": ["club"]}, covariates={"pupils": ["gcse"]})
    pupils = table("pupils", {"pupil_id": "a", "club": "7", "gcse": "6.5"}, numbers=("gcse",))
    assert derived(result(), settings=settings, pupils=pupils)[["club", "gcse"]].to_numpy().tolist() == [["7", 6.5]]
    assert attributes_of(settings)[0] == "sex"
    assert attributes_of(settings)[-1] == "club"


def test_without_results_of_pupils_nothing_is_derived() -> None:
    assert set(with_derived({"schools": SCHOOLS}, NONE)) == {"schools"}
