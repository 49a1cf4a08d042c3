"""Ratings that nobody can have thought about: respondents who gave one answer to every question of a survey."""

import pandas as pd

from analysis.intake.findings.shape import Tables, file_of, nothing, placed, shaped

_FEWEST_ANSWERS = 10  # of fewer questions everybody may mean the same
_FEW, _SHARE = 3, 0.2  # respondents of a school's survey, and their share, from which it is worth a question


def same_ratings(tables: Tables) -> pd.DataFrame:
    """Find surveys of a school in which three respondents, and a fifth of all, gave one answer to ten questions or more."""
    parts = [_of_table(tables, name) for name in ("wellbeing", "staff_survey")]
    return pd.concat(parts, ignore_index=True)


def _of_table(tables: Tables, name: str) -> pd.DataFrame:
    answers = tables.get(name, pd.DataFrame())
    if answers.empty:
        return nothing()
    rows = answers.assign(role=answers.get("role", "staff"))
    survey = ["school_id", "school_year", "role"]
    people = rows.groupby([*survey, "respondent_id"], observed=True)["value"].agg(["size", "min", "max"]).reset_index()
    alike = (people["size"] >= _FEWEST_ANSWERS) & (people["min"] == people["max"])
    found = people.assign(alike=alike).groupby(survey, observed=True)["alike"].agg(["sum", "size"]).reset_index()
    odd = found[(found["sum"] >= _FEW) & (found["sum"] >= _SHARE * found["size"])]
    if odd.empty:
        return nothing()
    odd = placed(odd, tables).rename(columns={"sum": "count", "size": "of"})
    odd = odd.assign(year_from=odd["school_year"], column=odd["role"].astype("str"))
    return shaped(odd, code="same_ratings", table=name, file=file_of(answers), population="respondents")
