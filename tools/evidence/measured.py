"""All that is measured, in one object; the long form takes some minutes of one core."""

from dataclasses import dataclass

import pandas as pd
from tools.evidence.early_signs import LIMITS, back_tests, sign_figures
from tools.evidence.groups import LONE, WORLDS, covered, errors_by_size, groups_of, lone_effect, rule_figures
from tools.evidence.mixed import wrong_intercepts
from tools.evidence.trends import change_figures, claimed, trend_figures
from tools.evidence.value_added import school_figures, schools_of

from analysis.params import Params

SPANS = (1, 3, 5)


@dataclass(frozen=True)
class Seeds:
    """Countries drawn for each question."""

    groups: range = range(1, 13)
    schools: range = range(1, 5)
    trends: range = range(1, 4)
    signs: range = range(1, 5)


@dataclass(frozen=True)
class Measured:
    """Figures by question; frames as the functions that measure them describe.

    ``own_spread`` is the SD over groups of the true gap to the municipality, ``lone`` the coverage of a single effect by its
    size.
    """

    seeds: Seeds
    families: dict[str, int]
    rules: dict[str, pd.DataFrame]
    by_country: dict[str, pd.DataFrame]
    covered: dict[str, float]
    errors: dict[str, pd.DataFrame]
    schools: dict[int, dict[str, float]]
    changes: dict[str, pd.DataFrame]
    trends: dict[str, pd.DataFrame]
    signs: dict[tuple[str, str], dict[str, float]]
    unfit: int
    mixed: dict[str, int]
    own_spread: dict[str, float]
    lone: dict[float, float]


def measure(params: Params, seeds: Seeds) -> Measured:
    """Measure everything."""
    groups = {world: groups_of(world, seeds.groups, params) for world in WORLDS}
    trends = {setting: trend_figures(setting, seeds.trends, params) for setting in ("none", "effects")}
    national, _ = back_tests(seeds.signs, params, own=False)
    own, unfit = back_tests(seeds.signs, params, own=True)
    return Measured(
        seeds=seeds,
        families={setting: rows["family"].nunique() for setting, rows in groups.items()},
        rules={setting: rule_figures(rows) for setting, rows in groups.items()},
        by_country={setting: _by_country(rows) for setting, rows in groups.items()},
        covered={setting: covered(rows) for setting, rows in groups.items()},
        errors={setting: errors_by_size(rows) for setting, rows in groups.items()},
        schools={years: school_figures(schools_of(seeds.schools, years, params)) for years in SPANS},
        changes={setting: change_figures(found[0]) for setting, found in trends.items()},
        trends={setting: claimed(found[1]) for setting, found in trends.items()},
        signs={
            (whose, limit): sign_figures(tests, limit)
            for whose, tests in (("country", national), ("own", own)) for limit in LIMITS
        },
        unfit=unfit,
        mixed=wrong_intercepts(),
        own_spread={setting: float(rows["true_own"].std()) for setting, rows in groups.items()},
        lone={size: lone_effect(size) for size in LONE},
    )  # fmt: skip


def _by_country(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the naming rule's figures for each drawn country."""
    return pd.concat({seed: rule_figures(own, ["named"]).iloc[0] for seed, own in groups.groupby("seed")}, axis=1).T
