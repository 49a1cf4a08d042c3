"""Attributes of pupils: empty for a whole school, the same for everybody, absent for many; birth years no pupil can have."""

import pandas as pd

from analysis.intake.findings.shape import SCHOOL, Tables, counted, known, main_results, nothing, placed, shaped, stage
from analysis.intake.findings.tests import unlike_others
from analysis.intake.mapping.maps import Map

METHOD = "exact conditional test, Holm 5%"
_SOURCES = {"pupils": ("sex", "preschool"), "enrolments": ("home_language", "sen", "low_income", "repeats", "moved")}
# A school may well have no pupil of another language; these are marked everywhere, or nobody filled them in.
_EVERYWHERE = ("sen", "low_income", "repeats", "moved")
_JUDGED = 10
_ABSENT = 0.05
_FEW = 5
_RARE = ("repeats", "moved")
_USUAL_AGE = 7
_YOUNGER, _OLDER = 2, 5


def _pupils(tables: Tables) -> pd.DataFrame:
    """Return pupil years with a school: enrolments, or results where none came, with what is known of the pupil."""
    rows = tables.get("enrolments", pd.DataFrame())
    if rows.empty:
        rows = main_results(tables)
        return known(rows).drop_duplicates(["pupil_id", "school_year"]) if len(rows) else rows
    rows = placed(rows, tables)
    if "pupils" in tables:
        own = tables["pupils"].drop(columns=[c for c in tables["pupils"] if c in rows and c != "pupil_id"])
        rows = rows.merge(own, on="pupil_id", how="left")
    return rows


def _attributes(rows: pd.DataFrame, settings: Map) -> dict[str, str]:
    """Return the attributes that somebody filled in, with their table."""
    declared: dict[str, list[str]] = {str(table): list(names) for table, names in settings.attributes.items()}
    named = {a: table for table, own in _SOURCES.items() for a in [*own, *declared.get(table, [])]}
    return {a: table for a, table in named.items() if a in rows and rows[a].notna().any()}


def empty_in_school(tables: Tables, settings: Map) -> pd.DataFrame:
    """Find attributes that are empty for a whole school in a year in which most of the other schools filled them in."""
    rows = _pupils(tables)
    found = [nothing()]
    for attribute, table in _attributes(rows, settings).items() if len(rows) else ():
        by = [*SCHOOL, "school_year"]
        filled = rows.assign(filled=rows[attribute].notna()).groupby(by, observed=True)["filled"].agg(["sum", "size"])
        year = filled.groupby("school_year").transform("sum")
        others = (year["sum"] - filled["sum"]) / (year["size"] - filled["size"])
        odd = filled[(filled["sum"] == 0) & (filled["size"] >= _JUDGED) & (others > 0.5)].reset_index()
        years = odd.groupby(SCHOOL).agg(
            year_from=("school_year", "min"), school_year=("school_year", "max"), count=("size", "sum")
        )
        found.append(_shaped(years.reset_index(), "empty_in_school", table, attribute))
    return pd.concat(found, ignore_index=True)


def _shaped(rows: pd.DataFrame, code: str, table: str, attribute: str) -> pd.DataFrame:
    return shaped(rows.assign(of=rows["count"]), code=code, table=table, column=attribute) if len(rows) else nothing()


def absent_values(tables: Tables, settings: Map) -> pd.DataFrame:
    """Find attributes that are empty for more than a twentieth of a municipality's pupils, in the newest year with pupils."""
    rows = _pupils(tables)
    found = [nothing()]
    newest = rows[rows["school_year"] == rows["school_year"].max()] if len(rows) else rows
    for attribute, table in _attributes(rows, settings).items() if len(rows) else ():
        counts = counted(newest, newest[attribute].isna(), ["municipality_id"])
        many = counts[
            (counts["count"] >= _FEW) & (counts["count"] > _ABSENT * counts["of"]) & (counts["count"] < counts["of"])
        ]
        found.append(shaped(many, code="absent_values", table=table, column=attribute))
        none = counts[counts["count"] == counts["of"]]
        found.append(shaped(none, code="empty_in_municipality", table=table, column=attribute))
    return pd.concat(found, ignore_index=True)


def constant(tables: Tables, settings: Map) -> pd.DataFrame:
    """Find attributes with one value for everybody in a municipality, and schools with almost nobody marked.

    Schools are judged by the exact conditional test within years; home language is not, nor are attributes that a map
    declares: that a school has none of a group may be the truth.
    """
    rows = _pupils(tables)
    found = [nothing()]
    for attribute, table in _attributes(rows, settings).items() if len(rows) else ():
        top = rows.groupby("municipality_id", observed=True)[attribute].value_counts().rename("count").reset_index()
        of = top.groupby("municipality_id", observed=True)["count"].transform("sum")
        elsewhere = top["count"].sum() - of
        same = top.groupby(attribute, observed=True)["count"].transform("sum") - top["count"]
        due = of * (1 - same / elsewhere.where(elsewhere > 0))  # so many with another value, were it as elsewhere
        rare = due.isna() & (attribute in _RARE)  # a board alone may have nobody marked
        odd = top.assign(of=of)[(top["count"] == of) & (of >= 10 * _JUDGED) & ~(due < _FEW) & ~rare]
        group = attribute + "=" + odd[attribute].astype("str")
        found.append(shaped(odd.assign(group=group), code="constant", table=table, column=attribute))
    marked = [a for a in _EVERYWHERE if a in _attributes(rows, settings)] if len(rows) else []
    return pd.concat([*found, _unmarked(rows, marked)], ignore_index=True)


def _unmarked(rows: pd.DataFrame, attributes: list[str]) -> pd.DataFrame:
    """Find schools in which almost nobody has a mark that others' pupils have."""
    cells = []
    for attribute in attributes:
        seen = rows[rows[attribute].notna()]
        by = seen.assign(count=seen[attribute] == "yes").groupby(["school_id", "school_year"], observed=True)["count"]
        cells.append(by.agg(["sum", "size"]).set_axis(["count", "n"], axis=1).reset_index().assign(kind=attribute))
    if not cells or rows["school_id"].nunique() < 3:
        return nothing()
    far = unlike_others(pd.concat(cells, ignore_index=True), "school_id", "school_year")
    far = far[far["low"]] if len(far) else far
    if far.empty:
        return nothing()
    years = rows.groupby("school_id")["school_year"].agg(["min", "max"])
    home = rows.drop_duplicates("school_id").set_index("school_id")["municipality_id"]
    named = far.assign(
        municipality_id=far["school_id"].map(home), column=far["kind"], group=far["kind"] + "=yes", of=far["n"],
        year_from=far["school_id"].map(years["min"]), school_year=far["school_id"].map(years["max"]),
    )  # fmt: skip
    return shaped(named, code="nobody_marked", table="enrolments", method=METHOD)


def birth_years(tables: Tables) -> pd.DataFrame:
    """Find pupils two or more years younger, or five or more older, than their grade's usual age."""
    rows = _pupils(tables)
    if rows.empty or "birth_year" not in rows or rows["birth_year"].isna().all():
        return nothing()
    usual = rows["school_year"] - stage(rows["grade"]) - _USUAL_AGE
    late = pd.to_numeric(rows["birth_year"]) - usual
    found = counted(rows, (late >= _YOUNGER) | (late <= -_OLDER), person="pupil_id")
    return shaped(found, code="birth_year", table="pupils", column="birth_year")
