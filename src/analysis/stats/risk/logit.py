"""Logistic regression by Newton's steps: plain, with a ridge, or on top of a given logit."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

_STEPS = 100
_TOLERANCE = 1e-10
_SEPARATED = 20.0  # a logit so far from the others has no finite estimate: e^20 to one


class Unfit(ValueError):
    """No model can be fitted to these data; the message says why."""


@dataclass(frozen=True)
class Fit:
    """A fitted model.

    Attributes
    ----------
    intercept : float
        Never shrunken.
    weights : np.ndarray
        Shape (p,), in logits a unit of each column.
    covariance : np.ndarray
        Shape (p + 1, p + 1), intercept first: inverse of the penalised information.
    """

    intercept: float
    weights: np.ndarray
    covariance: np.ndarray

    def logit(self, design: np.ndarray, offset: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the logit of each row of a design of shape (n, p)."""
        logit: np.ndarray = self.intercept + design @ self.weights + offset
        return logit


def fit(design: np.ndarray, event: np.ndarray, penalty: float = 0.0, offset: np.ndarray | None = None) -> Fit:
    """Maximise the log likelihood minus ``penalty / 2`` times the sum of squared weights; the intercept is free.

    Parameters
    ----------
    design : np.ndarray
        Shape (n, p), without a column for the intercept; p = 0 fits the intercept alone, which with ``offset`` puts
        weights from elsewhere on a board's own level.
    event : np.ndarray
        Shape (n,), 0 or 1.
    penalty : float
        λ ≥ 0 of the ridge; 0 is the plain binomial GLM.
    offset : np.ndarray, optional
        Shape (n,): logits that are given.

    Raises
    ------
    Unfit
        No event or nothing but events; predictors that separate the two; values that are no numbers.
    """
    x = np.column_stack([np.ones(len(event)), design])
    given = np.zeros(len(event)) if offset is None else offset
    if not (np.isfinite(x).all() and np.isfinite(given).all()):
        raise Unfit("a predictor has no value")
    if not 0 < event.sum() < len(event):
        raise Unfit("there is no event, or nothing but events")
    ridge = np.r_[0.0, np.full(design.shape[1], penalty)]
    beta = np.zeros(x.shape[1])
    value = _loss(x, event, beta, ridge, given)
    for _ in range(_STEPS):
        p = expit(x @ beta + given)
        gradient = x.T @ (event - p) - ridge * beta
        information = (x.T * (p * (1 - p))) @ x + np.diag(ridge)
        step = np.linalg.lstsq(information, gradient, rcond=None)[0]  # of collinear columns the shortest solution
        beta, value = _stepped(x, event, beta, step, ridge, given, value)
        if np.abs(beta[1:]).max(initial=0.0) > _SEPARATED:
            raise Unfit("the predictors separate pupils with the event from those without")
        if gradient @ step < _TOLERANCE:
            return Fit(float(beta[0]), beta[1:], np.linalg.pinv(information))
    raise Unfit("no maximum was found")


def _loss(x: np.ndarray, event: np.ndarray, beta: np.ndarray, ridge: np.ndarray, given: np.ndarray) -> float:
    logit = x @ beta + given
    return float((np.logaddexp(0, logit) - event * logit).sum() + 0.5 * (ridge * beta) @ beta)


def _stepped(
    x: np.ndarray, event: np.ndarray, beta: np.ndarray, step: np.ndarray, ridge: np.ndarray, given: np.ndarray,
    value: float,
) -> tuple[np.ndarray, float]:  # fmt: skip
    """Go the whole step, or half of it until the loss no longer grows."""
    for _ in range(40):
        new = _loss(x, event, beta + step, ridge, given)
        if new <= value + 1e-12 * abs(value):
            return beta + step, new
        step = step / 2
    return beta, value
