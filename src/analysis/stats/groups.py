"""How far groups of pupils are from the country and from their own municipality, group by group."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from analysis.evidence import evidence, no_evidence, verdict
from analysis.params import Params
from analysis.stats.cell_posterior import Floats
from analysis.stats.cells import group_posterior
from analysis.stats.examined import CONFIDENCE, Columns, Examined, examined, stacked

_Z = float(special.ndtri((1 + CONFIDENCE) / 2))


def group_gaps(results: pd.DataFrame, attributes: Sequence[str], params: Params) -> pd.DataFrame:
    """Gap of every group examined: every value of every attribute, and the crossings that are large enough.

    Newest years pooled, each result by its standing in its own year; the hierarchical cell model
    (:func:`analysis.stats.cells.fit_cells`) shrinks what few pupils say towards what the municipality's pupils and the
    group's attributes let expect.

    Parameters
    ----------
    results : pd.DataFrame
        One municipality's results with the attributes as columns.
    attributes : sequence of str
        Attributes in their fixed order.
    params : Params
        Years pooled, depth of the crossings, smallest number of pupils that is judged.

    Returns
    -------
    pd.DataFrame
        Evidence ``group_gap`` against ``country`` (posterior mean of the group, where anything is known of the country)
        and ``municipality`` (group minus all), 90 % intervals of the posterior. Unit ``sd`` (national), or ``points``
        where the country's SD is not known.
    """
    return gap_evidence(examined(results, attributes, params), params)


def gap_evidence(tests: Sequence[Examined], params: Params) -> pd.DataFrame:
    """Return the gaps of tests that were examined before, as :func:`group_gaps` does."""
    parts = [_gaps(test, "country", test.gaps.country, test.gaps.country_sd) for test in tests if test.national]
    parts += [_gaps(test, "municipality", test.gaps.own, test.gaps.own_sd) for test in tests]
    return _judged(parts, "group_gap", params)


def behind_as_a_whole(results: pd.DataFrame, attributes: Sequence[str], params: Params) -> pd.DataFrame:
    """Place of all of a municipality's pupils of each test: where they are behind together, a list of all groups says nothing.

    Returns
    -------
    pd.DataFrame
        Evidence ``behind_as_a_whole`` against the ``country``, one row a test where anything is known of the country;
        ``part=headline`` where it is as sure as a named group has to be that they are materially behind.
    """
    return whole_evidence(examined(results, attributes, params), params)


def whole_evidence(tests: Sequence[Examined], params: Params) -> pd.DataFrame:
    """Return the place of all pupils of tests that were examined before, as :func:`behind_as_a_whole` does."""
    return _judged([_whole(test, params) for test in tests if test.national], "behind_as_a_whole", params)


def _judged(parts: list[Columns], indicator: str, params: Params) -> pd.DataFrame:
    rows = stacked(parts)
    if rows.empty:
        return no_evidence()
    judged = verdict(rows["low"], rows["high"], rows["n"], params.smallest_named_group)
    return evidence(rows.assign(verdict=judged), indicator=indicator, confidence=CONFIDENCE)


def _whole(test: Examined, params: Params) -> Columns:
    mean, sd, _ = group_posterior(test.model, (test.model.n / test.model.pupils)[None, :])
    sure = special.ndtr((-params.material_gap_sd - mean[0]) / sd[0]) >= params.named_probability
    part = "headline" if sure and test.model.pupils >= params.smallest_named_group else ""
    figures = interval(mean, sd, test.factor)
    return test.rows(1, n=test.model.pupils, part=part, unit=test.unit, reference="country", **figures)


def _gaps(test: Examined, reference: str, mean: Floats, sd: Floats) -> Columns:
    names = np.array(test.groups.names, dtype="object")
    figures = interval(mean, sd, test.factor)
    return test.rows(len(names), group=names, n=test.groups.n, unit=test.unit, reference=reference, **figures)


def interval(mean: Floats, sd: Floats, factor: float) -> dict[str, Floats]:
    """Return estimate and ends of posterior intervals in the unit that is printed."""
    return {"estimate": factor * mean, "low": factor * (mean - _Z * sd), "high": factor * (mean + _Z * sd)}
