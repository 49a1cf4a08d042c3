"""Do schools whose people rate a scale higher also have higher results? Described as association, never explained."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from analysis.evidence import verdict
from analysis.indicators import INDICATORS
from analysis.stats.climate.reliability import of_mean
from analysis.stats.climate.survey import SMALLEST_N
from analysis.stats.intervals import rank_interval, transformed_rank
from analysis.stats.scale import TEST, main_session

FEWEST_SCHOOLS = INDICATORS["wellbeing_link"].smallest_n
_FEWEST_RESULTS = 30  # of a school: about ten pupils in three domains
_FALSE_SHARE = 0.05


def school_results(placed: pd.DataFrame, rounds: int) -> pd.DataFrame:
    """Return each school's mean national position in each test of the newest years.

    Parameters
    ----------
    placed : pd.DataFrame
        Results with ``position`` (national SDs).
    rounds : int
        Years taken together.

    Returns
    -------
    pd.DataFrame
        ``municipality_id, school_id``, the columns of a test, ``n, mean``; empty where the country is not known.
    """
    rows = main_session(placed).dropna(subset=["position"])
    rows = rows[rows["school_year"] > rows["school_year"].max() - rounds]
    keys = ["municipality_id", "school_id", *TEST]
    found = rows.groupby(keys, observed=True, dropna=False)["position"].agg(["size", "mean"]).reset_index()
    shaped: pd.DataFrame = found.rename(columns={"size": "n"}).astype({"municipality_id": "str", "school_id": "str"})
    return shaped


def links(
    cells: pd.DataFrame, results: pd.DataFrame, icc: Mapping[str, float], scope: str, confidence: float
) -> pd.DataFrame:
    """Correlate the ranks of schools' ratings and results, in each municipality and, with its whole delivery, in the country.

    A rating is compared within its grade and a result within its test, so that neither a school's grades nor its tests make
    an association. Spearman's correlation with the interval of Bonett and Wright (2000),
    ``tanh(atanh ρ ± z·√((1 + ρ²/2)/(n − 3)))``.
    Nothing is corrected for the error of schools' means, which draws the correlation towards zero; how reliable the
    ratings are stands beside it.

    Parameters
    ----------
    cells : pd.DataFrame
        Of :func:`analysis.stats.climate.strata.strata`, one role.
    results : pd.DataFrame
        Of :func:`school_results`.
    icc : mapping of str to float
        Share of the variance between schools, by scale.
    scope : {"country", "board"}
        Whether all schools together are the country's.
    confidence : float
        0.90 or 0.95.

    Returns
    -------
    pd.DataFrame
        ``wellbeing_link``, n schools, from eight on: ``part`` the scale (``sd``: standard deviations of ranks) and
        ``<scale>|reliability`` (percent): mean reliability of the ratings of these schools.
    """
    cells = cells[(cells["n"] > 0) & (cells["school_year"] == cells["school_year"].max())]
    if results.empty or cells.empty:
        return pd.DataFrame()
    areas = ["municipality_id", *([""] if scope == "country" else [])]
    parts = [
        _of_area(
            cells.assign(area=cells[by] if by else ""), results.assign(area=results[by] if by else ""), icc, confidence
        )
        for by in areas
    ]
    found = pd.concat(parts, ignore_index=True)
    return found.assign(indicator="wellbeing_link", reference="zero", school_year=int(cells["school_year"].iloc[0]))


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the associations that stand when a share of 5 % of those named may be chance, of all scales of a municipality.

    Benjamini and Hochberg (1995) over scales and roles; ``part`` is ``<scale>|named``.
    """
    mine = rows[(rows["unit"] == "sd") & rows["estimate"].notna()]
    if mine.empty:
        return mine
    tail = pd.Series(_tail(mine["estimate"].to_numpy(), mine["n"].to_numpy(dtype="float64")), index=mine.index)
    adjusted = tail.groupby(mine["municipality_id"]).transform(lambda p: stats.false_discovery_control(p, method="bh"))
    kept = mine[(adjusted <= _FALSE_SHARE) & (mine["verdict"] == "differs")]
    return kept.assign(part=kept["part"] + "|named")


def _of_area(cells: pd.DataFrame, results: pd.DataFrame, icc: Mapping[str, float], confidence: float) -> pd.DataFrame:
    rating = _within(cells, ["area", "scale", "grade"], ["area", "scale", "school_id"], SMALLEST_N)
    result = _within(results, ["area", *TEST], ["area", "school_id"], _FEWEST_RESULTS)
    both = rating.merge(result, on=["area", "school_id"], suffixes=("", "_result"))
    both["reliability"] = of_mean(both["scale"].map(icc).astype("float64").fillna(0.0).to_numpy(), both["n"].to_numpy())
    rows = [
        {
            "municipality_id": area, "scale": scale, "n": len(one), "reliability": 100 * one["reliability"].mean(),
            "estimate": stats.spearmanr(one["mean"], one["mean_result"]).statistic,
        }
        for (area, scale), one in both.groupby(["area", "scale"], sort=True)
        if len(one) >= FEWEST_SCHOOLS and one["mean"].nunique() > 1 and one["mean_result"].nunique() > 1
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=["municipality_id", "scale", "n", "reliability", "estimate"])
    rho, n = found["estimate"].to_numpy(dtype="float64"), found["n"].to_numpy(dtype="float64")
    low, high = rank_interval(rho, n, confidence)
    told = found.assign(part=found["scale"], unit="sd", method="rank correlation of schools")
    told = told.assign(low=low, high=high)
    told["verdict"] = verdict(told["low"], told["high"], told["n"], FEWEST_SCHOOLS)
    sure = found.assign(
        part=found["scale"] + "|reliability",
        unit="percent",
        estimate=found["reliability"],
        method="n·ICC / (1 + (n − 1)·ICC)",
    )
    return pd.concat([told, sure], ignore_index=True).drop(columns=["scale", "reliability"])


def _within(rows: pd.DataFrame, alike: list[str], of: list[str], fewest: int) -> pd.DataFrame:
    """Mean of each school beside the area's mean of the same grade or test; schools of too few are left out."""
    weighted = rows.assign(sum=rows["n"] * rows["mean"])
    whole = weighted.groupby(alike, dropna=False)[["n", "sum"]].transform("sum")
    weighted["sum"] = rows["n"] * (rows["mean"] - whole["sum"] / whole["n"])
    found = weighted.groupby(of)[["n", "sum"]].sum().reset_index()
    return found[found["n"] >= fewest].assign(mean=lambda one: (one["sum"] / one["n"]).round(9))


def _tail(rho: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Two-sided chance of such a correlation, by the interval's own distribution."""
    middle, error = transformed_rank(rho, n)
    found: np.ndarray = 2 * stats.norm.sf(np.abs(middle) / error)
    return found
