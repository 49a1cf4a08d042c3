"""Where tables do not quite fit each other: counts that an analyst may send back, and that forbid nothing."""

from collections.abc import Mapping

import pandas as pd

from analysis.faults import Fault
from analysis.intake.mapping.recoding import UNKNOWN
from analysis.intake.provenance import FILE

_TEST = ["school_year", "grade", "test", "domain"]
_SMALLEST = 0.01

Tables = Mapping[str, pd.DataFrame]


def cross_notes(tables: Tables) -> list[Fault]:
    """Count what does not fit between tables.

    Returns
    -------
    list of Fault
        D20 sums of items that are not the score, D21 more answers than could be given, D22 support of a programme that the
        capacity does not know, D23 more lessons held than planned, D24 bands that do not add up to the published number,
        D25 rows of pupils who are not enrolled that year, D26 more pupils in an activity than in the school, D27 results
        of another grade than the enrolment's. Each with its number, none with an id.
    """
    found = {
        ("D20", "items"): _sums(tables),
        ("D21", "wellbeing"): _answers(tables),
        ("D22", "support_given"): _programmes(tables),
        ("D23", "lesson_hours"): _lessons(tables),
        ("D24", "school_bands"): _bands(tables),
        **{("D25", table): _not_enrolled(table, tables) for table in ("items", "marks", "support_given")},
        ("D26", "activities"): _activities(tables),
        ("D27", "results"): _grades(tables),
    }
    return [
        Fault(code, file_of(tables[table], table), facts={"count": count, "table": table})
        for (code, table), count in found.items()
        if count
    ]


def file_of(rows: pd.DataFrame, table: str) -> str:
    """Return the one file that rows came from, or the name of their table where there are several."""
    files = rows[FILE].unique()
    return str(files[0]) if len(files) == 1 else table


def _sums(tables: Tables) -> int:
    """Count pupils whose points do not add up to their score, where both are on one scale."""
    if not {"items", "item_map", "results"} <= set(tables):
        return 0
    attainable = tables["item_map"].groupby(_TEST, sort=False)["max_points"].sum().rename("attainable")
    points = tables["items"].groupby(["pupil_id", *_TEST], sort=False)["points"].sum().rename("points").reset_index()
    results = tables["results"]
    results = results[(results["status"] == "present") & results["session"].isna()]
    results = results.drop_duplicates(["pupil_id", *_TEST], keep=False)[["pupil_id", *_TEST, "score", "score_max"]]
    both = results.merge(points, on=["pupil_id", *_TEST]).merge(attainable.reset_index(), on=_TEST)
    one_scale = (both["score_max"] - both["attainable"]).abs() < _SMALLEST
    return int((one_scale & ((both["score"] - both["points"]).abs() > _SMALLEST)).sum())


def _answers(tables: Tables) -> int:
    """Count groups in which more answered than could: a school's role and grade, or the school's role as a whole."""
    if not {"wellbeing", "wellbeing_roster"} <= set(tables):
        return 0
    group = ["school_year", "school_id", "role"]
    roster, answers = tables["wellbeing_roster"], tables["wellbeing"]
    people = answers.drop_duplicates([*group, "grade", "respondent_id"])
    count = 0
    for key, part in (
        ([*group, "grade"], roster[roster["grade"].notna()]),
        (group, roster[roster["grade"].isna()]),
    ):
        answered = people.groupby(key, sort=False)["respondent_id"].nunique().rename("answered").reset_index()
        both = part.merge(answered, on=key)
        count += int((both["answered"] > both["eligible"]).sum())
    return count


def _programmes(tables: Tables) -> int:
    if not {"support_given", "support_capacity"} <= set(tables):
        return 0
    key = ["school_year", "programme"]
    known = pd.MultiIndex.from_frame(tables["support_capacity"][key])
    return int((~pd.MultiIndex.from_frame(tables["support_given"][key]).isin(known)).sum())


def _lessons(tables: Tables) -> int:
    lessons = tables.get("lesson_hours")
    return 0 if lessons is None else int((lessons["delivered"] > lessons["planned"]).sum())


def _bands(tables: Tables) -> int:
    if not {"school_bands", "school_results"} <= set(tables):
        return 0
    key = ["school_id", *_TEST, "level"]
    in_bands = tables["school_bands"].groupby(key, dropna=False, sort=False)["n"].sum().rename("in_bands").reset_index()
    both = tables["school_results"][[*key, "n"]].dropna(subset="n").merge(in_bands, on=key)
    return int((both["n"] != both["in_bands"]).sum())


def _not_enrolled(table: str, tables: Tables) -> int:
    """Count rows of known pupils who have no enrolment in the row's year (results: D06)."""
    if not {table, "enrolments"} <= set(tables):
        return 0
    key = ["pupil_id", "school_year"]
    named = tables[table].groupby(key, sort=False).size()
    named = named[~named.index.get_level_values("pupil_id").str.startswith(UNKNOWN)]
    return int(named[~named.index.isin(pd.MultiIndex.from_frame(tables["enrolments"][key]))].sum())


def _activities(tables: Tables) -> int:
    """Count activities with more pupils than their school has (in the grade, where they name one) that year."""
    if not {"activities", "enrolments"} <= set(tables):
        return 0
    activities, enrolments = tables["activities"], tables["enrolments"]
    school = ["school_id", "school_year"]
    count = 0
    for key, part in (
        ([*school, "grade"], activities[activities["grade"].notna()]),
        (school, activities[activities["grade"].isna()]),
    ):
        enrolled = enrolments.groupby(key, sort=False).size().rename("enrolled").reset_index()
        both = part.merge(enrolled, on=key)
        count += int((both["pupils"] > both["enrolled"]).sum())
    return count


def _grades(tables: Tables) -> int:
    if not {"results", "enrolments"} <= set(tables):
        return 0
    key = ["pupil_id", "school_year"]
    results = tables["results"].groupby([*key, "grade"], sort=False).size().rename("rows").reset_index()
    both = results.merge(tables["enrolments"][[*key, "grade"]], on=key, suffixes=("", "_enrolled"))
    return int(both.loc[both["grade"] != both["grade_enrolled"], "rows"].sum())
