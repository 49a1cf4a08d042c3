"""Impossible counts: more than can be there, in two places at once, grades that nobody passes through."""

from collections.abc import Iterable

import pandas as pd

from analysis.faults import Fault
from analysis.intake.findings.shape import (
    SCHOOL,
    Tables,
    counted,
    file_of,
    known,
    main_results,
    nothing,
    placed,
    shaped,
    stage,
)
from analysis.intake.provenance import FILE

_TOLD = {"D05": "duplicates_decided", "D09": "not_unique"}
_TEST = ["school_year", "grade", "test", "domain", "level"]
_SURPLUS = 0.1  # of those enrolled: some pupils sit a test elsewhere
_FEW = 3
_SILENT = 10  # eligible: of fewer nobody may have been there that day


def more_than_enrolled(tables: Tables) -> pd.DataFrame:
    """Find grades of a school in which clearly more pupils have results than were enrolled in the year."""
    results, enrolments = main_results(tables), tables.get("enrolments", pd.DataFrame())
    if results.empty or enrolments.empty:
        return nothing()
    by = ["school_id", "school_year", "grade"]
    sat = known(results).groupby([*SCHOOL, *by[1:]], observed=True)["pupil_id"].nunique().rename("sat").reset_index()
    there = enrolments.groupby(by, observed=True)["pupil_id"].nunique().rename("of").reset_index()
    both = sat.merge(there, on=by)
    odd = both[both["sat"] - both["of"] > (both["of"] * _SURPLUS).clip(lower=_FEW)]
    odd = odd.assign(count=odd["sat"] - odd["of"], of=odd["sat"], year_from=odd["school_year"])
    return shaped(odd, code="more_than_enrolled", table="results")


def bands_not_n(tables: Tables) -> pd.DataFrame:
    """Find published bands of a school that do not add up to its published number of takers."""
    bands, means = tables.get("school_bands", pd.DataFrame()), tables.get("school_results", pd.DataFrame())
    if bands.empty or means.empty or "n" not in means:
        return nothing()
    keys = ["school_id", *_TEST]
    filled = [frame.assign(level=frame["level"].fillna("") if "level" in frame else "") for frame in (bands, means)]
    summed = filled[0].groupby(keys, observed=True)["n"].sum().rename("count").reset_index()
    both = summed.merge(filled[1].dropna(subset="n")[[*keys, "n"]].rename(columns={"n": "of"}), on=keys)
    odd = both[both["count"] != both["of"]]
    apart = (odd["count"] - odd["of"]).abs()
    odd = placed(odd, tables).assign(count=apart, of=odd[["count", "of"]].max(axis=1), year_from=odd["school_year"])
    return shaped(odd, code="bands_not_n", table="school_bands", file=file_of(bands), population="papers")


def survey_answers(tables: Tables) -> pd.DataFrame:
    """Find surveys answered by more than the roster has as eligible, and schools that sent no answers while others did."""
    answers, roster = tables.get("wellbeing", pd.DataFrame()), tables.get("wellbeing_roster", pd.DataFrame())
    if answers.empty or roster.empty:
        return nothing()
    by = ["school_id", "school_year", "role"]
    given = answers.groupby(by, observed=True)["respondent_id"].nunique().rename("count").reset_index()
    eligible = roster.groupby(by, observed=True)["eligible"].sum().rename("of").reset_index()
    both = eligible.merge(given, on=by, how="left").fillna({"count": 0})
    both = placed(both, tables).assign(year_from=both["school_year"], column=both["role"])
    over = both[both["count"] > both["of"]]
    over = over.assign(count=over["count"] - over["of"], of=over["count"])
    others = both["count"].groupby([both["school_year"], both["role"]], observed=True).transform("sum")
    none = both[(both["count"] == 0) & (both["of"] >= _SILENT) & (others > 0)]
    none = none.assign(count=none["of"])
    more = {"table": "wellbeing", "file": file_of(answers), "population": "respondents"}
    parts = {"more_than_eligible": over, "no_answers": none}
    return pd.concat([shaped(part, code=code, **more) for code, part in parts.items()], ignore_index=True)


