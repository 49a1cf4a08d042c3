"""Where ability is: shares of high results by group and by school, steadied so that small ones do not stand out by chance."""

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import betaln

from analysis.evidence import evidence, no_evidence
from analysis.params import Params
from analysis.stats.country import Country
from analysis.stats.intervals import share_interval
from analysis.stats.scale import TEST
from analysis.stats.shares import against_country, step_of, with_country, with_outer_results

_KEYS = ["municipality_id", *TEST]
_SIZES = np.logspace(0.3, 3.5, 33)  # prior pupils that stand behind the municipality's share
_NEAREST = 0.005  # a common share of 0 or 1 would be no prior
TOLD_TO = 10
"""Pupils to which the country's numbers are told."""
SHRUNKEN = "above the high cut, beta-binomial, shrunken towards the "
"""Begin of the method of a share that was not told as counted: enough had a high result, and enough had none."""
_PLAIN = "above the high cut, Wilson"


def high_results_of_country(country: Country) -> pd.DataFrame:
    """Shares of high results in the country: of all, and of every value of every attribute, in each test's newest year.

    Numbers are told to the ten and shares in steps that hold ten pupils (:func:`analysis.stats.shares.step_of`): beside
    the pages of all other municipalities they tell nothing of one that withholds its own.

    Returns
    -------
    pd.DataFrame
        Evidence ``high_result_share`` in percent without municipality; empty for a board's own pupils, and where there is
        one municipality alone.
    """
    rows = with_outer_results(country.results, country.params)
    if country.scope != "country" or rows.empty or rows["municipality_id"].nunique() < 2:
        return no_evidence()
    rows = rows.assign(all="")
    parts = []
    for name in ["all", *country.attributes]:
        counts = rows.groupby([*TEST, name], observed=True, sort=True)["high_result"]
        found = counts.agg(n="size", count="sum").reset_index()
        parts.append(found.assign(group=found[name].astype("str").radd("" if name == "all" else f"{name}=")))
    shares = pd.concat(parts, ignore_index=True)
    enough = step_of(shares["n"].astype("float64")).notna()
    told = (shares["n"] / TOLD_TO).round().astype("int64") * TOLD_TO
    step = step_of(told.astype("float64"))  # whoever reads the number told knows the step
    shares = shares.assign(estimate=(100 * shares["count"] / shares["n"] / step).round() * step, n=told)
    return evidence(
        shares[enough], indicator="high_result_share", unit="percent",
        method="above the high cut, counts; number to the ten, share in steps of ten pupils or more",
    )  # fmt: skip


