"""What changed since an earlier issue, and what the difference is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.evidence import evidence, no_evidence, verdict
from analysis.indicators import INDICATORS
from analysis.intake.issues import Earlier
from analysis.params import Params
from analysis.plan.parts import Mix, added_up, mean, mix, variance_of_mean
from analysis.plan.sums import FIGURES, KEYS, SUMS, cuts_of, cuts_then, newest, sums
from analysis.stats.comparability import NotComparable, require_comparable
from analysis.stats.scale import TEST

INDICATOR = {"attainment": "change", "low_result_share": "low_result_change", "fail_share": "fail_change"}
"""Figure → indicator of its change."""
PARTS = ("total", "data", "definition", "boundary", "mix", "rest")
"""In the order of the sequence: what is counted changes first, then the pupils, then what they reach."""
SCALE = {"sd": 100, "percent": 10}  # as figures are printed
_TEST = [key for key in KEYS if key != "school_year"]
Tests = dict[Any, pd.DataFrame]
METHOD = "issues compared; data, definition, boundary in sequence; mix by pooled within-year slopes"


@dataclass(frozen=True)
class States:
    """Cells of one figure of one test, from the figure that was published to today's.

    ``published``: then; ``revised``: the same school year and schools in today's data; ``redefined``: the same by today's
    definition; ``moved``: today's schools in that year; ``now``: today. ``known`` is False where today's data hold nothing
    of that year, so that a revision cannot be told.
    """

    published: pd.DataFrame
    revised: pd.DataFrame
    redefined: pd.DataFrame
    moved: pd.DataFrame
    now: pd.DataFrame
    known: bool


def changes(results: pd.DataFrame, earlier: Earlier | None, attributes: Sequence[str], params: Params) -> pd.DataFrame:
    """Take the difference of each newest figure from an earlier issue apart; the parts add up to it exactly as printed.

    One after the other (decision 0024): ``data`` (the year told then, in today's data), ``definition`` (by today's
    parameter or threshold), ``boundary`` (of today's schools), ``mix`` (today's year, as far as other pupils are counted),
    ``rest``. The national position crosses school years; shares in percent do not, and are compared only where both
    issues speak of the same year (:func:`analysis.stats.comparability.require_comparable`).

    Parameters
    ----------
    results : pd.DataFrame
        The municipality's results today.
    earlier : Earlier or None
        Its slice of the earlier issue.
    attributes : sequence of str
        What makes up the composition, beside the school.
    params : Params
        Level of the interval, limits of privacy, today's definitions.

    Returns
    -------
    pd.DataFrame
        Evidence ``change``, ``low_result_change``, ``fail_change`` with reference ``last_year``; ``year_from`` is the
        school year told then. The total has Welch's interval of two independent means where the years differ: each is of
        one year's cohort, so that they share no pupils but those who repeat a grade; of one year the pupils are the same,
        and no interval is due. ``n`` is the number of pupils that a part rests on, missing where the earlier issue
        withheld the figure.
    """
    if earlier is None or results.empty or earlier.sums.empty:
        return no_evidence()
    own, then = str(results["municipality_id"].iloc[0]), cuts_then(earlier.sums)
    both = pd.concat([results, earlier.away], ignore_index=True) if len(earlier.away) else results
    both = both[both["school_year"] >= earlier.sums["school_year"].min()]
    today, by_then = (sums(both, attributes, cut) for cut in (cuts_of(params), then))
    here = newest(today[today["municipality_id"] == own])
    here = here[here["school_year"] > here["school_year"].max() - params.pooled_years]
    tests = (_by_test(earlier.sums), _by_test(today), _by_test(by_then))
    rows = [
        row
        for key, now in here.groupby(KEYS, observed=True, sort=True)
        if (states := _states(dict(zip(KEYS, key, strict=True)), now, *tests, earlier, own))
        for row in _rows(dict(zip(KEYS, key, strict=True)), states, earlier, attributes, params)
    ]
    return (
        evidence(pd.DataFrame(rows), municipality_id=own, reference="last_year", method=METHOD)
        if rows
        else no_evidence()
    )


def _by_test(cells: pd.DataFrame) -> Tests:
    """Take cells apart by figure and test, so that each is looked up and not searched for."""
    return dict(list(cells.groupby(_TEST, observed=True, sort=True)))


def _of(tests: Tests, figure: dict[str, Any], year: int) -> pd.DataFrame:
    cells = tests.get(tuple(figure[key] for key in _TEST))
    return (
        pd.DataFrame(columns=["n", "school_id", "municipality_id"])
        if cells is None
        else cells[cells["school_year"] == year]
    )


def _states(
    figure: dict[str, Any], now: pd.DataFrame, frozen: Tests, today: Tests, by_then: Tests, earlier: Earlier, own: str
) -> States | None:
    """Return the states between the two figures; None where there was none, or where the years may not be compared."""
    then = frozen.get(tuple(figure[key] for key in _TEST), pd.DataFrame(columns=["municipality_id"]))
    published = then[then["municipality_id"] == earlier.municipality_id]
    if published.empty or int(published["school_year"].max()) > figure["school_year"]:
        return None
    told = int(published["school_year"].max())
    try:
        require_comparable(figure["figure"], FIGURES[figure["figure"]], [told, figure["school_year"]])
    except NotComparable:
        return None
    left = published[published["school_id"].isin(earlier.left)]
    revised, redefined = (_with(_then(_of(cells, figure, told), earlier, own), left) for cells in (by_then, today))
    if len(revised) > len(left):
        there = _of(today, figure, told)
        moved = there[there["municipality_id"] == own]
        return States(published, revised, redefined, moved, now, known=True) if len(moved) else None
    moved = then[(then["school_year"] == told) & then["school_id"].isin(earlier.here)]
    return States(published, published, published, moved, now, known=False) if len(moved) else None


def _with(cells: pd.DataFrame, left: pd.DataFrame) -> pd.DataFrame:
    """Add frozen cells of schools that today's delivery does not list: they left, and nothing of them was revised."""
    return pd.concat([cells, left], ignore_index=True) if len(left) else cells


