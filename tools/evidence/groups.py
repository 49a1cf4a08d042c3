"""How often named groups are false, how many of the true ones are found, and whether intervals hold."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.desk.known_truth import examined, families, placed
from analysis.intake.demo import known_country
from analysis.intake.demo.known import AS_IN_LIFE
from analysis.intake.demo.pupils import OF_DEMO, Clustering
from analysis.intake.demo.scores import Setting
from analysis.params import Params
from analysis.stats.cells import fit_cells, group_posterior

WORLDS: dict[str, tuple[Setting, Clustering]] = {
    "none": ("none", OF_DEMO),
    "schools": ("schools", OF_DEMO),
    "clustered": ("schools", AS_IN_LIFE),
    "effects": ("effects", OF_DEMO),
}
"""What differs in results, and how unequally groups spread over schools."""
IN_WORDS = {
    "none": "no effects",
    "schools": "only schools differ",
    "clustered": "only schools differ, groups cluster in them",
    "effects": "effects",
}
GRADES, YEARS, FIRST_YEAR = ("3", "6"), 3, 2024
RULES = ("named", "bh_far_both", "bh_far", "bh_both", "bh", "each_both", "each", "top_both", "top")
SIZES = ((30, 60), (60, 150), (150, 10**9))
LONE, LONE_DRAWS = (-0.5, -0.3), 300
Z90 = 1.6448536


def groups_of(world: str, seeds: Iterable[int], params: Params, municipalities: int = 12) -> pd.DataFrame:
    """Draw countries and judge every group of every family (municipality × domain × grade 3 or 6, three cohorts).

    Parameters
    ----------
    world : str
        One of :data:`WORLDS`.
    seeds : iterable of int
        One country each.
    params : Params
        Of the scale and of the naming rule.
    municipalities : int
        Of each country.

    Returns
    -------
    pd.DataFrame
        Rows of :func:`analysis.desk.known_truth.examined` with ``seed``, ``family`` and ``false``: whether naming the group
        would be wrong. Without effects it always is; where only schools differ, if the group is not behind its
        municipality; with effects also if it is less than the material gap behind the country.
    """
    setting, clustering = WORLDS[world]
    parts = []
    for seed in seeds:
        known = known_country(
            setting,
            seed=seed,
            municipalities=municipalities,
            clustering=clustering,
            grades=GRADES,
            first_year=FIRST_YEAR,
        )
        for key, family in families(placed(known, params), GRADES, YEARS):
            rows = examined(family, params)
            if len(rows):
                parts.append(rows.assign(seed=seed, family=f"{seed} " + " ".join(part for part in key if part)))
    rows = pd.concat(parts, ignore_index=True)
    not_behind, immaterial = rows["true_own"] >= 0, rows["true"] > -params.material_gap_sd
    false = {"none": np.ones(len(rows), dtype="bool"), "schools": not_behind, "effects": not_behind | immaterial}
    return rows.assign(false=false[setting])


def rule_figures(groups: pd.DataFrame, rules: Iterable[str] = RULES) -> pd.DataFrame:
    """Return one row a rule.

    Returns
    -------
    pd.DataFrame
        ``families`` with any name (share), ``names``, ``false`` (share of the names), ``false_of_family`` (mean over all
        families of the false share of the family's names, 0 where it has none: the rate that Benjamini & Hochberg
        bound), ``found_1`` and ``found_3`` (share found of the groups truly more than 0.1 and 0.3 SD behind the country,
        and behind their municipality).
    """
    number = groups["family"].nunique()
    behind = groups["true_own"] < 0
    lines = []
    for rule in rules:
        chosen = groups[groups[rule]]
        of_family = chosen.groupby("family")["false"].mean()
        lines.append(
            {
                "rule": rule,
                "families": len(of_family) / number,
                "names": len(chosen),
                "false": chosen["false"].mean(),
                "false_of_family": of_family.sum() / number,
                "found_1": groups.loc[behind & (groups["true"] < -0.1), rule].mean(),
                "found_3": groups.loc[behind & (groups["true"] < -0.3), rule].mean(),
            }
        )
    return pd.DataFrame(lines).set_index("rule")


def covered(groups: pd.DataFrame) -> float:
    """Return the share of groups whose 90 % interval of the gap to the country holds the true one."""
    return float(((groups["gap"] - groups["true"]).abs() <= Z90 * groups["gap_sd"]).mean())


def lone_effect(size: float, draws: int = LONE_DRAWS) -> float:
    """Return how often the 90 % interval holds the gap of the only group of three attributes that has an effect.

    Parameters
    ----------
    size : float
        The effect, in SDs, on 100 of 400 pupils.
    draws : int
        Municipalities drawn.
    """
    held = 0
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        attributes = pd.DataFrame(rng.integers(0, 2, (400, 3)).astype("str"), columns=["a", "b", "c"])
        attributes["a"] = np.where(np.arange(400) < 100, "yes", "no")
        there = (attributes["a"] == "yes").to_numpy()
        model = fit_cells(rng.normal(size=400) + size * there, attributes)
        of_group = np.bincount(model.cell, there, len(model.n)) / 100
        gap, sd, _ = group_posterior(model, of_group[None, :])
        held += abs(gap[0] - size) <= Z90 * sd[0]
    return float(held) / draws


def errors_by_size(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the root mean square error of the mean as measured and of the shrunken gap, and coverage, by group size."""
    lines = []
    for low, high in SIZES:
        own = groups[(groups["n"] >= low) & (groups["n"] < high)]
        raw, shrunken = (float(np.sqrt(((own[name] - own["true"]) ** 2).mean())) for name in ("raw", "gap"))
        lines.append({"n": (low, high), "groups": len(own), "raw": raw, "shrunken": shrunken, "covered": covered(own)})
    return pd.DataFrame(lines)
