"""Evidence made by hand, for tests of the door."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.params import Params, load_params
from analysis.release import release

Make = Callable[..., pd.DataFrame]
TEST = {"municipality_id": "M1", "school_year": 2026, "grade": "9", "test": "CE", "domain": "mathematics"}


@pytest.fixture(scope="session")
def params() -> Params:
    return load_params()


@pytest.fixture(scope="session")
def shares() -> Make:
    """Make rates of one indicator: from one number of events or several, each of n pupils."""

    def make(indicator: str, events: int | Sequence[int], n: int, **columns: Any) -> pd.DataFrame:
        rates = 100 * pd.Series(events, dtype="float64") / n
        rows = pd.DataFrame({"n": n, "estimate": rates, "low": rates * 0.9, "high": (rates * 1.1 + 1).clip(upper=100)})
        return evidence(rows, indicator=indicator, unit="percent", confidence=0.95, **(TEST | columns))

    return make


@pytest.fixture(scope="session")
def bands() -> Make:
    """Make the spread of one test over bands: part → pupils."""

    def make(**counts: int) -> pd.DataFrame:
        parts, n = [part.strip("_").replace("_", "-") for part in counts], sum(counts.values())
        rows = pd.DataFrame({"part": parts, "n": n, "estimate": [100 * c / n for c in counts.values()]})
        return evidence(rows, indicator="band_share", unit="percent", confidence=0.95, **TEST)

    return make


@pytest.fixture(scope="session")
def groups() -> Make:
    """Make gaps of the values of one attribute to the municipality: value → pupils."""

    def make(attribute: str, sizes: dict[str, int], **columns: Any) -> pd.DataFrame:
        rows = pd.DataFrame({"group": [f"{attribute}={value}" for value in sizes], "n": list(sizes.values())})
        rows = rows.assign(estimate=0.1, low=-0.1, high=0.3, verdict="not_distinguishable")
        constants = {"indicator": "group_gap", "unit": "sd", "reference": "municipality", "confidence": 0.95}
        return evidence(rows, **(constants | TEST | columns))

    return make


@pytest.fixture(scope="session")
def places() -> Make:
    """Make a municipality's place by year: year → pupils."""

    def make(sizes: dict[int, int], **columns: Any) -> pd.DataFrame:
        rows = pd.DataFrame({"school_year": list(sizes), "n": list(sizes.values())})
        rows = rows.assign(estimate=0.1, low=-0.1, high=0.3, verdict="not_distinguishable")
        test = {key: value for key, value in TEST.items() if key != "school_year"}
        constants = {"indicator": "attainment", "unit": "sd", "reference": "country", "confidence": 0.95}
        return evidence(rows, **(constants | test | columns))

    return make


@pytest.fixture(scope="session")
def schools() -> Make:
    """Make schools against their municipality: school → pupils."""

    def make(sizes: dict[str, int], **columns: Any) -> pd.DataFrame:
        rows = pd.DataFrame({"school_id": list(sizes), "n": list(sizes.values())})
        rows = rows.assign(estimate=0.1, low=-0.1, high=0.3, verdict="not_distinguishable")
        constants = {"indicator": "attainment", "unit": "sd", "reference": "municipality", "confidence": 0.95}
        return evidence(rows, **(constants | TEST | columns))

    return make


@pytest.fixture(scope="session")
def shown(params: Params) -> Callable[..., list[Any]]:
    """Release evidence and return a column of what came out, in order; ``None`` where it is withheld."""

    def make(rows: pd.DataFrame, column: str = "n") -> list[Any]:
        return [None if pd.isna(value) else value for value in release(rows, params).rows[column]]

    return make
