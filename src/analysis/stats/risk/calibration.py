"""Whether probabilities are right: slope, expected over observed, and how far a year's test alone may move the count."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from analysis.stats.risk.logit import fit

Z90 = 1.6448536269514722
# What is assumed of a test's difficulty from year to year, in logits of the share with a low result. National means of the
# grade 9 mathematics exam were 50.5, 43.2 and 53.8 percent: with an SD of 22 points the share below 40 percent has a
# standard deviation of 0.4. A share of the country's lowest fifth is the same every year but for who is followed.
DRIFT_OF_PERCENTS, DRIFT_OF_FIFTHS = 0.4, 0.1
_PRIOR_YEARS = 2.0


@dataclass(frozen=True)
class Calibration:
    """How probabilities compare with what happened.

    Attributes
    ----------
    slope, slope_error : float
        Weight of the predicted logit in a logistic regression of the event on it, and its standard error; 1 is right.
    expected, observed : float
        Sum of the probabilities, number of events.
    brier, brier_base : float
        Mean squared error of the probabilities, and of the base rate for everyone.
    """

    slope: float
    slope_error: float
    expected: float
    observed: float
    brier: float
    brier_base: float

    @property
    def ratio(self) -> float:
        """Expected over observed."""
        return self.expected / self.observed


def calibration(predicted: np.ndarray, event: np.ndarray) -> Calibration:
    """Compare predicted logits with what happened.

    Parameters
    ----------
    predicted : np.ndarray
        Shape (n,), logits.
    event : np.ndarray
        Shape (n,), 0 or 1.

    Raises
    ------
    Unfit
        The slope has no estimate: no events, nothing but events, or logits that separate them.
    """
    line = fit(predicted[:, None], event)
    p, base = expit(predicted), event.mean()
    brier, brier_base = float(((p - event) ** 2).mean()), float(base * (1 - base))
    error = float(np.sqrt(line.covariance[1, 1]))
    return Calibration(float(line.weights[0]), error, float(p.sum()), float(event.sum()), brier, brier_base)


def drift(rates: "pd.Series[float]", trained: int, prior: float) -> float:
    """Return the standard deviation, in logits, of a year's shift from the mean of ``trained`` years.

    The variance between years is estimated from the yearly rates, held up by a prior worth two years; a difference of one
    year and a mean of k has ``1 + 1/k`` times it.

    Parameters
    ----------
    rates : pd.Series
        Share with the event by school year, all of them known before the year that is judged or foretold.
    trained : int
        Number of years that the model learned from, one at the least.
    prior : float
        Standard deviation between years where nothing is known yet.
    """
    usable = rates[(rates > 0) & (rates < 1)]
    squares = float(((logit(usable) - logit(usable).mean()) ** 2).sum()) if len(usable) > 1 else 0.0
    between = (squares + _PRIOR_YEARS * prior**2) / (max(len(usable) - 1, 0) + _PRIOR_YEARS)
    return float(np.sqrt(between * (1 + 1 / trained)))


def count_band(predicted: np.ndarray, sd: float) -> tuple[float, float]:
    """Return between which counts the events of a year may lie (90 %) when its test is harder or easier than before.

    Chance among these pupils is added to the shift of all logits by ``sd``.
    """
    p = expit(predicted)
    information = float((p * (1 - p)).sum())
    half = Z90 * float(np.sqrt(sd**2 + 1 / information)) if information > 0 else 0.0
    return float(expit(predicted - half).sum()), float(expit(predicted + half).sum())
