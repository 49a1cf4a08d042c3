"""The list of all indicators: what each asks, in what unit, by which engine, from how many, and across which years."""

import pandas as pd

from analysis.indicators.activities import ACTIVITIES
from analysis.indicators.boards import BOARDS
from analysis.indicators.climate import CLIMATE
from analysis.indicators.model import LEAST_FREEDOM, Indicator
from analysis.indicators.plans import PLANS
from analysis.indicators.results import RESULTS
from analysis.indicators.staff import STAFF

INDICATORS: dict[str, Indicator] = {
    indicator.name: indicator for indicator in (*RESULTS, *PLANS, *CLIMATE, *STAFF, *ACTIVITIES, *BOARDS)
}


def of_edition(rows: pd.DataFrame, edition: str) -> pd.DataFrame:
    """Leave out, in any edition but the board's, figures of single schools that stay with the school and its board.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence; ``schools_for_board`` of its indicators decides.
    edition : {"public", "board"}
        Who reads it.
    """
    if edition == "board":
        return rows
    kept = rows["indicator"].map(lambda name: INDICATORS[name].schools_for_board).astype("bool")
    return rows[~(kept & rows["school_id"].ne(""))].reset_index(drop=True)


__all__ = ["INDICATORS", "LEAST_FREEDOM", "Indicator", "of_edition"]
