"""What a reader knows of results beside the pages that are attacked: public numbers of schools, and earlier issues."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import COLUMNS

TEST = ["grade", "test", "domain", "level"]
OUTSIDE = ["school_id", "school_year", *TEST, "n", "band", "mean_score", "score_max"]
"""Columns of public numbers of schools: how many pupils, by band of ten percent or, where this is missing, all of them with
their mean and the most that could be reached."""


@dataclass(frozen=True)
class Aside:
    """What is known of a municipality's results without what is attacked.

    Attributes
    ----------
    outside : pd.DataFrame
        Public numbers of pupils of schools: :data:`OUTSIDE`; ``band`` is 0–9, tens of percent, or missing for all pupils.
    earlier : pd.DataFrame
        Rows of the municipality that earlier issues published, with ``file`` and ``issue``.
    country : pd.DataFrame
        The same of the whole country.
    """

    outside: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=OUTSIDE))
    earlier: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*COLUMNS, "file", "issue"]))
    country: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*COLUMNS, "file", "issue"]))

    def of(self, row: Any, pupils: pd.DataFrame | None = None) -> "Aside":
        """Keep what is about the test of a row; bands only of years in which the percents of all pupils at hand are known."""
        outside, earlier = (_about(frame, row) for frame in (self.outside, self.earlier))
        if pupils is not None and len(outside):
            own = _about(pupils, row)
            percent = (own["scale"].astype("str") == "percent") & own["value"].notna()
            known = percent.groupby(own["school_year"]).all()
            outside = outside[outside["band"].isna() | outside["school_year"].isin(known.index[known])]
        return Aside(outside, earlier, self.country)


def _about(frame: pd.DataFrame, row: Any) -> pd.DataFrame:
    same = [frame[key].astype("str") == str(row[key]) for key in TEST]
    return frame[np.logical_and.reduce(same)] if len(frame) else frame
