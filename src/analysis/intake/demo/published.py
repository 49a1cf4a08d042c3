"""The demo's published figures of schools: means and counts by tens of percent of centralised exams."""

import numpy as np
import pandas as pd

from analysis.intake.demo.tables import coded, exam_keys
from analysis.intake.demo.world import RECENT, World

FEWEST = 5
"""Takers below which the publisher leaves a school out."""
_BANDS = 10


def school_tables(world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `school_results` (mean percent, one decimal) and `school_bands`, main sessions of the recent years.

    Both are sums over the pupils' results; a school with fewer than five takers of an exam is in neither.
    """
    rows = world.sat.results
    wanted = np.array([e.test == "CE" and e.school_year >= RECENT.start for e in world.exams])
    rows = rows[(rows["session"] == 0) & (rows["status"] == 0) & wanted[rows["exam"]]]
    points = np.array([e.points for e in world.exams])[rows["exam"]]
    taken = pd.DataFrame(
        {
            "exam": rows["exam"].to_numpy(),
            "school": world.people.years["sat_at"].to_numpy()[rows["row"]],
            "percent": 100 * rows["score"].to_numpy() / points,
            "band": np.minimum(10 * rows["score"].to_numpy().astype(np.int64) // points, _BANDS - 1),
        }
    )
    taken = taken[taken.groupby(["exam", "school"])["band"].transform("size") >= FEWEST]
    own = taken.groupby(["exam", "school"])["percent"].agg(["size", "mean"])
    counts = taken.groupby(["exam", "school", "band"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=range(_BANDS), fill_value=0)
    return (
        _of_school(world, own).assign(
            n=own["size"].to_numpy(), mean_score=own["mean"].round(1).to_numpy(), score_max=100
        ),
        _of_school(world, counts, _BANDS).assign(
            band=np.tile(np.arange(_BANDS), len(counts)), n=counts.to_numpy().ravel()
        ),
    )


def _of_school(world: World, rows: pd.DataFrame, each: int = 1) -> pd.DataFrame:
    """Return the key columns of school and test, `each` times a row."""
    exam, school = (np.repeat(rows.index.get_level_values(name).to_numpy(), each) for name in ("exam", "school"))
    keys = exam_keys(world.exams, exam)
    keys.insert(0, "school_id", pd.Series(coded(school, world.network["school_id"].tolist())))
    return keys
