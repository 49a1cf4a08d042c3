"""Which groups of pupils need support, and how many pupils that is."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.evidence import evidence, no_evidence, verdict
from analysis.params import Params
from analysis.stats.cell_posterior import Floats, Integers
from analysis.stats.examined import CONFIDENCE, Columns, Examined, examined, examined_pools, stacked
from analysis.stats.groups import gap_evidence, interval, whole_evidence
from analysis.stats.honesty import check_evidence
from analysis.stats.pools import standing_pools
from analysis.stats.support_rule import (
    extra_pupils,
    gaps_of,
    named,
    probability_to_need,
    pruned,
    spread_within,
)

LEFT_OUT = "left_out"
"""``part`` of the rows that name an attribute (``group`` is ``attribute=``) the model could not carry."""

_NO_INTERVAL = dict.fromkeys(("estimate", "low", "high", "confidence"), float("nan"))
__all__ = ["gaps_of", "group_evidence", "named", "probability_to_need", "ranked", "support_evidence", "support_groups"]


def support_groups(results: pd.DataFrame, attributes: Sequence[str], params: Params) -> pd.DataFrame:
    """Name the groups that need support, test by test.

    A group of one or two attribute values (``group_depth``) is named only if it is surely behind the country by more
    than what matters (``material_gap_sd``) *and* behind its own municipality (:func:`probability_to_need`,
    :func:`named`). The order is that of expected extra pupils below ``group_level_sd``, largest first.

    Parameters
    ----------
    results : pd.DataFrame
        One municipality's results with the attributes as columns.
    attributes : sequence of str
        Attributes in their fixed order.
    params : Params
        The rule's figures.

    Returns
    -------
    pd.DataFrame
        Evidence ``support_group``, in rank within each test. Unit ``pupils``: expected extra pupils against the
        ``country`` (against the ``municipality`` where nothing is known of the country), with the 90 % interval of the
        posterior; unit ``probability``: how sure it is that the rule's condition holds. ``part=headline`` for the first
        ``groups_shown`` of each test after pruning; ``part=left_out`` for attributes that could not be examined.
    """
    return support_evidence(examined(results, attributes, params), params)


def support_evidence(tests: Sequence[Examined], params: Params) -> pd.DataFrame:
    """Return the named groups of tests that were examined before, as :func:`support_groups` does."""
    rows = stacked(part for test in tests for part in _of_test(test, params))
    if rows.empty:
        return no_evidence()
    judged = verdict(rows["low"], rows["high"], rows["n"], params.smallest_named_group)
    judged = judged.where(rows["unit"].eq("pupils") & rows["estimate"].notna(), "")
    return evidence(rows.assign(verdict=judged), indicator="support_group")


def group_evidence(results: pd.DataFrame, attributes: Sequence[str], params: Params) -> pd.DataFrame:
    """All that is said of groups, each test fitted once.

    Returns
    -------
    pd.DataFrame
        Rows of :func:`group_gaps`, :func:`support_groups`, :func:`behind_as_a_whole` and :func:`group_check`, in this order.
    """
    pools = list(standing_pools(results, params))
    tests = examined_pools(pools, attributes, params)
    parts = [gap_evidence(tests, params), support_evidence(tests, params), whole_evidence(tests, params)]
    return pd.concat([*parts, check_evidence(pools, attributes, params)], ignore_index=True)


def ranked(test: Examined, params: Params) -> tuple[Integers, dict[str, Floats]]:
    """Return positions of the named groups in rank, and every group's expected extra pupils with their interval."""
    gap, sd = (test.gaps.country, test.gaps.country_sd) if test.national else (test.gaps.own, test.gaps.own_sd)
    spread = spread_within(test.model, test.groups)
    extra = {
        end: extra_pupils(ends, test.groups.n, spread, params.group_level_sd)
        for end, ends in interval(gap, sd, 1.0).items()
    }
    extra["low"], extra["high"] = extra["high"], extra["low"]  # the further behind, the more pupils
    chosen = np.flatnonzero(test.named)
    order = sorted(chosen, key=lambda g: (-round(float(extra["estimate"][g]), 9), test.groups.names[g]))
    return np.array(order, dtype="int64"), extra


def _of_test(test: Examined, params: Params) -> list[Columns]:
    order, extra = ranked(test, params)
    gap = test.gaps.country if test.national else test.gaps.own
    headline = pruned(test.groups, order, gap, test.model)[: params.groups_shown]
    common = {
        "group": np.array(test.groups.names, dtype="object")[order],
        "n": test.groups.n[order],
        "part": np.where(np.isin(order, headline), "headline", "").astype("object"),
        "reference": "country" if test.national else "municipality",
    }
    sure = _NO_INTERVAL | {"estimate": test.probability[order]}
    ends = {end: values[order] for end, values in extra.items()}
    gone = np.array([f"{name}=" for name in test.model.left_out], dtype="object")
    left_out = {"group": gone, "n": test.model.pupils, "part": LEFT_OUT, "reference": ""}
    return [
        test.rows(len(order), **common, unit="pupils", **ends, confidence=CONFIDENCE),
        test.rows(len(order), **common, unit="probability", **sure),
        test.rows(len(gone), **left_out, unit="pupils", **_NO_INTERVAL),
    ]