def staff_answers(tables: Tables) -> pd.DataFrame:
    """Find schools in whose newest staff survey more answered than ``staff_total`` counts."""
    answers, schools = tables.get("staff_survey", pd.DataFrame()), tables["schools"]
    if answers.empty or "staff_total" not in schools:
        return nothing()
    newest = answers[answers["school_year"] == answers["school_year"].max()]
    by = ["school_id", "school_year"]
    given = newest.groupby(by, observed=True)["respondent_id"].nunique().rename("of").reset_index()
    both = given.astype({"school_id": "str"}).merge(schools[["school_id", "staff_total"]].astype({"school_id": "str"}))
    over = both[both["of"] > both["staff_total"]]
    if over.empty:
        return nothing()
    over = placed(over, tables).assign(
        count=over["of"] - over["staff_total"], year_from=over["school_year"], column="staff"
    )
    more = {"table": "staff_survey", "file": file_of(answers), "population": "respondents"}
    return shaped(over, code="more_than_eligible", **more)


def two_schools(tables: Tables) -> pd.DataFrame:
    """Find pupils with results of one test from two schools in one year."""
    results = main_results(tables)
    if results.empty:
        return nothing()
    by = ["pupil_id", "school_year", "grade", "test"]
    seen = known(results)[[*by, *SCHOOL]].drop_duplicates()
    flag = seen.duplicated(by, keep=False)
    found = counted(seen, flag, person="pupil_id")
    return shaped(found, code="two_schools", table="results", file=file_of(results))


def two_grades(tables: Tables) -> pd.DataFrame:
    """Find pupils with results of one test for two grades in one year, or for a grade two or more from the one enrolled in.

    One grade apart is usual: an exam of grade 12 may be sat in grade 11.
    """
    results = main_results(tables)
    if results.empty:
        return nothing()
    rows = known(results)[["pupil_id", "school_year", "test", "grade", *SCHOOL]].drop_duplicates()
    rows = rows.reset_index(drop=True)
    flag = rows.groupby(["pupil_id", "school_year", "test"], observed=True)["grade"].transform("nunique") > 1
    if "enrolments" in tables:
        enrolled = tables["enrolments"][["pupil_id", "school_year", "grade"]].rename(columns={"grade": "own"})
        own = rows.merge(enrolled, on=["pupil_id", "school_year"], how="left")["own"]
        flag |= (stage(own) - stage(rows["grade"])).abs() > 1
    found = counted(rows, flag, person="pupil_id")
    return shaped(found, code="two_grades", table="results", file=file_of(results))


def grade_jumps(tables: Tables) -> pd.DataFrame:
    """Find pupils who go down a grade, or up more grades than years; to repeat a grade is no fault."""
    source = "enrolments" if "enrolments" in tables else "results"
    rows = tables.get(source, pd.DataFrame())
    if rows.empty:
        return nothing()
    rows = known(placed(rows, tables))
    rows = rows[["pupil_id", "school_year", "grade", *SCHOOL]].drop_duplicates(["pupil_id", "school_year", "grade"])
    rows = rows.assign(stage=stage(rows["grade"])).sort_values(["pupil_id", "school_year", "stage"], kind="stable")
    by = rows.groupby("pupil_id", sort=False, observed=True)
    steps, years = by["stage"].diff(), by["school_year"].diff()
    flag = (steps < 0) | (steps > years)
    found = counted(rows, flag & (years > 0), person="pupil_id")
    return shaped(found, code="grade_jump", table=source)


def decided(tables: Tables, faults: Iterable[Fault]) -> pd.DataFrame:
    """Tell of rows that a map decided about (D05) and of columns that ought to be unique and are not (D09).

    Both are known when the files are read; nobody can tell afterwards which schools they belong to.
    """
    rows = []
    for fault in (f for f in faults if f.code in _TOLD):
        table = str(fault.facts.get("table", ""))
        of = len(tables.get(table, ())) if table else _largest(tables, fault.file)
        own = {"code": _TOLD[fault.code], "table": table, "file": fault.file, "column": fault.column}
        counts = {"count": fault.facts["count"], "of": of, "population": "schools" if table == "schools" else "papers"}
        rows.append(own | counts)
    return shaped(pd.DataFrame(rows))


def _largest(tables: Tables, file: str) -> int:
    """Return how many rows the table has that took most from a file."""
    return max((int((rows[FILE] == file).sum()) for rows in tables.values() if FILE in rows), default=0)