def _then(cells: pd.DataFrame, earlier: Earlier, own: str) -> pd.DataFrame:
    """Keep the schools that belonged to the municipality then; one that the issue does not know came with today's data."""
    home = cells["school_id"].map(earlier.homes)
    unknown = home.isna() & (cells["municipality_id"] == own)
    return cells[(home == earlier.municipality_id) | unknown]


def _rows(
    figure: dict[str, Any], states: States, earlier: Earlier, attributes: Sequence[str], params: Params
) -> list[dict[str, Any]]:
    """Return the rows of one figure: the total and each part that can be told."""
    unit = FIGURES[figure["figure"]]
    told = int(states.published["school_year"].max())
    crosses = told < figure["school_year"]
    shown = _told(earlier, figure, told)
    steps = [mean(s) for s in (states.published, states.revised, states.redefined, states.moved, states.now)]
    parts = dict(zip(("data", "definition", "boundary"), np.diff(steps[:4]).tolist(), strict=True))
    composition = mix(states.moved, states.now, [*attributes, "school_id"]) if crosses else None
    parts |= {"mix": composition.estimate} if composition else {}
    parts = parts if states.known else {k: v for k, v in parts.items() if k not in ("data", "definition")}
    scale = SCALE[unit]
    total = int(np.rint(steps[4] * scale)) - int(np.rint((steps[0] if shown is None else shown) * scale))
    n = _numbers(states, earlier, params)
    common = {key: figure[key] for key in TEST} | {"indicator": INDICATOR[figure["figure"]], "unit": unit}
    common |= {"year_from": told if crosses else pd.NA}
    ends = _interval(states, total / scale, params) if crosses else {}
    rows = [common | {"part": "total", "estimate": total / scale, "n": n["rest"]} | ends]
    for part, value in added_up(parts, total, scale).items():
        ends = _of_mix(composition, value / scale, params) if composition and part == "mix" else {}
        rows.append(common | {"part": part, "estimate": value / scale, "n": n[part]} | ends)
    return rows if shown is not None else [row | {"n": pd.NA} for row in rows]


