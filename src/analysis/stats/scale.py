"""The scale of results: place among the country's pupils of the same test, grade and school year."""

import numpy as np
import pandas as pd

TEST = ["school_year", "grade", "test", "domain", "level"]
BANDS = 10
NO_SPREAD = 1e-9  # the SD of equal values is zero but for the arithmetic


def main_session(results: pd.DataFrame) -> pd.DataFrame:
    """Keep results of the main session that have a score: absent is not zero, and retakes count apart."""
    if results.empty:
        return results
    return results[(results["session"] == "") & (results["status"] == "present") & results["value"].notna()]


def with_value(results: pd.DataFrame) -> pd.DataFrame:
    """Give every result the value it is compared by: percent of the attainable score where all of its test have one.

    Adds ``value`` and ``scale`` (``percent`` or ``score``).
    """
    percent = results["percent"].notna() | results["score"].isna()
    all_percent = percent.groupby([results[key] for key in TEST], observed=True).transform("all")
    value = results["percent"].where(all_percent, results["score"])
    return results.assign(value=value, scale=all_percent.map({True: "percent", False: "score"}).astype("str"))


def national_reference(results: pd.DataFrame, outer_share: float) -> pd.DataFrame:
    """Describe the country's pupils test by test: number, mean, SD, and the cuts of the lowest and highest share.

    Means are means of pupils, never of schools (VISC's own rule for national figures).

    Parameters
    ----------
    results : pd.DataFrame
        Results of every municipality, with ``value``.
    outer_share : float
        Share of pupils below the low cut and above the high one.

    Returns
    -------
    pd.DataFrame
        One row a school year × grade × test × domain × level: ``n, mean, sd, low_cut, high_cut, source``; the SD has
        n − 1 below it.
    """
    groups = main_session(results).groupby(TEST, observed=True, sort=True)["value"]
    reference = groups.agg(n="size", mean="mean", sd="std").reset_index()
    cuts = groups.quantile(np.array([outer_share, 1 - outer_share])).unstack()
    reference["low_cut"], reference["high_cut"] = cuts.iloc[:, 0].to_numpy(), cuts.iloc[:, 1].to_numpy()
    return reference.assign(source="pupils")


def published_reference(published: pd.DataFrame) -> pd.DataFrame:
    """Take the country's mean, SD and number as published (percent), where a board has only its own pupils.

    Of several published values of one figure the last row holds (provisional figures precede official ones).
    """
    wanted = published[(published["unit"] == "percent") | (published["measure"] == "n")]
    wanted = wanted[wanted["measure"].isin(["mean", "sd", "n"])].drop_duplicates([*TEST, "measure"], keep="last")
    if wanted.empty:
        return empty_reference()
    wide = wanted.pivot(index=TEST, columns="measure", values="value").reset_index()
    wide.columns.name = None
    for column in ("n", "mean", "sd", "low_cut", "high_cut"):
        wide[column] = wide[column] if column in wide else float("nan")
    return wide.assign(source="published")[[*TEST, "n", "mean", "sd", "low_cut", "high_cut", "source"]]


def empty_reference() -> pd.DataFrame:
    """Return a reference without rows: nothing is known of the country."""
    text = {key: pd.Series([], dtype="str") for key in [*TEST[1:], "source"]}
    numbers = {key: pd.Series([], dtype="float64") for key in ("n", "mean", "sd", "low_cut", "high_cut")}
    return pd.DataFrame({"school_year": pd.Series([], dtype="int64")} | text | numbers)


def with_position(results: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Add the place in the country: ``position`` in national SDs, ``points`` from the national mean.

    Missing where the country's SD, or even its mean, is not known, and where published percents meet scores that are none.
    """
    columns = [*TEST, "mean", "sd", "low_cut", "high_cut", "source"]
    joined = results.merge(reference[columns], on=TEST, how="left", validate="many_to_one")
    same_scale = (joined["source"] != "published") | (joined["scale"] == "percent")
    points = (joined["value"] - joined["mean"]).where(same_scale)
    position = points / joined["sd"].where(joined["sd"] > 0)
    return joined.assign(points=points, position=position).drop(columns=["mean", "sd", "source"])


def national_bands(results: pd.DataFrame) -> pd.DataFrame:
    """Count the country's pupils by tens of percent, test by test.

    Returns
    -------
    pd.DataFrame
        Columns of the test, ``band`` 0–9, ``n``; bands without a pupil are there with 0.
    """
    rows = main_session(results)
    rows = rows[rows["scale"] == "percent"]
    if rows.empty:
        return pd.DataFrame(columns=[*TEST, "band", "n"])
    counts = rows.assign(band=bands_of(rows["value"])).groupby([*TEST, "band"], observed=True).size()
    wide = counts.unstack(fill_value=0).reindex(columns=range(BANDS), fill_value=0)
    return wide.melt(ignore_index=False, var_name="band", value_name="n").reset_index().sort_values([*TEST, "band"])


def bands_of(percent: "pd.Series[float]") -> "pd.Series[int]":
    """Return the band of ten percent of each result, 0–9; 100 % belongs to the last one."""
    return (percent // 10).clip(0, BANDS - 1).astype("int64")


def with_standing(results: pd.DataFrame) -> pd.DataFrame:
    """Add ``standing``, the best place each result allows, in standard deviations, and ``against``, what it is against.

    ``country``: national SDs from the national mean. ``published``: points from the published national mean, in SDs of
    these pupils (pooled within school years, for no national SD is known). ``own``: the same from these pupils' own mean
    of the school year; then groups can be compared with each other alone. ``spread`` is that SD of these pupils, in the
    unit of ``value``; results in percent and in other scores have one each.
    """
    rows = results.reset_index(drop=True)
    main = main_session(rows)
    if main.empty:
        return rows.assign(standing=float("nan"), against="", spread=float("nan"))
    test = main.groupby(TEST, observed=True).ngroup()
    centred = main["value"] - main["value"].groupby(test).transform("mean")
    spread = _within_years(centred, main)
    parts = (("country", main["position"]), ("published", main["points"] / spread), ("own", centred / spread))
    standing, against = pd.Series(float("nan"), index=main.index), pd.Series("", index=main.index, dtype="str")
    for name, measure in parts:
        free = standing.isna() & measure.notna()
        standing, against = standing.where(~free, measure), against.mask(free, name)
    added = pd.DataFrame({"standing": standing, "against": against, "spread": spread}).reindex(rows.index)
    return rows.assign(standing=added["standing"], against=added["against"].fillna(""), spread=added["spread"])


def _within_years(centred: "pd.Series[float]", main: pd.DataFrame) -> "pd.Series[float]":
    """SD around the means of the school years, pooled over the years of a test; missing where nobody differs."""
    series = main.groupby([*TEST[1:], "scale"], observed=True).ngroup()
    years = main["school_year"].groupby(series).transform("nunique")
    freedom = series.groupby(series).transform("size") - years
    squares = (centred**2).groupby(series).transform("sum")
    spread: pd.Series[float] = np.sqrt(squares / freedom.where(freedom > 0))
    return spread.where(spread > NO_SPREAD * main["value"].abs().groupby(series).transform("max"))
