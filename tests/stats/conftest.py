"""Small frames in the shape of a store's slice, for tests of single statistics."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.params import Params, load_params
from analysis.stats.country import Country

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


_RESULT = {
    "test": "diagnostic", "level": "", "session": "", "status": "present", "known": True, "enrolled": True,
    "scale": "percent", "points": np.nan, "low_cut": np.nan, "high_cut": np.nan, "value": 50.0,
}  # fmt: skip


@pytest.fixture(scope="session")
def country() -> Callable[..., Country]:
    """Complete results (pupil, school_id, municipality_id, school_year, grade, domain, position) to a country."""
    return _country


@pytest.fixture(scope="session")
def followed_pupils() -> Callable[..., tuple[pd.DataFrame, pd.Series, pd.DataFrame]]:
    """Draw pupils with a result in grade 6 and one in grade 9; returns results, school effects, school-year effects."""
    return _followed_pupils


def _country(results: pd.DataFrame, scope: str = "country", pooled_years: int = 3, **more: Any) -> Country:
    """Complete results (pupil, school_id, municipality_id, school_year, grade, domain, position) to a country."""
    rows = results.assign(**{k: v for k, v in _RESULT.items() if k not in results})
    given = {"attributes": (), "covariates": ()} | more
    params = load_params().model_copy(update={"pooled_years": pooled_years})
    schools = rows[["school_id", "municipality_id"]].drop_duplicates()
    return Country(rows, pd.DataFrame(), pd.DataFrame(), schools, scope=scope, params=params, **given)


def _followed_pupils(
    rng: np.random.Generator, schools: int = 60, years: int = 3, a_year: int = 30, *, school_sd: float = 0.23,
    year_sd: float = 0.10, places: int = 6, slope: float = 0.7,
) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:  # fmt: skip
    """Draw pupils with a result in grade 6 and one in grade 9; returns results, school effects, school-year effects."""
    effect = rng.normal(0, school_sd, schools)
    moved = rng.normal(0, year_sd, (schools, years))
    size = np.maximum(3, rng.lognormal(np.log(a_year), 0.5, (schools, years)).astype(int))
    school = np.repeat(np.arange(schools), size.sum(axis=1))
    year = np.concatenate([np.repeat(np.arange(years), n) for n in size])
    start = rng.normal(0, 1, len(school)) + 0.3 * rng.normal(0, 1, schools)[school]
    end = slope * start + effect[school] + moved[school, year] + rng.normal(0, 0.7, len(school))
    base = {
        "pupil": [f"P{i}" for i in range(len(school))],
        "school_id": [f"S{s:03}" for s in school],
        "municipality_id": [f"M{s % places}" for s in school],
    }
    before = pd.DataFrame({**base, "school_year": 2020 + year, "grade": "6", "domain": "numeracy", "position": start})
    after = pd.DataFrame({**base, "school_year": 2023 + year, "grade": "9", "domain": "mathematics", "position": end})
    names = [f"S{s:03}" for s in range(schools)]
    results = pd.concat([before, after], ignore_index=True)
    return results, pd.Series(effect, names), pd.DataFrame(effect[:, None] + moved, names)
