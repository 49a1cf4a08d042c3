"""Small tasks drawn at random: frames as the contract has them, limits of every kind."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis.plan_limits import Effect, Floors, Limits, Travel

Frames = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Limits]
PARTS = ("reading", "counselling/psychologist", "mentor")


def drawn(seed: int, *, schools: int = 2, most: int = 3, grades: int = 1) -> Frames:
    """Draw need, capacity, schools and limits; about half of the limits are set."""
    rng = np.random.default_rng(seed)
    ids = [f"S{i}" for i in range(schools)]
    rows = [(s, str(g), p) for s in ids for g in range(1, grades + 1) for p in PARTS]
    need = pd.DataFrame(rows, columns=["school_id", "grade", "part"])
    need = need.assign(n=20, estimate=rng.integers(0, most + 1, len(need)).astype(float))
    need = need.assign(low=(need["estimate"] - 1).clip(lower=0), high=need["estimate"] + 1)
    offers = [("reading", s, "teacher") for s in ids]
    offers += [("counselling", "", "psychologist"), ("mentor", "", "mentor")]
    capacity = pd.DataFrame(offers, columns=["programme", "school_id", "specialist"])
    places = rng.integers(0, schools * most + 1, len(capacity)).astype(float)
    minutes = np.round(places * rng.choice([10.0, 20.0, 30.0], len(capacity)) * rng.uniform(0.4, 1.2, len(capacity)))
    capacity = capacity.assign(
        places=np.where(rng.random(len(capacity)) < 0.2, np.nan, places),
        minutes_per_week=np.where(rng.random(len(capacity)) < 0.2, np.nan, minutes),
        cost_per_hour=rng.choice([10.0, 15.0, 20.0], len(capacity)), school_year=2026,
    )  # fmt: skip
    some = rng.random(6) < 0.5
    worths = rng.integers(1, 4, 3).astype(float)
    programmes = ("reading", "counselling", "mentor")
    effects = {p: Effect(low=1, central=c, high=4, source="-") for p, c in zip(programmes, worths, strict=True)}
    limits = Limits(
        budget_eur_per_year=float(rng.integers(0, 1500)) if some[0] else None, weeks_per_year=30.0,
        minutes_per_child={"psychologist": 20.0, "mentor": 30.0, "teacher": 25.0} if some[1] else {},
        group_size={"counselling": 2} if some[2] else {},
        travel=Travel(minutes_between_schools=15.0, minutes_per_visit=60.0, base="S0") if some[3] else Travel(),
        floor_percent=Floors(school=float(rng.choice([20, 40]))) if some[4] else Floors(),
        effects=effects if some[5] else {},
    )  # fmt: skip
    places_of = pd.DataFrame({"school_id": ids, "lat": np.nan, "lon": np.nan})
    return need, capacity, places_of, limits


@pytest.fixture(name="drawn")
def drawn_fixture() -> Callable[..., Frames]:
    return drawn
