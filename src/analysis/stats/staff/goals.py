"""What do teachers aim at themselves, and what do they say helps or hinders them?"""

import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.params import Params
from analysis.stats.intervals import mean_interval, share_interval

VIEWS = ("barrier:", "form:")
"""Beginnings of dimensions of the staff survey that ask what hinders development, and which forms of it help."""
_AGREES = 4


def teacher_goals(goals: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Return the share of teachers whose goals are about each competence, and the mean level they aim at.

    Parameters
    ----------
    goals : pd.DataFrame
        ``teacher_goals`` of one municipality; the newest ``pooled_years`` count, of a teacher the newest year.
    params : Params
        ``pooled_years``, ``confidence``.

    Returns
    -------
    pd.DataFrame
        Evidence of teachers: ``goal_share`` (percent of all who set goals) and ``goal_aim`` (level).
    """
    goals = goals.dropna(subset=["teacher", "competence"])
    if goals.empty:
        return no_evidence()
    last = int(goals["school_year"].max())
    goals = goals[goals["school_year"] > last - params.pooled_years]
    newest = goals["school_year"] == goals.groupby("teacher", observed=True)["school_year"].transform("max")
    goals = goals[newest].drop_duplicates(["teacher", "competence"])
    aims = goals.assign(aim=goals["aim"].astype("float64")).groupby("competence", observed=True)["aim"]
    table = aims.agg(["size", "count", "mean", "std"]).reset_index().astype({"competence": "str"})
    n = pd.Series(goals["teacher"].nunique(), index=table.index)
    low, high = share_interval(table["size"], n, params.confidence)
    shares = {
        "indicator": "goal_share",
        "unit": "percent",
        "estimate": 100 * table["size"] / n,
        "n": n,
        "low": low,
        "high": high,
    }
    low, high = mean_interval(table["count"], table["mean"], table["std"], params.confidence)
    means = {
        "indicator": "goal_aim",
        "unit": "level",
        "estimate": table["mean"],
        "n": table["count"],
        "low": low,
        "high": high,
    }
    rows = pd.concat([pd.DataFrame({"part": table["competence"], **one}) for one in (shares, means)], ignore_index=True)
    place = str(goals["municipality_id"].iloc[0])
    return evidence(
        rows, municipality_id=place, population="teachers", school_year=last, confidence=params.confidence,
        year_from=int(goals["school_year"].min()), method="goals of teachers",
    )  # fmt: skip


def development_views(answers: pd.DataFrame, items: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Return the share of staff who agree (4 or 5) with items on barriers and forms of development, newest year.

    Parameters
    ----------
    answers, items : pd.DataFrame
        ``staff_survey`` of one municipality and ``staff_survey_items``; dimensions that begin with ``barrier:`` or ``form:``
        are counted, several items of one by their mean.
    params : Params
        ``confidence``.

    Returns
    -------
    pd.DataFrame
        Evidence of respondents, ``development_view`` in percent, ``part`` the dimension; empty where none is asked for.
    """
    asked = items[items["dimension"].astype("str").str.startswith(VIEWS)].astype("str")
    answers = answers[answers["item"].isin(asked["item"])].dropna(subset=["value"])
    if answers.empty:
        return no_evidence()
    last = int(answers["school_year"].max())
    rows = answers[answers["school_year"] == last].astype({"item": "str"}).merge(asked, on="item")
    each = rows.groupby(["dimension", "respondent"], observed=True)["value"].mean().ge(_AGREES)
    table = each.groupby(level="dimension").agg(["sum", "size"]).reset_index()
    low, high = share_interval(table["sum"], table["size"], params.confidence)
    share = pd.DataFrame(
        {"part": table["dimension"], "n": table["size"], "estimate": 100 * table["sum"] / table["size"]}
    )
    return evidence(
        share.assign(low=low, high=high), indicator="development_view", unit="percent", population="respondents",
        municipality_id=str(rows["municipality_id"].iloc[0]), school_year=last, confidence=params.confidence,
        method="share who agree",
    )  # fmt: skip
