"""Small frames in the shape of a store's slice, for tests of single statistics."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.params import Params, load_params

Results = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def params() -> Params:
    return load_params()


@pytest.fixture(scope="session")
def results() -> Results:
    """Make results of one test: ``position``, ``value`` or ``score`` as given, every other column filled."""

    def make(**columns: Any) -> pd.DataFrame:
        size = max((len(v) for v in columns.values() if not isinstance(v, str | int | float | bool)), default=1)
        text = {
            "municipality_id": "M1",
            "school_id": "S1",
            "grade": "3",
            "test": "diagnostic",
            "domain": "numeracy",
            "level": "",
            "session": "",
            "status": "present",
            "scale": "percent",
        }
        given: dict[str, Any] = {
            **text,
            "pupil": [f"P{i}" for i in range(size)],
            "school_year": 2026,
            "value": 50.0,
            "points": np.nan,
            "position": np.nan,
            "low_cut": np.nan,
            "high_cut": np.nan,
            "known": True,
            "enrolled": True,
            **columns,
        }
        frame = pd.DataFrame(given, index=range(size))
        return frame.astype(dict.fromkeys(text, "category"))

    return make
