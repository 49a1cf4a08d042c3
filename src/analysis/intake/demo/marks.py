"""The marks of the demo's pupils: two terms and the year, in the grades whose end is tested."""

import numpy as np
import pandas as pd

from analysis.intake.demo.exams import FAMILIES
from analysis.intake.demo.tables import coded, ids
from analysis.intake.demo.world import RECENT, World

DOMAINS = {"mathematics": "numbers", "latvian": "language", "english": "english"}
TERMS = ("1", "2", "year")
GRADES = (6, 9)
_MEAN, _SPREAD, _MISSING = 6.3, 1.6, 0.02


def marks(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `marks` table of grades 6 and 9: marks follow the latent result with a correlation of about 0.8.

    The year's mark is the rounded mean of the two terms; 2 % of term marks are empty, and the year's beside one.
    """
    years = world.people.years
    rows = np.flatnonzero(years["grade"].isin(GRADES) & (years["school_year"] >= RECENT.start))
    who = years.iloc[rows]
    group = who.groupby(["school_year", "grade"]).ngroup().to_numpy()
    parts = []
    for family in DOMAINS.values():
        latent = pd.Series(world.sat.latent[rows, FAMILIES.index(family)])
        same = latent.groupby(group)
        z = ((latent - same.transform("mean")) / same.transform("std")).to_numpy()
        own = 0.8 * z + 0.5 * rng.normal(0, 1, len(rows))
        terms = np.rint(_MEAN + _SPREAD * (own[:, None] + 0.3 * rng.normal(0, 1, (len(rows), 2)))).clip(1, 10)
        terms[rng.random(terms.shape) < _MISSING] = np.nan
        parts.append(np.column_stack([terms, np.floor(terms.mean(axis=1) + 0.5)]))
    values = np.stack(parts, axis=1)
    size = len(DOMAINS) * len(TERMS)
    return pd.DataFrame(
        {
            "pupil_id": coded(np.repeat(who["pupil"].to_numpy(), size), ids(len(world.people.pupils))),
            "school_year": np.repeat(who["school_year"].to_numpy(), size),
            "term": coded(np.tile([0, 1, 2], len(rows) * len(DOMAINS)), TERMS),
            "domain": coded(np.tile(np.repeat([0, 1, 2], len(TERMS)), len(rows)), tuple(DOMAINS)),
            "mark": pd.array(values.ravel(), dtype="Int8"),
        }
    )
