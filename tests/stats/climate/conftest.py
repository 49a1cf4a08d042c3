"""Small surveys, made of schools and what their people answer."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

Survey = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]
ITEMS = ["a1", "a2", "a3", "a4"]


@pytest.fixture(scope="session")
def survey() -> Callable[..., Survey]:
    """Make one scale of four items: ``answers, items, roster, schools``.

    Each cell is school, grade, those who could answer, those who did, and their mean; ``year`` of all.
    """

    def make(
        cells: list[tuple[str, str, int, int, float]], seed: int = 0, year: int = 2026, noise: float = 0.5
    ) -> Survey:
        rng = np.random.default_rng(seed)
        rows: list[dict[str, Any]] = []
        for school, grade, _, answered, mean in cells:
            for i in range(answered):
                own = mean + rng.normal(0, noise)
                of = {
                    "respondent": f"{school}{grade}{year}{i}",
                    "school_year": year,
                    "school_id": school,
                    "grade": grade,
                }
                rows += [of | {"role": "pupil", "item": item, "value": own + rng.normal(0, 0.3)} for item in ITEMS]
        roster = pd.DataFrame(
            [(year, s, "pupil", g, n) for s, g, n, _, _ in cells],
            columns=["school_year", "school_id", "role", "grade", "eligible"],
        )
        items = pd.DataFrame({"item": ITEMS, "role": "pupil", "scale": "joy", "reversed": "no"})
        ids = list(dict.fromkeys(cell[0] for cell in cells))
        schools = pd.DataFrame({"school_id": ids, "municipality_id": [one[:1] for one in ids], "staff_total": 40.0})
        return pd.DataFrame(rows), items, roster, schools

    return make
