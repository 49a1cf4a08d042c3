"""Rows of evidence on early signs: counts of today's pupils, observed rates of those before them, and how well it worked.

``grade`` is the stage, ``test``, ``domain`` and ``level`` are the outcome's. Observed rates run from ``year_from``, when the
held-out pupils stood at the stage, to ``school_year``, when they had the outcome: the difference leads from the stage to
the outcome's grade.
"""

import numpy as np
import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.indicators import INDICATORS
from analysis.stats.country import Country
from analysis.stats.intervals import share_interval
from analysis.stats.risk.audit import FEWEST, audit
from analysis.stats.risk.backtest import Backtest
from analysis.stats.risk.bands import BANDS, Told, bands, early_signs
from analysis.stats.risk.calibration import count_band, drift
from analysis.stats.risk.checks import checks
from analysis.stats.risk.ways import ways_of

SMALLEST_N = INDICATORS["risk_band"].smallest_n
_FEWEST_LEFT_OVER = 10
_TELLS_EVENTS = ("recall", "brier_base")  # how many of a board's followed pupils had a low result follows from these
_METHOD = "logit of earlier results, back-tested by cohorts"


def risk_bands(country: Country) -> pd.DataFrame:
    """Early signs of all municipalities, or of one board's own pupils.

    Of each stage and family of domains the farthest outcome counts whose signs pass the gate; where none does, the reason
    is given for the farthest.

    Parameters
    ----------
    country : Country
        Results, scope and parameters ``low_result_percent``, ``risk_workload_percent``, ``confidence``.

    Returns
    -------
    pd.DataFrame
        Evidence ``risk_band`` and ``risk_check``, see :func:`rows_of`, and ``targeting``. No row is about a child.
    """
    parts = []
    for told in early_signs(country):
        own = _board(country)
        parts.append(rows_of(told, country))
        if not own or _nobody_is_told(told):  # it tells how many of the board's followed pupils had a low result
            parts.append(ways_of(told, country, own))
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else no_evidence()


def rows_of(told: Told, country: Country) -> pd.DataFrame:
    """Return what may leave of one stage and outcome.

    ``risk_band`` in ``pupils``: today's pupils by band (``part`` = high, middle, low) and the expected number of low results
    with the band of the tests' drift (``part`` = expected), by municipality. ``risk_band`` in ``percent``: of the held-out
    pupils of a band, the share that reached the standard; with reference ``threshold`` the share that did not fail.
    ``risk_check``: how well it worked, by group too, or ``part`` = ``refused_<reason>``.
    """
    own = _board(country)
    pair = told.pair
    keys = {"grade": pair.stage, "test": pair.test, "domain": pair.domain, "level": pair.level}
    if told.reason or told.test is None:
        refused = {"part": f"refused_{told.reason}", "n": len(told.test.judged) if told.test else 0}
        rows = pd.DataFrame([refused])
        return evidence(rows, indicator="risk_check", unit="percent", municipality_id=own, method=_METHOD, **keys)
    if told.today.empty:
        return no_evidence()
    test, workload, confidence = told.test, country.params.risk_workload_percent / 100, country.params.confidence
    band = bands(test.judged["logit"].to_numpy(), workload)
    years = {"year_from": test.judged_year - pair.years, "school_year": test.judged_year}
    by_group = audit(test.judged, band == BANDS[0], confidence).assign(unit="percent")
    checked = pd.concat([checks(test, told.seen, confidence), by_group], ignore_index=True)
    if own and not _nobody_is_told(told):
        checked = checked[~checked["part"].str.startswith(_TELLS_EVENTS)]
    checked = checked.assign(municipality_id=own, **years)
    parts = [
        _today(told, test, own).assign(
            indicator="risk_band", unit="pupils", school_year=int(told.today["since"].max())
        ),
        _observed(told, test, band, country, own).assign(indicator="risk_band", unit="percent", **years),
        checked.assign(indicator="risk_check", confidence=confidence),
        _learnt_from(test).assign(indicator="risk_check", unit="percent", municipality_id=own),
    ]
    return pd.concat([evidence(part, method=_METHOD, **keys) for part in parts], ignore_index=True)


