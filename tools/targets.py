"""How often does what a page says of a board's targets come true? Places of known course, targets set on what was measured.

Run: ``make targets`` (``python -m tools.targets``, two CPU minutes); writes ``docs/targets.md``. The tests run the same
worlds, fewer of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from time import process_time
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit, logit

from analysis.aims import Target, targets_of
from analysis.evidence import no_evidence
from analysis.params import ROOT, load_params
from analysis.plan import forecasts
from analysis.plan.followed import LOGITS, Beside, history
from analysis.plan.forecasts import SLOPE_SD, WOBBLE_SD, Series, forecast, outlook
from analysis.plan.shapes import DRIFT_SD

PAGE = ROOT / "docs" / "targets.md"
LOW, HIGH = 0.2, 0.8
_COUNTRY, _MIDDLE = 18_000, -1.6  # pupils of a year; the usual logit of the country's share of low results, 17 %
_MEASURED, _TRUTH = "measured", "truth"
_AIM: dict[str, Any] = {
    "id": "a", "indicator": "low_result_share", "unit": "percent", "grade": "6", "test": "diagnostic",
    "domain": "numeracy",
}  # fmt: skip
_TEST = {"grade": "6", "test": "diagnostic", "domain": "numeracy", "level": ""}


def places(
    worlds: int, seed: int, slope: float = SLOPE_SD, wobble: float = WOBBLE_SD, aims: str = _MEASURED
) -> pd.DataFrame:
    """Draw places with a slope of their own and a wobble of the years, and ask what is said of a target.

    Parameters
    ----------
    worlds, seed : int
        How many, and of which draw.
    slope, wobble : float
        True standard deviations of the yearly change and of a year's mean, in national SDs.
    aims : {"measured", "truth"}
        Whether a target is set up to 0.15 SD above what was measured in a year (or 0.05 below), or as near
        to what will be true in its year, as nobody can.

    Returns
    -------
    pd.DataFrame
        A row a target: ``stated`` probability, ``reached`` (0 or 1), ``known``: the probability with the wobble known,
        ``inside`` the 95 % interval; ``settled``: the stated probability that the next year tells, where nothing could be
        told, and ``then``: whether it did.
    """
    rng = np.random.default_rng(seed)
    found: list[dict[str, float]] = []
    for _ in range(worlds):
        count, ahead, error = int(rng.integers(4, 7)), int(rng.integers(1, 5)), 1 / np.sqrt(rng.uniform(150, 800))
        year, goal = np.arange(count) - count + 2025.0, 2024 + ahead
        truth = rng.normal(0, 0.15) + rng.normal(0, slope) * np.arange(1 - count, ahead + 1)
        seen = truth + rng.normal(0, wobble, count + ahead) + rng.normal(0, error, count + ahead)
        series = Series(year, seen[:count], np.full(count, error))
        near = seen[rng.integers(0, count)] if aims == _MEASURED else truth[-1]
        aim = near + rng.uniform(-0.05, 0.15)
        coming, known = forecast(series, goal), forecasts._line(series, goal, wobble)
        low, high = coming.interval(0.95)
        row = {
            "stated": coming.above(aim), "reached": float(seen[-1] >= aim), "inside": float(low <= seen[-1] <= high),
            "known": float(stats.norm.sf((aim - known[0]) / np.sqrt(known[1]))),
        }  # fmt: skip
        if ahead > 1 and LOW < row["stated"] < HIGH:
            row["settled"] = outlook(series, aim, goal, [2025], HIGH, 0.95).settled
            longer = Series(np.append(year, 2025), seen[: count + 1], np.full(count + 1, error))
            row["then"] = float(not LOW < forecast(longer, goal).above(aim) < HIGH)
        found.append(row)
    return pd.DataFrame(found)


def shares(
    worlds: int, seed: int, drift: float = DRIFT_SD, slope: float = SLOPE_SD, wobble: float = WOBBLE_SD
) -> pd.DataFrame:
    """Draw places whose share of low results is counted, tests that are harder and easier, and targets of "at most".

    Parameters
    ----------
    worlds, seed : int
        How many, and of which draw.
    drift : float
        True standard deviation between years of the country's share, in logits.
    slope, wobble : float
        As in :func:`places`, in national SDs.

    Returns
    -------
    pd.DataFrame
        As :func:`places`, without what the next year would tell; ``known`` knows wobble, drift and the country's middle.
    """
    rng, params, no_need = np.random.default_rng(seed), load_params(), no_evidence()
    found: list[dict[str, float]] = []
    for _ in range(worlds):
        count, ahead, n = int(rng.integers(3, 7)), int(rng.integers(1, 4)), int(rng.integers(150, 800))
        years, goal = np.arange(count) - count + 2025, 2024 + ahead
        nation = _MIDDLE + rng.normal(0, drift, count + ahead)
        moved = rng.normal(0, 0.15) + rng.normal(0, slope) * np.arange(1 - count, ahead + 1)
        moved = LOGITS * (moved + rng.normal(0, wobble, count + ahead))
        low = rng.binomial(n, expit(nation + moved))
        start = 100 * low[:count] / n
        aim = round(float(100 * expit(logit(np.clip(rng.choice(start), 1, 99) / 100) - rng.uniform(-0.5, 0.5))), 1)
        target = _target(aim, goal, int(years[0]), aim + 1.0)
        beside = Beside(bands=_bands(years, expit(nation[:count])), need=no_need)
        told = history(target, _results(years, low[:count], n), beside, params)
        if told.line is None or len(told.line.year) < 2:
            continue
        coming = forecast(told.line, goal, *told.coming)
        ends, line = coming.interval(0.95), forecasts._line(told.line, goal, LOGITS * wobble)
        measured, at = float(low[-1] / n), float(told.to_line(aim))
        best = (at - line[0] - _MIDDLE) / np.sqrt(line[1] + drift**2)
        found.append({
            "stated": 1 - coming.above(at), "reached": float(100 * measured <= aim), "known": float(stats.norm.cdf(best)),
            "inside": float(ends[0] <= logit(np.clip(measured, 1e-4, 1 - 1e-4)) <= ends[1]),
        })  # fmt: skip
    return pd.DataFrame(found)


def _target(aim: float, year: int, first: int, start: float) -> Target:
    given = _AIM | {"aim": aim, "year": year, "start": {"year": first, "value": start}}
    return targets_of({"targets": [given]}, "tools")[0]


def _results(years: np.ndarray, low: np.ndarray, n: int) -> pd.DataFrame:
    """Return pupils of whom so many a year have a low result."""
    value = np.where(np.arange(n) < low[:, None], 30.0, 60.0).ravel()
    rows = pd.DataFrame({"school_year": np.repeat(years, n), "value": value})
    return rows.assign(**_TEST, municipality_id="M", session="", status="present", scale="percent")


def _bands(years: np.ndarray, share: np.ndarray) -> pd.DataFrame:
    """Return the country's counts by tens with so large a share below 40 %."""
    below = np.rint(share * _COUNTRY)
    rows = pd.DataFrame({"school_year": np.repeat(years, 10), "band": np.tile(np.arange(10), len(years)), "n": 0.0})
    rows.loc[rows["band"] == 3, "n"] = below
    rows.loc[rows["band"] == 5, "n"] = _COUNTRY - below
    return rows.assign(**_TEST)


