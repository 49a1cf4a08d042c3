"""Small simulated schools in municipalities, and the public files with their reference figures."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest


@dataclass(frozen=True)
class Rows:
    y: np.ndarray
    x: np.ndarray
    inner: np.ndarray
    outer: np.ndarray


@pytest.fixture(scope="session")
def rows() -> Callable[..., Rows]:
    """Simulate pupils: two columns, variances (outer, inner, residual), unequal schools."""

    def make(seed: int = 0, outers: int = 6, inners: int = 4, pupils: int = 12, variances=(0.3, 0.5, 1.0)) -> Rows:
        rng = np.random.default_rng(seed)
        sizes = rng.integers(2, 2 * pupils, outers * inners)
        inner = np.repeat(np.arange(outers * inners), sizes)
        x = np.column_stack([np.ones(len(inner)), rng.normal(size=len(inner))])
        effects = [np.sqrt(v) * rng.normal(size=k) for v, k in zip(variances, (outers, outers * inners), strict=False)]
        y = 50 + 2 * x[:, 1] + effects[0][inner // inners] + effects[1][inner]
        y = y + np.sqrt(variances[2]) * rng.normal(size=len(inner))
        return Rows(y, x, inner, inner // inners)

    return make


@dataclass(frozen=True)
class Chem97:
    frame: pd.DataFrame
    x: np.ndarray
    folder: Path


@pytest.fixture(scope="session")
def chem97(shared_data: Path) -> Chem97:
    """A-level chemistry of 1997 (England): 31,022 candidates."""
    frame = pd.read_csv(shared_data / "chem97" / "Chem97.csv")
    columns = [np.ones(len(frame)), frame["gcsecnt"], frame["gender"] == "F", frame["age"]]
    return Chem97(frame, np.column_stack(columns).astype("float64"), shared_data / "chem97")


@pytest.fixture(scope="session")
def exam(shared_data: Path) -> pd.DataFrame:
    """GCSE results of Inner London: 4,059 pupils of 65 schools."""
    return pd.read_csv(shared_data / "exam" / "Exam.csv")
