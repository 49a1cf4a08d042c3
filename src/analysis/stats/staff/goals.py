"""What do teachers aim at themselves, and what do they say helps or hinders them?"""

import numpy as np
import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.params import Params
from analysis.stats.climate.answers import Answers, answers_of
from analysis.stats.climate.learning import VIEWS, newest_of, staff_of
from analysis.stats.climate.strata import means, strata
from analysis.stats.climate.survey import differ, home_of
from analysis.stats.intervals import mean_interval, share_interval

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


def development_views(
    answers: pd.DataFrame, items: pd.DataFrame, schools: pd.DataFrame, params: Params
) -> pd.DataFrame:
    """Return the share of staff who agree (4 or 5 on average) with items on barriers and forms of development.

    Schools weigh as their staff, each by its newest survey of the pooled years, as for the learning organisation. The interval
    is Wilson's of as many answers as give the weighted share's own error.

    Parameters
    ----------
    answers, items : pd.DataFrame
        ``staff_survey`` of one municipality and ``staff_survey_items``; dimensions that begin with ``barrier:`` or ``form:``
        are counted, several items of one by their mean.
    schools : pd.DataFrame
        Contract ``schools``; ``staff_total`` is who could answer.
    params : Params
        ``confidence``, ``pooled_years``.

    Returns
    -------
    pd.DataFrame
        Evidence of respondents, ``development_view`` in percent, ``part`` the dimension; empty where none is asked for.
    """
    asked = items[items["dimension"].astype("str").str.startswith(VIEWS)].rename(columns={"dimension": "scale"})
    given = answers_of(answers.dropna(subset=["value"]), asked)
    if not len(given.people):
        return no_evidence()
    agree = _agreeing(given)
    cells = newest_of(strata(agree, staff_of(schools, agree.people), home_of(schools)), params.pooled_years)
    between = pd.Series({scale: of.between for scale, of in differ(agree).items()})
    rows = means(cells, ["municipality_id"], between)
    share, error = rows["estimate"], rows["variance"]
    worth = (share * (1 - share) / error.where(error > 0)).fillna(rows["n"]).clip(upper=rows["n"])
    low, high = share_interval(share * worth, worth, params.confidence)
    return evidence(
        rows.assign(part=rows["scale"], estimate=100 * share, low=low, high=high), indicator="development_view",
        unit="percent", population="respondents", confidence=params.confidence, year_from=int(cells["first"].min()),
        method="share who agree, schools weighted by their staff",
    )  # fmt: skip


def _agreeing(given: Answers) -> Answers:
    """Turn scores into whether a respondent agrees: 1 or 0, missing where there is no score."""
    scores = given.scores()[given.scales].to_numpy(dtype="float64")
    views = pd.DataFrame({"item": given.scales, "scale": given.scales})
    return Answers(given.people, np.where(np.isnan(scores), np.nan, scores >= _AGREES), views)
