"""The years of what a target is about, as they were measured, and the line through them, where there may be one.

Means of positions are followed as they are. A share of results hangs on how hard the year's test was: its logit is followed
as the distance from the country's share in the same year, and the country's own drift is added at the end. Minutes are
followed in logarithms. A need is worked out for one year and its years may not be compared: it is judged in its year alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit, logit

from analysis.aims import OF_NEED, OF_SHARES, Target
from analysis.evidence import each, no_evidence
from analysis.indicators import INDICATORS
from analysis.params import Params, threshold_percent
from analysis.plan.aims import of_series
from analysis.plan.forecasts import SLOPE_SD, Series
from analysis.plan.hours import weekly
from analysis.plan.shapes import at_marks, drift
from analysis.stats.intervals import mean_interval, share_interval
from analysis.stats.scale import main_session

FEWEST_YEARS = 2
LOGITS = 1.8
"""Logits of a share that one SD of the results moves it by: 1.6 at 50 %, 2.1 at 7 % of a normal spread."""
MINUTES_SLOPE = 0.10
"""Usual yearly change of minutes, as a part of them; the years' wobble is a third more (own choice)."""
FEW_YEARS, PAST, FEW, NO_COUNTRY, ONE_NEED = "few_years", "past", "few", "no_country", "one_need"
REASONS = (FEW_YEARS, PAST, FEW, NO_COUNTRY, ONE_NEED)
SMALLEST_N = INDICATORS["target"].smallest_n
_MEASURE = {"sd": "position", "points": "points"}


@dataclass(frozen=True)
class Beside:
    """What targets of shares and of support need beside the municipality's results; empty where there is none.

    Attributes
    ----------
    bands : pd.DataFrame
        The country's counts by tens of percent (:func:`analysis.stats.scale.national_bands`).
    given : pd.DataFrame
        ``support_given`` of the municipality.
    need : pd.DataFrame
        Evidence ``support_met_share`` and ``support_minutes_in_need``.
    """

    bands: pd.DataFrame = field(default_factory=pd.DataFrame)
    given: pd.DataFrame = field(default_factory=pd.DataFrame)
    need: pd.DataFrame = field(default_factory=no_evidence)


def _same(values: Any) -> Any:
    return values


@dataclass(frozen=True)
class History:
    """Measured years, and the line through them.

    Attributes
    ----------
    years : pd.DataFrame
        ``school_year`` (rising), ``n``, ``estimate``, ``low``, ``high`` as they are printed.
    reached : callable
        Probability that what the newest year measured is truly at or above a value.
    line : Series or None
        The years on the scale that the line goes through; None where years may not be compared.
    why : str
        Then, or where they are too few: one of :data:`REASONS`.
    to_line, from_line : callable
        Between the unit and the line's scale.
    coming : (float, float)
        What the aim's year adds on the line's scale, and the standard deviation of that: the country's coming share.
    confidence : float, optional
        Of the years' intervals, where it is not the page's.
    """

    years: pd.DataFrame
    reached: Callable[[float], float]
    line: Series | None = None
    why: str = FEW_YEARS
    to_line: Callable[[Any], Any] = _same
    from_line: Callable[[Any], Any] = _same
    coming: tuple[float, float] = (0.0, 0.0)
    confidence: float | None = None


def history(target: Target, results: pd.DataFrame, beside: Beside, params: Params) -> History:
    """Return the measured years that a target is about, up to its own."""
    if target.indicator in OF_SHARES:
        return _shares(target, results, beside.bands, params)
    if target.indicator in OF_NEED:
        return _need(target, beside.need)
    if target.indicator == "support_minutes":
        return _minutes(target, beside.given, params)
    return _means(target, results, params)


def _shown(yearly: pd.DataFrame, target: Target, params: Params) -> pd.DataFrame:
    kept = yearly[yearly["school_year"] <= target.year]
    newest: pd.DataFrame = kept[kept["school_year"] > kept["school_year"].max() - params.years_shown]
    return newest.reset_index(drop=True)


