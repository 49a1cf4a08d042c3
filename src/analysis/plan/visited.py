"""Have the gaps for which visits were planned moved more than what was chosen for being large moves by itself?"""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.evidence import evidence, no_evidence, verdict
from analysis.indicators import INDICATORS
from analysis.params import Params
from analysis.staff_rules import StaffRules

BEFORE, AFTER, EXPECTED, MOVED = "gap_before", "gap_after", "gap_expected", "gap_moved"
VISITED, OTHERS = "visited", "others"
FEWEST = 5
"""Gaps from which it is judged how far gaps lie apart and how far they move from year to year."""
_METHOD = "published gap drawn to the mean by its reliability; own error of each year and year-to-year spread"


def visited_gaps(then: pd.DataFrame, now: pd.DataFrame, rules: StaffRules, params: Params) -> pd.DataFrame:
    """Compare each gap for which a visit was planned with what it was expected to be without any change.

    What was published rests on years up to the issue's, today's gap on later years alone: they share no assessment, and no
    covariance is due. Visits go where a gap is large, and large ones are large in part by chance: expected is the
    published gap drawn to the mean of its kind by its reliability ``R = τ²/(τ² + e²)`` (Kelley 1947, Fundamentals of
    Statistics), which holds after choosing by that gap. The squared error of today's gap less the expected one is
    ``R e² + (1 − R)² (τ² + v)/k + e_now² + w²``, with the spread ``w²`` of changes of the others beyond their errors
    (decision 0036); intervals are Student's.

    Parameters
    ----------
    then, now : pd.DataFrame
        Evidence of staff as the earlier issue published it for the board, with its plan; ``competence_gap`` of later years.
    rules : StaffRules
        Competences of the fields.
    params : Params
        ``confidence``, ``smallest_group_sensitive``.

    Returns
    -------
    pd.DataFrame
        Evidence in levels by school, ``part`` the competence and ``domain`` the field: ``gap_before``, ``gap_after``,
        ``gap_expected``, ``gap_moved`` (after less expected; below 0: less is lacking than expected). Of a competence of
        which no visited school's is judged, the municipality's. ``gap_moved`` with ``part`` ``visited`` or ``others`` and no
        field is the mean of after less before: of what was visited, and of all else. Reference ``last_year``.
    """
    plan = then[(then["indicator"] == "visits_planned") & (then["school_id"] != "") & (then["estimate"] > 0)]
    units = _both(then, now, rules, params)
    if plan.empty or units.empty:
        return no_evidence()
    schools, told = _told(units, plan, params)
    if told.empty:
        return no_evidence()
    rows = [
        _seen(told, BEFORE, "then"),
        _seen(told, AFTER, "now"),
        told.assign(indicator=EXPECTED, estimate=told["expected"]),
        _judged(told.assign(indicator=MOVED, estimate=told["g_now"] - told["expected"]), params),
        *(_mean(schools[schools["visited"] == own], name, params) for own, name in ((True, VISITED), (False, OTHERS))),
    ]
    table = pd.concat([part for part in rows if len(part)], ignore_index=True).fillna({"verdict": ""})
    return evidence(
        table, unit="level", population="teachers", reference="last_year", method=_METHOD, confidence=params.confidence,
        municipality_id=str(now["municipality_id"].iloc[0]), school_year=int(now["school_year"].max()),
        year_from=int(then["school_year"].max()),
    )  # fmt: skip


def _seen(told: pd.DataFrame, indicator: str, side: str) -> pd.DataFrame:
    """Return the gaps of one side with their own number and interval."""
    own = {"n": told[f"n_{side}"].astype("Int64"), "estimate": told[f"g_{side}"]}
    return told.assign(indicator=indicator, low=told[f"low_{side}"], high=told[f"high_{side}"], **own)


def _told(units: pd.DataFrame, plan: pd.DataFrame, params: Params) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return all gaps of schools, and those to tell: of schools, where too few are known the municipality's in their place."""
    goes = pd.MultiIndex.from_frame(plan[["school_id", "domain"]])
    at = units["school_id"] != ""
    schools = units[at].assign(visited=pd.MultiIndex.from_frame(units.loc[at, ["school_id", "domain"]]).isin(goes))
    whole = units[~at].assign(visited=units.loc[~at, "domain"].isin(plan["domain"]))
    schools, whole = _compared(schools, ["part"], params), _compared(whole, ["school_id"], params)
    enough = schools["visited"] & (schools["known"] >= FEWEST)
    told = schools[enough]
    for more in (whole, schools):
        told = pd.concat([told, more[more["visited"] & ~more["part"].isin(told["part"])]], ignore_index=True)
    return schools, told


