"""How many children need a programme, by school and grade, in draws of what is known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.programmes import LowResult, Programme
from analysis.stats.cell_posterior import Floats
from analysis.stats.cells import NothingToModel
from analysis.stats.earlier import family, grade_number
from analysis.stats.foreseen import low_results

DRAWS, SEED = 500, 483
FARTHEST = 3
"""A test so many grades away may still stand for a grade that has none."""
UNIT = ["school_id", "grade"]


@dataclass(frozen=True)
class Drawn:
    """Numbers of children in need.

    Attributes
    ----------
    units : pd.DataFrame
        School, grade and ``n``, the pupils who may be served.
    need : (U, D) array or None
        Children in need in each draw; one draw where the number is certain; None where it is not known.
    method : str
        How it was found; empty where it is not known.
    lacking : tuple of (str, int)
        Why it is not known, and of how many pupils.
    """

    units: pd.DataFrame
    need: Floats | None
    method: str
    lacking: tuple[tuple[str, int], ...] = ()


def drawn(
    programme: Programme, part: str, pupils: pd.DataFrame, pools: Sequence[pd.DataFrame], attributes: Sequence[str],
    outer_share: float,
) -> Drawn:  # fmt: skip
    """Draw how many of those who may be served need a programme.

    Parameters
    ----------
    programme : Programme
        With its ``need``; ``early_signs`` are about no school and are told elsewhere.
    part : str
        The programme, or the programme with a specialist.
    pupils : pd.DataFrame
        Those who may be served: ``school_id, grade`` and attributes.
    pools : sequence of pd.DataFrame
        Tests with their newest years, from :func:`analysis.stats.pools.standing_pools`.
    attributes : sequence of str
        Attributes in their fixed order.
    outer_share : float
        Share of the country's pupils that a low result lies in.
    """
    units = units_of(pupils)
    need = programme.need
    share = need.percent.get(part.partition("/")[2]) if need else None
    rng = np.random.default_rng(SEED)
    if need is not None and need.everyone:
        return Drawn(units, units[["n"]].to_numpy(dtype="float64"), "all who may be served")
    if share is not None:
        numbers = rng.binomial(units["n"].to_numpy()[:, None], share / 100, (len(units), DRAWS))
        return Drawn(units, numbers.astype("float64"), f"{share:g} % as the board states; chance alone")
    if need is None or need.low_result is None:
        return Drawn(units, None, "", (("need_unknown", len(pupils)),))
    return _low(pupils, pools, attributes, need.low_result, outer_share, rng)


def units_of(pupils: pd.DataFrame) -> pd.DataFrame:
    """Count pupils by school and grade, in order."""
    keys = [pupils[key].astype("str") for key in UNIT]
    return pupils.groupby(keys, sort=True).size().rename("n").reset_index()


def _low(
    pupils: pd.DataFrame, pools: Sequence[pd.DataFrame], attributes: Sequence[str], low: LowResult, outer_share: float,
    rng: np.random.Generator,
) -> Drawn:  # fmt: skip
    """Draw low results, each grade by the nearest test of the domain's family."""
    of_family = [pool for pool in pools if family(pool["domain"].iloc[0]) == family(low.domain)]
    national = [pool for pool in of_family if str(pool["against"].iloc[0]) != "own"]
    reason = "no_country" if of_family and not national else "no_results"
    grade = pupils["grade"].astype("str")
    stage = {name: _nearest(name, national) for name in sorted(grade.unique(), key=grade_number)}
    parts, told, lacking = [], [], 0
    for number in sorted({n for n in stage.values() if n is not None}):
        names = [name for name, at in stage.items() if at == number]
        mine, pool = pupils[grade.isin(names)], national[number]
        try:
            parts.append(_numbers(from_level(pool, low.below_sd, outer_share), mine, attributes, rng))
            told.append(f"{', '.join(names)} by {pool['test'].iloc[0]} of {pool['grade'].iloc[0]}")
        except NothingToModel:
            lacking += len(mine)
    lacking += int(grade.isin([name for name, at in stage.items() if at is None]).sum())
    missing = ((reason, lacking),) if lacking else ()
    if not parts:
        return Drawn(units_of(pupils), None, "", missing)
    units = pd.concat([part[0] for part in parts], ignore_index=True)
    order = units.sort_values(UNIT).index.to_numpy()
    level = "lowest share" if low.below_sd is None else f"below {low.below_sd:+g} SD"
    method = f"{low.domain}, {level}, by cells and schools; grades {'; '.join(told)}"
    return Drawn(
        units.loc[order].reset_index(drop=True), np.vstack([part[1] for part in parts])[order], method, missing
    )


def from_level(pool: pd.DataFrame, below_sd: float | None, outer_share: float) -> pd.DataFrame:
    """Count the standing of results from the level below which they are low, year by year.

    The cut of the country's lowest share moves with the shape of a year's results; where it is not known, that of a normal
    distribution stands for it.
    """
    level = pd.Series(special.ndtri(outer_share) if below_sd is None else below_sd, index=pool.index)
    if below_sd is None and pool["low_cut"].notna().any():
        sd = (pool["points"] / pool["position"]).groupby(pool["cohort"]).transform("median")
        level = (pool["standing"] + (pool["low_cut"] - pool["value"]) / sd).fillna(level)
    return pool.assign(standing=pool["standing"] - level)


def _nearest(grade: str, pools: Sequence[pd.DataFrame]) -> int | None:
    """Return which test stands for a grade: the nearest, an earlier one before a later, the one of most pupils."""
    far = [abs(grade_number(pool["grade"].iloc[0]) - grade_number(grade)) for pool in pools]
    near = [i for i, distance in enumerate(far) if distance <= FARTHEST]
    return min(near, key=lambda i: (far[i], grade_number(pools[i]["grade"].iloc[0]), -len(pools[i])), default=None)


def _numbers(
    pool: pd.DataFrame, pupils: pd.DataFrame, attributes: Sequence[str], rng: np.random.Generator
) -> tuple[pd.DataFrame, Floats]:
    """Draw a binomial number for pupils of one school, grade and chance, and add up schools and grades."""
    foreseen = low_results(pool, pupils, attributes, 0.0, DRAWS, rng)
    units = units_of(pupils)
    place = pd.MultiIndex.from_frame(units[UNIT]).get_indexer(
        pd.MultiIndex.from_arrays([pupils[key].astype("str") for key in UNIT])
    )
    pairs, count = np.unique(np.column_stack([place, foreseen.kind]), axis=0, return_counts=True)
    numbers = rng.binomial(count[:, None], foreseen.chance[pairs[:, 1]])
    first = np.searchsorted(pairs[:, 0], np.arange(len(units)))
    return units, np.add.reduceat(numbers, first, axis=0).astype("float64")