def high_result_groups(
    results: pd.DataFrame, attributes: list[str], params: Params, nation: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Shares of high results of every value of every attribute, and of every school, in each test's newest year.

    Tests not sat in the last pooled years stay out.

    Shrunken by a beta-binomial model towards the country's share among the same pupils (of a school: among all), or, where
    that is not known, towards the municipality's; how far is learnt from the groups (or schools) of the same test, averaged
    over what their likelihood allows. So a group stands out only where its own pupils say so. Too few with a high result, or
    without one, to be shown stay as counted: what may be said of them is decided where it is for all shares.

    Parameters
    ----------
    results : pd.DataFrame
        One municipality's results with the attributes as columns.
    attributes : list of str
        Attributes in their fixed order.
    params : Params
        ``high_result_percent``, the smallest groups, level of the intervals.
    nation : pd.DataFrame, optional
        Evidence in which the country's shares are (:func:`high_results_of_country`).

    Returns
    -------
    pd.DataFrame
        Evidence ``high_result_share`` in percent with ``group`` or ``school_id``; where the country's share is known with a
        verdict against it.
    """
    rows = with_outer_results(results, params)
    if rows.empty:
        return no_evidence()
    rows = rows[rows["school_year"] > rows["school_year"].max() - params.pooled_years]
    whole = rows.groupby(_KEYS, observed=True)["high_result"].mean().rename("share").reset_index()
    parts = []
    for members in (_groups(rows, attributes), _schools(rows)):
        if len(members):
            members = with_country(members.merge(whole, on=_KEYS, validate="many_to_one"), nation)
            sets = members.groupby(_KEYS, observed=True, sort=True)
            parts += [_steadied(test, params) for _, test in sets if len(test) > 1]
    if not parts:
        return no_evidence()
    found = evidence(
        pd.concat(parts, ignore_index=True), indicator="high_result_share", unit="percent", confidence=params.confidence
    )
    return against_country(found, nation)


def _groups(rows: pd.DataFrame, attributes: list[str]) -> pd.DataFrame:
    """Number and high results of every value of every attribute that has more than one in a test.

    The largest value of an attribute is nearly the municipality itself and does not tell how much groups differ.
    """
    parts = []
    for name in attributes:
        counts = _counts(rows, name)
        of_test = counts.groupby(_KEYS, observed=True)["n"]
        counts = counts.assign(
            group=name + "=" + counts[name].astype("str"), telling=counts["n"] < of_test.transform("max")
        )
        parts.append(counts[of_test.transform("size") > 1].drop(columns=name))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _schools(rows: pd.DataFrame) -> pd.DataFrame:
    return _counts(rows, "school_id").assign(telling=True, group="")


def _counts(rows: pd.DataFrame, member: str) -> pd.DataFrame:
    counts = rows.groupby([*_KEYS, member], observed=True, sort=True)["high_result"]
    return counts.agg(n="size", count="sum").reset_index()


def _steadied(members: pd.DataFrame, params: Params) -> pd.DataFrame:
    n, count, share = members["n"].astype("float64"), members["count"].astype("float64"), members["share"].iloc[0]
    plain_low, plain_high = share_interval(count, n, params.confidence)
    if 0 < share < 1:
        telling = members["telling"].to_numpy(dtype="bool")
        common = (members["country"] / 100).fillna(share).clip(_NEAREST, 1 - _NEAREST).to_numpy()
        mean, low, high = shrunken_shares(count.to_numpy(), n.to_numpy(), common, params.confidence, telling)
    else:  # nothing to shrink: all or none have a high result
        mean, low, high = ((s / 100).to_numpy() for s in (100 * count / n, plain_low, plain_high))
    sensitive = members["group"].str.split("=").str[0].isin(params.sensitive_attributes)
    least = sensitive.map({True: params.smallest_group_sensitive, False: params.smallest_group})
    few = (count < least) | (n - count < least)
    to = members["country"].isna().map({True: "municipality", False: "country's share of such pupils"})
    return members.assign(
        estimate=(100 * count / n).where(few, 100 * mean), low=plain_low.where(few, 100 * low),
        high=plain_high.where(few, 100 * high), method=(SHRUNKEN + to).mask(few, _PLAIN),
    )  # fmt: skip


def shrunken_shares(
    count: np.ndarray, n: np.ndarray, share: float | np.ndarray, confidence: float, telling: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shrink shares towards a common one, or each towards its own: posterior means and intervals of a beta-binomial model.

    ``count ~ Binomial(n, p)``, ``p ~ Beta(m·share, m·(1 − share))``. The prior size m is averaged over its likelihood with a
    flat prior on the prior's standard deviation, so that groups that hardly differ still get intervals with a width.

    Parameters
    ----------
    count, n : (k,) arrays
        Events and numbers.
    share : float or (k,) array
        What they are shrunken towards, between 0 and 1.
    confidence : float
        Level of the interval.
    telling : (k,) array of bool, optional
        Groups from which the prior size is learnt; all where not given.

    Returns
    -------
    tuple of (k,) arrays
        Mean, low, high; the interval is that of the beta distribution with the averaged mean and variance.
    """
    a, b = _SIZES[:, None] * share, _SIZES[:, None] * (1 - share)
    fit = (betaln(a + count, b + n - count) - betaln(a, b))[:, telling if telling is not None else slice(None)].sum(
        axis=1
    )
    # Steps are even in log m; d sd ∝ m^(−1/2) d log m turns a flat prior on the SD into this weight.
    weight = np.exp(fit - fit.max()) / np.sqrt(_SIZES)
    weight /= weight.sum()
    size = a + b + n
    mean = (a + count) / size
    centre = weight @ mean
    variance = weight @ (mean * (1 - mean) / (size + 1) + mean**2) - centre**2
    strength = centre * (1 - centre) / variance - 1
    tail = (1 - confidence) / 2
    ends = [stats.beta.ppf(q, centre * strength, (1 - centre) * strength) for q in (tail, 1 - tail)]
    return centre, np.minimum(ends[0], centre), np.maximum(ends[1], centre)
