"""How many have a low, a high or a failed result, and how results are spread over bands."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import evidence, no_evidence, verdict
from analysis.indicators import INDICATORS
from analysis.params import Params, threshold_percent
from analysis.stats.intervals import share_interval
from analysis.stats.scale import BANDS, TEST, bands_of, main_session

_KEYS = ["municipality_id", *TEST]
_STEPS = {1000: 1.0, 500: 2.0, 200: 5.0}  # pupils from which the country's share is told in steps of so many percent


def result_shares(results: pd.DataFrame, params: Params, nation: pd.DataFrame | None = None) -> pd.DataFrame:
    """Shares of low, high and failed results in each test's newest year.

    Low: below ``low_result_percent`` of the attainable score, or, where a test has none, below the cut of the country's
    lowest share. High likewise. Failed: below the year's threshold of the exam, where one is known. Wilson intervals.

    Parameters
    ----------
    results : pd.DataFrame
        One municipality's results.
    params : Params
        The cuts, level of the intervals.
    nation : pd.DataFrame, optional
        Evidence in which the country's shares are (:func:`analysis.stats.talent.high_results_of_country`).

    Returns
    -------
    pd.DataFrame
        Evidence ``low_result_share``, ``high_result_share``, ``fail_share`` in percent; of high results with a verdict
        against the country's share, where that is known.
    """
    rows = with_outer_results(results, params)
    if rows.empty:
        return no_evidence()
    parts = [
        _share(rows, "low_result", "low_result_share", params, "below the low cut, Wilson"),
        against_country(_share(rows, "high_result", "high_result_share", params, "above the high cut, Wilson"), nation),
        _failed(rows[rows["scale"] == "percent"], params),
    ]
    return pd.concat(parts, ignore_index=True)


def step_of(n: "pd.Series[float]") -> "pd.Series[float]":
    """Return in which steps (percent) the country's share of so many pupils is told; missing where they are too few.

    A step holds at least ten pupils: a figure that one municipality withholds does not follow from the country's and those
    of all others.
    """
    step = pd.Series(np.nan, index=n.index)
    for least, percent in sorted(_STEPS.items()):
        step = step.mask(n >= least, percent)
    return step


def with_country(rows: pd.DataFrame, nation: pd.DataFrame | None) -> pd.DataFrame:
    """Join to shares of high results the country's share among the same pupils (``country``) and its ``step``."""
    if nation is None or rows.empty:
        return rows.assign(country=np.nan, step=np.nan)
    known = nation[nation["indicator"].eq("high_result_share") & nation["municipality_id"].eq("")]
    known = known[[*TEST, "group", "estimate"]].assign(step=step_of(known["n"].astype("float64")))
    text = dict.fromkeys([*TEST[1:], "group"], "str")
    plain = rows.astype(text | {"school_year": "int64"})
    joined = plain.merge(known.astype(text | {"school_year": "int64"}), how="left", on=[*text, "school_year"],
                         suffixes=("", "_country"), validate="many_to_one")  # fmt: skip
    country = joined["estimate_country" if "estimate" in rows else "estimate"].to_numpy()
    return rows.assign(country=country, step=joined["step"].to_numpy())


def against_country(shares: pd.DataFrame, nation: pd.DataFrame | None) -> pd.DataFrame:
    """Judge shares of high results by the country's share among the same pupils, as both are printed.

    ``differs``: the interval excludes all that the country's share may be, told in steps as it is.
    """
    rows = with_country(shares, nation)
    ends, known = rows[["low", "high"]].round(1), rows["country"].notna()
    low, high = ends["low"] - rows["country"] - rows["step"] / 2, ends["high"] - rows["country"] + rows["step"] / 2
    judged = verdict(low, high, rows["n"], INDICATORS["high_result_share"].smallest_n)
    return shares.assign(
        verdict=judged.where(known, shares["verdict"]), reference=shares["reference"].mask(known, "threshold")
    )


