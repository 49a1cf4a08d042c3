"""Evidence of teachers with known truth: teachers, observers and lessons drawn with known variances."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

SHARES = {"teacher": 0.37, "observer": 0.10, "lesson": 0.18, "rest": 0.35}


def seen(
    seed: int, teachers: int, lessons: int, observers: int, *, pool: int = 8, mean: float = 2.0,
    competences: tuple[str, ...] = ("planning",), schools: int = 1, shares: dict[str, float] = SHARES,
) -> pd.DataFrame:  # fmt: skip
    """Draw lessons of teachers, each seen by ``observers`` of a pool; ``truth`` is the teacher's own level."""
    rng = np.random.default_rng(seed)
    sd = {name: share**0.5 for name, share in shares.items()}
    strict = rng.normal(0, sd["observer"], pool)
    parts = []
    for competence in competences:
        truth = mean + rng.normal(0, sd["teacher"], teachers)
        taught = rng.normal(0, sd["lesson"], (teachers, lessons))
        who = np.array([rng.permutation(pool)[:observers] for _ in range(teachers)])
        t, lesson, o = (
            a.ravel() for a in np.meshgrid(range(teachers), range(lessons), range(observers), indexing="ij")
        )
        value = truth[t] + taught[t, lesson] + strict[who[t, o]] + rng.normal(0, sd["rest"], len(t))
        parts.append(
            pd.DataFrame({"teacher": t, "lesson": lesson, "observer": who[t, o], "value": value, "truth": truth[t]})
            .assign(competence=competence)
        )  # fmt: skip
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(
        occasion=rows["lesson"], school_year=2026, source="observation", municipality_id="M1",
        school_id="S" + (rows["teacher"] % schools).astype(str), observer="O" + rows["observer"].astype(str),
        teacher="T" + rows["teacher"].astype(str),
    )  # fmt: skip


@pytest.fixture(name="seen", scope="session")
def seen_fixture() -> Callable[..., pd.DataFrame]:
    return seen
