"""The planted truth of the demo set, ready for JSON and never read by the product."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.intake.demo import items as demo_items
from analysis.intake.demo import plants as demo_plants
from analysis.intake.demo import scores as demo_scores
from analysis.intake.demo.exams import FAMILIES, FAMILY, Exam
from analysis.intake.demo.places import Floats
from analysis.intake.demo.tables import exam_keys
from analysis.intake.demo.world import World


def truth(world: World) -> dict[str, Any]:
    """Return what was planted in results and each municipality's true position.

    Planted sizes are in latent units; divided by the `latent_sd` of a test they are national standard
    deviations of that test. Positions are expectations over the present pupils of the main session, in
    national standard deviations of the same test: `position` of the latent result, `position_score` of the
    score.
    """
    exams, sat, planted = world.exams, world.sat, world.planted
    towns, schools = world.towns["municipality_id"].tolist(), world.network["school_id"].tolist()
    tests = exam_keys(exams, np.arange(len(exams))).to_dict("records")
    return {
        "about": "Sizes in latent units, positions in national standard deviations.",
        "municipality_effects": _effects(towns, planted.municipality),
        "school_effects": _effects(schools, planted.school),
        "tests": [
            {**test, "constants": [round(c, 4) for c in exam.constants], "latent_sd": round(float(sd), 4)}
            for test, exam, sd in zip(tests, exams, sat.latent_sd, strict=True)
        ],
        "positions": _positions(exams, sat, towns),
        **_planted(planted, towns),
    }


def planted_beside_results(world: World, chosen: demo_plants.Plants) -> dict[str, Any]:
    """Return what was planted in surveys, support, lessons and staff, and where."""
    towns, p = world.towns["municipality_id"].tolist(), demo_plants
    role, scale, shift = p.WEAK_SCALE
    return {
        "wellbeing": {
            "weak_scale": {
                "municipality_id": towns[chosen.weak_scale], "role": role, "scale": scale, "shift_sd": shift,
            },
            "response": p.RESPONSE,
            "low_response": {"municipality_id": towns[chosen.low_response], "role": "pupil", "share": p.LOW_RESPONSE},
            "silence_log_odds_per_sd": p.SILENCE,
            "silent": {
                "school_id": world.network["school_id"].iloc[chosen.silent], "school_year": p.SILENT_SCHOOL_YEAR,
            },
        },
        "learning_organisation": {
            "municipality_id": towns[chosen.weak_dimension], "dimension": p.WEAK_DIMENSION[0],
            "shift": p.WEAK_DIMENSION[1],
        },
        "competence_gap": {
            "everywhere": {"competence": p.GAP[0], "shift": p.GAP[1]},
            "local": {
                "municipality_id": towns[chosen.local_gap], "competence": p.LOCAL_GAP[0], "shift": p.LOCAL_GAP[1],
            },
        },
        "support": {
            "misplaced": {"municipality_id": towns[chosen.misplaced], "programme": "reading"},
            "low_coverage": {"municipality_id": towns[chosen.low_coverage], "share": p.LOW_COVERAGE},
            "coverage": list(p.COVERAGE),
        },
        "lost_lessons": {
            "municipality_id": towns[chosen.lost_lessons], "domain": p.LOST_LESSONS[0], "share": p.LOST_LESSONS[1],
        },
        "kind_self_evaluation": {"municipality_id": towns[chosen.kind_self], "levels": p.KIND_SELF},
    }  # fmt: skip


def _planted(planted: demo_scores.Effects, towns: list[str]) -> dict[str, Any]:
    """Return what was planted: spreads, trends, the weak skill, and what groups have."""
    slopes, middle = planted.slope(), demo_scores.MIDDLE_YEAR
    domain, skill, shift = demo_items.WEAK
    between = (demo_scores.MUNICIPALITY_SD, demo_scores.SCHOOL_SD) if planted.school.any() else (0.0, 0.0)
    spread = (*between, demo_scores.RESIDUAL_SD)
    told: dict[str, Any] = {
        "standard_deviations": dict(
            zip(("municipality", "school", "residual"), np.round(spread, 4).tolist(), strict=True)
        ),
        "trends": [
            {"municipality_id": towns[i], "per_year": float(slopes[i]), "zero_at": middle}
            for i in np.flatnonzero(slopes)
        ],
    }
    if planted.groups:
        told |= _of_groups(planted, towns)
    if planted.weak_skill is not None:
        told["weak_skill"] = {
            "municipality_id": towns[planted.weak_skill],
            "grade": "9",
            "school_years": list(demo_items.SCHOOL_YEARS),
            "domain": domain,
            "skill": skill,
            "logit_shift": shift,
        }
    return told


def _of_groups(planted: demo_scores.Effects, towns: list[str]) -> dict[str, Any]:
    """Return group effects, absence and the interaction."""
    told: dict[str, Any] = {
        "group_effects": [
            {"group": group, "domains": _domains(families), "effect": size}
            for group, (_, size, families) in demo_scores.GROUPS.items()
        ],
        "absence": {"per_sd_of_log": demo_scores.ABSENCE},
    }
    if planted.interaction is not None:
        told["interaction"] = {
            "municipality_id": towns[planted.interaction],
            "group": "home_language=other&sex=boy",
            "domains": _domains(("language",)),
            "extra": demo_scores.INTERACTION,
        }
    return told


def _positions(exams: list[Exam], sat: demo_scores.Sat, towns: list[str]) -> list[dict[str, Any]]:
    """Return one record per municipality and test that had pupils there."""
    keys = exam_keys(exams, sat.truth["exam"].to_numpy())
    keys.insert(0, "municipality_id", pd.Index(towns).take(sat.truth["place"].to_numpy()))
    figures = sat.truth[["n", "position", "position_score"]].round(4)
    return [
        {str(key): value for key, value in row.items()} for row in pd.concat([keys, figures], axis=1).to_dict("records")
    ]


def _domains(families: tuple[str, ...]) -> list[str]:
    """Return the domains of the families."""
    return [domain for domain, family in FAMILY.items() if FAMILIES[family] in families]


def _effects(names: list[str], values: Floats) -> dict[str, dict[str, float]]:
    """Return effects by name and family."""
    return {
        name: dict(zip(FAMILIES, row.round(4).tolist(), strict=True)) for name, row in zip(names, values, strict=True)
    }
