"""Attributes that follow from others: who is overage for the grade, where the school stands."""

import pandas as pd

from analysis.intake.mapping.maps import Map

BUILT_IN = ("sex", "preschool", "home_language", "sen", "low_income", "repeats", "moved", "overage", "settlement")
USUAL_AGE_OF_GRADE_0 = 7
AGES_TOLD = (12, 22)
"""Ages the store tells apart; the first stands for everybody younger, the last for everybody older."""


def with_derived(tables: dict[str, pd.DataFrame], settings: Map) -> dict[str, pd.DataFrame]:
    """Join pupils, enrolments and schools to the results and derive ``overage``, ``settlement`` and ``percent``.

    ``overage=yes`` where birth_year < school_year − grade − 7 (preschool: − 7). A result whose pupil has no enrolment in
    its year keeps its yearly attributes unknown; ``enrolled`` says which those are.
    """
    if "results" not in tables or tables["results"].empty:
        return tables
    results = tables["results"]
    pupil_columns = [c for c in _attributes("pupils", settings, ("birth_year", "sex", "preschool")) if c]
    yearly = _attributes("enrolments", settings, ("home_language", "sen", "low_income", "repeats", "moved"))
    results = _joined(results, tables.get("pupils"), ["pupil_id"], pupil_columns)
    results = _joined(results, tables.get("enrolments"), ["pupil_id", "school_year"], [*yearly, "enrolled"])
    results = _with_absence(results, tables.get("enrolments"))
    schools = tables["schools"][["school_id", "municipality_id", "settlement"]]
    results = results.merge(schools, on="school_id", how="left", validate="many_to_one")
    results["overage"] = _overage(results)
    spread = results["score_max"] - results["score_min"]
    percent = 100 * (results["score"] - results["score_min"]) / spread.where(spread > 0)
    results["percent"] = percent.round(9)  # 29.999999999999996 is 30: bands and thresholds are decided on it
    return tables | {"results": results}


def with_pupils(tables: dict[str, pd.DataFrame], settings: Map) -> dict[str, pd.DataFrame]:
    """Join pupils and schools to the enrolments: the attributes that results have too, and ``age``, but no birth year.

    ``age`` is what the pupil reaches in the calendar year in which the school year ends, coarsened to
    :data:`AGES_TOLD`; missing where the birth year is.
    """
    if "enrolments" not in tables:
        return tables
    own = [c for c in _attributes("pupils", settings, ("birth_year", "sex", "preschool")) if c]
    enrolments = _joined(tables["enrolments"], tables.get("pupils"), ["pupil_id"], own)
    schools = tables["schools"][["school_id", "settlement"]]
    enrolments = enrolments.merge(schools, on="school_id", how="left", validate="many_to_one")
    if "birth_year" not in enrolments:
        return tables | {"enrolments": enrolments}
    age = (enrolments["school_year"] - pd.to_numeric(enrolments["birth_year"])).clip(*AGES_TOLD)
    enrolments = enrolments.assign(overage=_overage(enrolments), age=age.astype("Int8"))
    return tables | {"enrolments": enrolments.drop(columns="birth_year")}


def _attributes(table: str, settings: Map, own: tuple[str, ...]) -> list[str]:
    declared = [*settings.attributes.get(table, ()), *settings.covariates.get(table, ())]  # type: ignore[call-overload]
    return list(dict.fromkeys([*own, *declared]))


def _joined(rows: pd.DataFrame, other: pd.DataFrame | None, key: list[str], columns: list[str]) -> pd.DataFrame:
    if other is None:
        return rows.assign(
            **{c: pd.Series(float("nan"), index=rows.index, dtype="str") for c in columns if c not in rows}
        )
    if "enrolled" in columns:
        other = other.assign(enrolled="yes")
    wanted = [c for c in columns if c in other and c not in rows]
    return rows.merge(other[[*key, *wanted]], on=key, how="left", validate="many_to_one")


def _with_absence(results: pd.DataFrame, enrolments: pd.DataFrame | None) -> pd.DataFrame:
    """Join the year's absence where it is given: a sign for models, no attribute of groups."""
    if enrolments is None or "absence_percent" not in enrolments or "absence_percent" in results:
        return results
    of_year = enrolments[["pupil_id", "school_year", "absence_percent"]]
    return results.merge(of_year, on=["pupil_id", "school_year"], how="left", validate="many_to_one")


def _overage(results: pd.DataFrame) -> "pd.Series[str]":
    grade = pd.to_numeric(results["grade"].replace("PS", "0"))
    birth_year = pd.to_numeric(results["birth_year"])
    usual = results["school_year"] - grade - USUAL_AGE_OF_GRADE_0
    overage = pd.Series("no", index=results.index, dtype="str").mask(birth_year < usual, "yes")
    return overage.where(birth_year.notna())


def attributes_of(settings: Map) -> tuple[str, ...]:
    """Return all group attributes of a delivery, in their fixed order: built-in ones, then declared ones."""
    declared = [name for names in settings.attributes.values() for name in names]
    return tuple(dict.fromkeys([*BUILT_IN, *declared]))