def _told(earlier: Earlier, figure: dict[str, Any], year: int, municipality_id: str = "") -> float | None:
    """Return the figure that the earlier issue released; None where it was withheld or coded."""
    rows, unit = earlier.evidence, FIGURES[figure["figure"]]
    keys = {"indicator": figure["figure"], "school_year": year, "unit": unit, "school_id": "", "group": ""}
    keys |= {key: figure[key] for key in TEST[1:]} | {"municipality_id": municipality_id or earlier.municipality_id}
    wanted = rows["estimate"].notna()
    for key, value in keys.items():
        wanted &= rows[key].eq(value).fillna(False)
    return float(rows.loc[wanted, "estimate"].iloc[0]) if wanted.any() else None


def _numbers(states: States, earlier: Earlier, params: Params) -> dict[str, Any]:
    """Return the number of pupils each part rests on: what too few stand behind, the door withholds.

    A revision rests on at least as many pupils as cells differ, a boundary change on the pupils who came, left and stayed;
    where the figure of a municipality whose schools came was withheld then, its change of boundary is withheld too.
    """
    today = int(states.now["n"].sum())
    numbers: dict[str, Any] = dict.fromkeys(PARTS, today)
    revised = _revised(states.published, states.revised)
    few = [n for n in revised if 0 < n < params.smallest_group]
    numbers["data"] = min(few) if few else int(states.revised["n"].sum())
    numbers["definition"] = int(states.redefined["n"].sum())
    before, after = (cells.groupby("school_id")["n"].sum() for cells in (states.redefined, states.moved))
    came, gone = after[~after.index.isin(before.index)], before[~before.index.isin(after.index)]
    if len(came) or len(gone):
        groups = [int(n.sum()) for n in (came, gone, after[after.index.isin(before.index)])]
        numbers["boundary"] = min(n for n in groups if n)
    figure: dict[str, Any] = {key: states.published[key].iloc[0] for key in KEYS}
    sources = {earlier.homes[school] for school in came.index if school in earlier.homes}
    if any(_told(earlier, figure, int(figure["school_year"]), home) is None for home in sources):
        numbers["boundary"] = pd.NA
    return numbers


def _revised(before: pd.DataFrame, after: pd.DataFrame) -> tuple[int, int]:
    """Return how many pupils came or went, cell by cell, and in how many cells anything differs: no fewer were revised."""
    own = [*KEYS, "municipality_id", "cut", *SUMS]
    shared = [c for c in before.columns if c in after and c not in own]
    sides = [cells.groupby(shared, dropna=False)[SUMS].sum() for cells in (before, after)]
    left, right = sides[0].align(sides[1], fill_value=0.0)
    differ = ~np.isclose(left, right, rtol=0, atol=1e-6)
    return int((left["n"] - right["n"]).abs().sum()), int(differ.any(axis=1).sum())


def _of_mix(composition: Mix, shown: float, params: Params) -> dict[str, float]:
    half = float(stats.t.ppf((1 + params.confidence) / 2, composition.freedom) * composition.error)
    return {"low": shown - half, "high": shown + half, "confidence": params.confidence}


def _interval(states: States, total: float, params: Params) -> dict[str, Any]:
    """Welch's interval of the difference of two years' cohorts, with its verdict."""
    ends = [states.published, states.now]
    variances, sizes = [variance_of_mean(cells) for cells in ends], [int(cells["n"].sum()) for cells in ends]
    if min(sizes) < 2 or not sum(variances) > 0:
        return {}
    freedom = sum(variances) ** 2 / sum(v**2 / (n - 1) for v, n in zip(variances, sizes, strict=True))
    half = float(stats.t.ppf((1 + params.confidence) / 2, freedom) * np.sqrt(sum(variances)))
    low, high = total - half, total + half
    fewest, least = pd.Series([min(sizes)]), INDICATORS["change"].smallest_n
    judged = verdict(pd.Series([low]), pd.Series([high]), fewest, least).iloc[0]
    return {"low": low, "high": high, "confidence": params.confidence, "verdict": judged}