def _both(then: pd.DataFrame, now: pd.DataFrame, rules: StaffRules, params: Params) -> pd.DataFrame:
    """Return gaps told on both sides, each of enough teachers, with their squared errors."""
    keys, kept = ["school_id", "part"], []
    z = stats.norm.ppf((1 + params.confidence) / 2)
    for rows, name in ((then, "then"), (now, "now")):
        gaps = rows[
            (rows["indicator"] == "competence_gap") & (rows["n"] >= params.smallest_group_sensitive).fillna(False)
        ]
        gaps = gaps.dropna(subset=["estimate", "low", "high"])[[*keys, "n", "estimate", "low", "high"]]
        gaps = gaps.assign(v=((gaps["high"] - gaps["low"]) / 2 / z) ** 2).rename(columns={"estimate": "g"})
        kept.append(gaps.rename(columns={c: f"{c}_{name}" for c in ("n", "g", "v", "low", "high")}))
    field = {c: name for name, one in rules.fields.items() for c in one.competences}
    both = kept[0].merge(kept[1], on=keys).sort_values(keys, ignore_index=True)
    n = both[["n_then", "n_now"]].min(axis=1).astype("Int64")
    return both.assign(n=n, domain=both["part"].map(field).fillna("").astype("str"))


def _compared(units: pd.DataFrame, kind: list[str], params: Params) -> pd.DataFrame:
    """Add what each gap is expected to be now, the error of that, and from how many gaps it is known."""
    if units.empty:
        return units.assign(expected=np.nan, error=np.nan, known=0)
    of = units.groupby(kind)
    mean, count = of["g_then"].transform("mean"), of["g_then"].transform("size")
    left = len(units) - of.ngroups
    noise = (units["v_then"] * (1 - 1 / count)).sum()
    spread = max(((units["g_then"] - mean) ** 2).sum() - noise, 0.0) / left if left else 0.0
    kept = spread / (spread + units["v_then"]).where(lambda v: v > 0, 1.0)
    expected = mean + kept * (units["g_then"] - mean)
    error = (
        kept * units["v_then"] + (1 - kept) ** 2 * (spread + of["v_then"].transform("mean")) / count + units["v_now"]
    )
    rest = ~units["visited"] if (~units["visited"]).sum() >= FEWEST else pd.Series(True, index=units.index)
    gone = (units["g_now"] - expected)[rest]
    apart = float(gone.var()) * (1 + (2 / (len(gone) - 1)) ** 0.5) if len(gone) > 1 else 0.0  # and its standard error
    wobble = max(apart - float(error[rest].mean()), 0.0)
    return units.assign(expected=expected, error=error + wobble, known=left + 1)


def _judged(rows: pd.DataFrame, params: Params) -> pd.DataFrame:
    half = stats.t.ppf((1 + params.confidence) / 2, (rows["known"] - 1).clip(lower=1)) * np.sqrt(rows["error"])
    low, high = rows["estimate"] - half, rows["estimate"] + half
    judged = verdict(low, high, rows["n"], INDICATORS[MOVED].smallest_n)
    return rows.assign(low=low, high=high, verdict=judged.mask(rows["known"] < FEWEST, "too_few"))


def _mean(units: pd.DataFrame, name: str, params: Params) -> pd.DataFrame:
    """Return the plain mean change of several gaps, with the error that their own spread shows."""
    if len(units) < FEWEST:
        return units.head(0)
    change = units["g_now"] - units["g_then"]
    half = stats.t.ppf((1 + params.confidence) / 2, len(units) - 1) * float(change.std()) / len(units) ** 0.5
    n, middle = int(units.groupby("school_id")["n"].min().sum()), float(change.mean())
    ends = {"estimate": [middle], "low": [middle - half], "high": [middle + half], "n": [n], "part": [name]}
    return pd.DataFrame(ends).assign(indicator=MOVED, school_id="", domain="")
