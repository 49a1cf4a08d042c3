"""What does a pass mark of 10, 15 or 20 % do: how many pupils of a year lie below it, and which skills are theirs?"""

from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.params import Params
from analysis.plan.shapes import PLACE_YEAR_SD, at_marks, drift, foretold, moved
from analysis.stats.intervals import mean_interval
from analysis.stats.pass_marks import below, exams, mark_in_force, mark_shares
from analysis.stats.scale import TEST
from analysis.stats.skills.sheets import by_skill, of_tests, seated, sheets

AS_NEWEST, OWN_NEWEST = "country's shape, own shift", "own newest year"
_SERIES = TEST[1:]
_OWN = ["municipality_id", *_SERIES]


def stress(results: pd.DataFrame, modelled: pd.DataFrame, bands: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Tell what each of ``pass_marks`` does in each exam.

    Parameters
    ----------
    results : pd.DataFrame
        One municipality's results.
    modelled : pd.DataFrame
        Evidence fitted once for all; of it the country's ``fail_share_at``.
    bands : pd.DataFrame
        The country's counts by tens of percent (:func:`analysis.stats.scale.national_bands`), where that lacks a year;
        may be empty: then a municipality's own newest year is all there is.
    params : Params
        ``pass_marks``, ``pooled_years``, ``confidence``.

    Returns
    -------
    pd.DataFrame
        ``part`` is the mark (``"15"``). ``fail_share_at``: the newest year as it was. ``fail_count_at``: pupils expected
        below the mark among as many as the newest year had, in a test as hard as the newest. ``fail_count_coming``: the
        same where the test may be as different as it was from year to year. Intervals of both are of a year's count.
    """
    rows = exams(results)
    if rows.empty:
        return no_evidence()
    marks = params.pass_marks
    counted = [rows.assign(mark=i, below=below(rows["value"], mark)) for i, mark in enumerate(marks)]
    keys = [*_OWN, "school_year"]
    counts = pd.concat(counted).groupby([*keys, "mark"], observed=True, sort=True)["below"].agg(["sum", "size"])
    wide = counts["sum"].unstack("mark").assign(n=counts["size"].groupby(keys, observed=True).first()).reset_index()
    return pd.concat([mark_shares(results, params), _foretell(wide, _nation(modelled, bands, marks), params)])


def stress_published(school_bands: pd.DataFrame, bands: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Tell the same where only counts by tens of percent were published for schools.

    Marks at a multiple of ten are counts. Between two of them the published counts leave only an interval: its ends are
    the counts at the next tens, its estimate is interpolated.

    Parameters
    ----------
    school_bands : pd.DataFrame
        Contract ``school_bands`` of one municipality.
    bands, params
        As in :func:`stress`.

    Returns
    -------
    pd.DataFrame
        ``fail_share_at_published``, ``fail_count_at``, ``fail_count_coming``; ``population`` is ``papers``.
    """
    if school_bands.empty:
        return no_evidence()
    years = _examined(school_bands)
    if years.empty:
        return no_evidence()
    n = years.sum(axis=1).astype("int64")
    own = np.array([at_marks(row, params.pass_marks) for row in years.to_numpy()])
    wide = pd.DataFrame(own * n.to_numpy()[:, None], index=years.index).assign(n=n).reset_index()
    shares = _published(years[years.index.get_level_values("school_year") == _newest(years)], params)
    counts = _foretell(wide, _nation(no_evidence(), bands, params.pass_marks), params)
    return pd.concat([shares, counts.assign(population="papers")], ignore_index=True)


def _examined(school_bands: pd.DataFrame) -> pd.DataFrame:
    """Add up schools by test, year and band: tests with a pass mark that are still examined, years that somebody sat."""
    counts = school_bands.groupby([*_OWN, "school_year", "band"], observed=True)["n"].sum()
    years: pd.DataFrame = counts.unstack("band", fill_value=0).reindex(columns=range(10), fill_value=0)
    years = years[years.sum(axis=1) > 0]
    keys = years.index.to_frame(index=False)
    tests = keys[["school_year", "grade", "test", "domain"]].itertuples(index=False)
    marked = [mark_in_force(int(y), str(g), str(t), str(d)) is not None for y, g, t, d in tests]
    last = keys.groupby(_OWN, observed=True)["school_year"].transform("max")
    newest = keys.groupby(["grade", "test"], observed=True)["school_year"].transform("max")
    kept: pd.DataFrame = years[(last == newest).to_numpy() & np.array(marked, dtype=bool)]
    return kept


def _newest(years: pd.DataFrame) -> np.ndarray:
    year = years.index.get_level_values("school_year").to_series(index=years.index)
    return np.asarray(year.groupby(_OWN, observed=True).transform("max"))


def _published(years: pd.DataFrame, params: Params) -> pd.DataFrame:
    parts = []
    counts = years.to_numpy(dtype="float64")
    cumulated = np.hstack([np.zeros((len(counts), 1)), counts.cumsum(axis=1)])
    for mark in params.pass_marks:
        low, high = cumulated[:, int(mark // 10)], cumulated[:, int(-(-mark // 10))]
        between = np.array([at_marks(row, [mark])[0] for row in counts]) * cumulated[:, -1]
        estimate = np.where(low == high, low, np.clip(between, low, high))
        figures = {"estimate": estimate, "low": low, "high": high, "n": cumulated[:, -1]}
        frame = pd.DataFrame(figures, index=years.index).reset_index()
        frame[["estimate", "low", "high"]] *= 100 / cumulated[:, -1:]
        parts.append(frame.assign(part=f"{mark:g}"))
    return evidence(
        pd.concat(parts, ignore_index=True), indicator="fail_share_at_published", unit="percent", reference="threshold",
        population="papers", method="published counts; between tens interpolated",
    )  # fmt: skip


def _nation(modelled: pd.DataFrame, bands: pd.DataFrame, marks: tuple[float, ...]) -> dict[Any, np.ndarray]:
    """Return the country's shares below the marks by test and year; counted where they were, otherwise interpolated."""
    found: dict[Any, np.ndarray] = {}
    for key, test in bands.groupby(TEST, observed=True) if len(bands) else ():
        found[tuple(map(str, key))] = at_marks(test.sort_values("band")["n"].to_numpy(), marks)
    counted = modelled[(modelled["indicator"] == "fail_share_at") & (modelled["municipality_id"] == "")]
    names = [f"{mark:g}" for mark in marks]
    for key, test in counted.groupby(TEST, observed=True):
        of_mark = test.set_index("part")[["estimate", "n"]].reindex(names)
        if of_mark.notna().all(axis=None):
            n = of_mark["n"].to_numpy(dtype="float64")
            below_mark = of_mark["estimate"].to_numpy() / 100 * n
            found[tuple(map(str, key))] = (below_mark + 0.5) / (n + 1)  # never 0 or 1, whose logit is infinite
    return found


def _foretell(wide: pd.DataFrame, nation: dict[Any, np.ndarray], params: Params) -> pd.DataFrame:
    """Foretell counts test by test from rows of years: columns 0, 1, … pupils below each mark, ``n`` all."""
    parts = []
    for keys, years in wide.groupby(_OWN, observed=True, sort=True):
        test = dict(zip(_OWN, map(str, keys), strict=True))
        years = years.sort_values("school_year")
        shapes = [nation.get((str(year), *map(str, keys[1:]))) for year in years["school_year"]]
        shape = np.array([s for s in shapes if s is not None])
        held = years[[s is not None for s in shapes]].tail(params.pooled_years)
        known = len(held) > 0 and held["school_year"].iloc[-1] == years["school_year"].iloc[-1]
        parts += [_row | test for _row in (_by_shape(held, shape, params) if known else _alone(years, params))]
    return evidence(pd.DataFrame(parts), unit="pupils", reference="threshold", confidence=params.confidence)


def _by_shape(years: pd.DataFrame, nation: np.ndarray, params: Params) -> list[dict[str, Any]]:
    marks = range(len(params.pass_marks))
    counts = years[[*marks, "n"]].to_numpy(dtype="float64")
    shift, sd = moved(counts, nation[-len(years) :])
    rows = []
    for i in marks:
        middle, wide = drift(pd.Series(nation[:, i]))
        hard = float(np.log(nation[-1, i] / (1 - nation[-1, i]))) if 0 < nation[-1, i] < 1 else middle
        rows += _counts(years, i, (hard + shift, middle + shift), (sd, float(np.hypot(sd, wide))), AS_NEWEST, params)
    return rows


def _alone(years: pd.DataFrame, params: Params) -> list[dict[str, Any]]:
    """Foretell from a municipality's own newest year, where nothing is known of the country's."""
    newest = years.tail(1)
    n, rows = int(newest["n"].iloc[0]), []
    for i in range(len(params.pass_marks)):
        share = (float(newest[i].iloc[0]) + 0.5) / (n + 1)
        _, wide = drift(pd.Series([share]))
        sd, middle = 1 / np.sqrt(n * share * (1 - share)), float(np.log(share / (1 - share)))
        rows += _counts(newest, i, (middle, middle), (sd, float(np.hypot(sd, wide))), OWN_NEWEST, params)
    return rows


def _counts(
    years: pd.DataFrame, mark: int, middle: tuple[float, float], sd: tuple[float, float], method: str, params: Params
) -> list[dict[str, Any]]:
    n, rows = int(years["n"].iloc[-1]), []
    for name, centre, spread in zip(("fail_count_at", "fail_count_coming"), middle, sd, strict=True):
        estimate, low, high = foretold(centre, float(np.hypot(spread, PLACE_YEAR_SD)), n, params.confidence)
        first, last = int(years["school_year"].iloc[0]), int(years["school_year"].iloc[-1])
        rows.append(
            {"indicator": name, "part": f"{params.pass_marks[mark]:g}", "n": n, "estimate": estimate, "low": low,
             "high": high, "year_from": first if first != last else pd.NA, "school_year": last, "method": method}
        )  # fmt: skip
    return rows


def mark_skills(results: pd.DataFrame, items: pd.DataFrame, item_map: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Tell which share of each skill's points pupils around a mark reach, in each exam's newest year.

    For every mark above the one in force: the pupils between the two, and all below it. Many of a skill's points lie
    near zero for them; the skills beside each other say where points are nearest, not what a school did.

    Returns
    -------
    pd.DataFrame
        Evidence ``mark_skill`` in percent; ``part`` is ``"10-15:geometry"`` (from, below, skill).
    """
    rows = exams(results)
    if rows.empty or items.empty or item_map.empty:
        return no_evidence()
    rows = rows[rows["school_year"] == rows.groupby(_SERIES, observed=True)["school_year"].transform("max")]
    force = {tuple(map(str, key)): float(mark) for *key, mark in rows[[*TEST, "in_force"]].drop_duplicates().to_numpy()}
    own = str(rows["municipality_id"].iloc[0])
    parts: list[dict[str, Any]] = []
    for sheet in sheets(items, item_map):
        for of_level, sat in seated(sheet, of_tests(rows, item_map)):
            skills, points, most = by_skill(of_level)
            present = force[tuple(str(of_level.test[key]) for key in TEST)]
            for mark in (m for m in params.pass_marks if m > present):
                for first in (present, 0.0):
                    kept = (below(sat["value"], mark) & ~below(sat["value"], first)).to_numpy()
                    parts += [
                        {**of_level.test, "part": f"{first:g}-{mark:g}:{skill}", "n": int(kept.sum()),
                         "estimate": share.mean(), "sd": share.std(ddof=1) if len(share) > 1 else np.nan}
                        for skill, share in zip(skills, (100 * points[kept] / most).T, strict=True)
                        if len(share)
                    ]  # fmt: skip
    return _of_skills(pd.DataFrame(parts), own, params) if parts else no_evidence()


def _of_skills(found: pd.DataFrame, own: str, params: Params) -> pd.DataFrame:
    low, high = mean_interval(found["n"], found["estimate"], found["sd"], params.confidence)
    ends = {"low": np.minimum(low.clip(lower=0), found["estimate"]), "high": high.clip(upper=100)}
    return evidence(
        found.assign(**ends), indicator="mark_skill", municipality_id=own, unit="percent", confidence=params.confidence,
        method="mean of pupils",
    )  # fmt: skip
