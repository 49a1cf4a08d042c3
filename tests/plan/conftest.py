"""What tests of plans begin with: small tasks drawn at random, and two deliveries with the issue that the first one left."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import stats
from analysis.intake.issues import Earlier
from analysis.params import Params, load_params
from analysis.plan.sums import cuts_of, newest, sums
from analysis.plan_limits import Effect, Floors, Limits, Travel
from analysis.release import release

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


HOMES = {"A1": "A", "A2": "A", "B1": "B", "C1": "C"}


@pytest.fixture(scope="session")
def params() -> Params:
    return load_params()


@pytest.fixture(scope="session")
def pupils() -> Callable[..., pd.DataFrame]:
    """Make results of one test: school → number of pupils; attributes and places drawn by seed."""

    def make(year: int, sizes: dict[str, int], seed: int = 1, shift: float = 0.0, **columns: Any) -> pd.DataFrame:
        rng = np.random.default_rng([seed, year])
        school = np.repeat(list(sizes), list(sizes.values()))
        n = len(school)
        rows = pd.DataFrame(
            {"school_id": school, "sex": rng.choice(["girl", "boy"], n), "sen": rng.choice(["yes", "no"], n)}
        )
        position = rng.normal(shift, 1, n) - 0.5 * rows["sen"].eq("yes") + 0.3 * rows["school_id"].eq("B1")
        given = {
            "school_year": year, "grade": "9", "test": "CE", "domain": "mathematics", "level": "", "session": "",
            "status": "present", "scale": "percent", "low_cut": np.nan, "high_cut": np.nan, "points": np.nan,
        }  # fmt: skip
        return rows.assign(position=position, value=(50 + 20 * position).clip(0, 100).round(), **(given | columns))

    return make


@pytest.fixture(scope="session")
def issue(params: Params) -> Callable[..., Earlier]:
    """Freeze results as an issue would: released evidence, sums, schools' places."""

    def make(results: pd.DataFrame, own: str = "A", homes: dict[str, str] = HOMES, **more: Any) -> Earlier:
        set_by = more.pop("params", params)
        then = results.assign(municipality_id=results["school_id"].map(homes))
        told, added = [], []
        for _, mine in then.groupby("municipality_id"):
            told.append(release([stats.attainment(mine, set_by), stats.result_shares(mine, set_by)], set_by).rows)
            added.append(newest(sums(mine, ["sex", "sen"], cuts_of(set_by))))
        given = {
            "name": "first", "digest": "d", "municipality_id": own, "places": {m: m for m in set(homes.values())},
            "homes": homes, "here": frozenset({"A1", "A2"}), "left": frozenset[str](), "sums": pd.concat(added),
            "evidence": pd.concat(told, ignore_index=True), "away": pd.DataFrame(),
        }  # fmt: skip
        return Earlier(**(given | more))

    return make
