"""Whether groups chosen on earlier years still lie behind in the newest one: the board's own check of the naming rule."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.evidence import evidence, no_evidence
from analysis.params import Params
from analysis.stats.cell_posterior import Floats, Integers
from analysis.stats.examined import CONFIDENCE, Examined, examine
from analysis.stats.pools import standing_pools

_Z = float(special.ndtri((1 + CONFIDENCE) / 2))


@dataclass(frozen=True)
class _HeldOut:
    """One test: how often each pupil of the newest year is in a chosen group, what those pupils reached, what was expected."""

    pupil: "pd.Series[str]"
    times: Integers
    gap: Floats  # of each pupil, in standard deviations
    residual: Floats
    expected: float  # sum over groups of pupils times estimated gap
    groups: int


def group_check(results: pd.DataFrame, attributes: Sequence[str], params: Params) -> pd.DataFrame:
    """Choose groups on all years but the newest, and look at the newest.

    Held-out over estimated gap, over all groups that the naming rule chooses on the earlier years of each pool, weighted
    by their pupils in the newest year: ``Σ n·raw gap / Σ n·estimated gap``. One hundred percent: what was estimated is
    there again; zero: the list was chance. The interval takes the estimate as it is and the errors of the newest year
    by pupils (one pupil sits several tests and is in several groups).

    Returns
    -------
    pd.DataFrame
        Evidence ``group_check``: ``part=held_out`` in ``percent`` (the ratio) and in ``sd`` (mean held-out gap),
        ``part=estimated`` in ``sd``, ``part=groups`` in ``level`` (how many groups were chosen); ``n`` is the number of
        results behind them. Where there is nothing to check, one row without an estimate: ``part=one_cohort`` (no test
        has two years), ``none_named`` (no group was chosen), ``too_few`` (chosen groups had fewer than
        ``smallest_named_group`` pupils in the newest year). Empty without results.
    """
    return check_evidence(list(standing_pools(results, params)), attributes, params)


def check_evidence(pools: Sequence[pd.DataFrame], attributes: Sequence[str], params: Params) -> pd.DataFrame:
    """Check the pools of a municipality's tests, as :func:`group_check` does."""
    if not pools:
        return no_evidence()
    several = [pool for pool in pools if pool["cohort"].nunique() > 1]
    keys = {
        "municipality_id": str(pools[0]["municipality_id"].iloc[0]),
        "school_year": max(int(pool["cohort"].max()) for pool in several or pools),
    }
    if not several:
        return _nothing("one_cohort", sum(map(len, pools)), keys)
    held = [found for pool in several if (found := _held_out(pool, attributes, params)) is not None]
    if not held:
        return _nothing("none_named", sum(map(len, several)), keys)
    n = sum(int((test.times > 0).sum()) for test in held)
    if n < params.smallest_named_group:
        return _nothing("too_few", n, keys)
    keys["year_from"] = min(int(pool["cohort"].min()) for pool in several)
    return _checked(held, n, keys)


def _nothing(part: str, n: int, keys: dict[str, object]) -> pd.DataFrame:
    return evidence(pd.DataFrame({"part": [part], "n": [n]}), indicator="group_check", unit="percent", **keys)


def _held_out(pool: pd.DataFrame, attributes: Sequence[str], params: Params) -> _HeldOut | None:
    """Choose on the earlier years of one pool; None where nothing is chosen or found again."""
    newest = pool["cohort"] == pool["cohort"].max()
    test = examine(pool[~newest], attributes, params)
    if test is None or not test.named.any():
        return None
    later = pool[newest]
    middle = float(later["standing"].mean())
    members = _members(test, later)
    size = members.sum(axis=1)
    # A group that leaves few pupils in or out would tell their results by its raw mean.
    least = params.smallest_group_sensitive
    usable = (size >= least) & ((len(later) - size >= least) | (size == len(later)))
    if not usable.any():
        return None
    gaps = test.gaps.country if test.national else test.gaps.own
    chosen = gaps[test.named][usable]
    standing = later["standing"].to_numpy("float64")
    return _HeldOut(
        pupil=later["pupil"].astype("str"),
        times=members[usable].sum(axis=0).astype("int64"),
        gap=standing if test.national else standing - middle,
        residual=standing - middle,
        expected=float(size[usable] @ chosen),
        groups=int(usable.sum()),
    )


def _members(test: Examined, later: pd.DataFrame) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    """Tell which pupils of the newest year are in each named group."""
    text = {name: later[name].astype("str").to_numpy() for name in test.model.attributes}
    known = {name: later[name].notna().to_numpy() for name in test.model.attributes}
    flags = np.ones((int(test.named.sum()), len(later)), dtype="bool")
    for row, g in enumerate(np.flatnonzero(test.named)):
        for part in test.groups.names[g].split("&"):
            name, value = part.split("=", 1)
            flags[row] &= known[name] & (text[name] == value)
    return flags


def _checked(held: list[_HeldOut], n: int, keys: dict[str, object]) -> pd.DataFrame:
    found = sum(float(test.times @ test.gap) for test in held)
    expected = sum(test.expected for test in held)
    weight = sum(int(test.times.sum()) for test in held)
    half = _Z * _error(held)
    rows = [
        ("held_out", "percent", 100 * found / expected, 100 * half / abs(expected)),
        ("held_out", "sd", found / weight, half / weight),
        ("estimated", "sd", expected / weight, np.nan),
        ("groups", "level", float(sum(test.groups for test in held)), np.nan),
    ]
    table = pd.DataFrame(rows, columns=["part", "unit", "estimate", "half"])
    table = table.assign(low=table["estimate"] - table["half"], high=table["estimate"] + table["half"], n=n)
    level = np.where(table["half"].notna(), CONFIDENCE, np.nan)
    method = "chosen on earlier years, looked at in the newest"
    return evidence(table.assign(confidence=level), indicator="group_check", method=method, **keys)


def _error(held: list[_HeldOut]) -> float:
    """Standard error of the sum of held-out gaps, pupils being independent and their results not."""
    parts = pd.concat([pd.Series(test.times * test.residual, index=test.pupil.to_numpy()) for test in held])
    sums = parts.groupby(level=0, sort=True).sum()
    return float(np.sqrt((sums**2).sum()))