def _means(target: Target, results: pd.DataFrame, params: Params) -> History:
    own, measure = _counted(target, results), _MEASURE[target.unit]
    if target.group:
        everyone = _counted(target.model_copy(update={"group": ""}), results)["school_year"].value_counts()
        others = everyone.sub(own["school_year"].value_counts(), fill_value=0)
        few = others[(others > 0) & (others < params.smallest_group_sensitive)]
        own = own[~own["school_year"].isin(few.index)]
    yearly = own.groupby("school_year")[measure].agg(n="size", estimate="mean", sd="std").reset_index()
    years = _shown(yearly[(yearly["n"] >= SMALLEST_N) & (yearly["sd"] > 0)], target, params)
    low, high = mean_interval(years["n"], years["estimate"], years["sd"], params.confidence)
    error = (years["sd"] / np.sqrt(years["n"])).to_numpy()

    def reached(value: float) -> float:
        last = years.iloc[-1]
        return float(stats.t.sf((value - last["estimate"]) / error[-1], last["n"] - 1))

    scale = 1.0
    if target.unit == "points" and len(years):  # the pupils' own SD
        scale = float(np.sqrt(np.average(years["sd"] ** 2, weights=years["n"])))
    return History(years.assign(low=low, high=high), reached, _line(years, years["estimate"], error, scale))


def _line(years: pd.DataFrame, values: Any, error: Any, scale: float) -> Series:
    year = years["school_year"].to_numpy(dtype="float64")
    return Series(year, np.asarray(values, dtype="float64"), np.asarray(error, dtype="float64"), scale)


def _counted(target: Target, results: pd.DataFrame) -> pd.DataFrame:
    """Keep the results of the main session that a target is about and that have its measure."""
    rows = main_session(of_series(target, results))
    own = rows[rows[_MEASURE[target.unit]].notna()]
    if target.unit == "points":
        own = own[own["position"].isna() & (own["scale"] == "percent")]
    return own


def _cut(target: Target, year: int, params: Params) -> float | None:
    """Return the percent that a share counts below (of high results: from) in a year; of a coming one the last known."""
    if target.indicator == "fail_share":
        known = (threshold_percent(y, target.grade, target.test, target.domain) for y in range(year, year - 10, -1))
        return next((mark for mark in known if mark is not None), None)
    return float(params.low_result_percent if target.indicator == "low_result_share" else params.high_result_percent)


def _shares(target: Target, results: pd.DataFrame, bands: pd.DataFrame, params: Params) -> History:
    """Count results below the year's cut; the line goes through the distances from the country's logit."""
    rows = main_session(of_series(target, results))
    rows = rows[rows["scale"] == "percent"]
    cuts = {int(y): _cut(target, int(y), params) for y in [*rows["school_year"].unique(), target.year]}
    cut = rows["school_year"].astype("int64").map(cuts).astype("float64")
    high = target.indicator == "high_result_share"
    event = (rows["value"] >= cut) if high else (rows["value"] < cut)
    counts = event[cut.notna()].groupby(rows["school_year"]).agg(n="size", count="sum").reset_index()
    plain = counts["count"].ge(params.smallest_group) & (counts["n"] - counts["count"]).ge(params.smallest_group)
    years = _shown(counts[plain & counts["n"].ge(INDICATORS[target.indicator].smallest_n)], target, params)
    count, n = (years[c].astype("float64") for c in ("count", "n"))
    ends = share_interval(count, n, params.confidence)
    years = years.assign(estimate=100 * count / n, low=ends[0], high=ends[1])

    def reached(value: float) -> float:  # Jeffreys
        return float(stats.beta.sf(value / 100, count.iloc[-1] + 0.5, n.iloc[-1] - count.iloc[-1] + 0.5))

    found = History(years, reached, why=FEW if len(counts) and years.empty else FEW_YEARS)
    nation = _nation(target, bands, cuts, high)
    known = years["school_year"].isin(nation.index)
    if cuts[target.year] is None or (len(years) >= FEWEST_YEARS and known.sum() < FEWEST_YEARS):
        return replace(found, why=NO_COUNTRY)
    own = np.log((count + 0.5) / (n - count + 0.5))
    distance = own - logit(years["school_year"].map(nation).astype("float64"))
    error = np.sqrt(1 / (count + 0.5) + 1 / (n - count + 0.5))  # Gart and Zweifel 1967
    at_aim = _nation(target, bands, dict.fromkeys(nation.index, cuts[target.year]), high)
    return replace(
        found, line=_line(years[known], distance[known], error[known], LOGITS),
        coming=drift(at_aim) if len(at_aim) else (0.0, 0.0),
        to_line=lambda value: float(logit(value / 100)), from_line=lambda value: 100 * expit(value),
    )  # fmt: skip


