"""A back-test by cohorts: learn from outcomes that were known when the newest cohort's signs were read, judge on that cohort."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.stats.risk.calibration import DRIFT_OF_PERCENTS, Calibration, calibration, count_band, drift
from analysis.stats.risk.logit import Fit, Unfit, fit
from analysis.stats.risk.pairs import Pair
from analysis.stats.risk.places import Shifts, shift_of, shifts
from analysis.stats.risk.predictors import Signs, choose, design, one_test
from analysis.stats.risk.ranking import Ranking, net_benefit, ranking

RIDGE = 2.0
THRESHOLDS = (0.05, 0.10, 0.20)
FEWEST_EVENTS = 20
__all__ = ["Backtest", "Unfit", "backtest"]


@dataclass(frozen=True)
class Backtest:
    """What the signs were worth on the newest cohort that has the outcome.

    Attributes
    ----------
    pair : Pair
        Stage and outcome.
    trained_years, judged_year : tuple of int, int
        Years of the outcomes that were learnt from, and of the cohort that was held out.
    known_when_due : bool
        Whether the outcomes that were learnt from were known when the held-out cohort stood at the stage.
    signs, model, shift : Signs, Fit, Shifts
        Predictors, weights, and what places add to the logit.
    penalty, prior : float
        The ridge they were fitted with, and the drift that was assumed.
    n_trained, events_trained : int
        Pupils that were learnt from, and those of them with a low result.
    judged : pd.DataFrame
        The held-out pupils with ``event, logit, probability, one_test`` and ``school_rate``. It never leaves the workbook.
    model_ranking, one_test_ranking, school_ranking : Ranking
        How the model, the one-test rule and the school-only baseline rank them.
    calibrated : Calibration
        Of the model's probabilities.
    count_low, count_high : float
        Between how many events the test's drift from year to year lets expect (90 %).
    net_benefits : dict of float to float
        By threshold, of the model; ``net_benefits_all`` of acting on everybody.
    """

    pair: Pair
    trained_years: tuple[int, ...]
    judged_year: int
    known_when_due: bool
    signs: Signs
    model: Fit
    shift: Shifts
    penalty: float
    prior: float
    n_trained: int
    events_trained: int
    judged: pd.DataFrame
    model_ranking: Ranking
    one_test_ranking: Ranking
    school_ranking: Ranking
    calibrated: Calibration
    count_low: float
    count_high: float
    net_benefits: dict[float, float]
    net_benefits_all: dict[float, float]


def backtest(
    outcomes: pd.DataFrame, pair: Pair, *, penalty: float = RIDGE, workload: float = 0.10,
    prior: float = DRIFT_OF_PERCENTS,
) -> Backtest:  # fmt: skip
    """Learn on the past, judge on the newest cohort.

    Cohorts are never shuffled. Where no outcome was known when the newest cohort stood at the stage (two cohorts, a long
    way), the older ones are learnt from all the same and ``known_when_due`` says that a board could not have done so.

    Parameters
    ----------
    outcomes : pd.DataFrame
        Pupils with their outcomes and signs, of :func:`analysis.stats.risk.cohorts.followed`; rows without ``event`` are
        left out.
    pair : Pair
        Stage and outcome.
    penalty : float
        λ of the ridge; 0 is the plain GLM. Where that has no finite estimate, 2 is taken.
    workload : float
        Share of pupils that can be served.
    prior : float
        Assumed drift between years (:func:`analysis.stats.risk.calibration.drift`).

    Raises
    ------
    Unfit
        Fewer than two cohorts, fewer than 20 events or 20 others to learn from or to judge on, no test of the own domain
        at the stage, or no finite estimate.
    """
    known = outcomes[outcomes["event"].notna()]
    learn, judge, known_when_due = _split(known, pair)
    signs = choose(learn, pair, _tests(outcomes, pair))
    if signs is None:
        raise Unfit("the own domain was not tested at the stage")
    x, event = design(judge, signs), judge["event"].to_numpy(dtype="float64")
    model, shift, penalty = fitted(learn, signs, penalty)
    predicted = model.logit(x, shift_of(judge, shift))
    p, rule, school = expit(predicted), one_test(judge, signs), school_rates(learn, judge)
    years, newest = tuple(sorted(map(int, learn["school_year"].unique()))), int(judge["school_year"].max())
    rates = known[known["school_year"] < newest].groupby("school_year")["event"].mean()
    band = count_band(predicted, drift(rates, len(years), prior))
    ranked = {"model_ranking": predicted, "one_test_ranking": rule, "school_ranking": school}
    told = judge.assign(logit=predicted, probability=p, one_test=rule, school_rate=school)
    return Backtest(
        pair=pair,
        trained_years=years,
        judged_year=newest,
        known_when_due=known_when_due,
        signs=signs,
        model=model,
        shift=shift,
        penalty=penalty,
        prior=prior,
        n_trained=len(learn),
        events_trained=int(learn["event"].sum()),
        judged=told.reset_index(drop=True),
        **{name: ranking(values, event, workload) for name, values in ranked.items()},
        calibrated=calibration(predicted, event),
        count_low=band[0],
        count_high=band[1],
        net_benefits={t: net_benefit(p, event, t) for t in THRESHOLDS},
        net_benefits_all={t: net_benefit(np.ones(len(p)), event, t) for t in THRESHOLDS},
    )


def _split(known: pd.DataFrame, pair: Pair) -> tuple[pd.DataFrame, pd.DataFrame, bool]:
    """Return whom to learn from, whom to judge on, and whether the first were known when the second were at the stage."""
    years = sorted(known["school_year"].unique())
    if len(years) < 2:
        raise Unfit("fewer than two cohorts have the outcome")
    judge = known[known["school_year"] == years[-1]]
    due = known[known["school_year"] <= years[-1] - pair.years]
    older = known[known["school_year"] < years[-1]]
    in_time = _enough(due)
    learn = due if in_time else older
    if not (_enough(learn) and _enough(judge)):
        raise Unfit("too few have the event, or too few have not")
    return learn, judge, in_time


def _enough(pupils: pd.DataFrame) -> bool:
    events = pupils["event"].sum()
    return bool(events >= FEWEST_EVENTS and len(pupils) - events >= FEWEST_EVENTS)


def _tests(outcomes: pd.DataFrame, pair: Pair) -> list[tuple[str, str]]:
    """Name the earlier tests whose columns are there, the stage's first."""
    columns = [c.split("_", 2)[1:] for c in map(str, outcomes) if c.startswith("earlier_")]
    return sorted(((g, d) for g, d in columns), key=lambda t: (t[0] != pair.stage, t))


