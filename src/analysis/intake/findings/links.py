"""What is not linked: results without an enrolment, pupils unknown or without a result, tests without items, no earlier stage."""

import pandas as pd

from analysis.intake.findings.shape import SCHOOL, Tables, counted, known, main_results, nothing, placed, shaped, stage
from analysis.intake.mapping.recoding import UNKNOWN

_FEW = 0.05  # of a grade's pupils: fewer without a result have moved, or were ill
_LINKED = 0.9
_JUDGED = 10


def no_enrolment(tables: Tables) -> pd.DataFrame:
    """Find results without an enrolment in their year: their yearly attributes are unknown."""
    results = tables.get("results", pd.DataFrame())
    if results.empty or "enrolled" not in results or "enrolments" not in tables:
        return nothing()
    flag = results["enrolled"].isna() & ~results["pupil_id"].str.startswith(UNKNOWN)
    return shaped(counted(placed(results, tables), flag), code="no_enrolment", table="results", population="papers")


def unknown_pupils(tables: Tables) -> pd.DataFrame:
    """Find results of pupils that nobody knows: they count, and are never joined with other years."""
    results = tables.get("results", pd.DataFrame())
    if results.empty:
        return nothing()
    flag = results["pupil_id"].str.startswith(UNKNOWN)
    return shaped(counted(placed(results, tables), flag), code="unknown_pupils", table="results", population="papers")


def no_result(tables: Tables) -> pd.DataFrame:
    """Find grades in which many pupils have no row in any test that their own school's grade sat that year."""
    results, enrolments = main_results(tables), tables.get("enrolments", pd.DataFrame())
    if results.empty or enrolments.empty:
        return nothing()
    stages = [*SCHOOL, "school_year", "grade"]
    sat = results[stages].drop_duplicates().assign(sat=True)
    there = results[["pupil_id", "school_year"]].drop_duplicates().assign(there=True)
    pupils = placed(enrolments, tables).merge(sat, on=stages).merge(there, on=["pupil_id", "school_year"], how="left")
    found = counted(pupils, pupils["there"].isna(), [*SCHOOL, "grade"], person="pupil_id")
    return shaped(found[found["count"] > _FEW * found["of"]], code="no_result", table="enrolments")


def no_items(tables: Tables) -> pd.DataFrame:
    """Find results without items in tests whose items came."""
    results, items = main_results(tables), tables.get("items", pd.DataFrame())
    if results.empty or items.empty:
        return nothing()
    test = ["school_year", "grade", "test", "domain"]
    with_items = items[["pupil_id", *test]].drop_duplicates().assign(items=True)
    present = results[results["status"] == "present"].merge(items[test].drop_duplicates(), on=test)
    present = present.merge(with_items, on=["pupil_id", *test], how="left")
    found = counted(present, present["items"].isna(), [*SCHOOL, "grade"])
    return shaped(found, code="no_items", table="items", population="papers")


def no_earlier_stage(tables: Tables) -> pd.DataFrame:
    """Find where pupils cannot be followed: no pupil of a school, or too few of a municipality, have an earlier stage's result.

    Only years are looked at that the delivery can answer for: the earlier stage must have been tested in the year in which
    a pupil who never repeats was in it.
    """
    results = main_results(tables)
    if results.empty:
        return nothing()
    rows = known(results)[["pupil_id", "school_year", "grade", *SCHOOL]].drop_duplicates()
    rows = rows.assign(stage=stage(rows["grade"]))
    stages = sorted(rows["stage"].unique())
    before = dict(zip(stages[1:], stages[:-1], strict=True))
    due = rows.assign(earlier=rows["stage"].map(before)).dropna(subset="earlier")
    years = pd.MultiIndex.from_frame(rows[["school_year", "stage"]].drop_duplicates())
    then = due["school_year"] - (due["stage"] - due["earlier"])
    due = due[pd.MultiIndex.from_arrays([then, due["earlier"]]).isin(years)]
    if due.empty:
        return nothing()
    first = rows.groupby("pupil_id")["stage"].min()
    flag = due["pupil_id"].map(first) >= due["stage"]
    schools = counted(due, flag, [*SCHOOL, "grade"], person="pupil_id")
    boards = counted(due, flag, ["municipality_id"], person="pupil_id")
    none = schools[(schools["count"] == schools["of"]) & (schools["of"] >= _JUDGED)]
    few = boards[(boards["count"] > (1 - _LINKED) * boards["of"]) & (boards["of"] >= _JUDGED)]
    parts = {"few_earlier_stage": few, "no_earlier_stage": none}
    return pd.concat([shaped(part, code=code, table="results") for code, part in parts.items()], ignore_index=True)
