"""What an indicator is."""

from dataclasses import dataclass
from typing import Literal

LEAST_FREEDOM = 10
"""A model with fewer residual degrees of freedom tells single pupils and little else."""


@dataclass(frozen=True)
class Indicator:
    """One question the workbook can answer.

    Attributes
    ----------
    name : str
        Fixed name, as it stands in the evidence column ``indicator``.
    question : str
        What it asks, in English; readers get their words from the catalogue.
    units : tuple of str
        Units it may be given in.
    engine : str
        Where the number comes from.
    smallest_n : int
        Below it a released figure is shown, but not judged (``too_few``).
    across_years : {"yes", "no", "linked"}
        Whether values of different school years may be compared or pooled.
    sensitive : bool
        Whether a share near 0 or 100 % says something about every single child in it (top and bottom coding).
    public_source : bool
        Whether the figure was public before it reached the workbook, so that no rule can protect it.
    schools_for_board : bool
        Whether figures of single schools stay with the school and its board: what its people say of it is for it to work
        with.
    parameters : int
        Of a model fitted to a row's own n, whose residual degrees of freedom are n less these; 0: there is none.
    explains : tuple of str
        Units in which the figure is a share explained or a correlation: at 100 % or ±1 a model is its values.
    quantiles : tuple of (str, float)
        End of ``part`` and the quantile that it stands for, where the figure is one of an order of values.
    """

    name: str
    question: str
    units: tuple[str, ...]
    engine: str
    smallest_n: int
    across_years: Literal["yes", "no", "linked"]
    sensitive: bool = False
    public_source: bool = False
    schools_for_board: bool = False
    parameters: int = 0
    explains: tuple[str, ...] = ()
    quantiles: tuple[tuple[str, float], ...] = ()
