"""Do schools with more hours of STEM activities have more pupils who later choose exams in sciences? Described, no more."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.activity_rules import ActivityRules
from analysis.evidence import no_evidence, verdict
from analysis.stats.activities.tables import SCHOOL
from analysis.stats.intervals import rank_interval


def chosen_share(results: pd.DataFrame, rules: ActivityRules) -> pd.DataFrame:
    """Return, by school and year, pupils of the exam grade (``n``) and the share who sat a chosen exam.

    Only results of the main session count, as everywhere.
    """
    exam, session = rules.chosen, results.get("session", pd.Series("", index=results.index))
    mine = (results["grade"].astype("str") == exam.grade) & (results["test"].astype("str") == exam.test)
    mine &= (results["status"].astype("str") == "present") & session.astype("object").fillna("").eq("")
    rows = results[mine]
    domain, level = (rows[name].astype("object").fillna("").astype("str") for name in ("domain", "level"))
    rows = rows.assign(chosen=domain.isin(exam.domains) | (domain.isin(exam.higher) & (level == "higher")))
    own = rows.groupby(["school_id", "school_year", "pupil_id"], observed=True)["chosen"].max().reset_index()
    found = own.groupby(["school_id", "school_year"])["chosen"].agg(n="size", share="mean").reset_index()
    return found.astype({"school_id": "str", "school_year": "int64"})


def choice(
    hours: pd.DataFrame, shares: pd.DataFrame, rules: ActivityRules, confidence: float, owner: str
) -> pd.DataFrame:
    """Rank correlation, over schools, of STEM hours for a pupil in the years before and the share of chosen exams after.

    Parameters
    ----------
    hours : pd.DataFrame
        ``school_id, school_year, estimate``: STEM hours for a pupil enrolled.
    shares : pd.DataFrame
        From :func:`chosen_share`.
    rules : ActivityRules
        How many schools, and exam pupils of each, there have to be.
    confidence : float
        Level of the interval (Fisher's z with the standard error of Bonett and Wright 2000).
    owner : str
        Whose schools they are; empty: the country's.

    Returns
    -------
    pd.DataFrame
        Evidence ``activity_choice`` of one row; none with too few schools, or where nothing varies.
    """
    if shares.empty:
        return no_evidence()
    year = int(shares["school_year"].max())
    after = shares[(shares["school_year"] == year) & (shares["n"] >= rules.exam_pupils)].set_index("school_id")["share"]
    earlier = hours[hours["school_year"] < year]
    both = pd.concat([earlier.groupby("school_id")["estimate"].mean(), after], axis=1, join="inner").dropna()
    if len(both) < rules.schools_compared or (both.nunique() < 2).any():
        return no_evidence()
    r = float(stats.spearmanr(both["estimate"], both["share"]).statistic)
    low, high = rank_interval(np.array([r]), np.array([len(both)]), confidence)
    row = pd.DataFrame({"estimate": [r], "low": low, "high": high, "n": [len(both)]})
    row = row.assign(verdict=verdict(row["low"], row["high"], row["n"], rules.schools_compared))
    return row.assign(
        indicator="activity_choice", municipality_id=owner, year_from=int(earlier["school_year"].min()), school_year=year,
        part="stem", unit="sd", reference="zero", population="schools", confidence=confidence,
        grade=rules.chosen.grade, test=rules.chosen.test, method="Spearman, interval by Fisher's z",
    )  # fmt: skip


def hours_by_school(offers: pd.DataFrame, pupils: pd.DataFrame) -> pd.DataFrame:
    """Return STEM hours for a pupil enrolled, by school and year; a year whose hours are not all known is left out."""
    stem = offers[offers["field"] == "stem"].groupby(SCHOOL)["total"].agg(total=lambda t: t.sum(skipna=False))
    rows = pupils.merge(stem.reset_index().assign(there=True), on=SCHOOL, how="left")
    rows["total"] = rows["total"].where(rows["there"].notna(), 0.0)
    return rows.assign(estimate=rows["total"] / rows["n"])[[*SCHOOL, "estimate"]]