def _nation(target: Target, bands: pd.DataFrame, cuts: dict[int, float | None], high: bool) -> "pd.Series[float]":
    """Return the country's share of each year, below its cut or, of high results, from it."""
    if bands.empty:
        return pd.Series(dtype="float64")
    mine = bands
    for key in ("grade", "test", "domain", "level"):
        mine = mine[mine[key] == getattr(target, key)]
    shares = {}
    for year in mine["school_year"].unique():
        rows = mine[mine["school_year"] == year]
        if (cut := cuts.get(int(year))) is not None and rows["n"].sum() > 0:
            below = float(at_marks(rows.sort_values("band")["n"].to_numpy(), [cut])[0])
            shares[int(year)] = 1 - below if high else below
    return pd.Series(shares, dtype="float64")


def _minutes(target: Target, given: pd.DataFrame, params: Params) -> History:
    """Average minutes a week of a supported child, year by year; a register's figure, so that its year leaves no doubt."""
    rows = given[given["specialist"].astype("str") == target.part] if len(given) else given
    parts = []
    for year in sorted(rows["school_year"].unique()) if len(rows) else ():
        of_year = rows[rows["school_year"] == year]
        child = weekly(of_year).groupby("pupil")["weekly"].sum()
        if len(child) >= params.smallest_group_sensitive and child.mean() > 0:
            parts.append((int(year), len(child), float(child.mean()), float(child.std())))
    yearly = pd.DataFrame(parts, columns=["school_year", "n", "estimate", "sd"])
    years = _shown(yearly, target, params)

    def reached(value: float) -> float:
        return float(round(years["estimate"].iloc[-1]) >= value)

    error: np.ndarray = (years["sd"] / years["estimate"] / np.sqrt(years["n"].astype("float64"))).to_numpy()
    line = _line(years, np.log(years["estimate"]), error, MINUTES_SLOPE / SLOPE_SD)
    why = FEW if len(rows) and years.empty else FEW_YEARS
    return History(years, reached, line, why, to_line=lambda value: float(np.log(value)), from_line=np.exp)


def _need(target: Target, need: pd.DataFrame) -> History:
    """Take the one year for which a need was worked out; its interval is that of the need."""
    rows = need[(need["indicator"] == target.indicator) & (need["part"] == target.part)]
    rows = rows[rows["school_id"].eq("") & rows["grade"].eq("") & (rows["school_year"] <= target.year)]
    rows = rows.dropna(subset=["estimate"]).sort_values("school_year").tail(1)
    level = float(rows["confidence"].iloc[0]) if len(rows) else float("nan")

    def reached(value: float) -> float:
        row = next(each(rows))
        sd = (row.high - row.low) / 2 / stats.norm.ppf((1 + level) / 2)
        return float(stats.norm.sf((value - row.estimate) / sd)) if sd > 0 else float(row.estimate >= value)

    columns = ["school_year", "n", "estimate", "low", "high"]
    return History(rows[columns].reset_index(drop=True), reached, why=ONE_NEED, confidence=level)
