"""Activities and pupils brought to one form: whose each is, and over which pupils its hours are spread."""

from collections.abc import Mapping

import pandas as pd

from analysis.activity_rules import ActivityRules

PLACE = ["municipality_id", "school_year"]
SCHOOL = ["municipality_id", "school_id", "school_year"]


def offers_of(activities: pd.DataFrame, home: Mapping[str, str], rules: ActivityRules) -> pd.DataFrame:
    """Return activities with their municipality, aims and the hours of all who take part (``total``)."""
    text = activities.astype({"activity_id": "str", "school_id": "str", "field": "str"})
    pupils = text["pupils"].astype("float64")
    hours = text["hours"].astype("float64") if "hours" in text else pd.Series(float("nan"), index=text.index)
    grade = text["grade"].astype("object") if "grade" in text else pd.Series(None, index=text.index, dtype="object")
    tags = [rules.aims_of(*pair) for pair in zip(text["activity_id"], text["field"], strict=True)]
    aims = pd.Series(tags, index=text.index, dtype="object")
    rows = text[["school_id", "field"]].assign(
        municipality_id=text["school_id"].map(home), school_year=text["school_year"].astype("int64"), pupils=pupils,
        hours=hours, grade=grade.fillna("").astype("str"), aims=aims, total=(pupils * hours).mask(pupils == 0, 0.0),
    )  # fmt: skip
    return rows.dropna(subset="municipality_id").reset_index(drop=True)


def enrolled_of(enrolments: pd.DataFrame, home: Mapping[str, str], offers: pd.DataFrame) -> pd.DataFrame:
    """Return enrolments of the schools and years of which any activity is known; of others nothing can be said."""
    rows = enrolments[enrolments["school_year"].isin(offers["school_year"].unique())]
    rows = rows.astype({"school_id": "str", "grade": "str"})
    rows = rows.assign(municipality_id=rows["school_id"].map(home), school_year=rows["school_year"].astype("int64"))
    told = pd.MultiIndex.from_frame(offers[SCHOOL].drop_duplicates())
    return rows[pd.MultiIndex.from_frame(rows[SCHOOL]).isin(told)].reset_index(drop=True)


def spread_over(offers: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Give each activity the number of pupils over whom it is spread: its grade's, or (no such grade) its school's.

    Parameters
    ----------
    offers : pd.DataFrame
        From :func:`offers_of`.
    cells : pd.DataFrame
        ``municipality_id, school_id, school_year, grade, n``.

    Returns
    -------
    pd.DataFrame
        Offers of schools with pupils, with ``n``; ``grade`` is empty where it names none that has pupils.
    """
    school = cells.groupby(SCHOOL, as_index=False)["n"].sum()
    rows = offers.merge(school, on=SCHOOL).merge(
        cells.rename(columns={"n": "of_grade"}), on=[*SCHOOL, "grade"], how="left"
    )
    named = rows["of_grade"].notna()
    return rows.assign(n=rows["of_grade"].where(named, rows["n"]), grade=rows["grade"].where(named, "")).drop(
        columns="of_grade"
    )
