"""Where will a yearly series stand in a coming year, how sure is that, and what would further measurements add?

A straight line with errors of two kinds: that of each year's pupils, which is known, and a wobble of the years, which is not.
What is not known is averaged over, held up by what is usual for municipalities: little change a year, little wobble.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.optimize import brentq

SLOPE_SD = 0.03
"""Usual yearly change of a municipality's place, in national SDs (own choice: a quarter of an SD in eight years is rare)."""
WOBBLE_SD = 0.04
"""Usual wobble of a municipality's yearly mean: schools wobble by 0.10 SD a year, and about ten make a municipality, plus what
they share (own choice)."""
_WOBBLE_YEARS = 4.0  # what that is worth beside the measured years
_NODES = 15


@dataclass(frozen=True)
class Series:
    """Yearly means with their pupils' error.

    Attributes
    ----------
    year, mean, error : ndarray, shape (years,)
        Rising years; means and their standard errors in one unit.
    scale : float
        One national SD in that unit: 1 for SDs, the pupils' SD for points.
    """

    year: np.ndarray
    mean: np.ndarray
    error: np.ndarray
    scale: float = 1.0


@dataclass(frozen=True)
class Forecast:
    """A coming year's measured mean: a mixture of normal distributions over the wobble.

    Attributes
    ----------
    weight, middle, sd, wobble : ndarray, shape (nodes,)
        Of each part.
    """

    weight: np.ndarray
    middle: np.ndarray
    sd: np.ndarray
    wobble: np.ndarray

    @property
    def mean(self) -> float:
        """Expected value."""
        return float(self.weight @ self.middle)

    def above(self, aim: float) -> float:
        """Return the probability of a mean at or above an aim."""
        return float(self.weight @ stats.norm.sf((aim - self.middle) / self.sd))

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return the ends between which the measured mean lies with this probability, as much outside on either side."""
        tails = (1 - confidence) / 2
        reach = 12 * float(self.sd.max())
        ends = [
            brentq(lambda x, q=q: 1 - self.above(x) - q, self.middle.min() - reach, self.middle.max() + reach)
            for q in (tails, 1 - tails)
        ]
        return float(ends[0]), float(ends[1])


def forecast(series: Series, year: int, added: float = 0.0, spread: float = 0.0) -> Forecast:
    """Foretell the measured mean of a year from at least two years.

    Parameters
    ----------
    series : Series
        What was measured.
    year : int
        A year after the last one; as many pupils are expected as in that.
    added, spread : float
        What that year adds to every place, and the standard deviation of that: how hard its test is.

    Notes
    -----
    Level without a prior, slope ``N(0, SLOPE_SD²)``; the wobble's variance has a scaled inverse χ² prior worth four years,
    averaged over its quantiles with the marginal likelihood of each. Without the prior of the slope a stated 80 % would
    come true less often: of many steady places the one that seems to move most mostly does not.
    """
    levels = (np.arange(_NODES) + 0.5) / _NODES
    wobble = series.scale * WOBBLE_SD * np.sqrt(_WOBBLE_YEARS / stats.chi2.ppf(levels, _WOBBLE_YEARS))
    parts = [_line(series, year, float(w)) for w in wobble]
    middle, variance, fit = (np.array(column) for column in zip(*parts, strict=True))
    weight = np.exp(fit - fit.max())
    return Forecast(weight / weight.sum(), middle + added, np.sqrt(variance + spread**2), wobble)


def _line(series: Series, year: int, wobble: float) -> tuple[float, float, float]:
    """Return middle and variance of the year's measured mean, and the log marginal likelihood, for one wobble."""
    design = np.column_stack([np.ones(len(series.year)), series.year - series.year[-1]])
    variance = series.error**2 + wobble**2
    precision = (design.T / variance) @ design + np.diag([0.0, 1 / (series.scale * SLOPE_SD) ** 2])
    score = (design.T / variance) @ series.mean
    covariance = np.linalg.inv(precision)
    at = np.array([1.0, year - series.year[-1]])
    misfit = (series.mean**2 / variance).sum() - score @ covariance @ score
    fit = -(np.log(variance).sum() + np.linalg.slogdet(precision)[1] + misfit) / 2
    return float(at @ covariance @ score), float(at @ covariance @ at + wobble**2 + series.error[-1] ** 2), float(fit)


@dataclass(frozen=True)
class Outlook:
    """What further measurements are expected to add.

    Attributes
    ----------
    settled : float
        Probability that after them the chance of reaching the aim is at least ``sure`` or at most ``1 − sure``.
    half_width : float
        Half width of the interval of the aim's year that will then be left.
    """

    settled: float
    half_width: float


def outlook(
    series: Series, aim: float, year: int, planned: Sequence[int], sure: float, confidence: float, spread: float = 0.0
) -> Outlook:
    """Tell what measurements of further years would do to a forecast.

    Parameters
    ----------
    series : Series
        What was measured.
    aim : float
        Value to reach.
    year : int
        In which it is to be reached.
    planned : sequence of int
        Years after the last one, up to ``year``, that will be measured; as many pupils as in the last.
    sure : float
        Above it, or below one minus it, a state is settled.
    confidence : float
        Of the interval.
    spread : float
        Standard deviation of what the aim's year adds to every place: only its own measurement takes that away.

    Notes
    -----
    For the expected wobble: today's forecast is normal with variance v; once the years are measured v′ is left, and the
    forecast will then lie ``N(today's, v − v′)``. Where the aim's year itself is measured, its pupils' error is left.
    """
    now = forecast(series, year)
    wobble = float(np.sqrt(now.weight @ now.wobble**2))
    middle, before, _ = _line(series, year, wobble)
    error = float(series.error[-1])
    if year in planned:
        left, moved = error**2, before + spread**2
    else:
        more = np.asarray(planned, dtype="float64")
        longer = Series(
            np.concatenate([series.year, more]),
            np.concatenate([series.mean, np.full(len(more), middle)]),
            np.concatenate([series.error, np.full(len(more), error)]),
            series.scale,
        )
        left = _line(longer, year, wobble)[1]
        moved, left = max(before - left, 1e-12), left + spread**2
    margin = stats.norm.ppf(sure) * np.sqrt(left)
    open_ = stats.norm.cdf((aim - middle + np.array([-margin, margin])) / np.sqrt(moved))
    return Outlook(float(1 - (open_[1] - open_[0])), float(stats.norm.ppf((1 + confidence) / 2) * np.sqrt(left)))