def with_outer_results(results: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Tell which results of each test's newest year are low (``low_result``) and which high (``high_result``).

    Tests that have neither percents nor cuts of the country stay out.
    """
    rows = main_session(results)
    if rows.empty:
        return rows
    rows = _newest_year(rows)
    percent = rows["scale"] == "percent"
    low = (rows["value"] < params.low_result_percent).where(percent, rows["value"] < rows["low_cut"])
    high = (rows["value"] >= params.high_result_percent).where(percent, rows["value"] > rows["high_cut"])
    judged = percent | rows["low_cut"].notna()
    return rows.assign(low_result=low, high_result=high)[judged]


def _newest_year(rows: pd.DataFrame) -> pd.DataFrame:
    test = [rows[key] for key in ("grade", "test", "domain", "level")]
    return rows[rows["school_year"] == rows.groupby(test, observed=True)["school_year"].transform("max")]


def _share(rows: pd.DataFrame, event: str, indicator: str, params: Params, method: str) -> pd.DataFrame:
    counts = rows.groupby(_KEYS, observed=True, sort=True)[event].agg(n="size", count="sum").reset_index()
    if counts.empty:
        return no_evidence()
    low, high = share_interval(counts["count"], counts["n"], params.confidence)
    return evidence(
        counts.assign(estimate=100 * counts["count"] / counts["n"], low=low, high=high), indicator=indicator,
        unit="percent", confidence=params.confidence, method=method,
    )  # fmt: skip


def _failed(rows: pd.DataFrame, params: Params) -> pd.DataFrame:
    tests = rows[TEST].drop_duplicates()
    cuts = [threshold_percent(int(y), str(g), str(t), str(d)) for y, g, t, d, _ in tests.itertuples(index=False)]
    tests = tests.assign(threshold=pd.Series(cuts, index=tests.index, dtype="float64")).dropna(subset="threshold")
    if tests.empty:
        return no_evidence()
    rows = rows.merge(tests, on=TEST, validate="many_to_one")
    shares = _share(rows.assign(failed=rows["value"] < rows["threshold"]), "failed", "fail_share", params, "Wilson")
    return shares.assign(reference="threshold")


def band_shares(results: pd.DataFrame, country: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Spread of each test's newest year over bands of ten percent, neighbours joined until none has too few pupils.

    Parameters
    ----------
    results : pd.DataFrame
        One municipality's results.
    country : pd.DataFrame
        The country's counts by band, from :func:`analysis.stats.scale.national_bands`; may be empty.
    params : Params
        ``smallest_group``: no band has fewer pupils, and no fewer lie between an edge and a cut of the shares.

    Returns
    -------
    pd.DataFrame
        Evidence ``band_share``: ``part`` is ``"20-39"`` (percent, both ends included in whole percents); rows without a
        ``municipality_id`` are the country's, over the same bands.
    """
    rows = main_session(results)
    rows = _newest_year(rows[rows["scale"] == "percent"]) if len(rows) else rows
    if rows.empty:
        return no_evidence()
    own = str(rows["municipality_id"].iloc[0])
    nation = dict(list(country.groupby(TEST, sort=False))) if len(country) else {}
    parts = []
    for keys, values in rows.groupby(TEST, observed=True, sort=True)["value"]:
        test: dict[str, Any] = dict(zip(TEST, keys, strict=True))
        counts = np.bincount(bands_of(values), minlength=BANDS)
        bands = _joined_bands(counts.tolist(), _below_cuts(values, test, params), params.smallest_group)
        if len(bands) > 1:
            parts.append(_in_bands(counts, bands).assign(municipality_id=own, **test))
            if keys in nation:
                of_country = nation[keys].sort_values("band")["n"].to_numpy()
                parts.append(_in_bands(of_country, bands).assign(municipality_id="", **test))
    if not parts:
        return no_evidence()
    found = pd.concat(parts, ignore_index=True)
    low, high = share_interval(found["count"], found["n"], params.confidence)
    return evidence(
        found.assign(estimate=100 * found["count"] / found["n"], low=low, high=high), indicator="band_share",
        unit="percent", confidence=params.confidence, method="counts, Wilson",
    )  # fmt: skip


def _below_cuts(values: "pd.Series[float]", test: dict[str, Any], params: Params) -> list[int]:
    """Count results below the cuts of low, high and failed results, whose shares stand beside the bands."""
    failed = threshold_percent(int(test["school_year"]), str(test["grade"]), str(test["test"]), str(test["domain"]))
    cuts = (params.low_result_percent, params.high_result_percent, failed)
    return [int((values < cut).sum()) for cut in cuts if cut is not None]


def _joined_bands(counts: list[int], below_cuts: list[int], smallest: int) -> list[tuple[int, int]]:
    """Join neighbouring bands from below until each holds enough, and none ends so near a cut that few lie between.

    A rest too small joins the last band.
    """
    bands: list[tuple[int, int]] = []
    first, below, held = 0, 0, 0
    for band, count in enumerate(counts):
        held, below = held + count, below + count
        near = any(0 < abs(below - cut) < smallest for cut in below_cuts) and band < len(counts) - 1
        if held >= smallest and not near:
            bands.append((first, band))
            first, held = band + 1, 0
    if first < len(counts) and bands:
        bands[-1] = (bands[-1][0], len(counts) - 1)
    return bands


def _in_bands(counts: np.ndarray, bands: list[tuple[int, int]]) -> pd.DataFrame:
    """Count pupils by joined bands; ``n`` is all of them."""
    inside = [int(counts[first : last + 1].sum()) for first, last in bands]
    names = [f"{10 * first}-{100 if last == BANDS - 1 else 10 * last + 9}" for first, last in bands]
    return pd.DataFrame({"part": names, "count": inside, "n": int(counts.sum())})