def calibration(found: pd.DataFrame, sure: float = 0.05) -> dict[str, float]:
    """Return how often what was said came true.

    ``near``: targets with a stated 75–85 % (80 % ± ``sure``) that were reached; ``on`` and ``off``: of those said to be on
    or off course; ``open`` and ``truly``: share of which nothing can be told, and with true values known; ``inside``.
    """
    stated, reached = found["stated"], found["reached"]
    near = (stated - HIGH).abs() <= sure
    of = {"near": near, "on": stated >= HIGH, "off": stated <= LOW}
    told = {name: float(reached[rows].mean()) for name, rows in of.items()}
    return told | {
        "open": float(((stated > LOW) & (stated < HIGH)).mean()), "inside": float(found["inside"].mean()),
        "truly": float(((found["known"] > LOW) & (found["known"] < HIGH)).mean()),
    }  # fmt: skip


_PLACES: dict[str, dict[str, Any]] = {
    "0.03, 0.04": {}, "0.015, 0.04": {"slope": 0.015}, "0.05, 0.04": {"slope": 0.05}, "0.03, 0.02": {"wobble": 0.02},
    "0.03, 0.08": {"wobble": 0.08}, "0.03, 0.04; aims set on the truth of their year": {"aims": _TRUTH},
}  # fmt: skip
_SHARES: dict[str, dict[str, Any]] = {
    "0.48": {},
    "0.25": {"drift": 0.25},
    "0.80": {"drift": 0.80},
    "0.48; slope 0.05": {"slope": 0.05},
}
_HEAD = (
    'stated 75–85 %: happened | "on course": reached | "off course": reached | "cannot tell" | with true values known | '
    "95 % intervals hold"
)
_COLUMNS = ("near", "on", "off", "open", "truly", "inside")


def _table(first: str, make: Callable[..., pd.DataFrame], rows: dict[str, dict[str, Any]], worlds: int) -> list[str]:
    lines = [f"| {first} | {_HEAD} |", "|---|" + "---|" * len(_COLUMNS)]
    for name, more in rows.items():
        told = calibration(make(worlds, 11, **more))
        lines.append(f"| {name} | " + " | ".join(f"{100 * told[c]:.0f} %" for c in _COLUMNS) + " |")
    return lines


def page(worlds: int = 3000) -> str:
    """Measure, and return the page."""
    started = process_time()
    of_places = _table("true slope SD, wobble", places, _PLACES, worlds)
    of_shares = _table("true drift of the country, logits", shares, _SHARES, worlds // 3)
    settled = places(worlds, 12).dropna()
    minutes = (process_time() - started) / 60
    return "\n".join([
        "# Are targets said to be on course reached?", "", "<!-- Written by `make targets`; do not edit. -->", "",
        f"Measured on {date.today().isoformat()}, {minutes:.1f} CPU minutes of one core, seed 11. What is assumed, and why:",
        "[decision 23](decisions/0023-marks-targets-hours.md). Places are drawn with a yearly change and a wobble of their own;",
        "a target is set a little above what was measured in one of the years, as boards do.", "",
        "## Places in the country", "", f"{worlds} targets a row: 4–6 measured years, 150–800 pupils, 1–4 years ahead.", "",
        *of_places, "",
        f"Settled by the next measurement: stated {100 * settled['settled'].mean():.0f} %, happened "
        f"{100 * settled['then'].mean():.0f} %.", "",
        "## Shares of low results", "",
        f"{worlds // 3} targets of \"at most\" a row: 3–6 measured years, 1–3 years ahead; the country's share moves from year",
        "to year as tests are harder or easier.", "", *of_shares, "",
    ])  # fmt: skip


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(PAGE.read_text("utf-8"), file=sys.stderr)