def fitted(learn: pd.DataFrame, signs: Signs, penalty: float) -> tuple[Fit, Shifts, float]:
    """Fit the weights of the signs and the shifts of places; where the plain GLM has no finite estimate, with the ridge.

    The weights are fitted once more beside the shifts: within places they are larger than across. No third round: one
    Newton step of a small school taken again and again goes too far.
    """
    x, event = design(learn, signs), learn["event"].to_numpy(dtype="float64")
    try:
        first = fit(x, event, penalty)
        model = fit(x, event, penalty, shift_of(learn, shifts(learn, first.logit(x))))
    except Unfit:
        if penalty > 0:
            raise
        return fitted(learn, signs, RIDGE)
    return model, shifts(learn, model.logit(x)), penalty


def school_rates(learn: pd.DataFrame, judge: pd.DataFrame) -> np.ndarray:
    """Return the school-only baseline: the rate of earlier cohorts of the pupil's school at the stage, shrunken.

    Beta-binomial by moments: a school's rate weighs as many pupils as it has, the mean of all as many as the variance
    between schools is worth. A school that is new has the mean.
    """
    mean = float(learn["event"].mean())
    schools = learn.groupby("school_id", observed=True)["event"].agg(n="size", events="sum")
    n, rate = schools["n"].astype("float64"), schools["events"] / schools["n"]
    within = mean * (1 - mean)
    freedom = float(n.sum() - (n**2).sum() / n.sum())
    between = (float((n * (rate - mean) ** 2).sum()) - (len(n) - 1) * within) / freedom if freedom > 0 else 0.0
    between = min(max(between, 1e-9 * within), 0.99 * within)
    weight = within / between - 1  # pupils that the mean is worth
    shrunken = (schools["events"] + weight * mean) / (n + weight)
    return judge["school_id"].map(shrunken).astype("float64").fillna(mean).to_numpy()