def _learnt_from(test: Backtest) -> pd.DataFrame:
    """Say from which years' outcomes the model learnt: those after the pupils stood at the stage were not known then."""
    years = {"year_from": test.trained_years[0], "school_year": test.trained_years[-1]}
    share = 100 * test.events_trained / test.n_trained
    return pd.DataFrame([{"part": "learnt_from", "n": test.n_trained, "estimate": share, **years}])


def _board(country: Country) -> str:
    """Return whom rows about all pupils are about: the country, or the board whose pupils these are."""
    return "" if country.scope == "country" else str(country.results["municipality_id"].mode().iloc[0])


def _today(told: Told, test: Backtest, own: str) -> pd.DataFrame:
    """Count today's pupils by band, and expect low results among them."""
    pupils = told.today.assign(municipality_id=own) if own else told.today
    known = told.pupils[told.pupils["event"].notna()]
    rates = known.groupby("school_year")["event"].mean()
    sd = drift(rates, len(rates), test.prior)
    counts = []
    for place, group in pupils.groupby("municipality_id", observed=True, sort=True):
        for band in BANDS:
            count = int((group["band"] == band).sum())
            counts.append({"municipality_id": place, "part": band, "n": count, "estimate": float(count)})
        predicted = group["logit"].to_numpy()
        low, high = count_band(predicted, sd)
        expected = float((1 / (1 + np.exp(-predicted))).sum())
        ends = {"estimate": expected, "low": low, "high": high, "confidence": 0.90}
        if len(group) >= SMALLEST_N:
            counts.append({"municipality_id": place, "part": "expected", "n": len(group), **ends})
    return pd.DataFrame(counts)


def _observed(told: Told, test: Backtest, band: np.ndarray, country: Country, own: str) -> pd.DataFrame:
    """Count who reached the standard, by band: of all pupils; of a municipality those of the highest band alone."""
    judged = test.judged.assign(band=band, reached=1 - test.judged["event"], passed=1 - test.judged["failed"])
    whole = _rates(judged, "reached", own)
    parts = [whole if not own or _nobody_is_told(told) else whole[whole["part"] == BANDS[0]]]
    if not own and (judged["failed"] == 1).sum() >= FEWEST:
        parts.append(_rates(judged, "passed", own).assign(reference="threshold"))
    if not own:
        for place, group in judged.groupby("municipality_id", observed=True, sort=True):
            rest = group.loc[group["band"] != BANDS[0], "event"]
            if min(rest.sum(), len(rest) - rest.sum()) >= country.params.smallest_group:
                parts.append(_rates(group[group["band"] == BANDS[0]], "reached", str(place)))
    found = pd.concat(parts, ignore_index=True)
    low, high = share_interval(found["count"], found["n"], country.params.confidence)
    estimate = 100 * found["count"] / found["n"]
    return found.assign(estimate=estimate, low=low, high=high, confidence=country.params.confidence)


def _nobody_is_told(told: Told) -> bool:
    """Tell whether the bands' low results, taken from all of a board's, leave nobody or a group that exposes none."""
    n, events = told.left_over
    return n == 0 or min(events, n - events) >= _FEWEST_LEFT_OVER


def _rates(pupils: pd.DataFrame, event: str, place: str) -> pd.DataFrame:
    grouped = pupils[pupils[event].notna()].groupby("band", sort=True)[event]
    counts: pd.DataFrame = grouped.agg(n="size", count="sum").reset_index().rename(columns={"band": "part"})
    order = counts["part"].map({band: i for i, band in enumerate(BANDS)})
    return counts.loc[order.sort_values().index].query("n >= @SMALLEST_N").assign(municipality_id=place)
