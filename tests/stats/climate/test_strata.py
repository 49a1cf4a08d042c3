"""Means weigh schools and grades as the roster says, and their errors hold the truth."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.climate.answers import answers_of
from analysis.stats.climate.strata import means, strata, with_interval
from analysis.stats.climate.survey import home_of

NONE = pd.Series({"joy": 0.0})


def cells_of(made):  # type: ignore[no-untyped-def]
    answers, items, roster, schools = made
    return strata(answers_of(answers, items), roster, home_of(schools))


def test_a_school_of_which_few_answered_weighs_as_many_as_it_has(survey) -> None:
    made = survey([("A1", "5", 100, 20, 2.0), ("A2", "5", 100, 80, 4.0)])
    cells = cells_of(made)
    found = means(cells, ["municipality_id"], NONE).iloc[0]
    by_school = cells.set_index("school_id")["mean"]
    assert found["estimate"] == pytest.approx((by_school["A1"] + by_school["A2"]) / 2)
    assert (found["n"], found["answered"], found["eligible"]) == (100, 100, 200)
    pooled = cells["ss"].sum() / 98
    assert found["variance"] == pytest.approx(0.25 * pooled / 20 + 0.25 * pooled / 80)


def test_a_silent_school_is_stood_for_by_the_same_grade_and_widens_the_interval(survey) -> None:
    made = survey(
        [("A1", "5", 60, 40, 3.0), ("A1", "8", 60, 40, 4.0), ("A2", "5", 60, 0, 0.0), ("A2", "8", 20, 20, 3.0)]
    )
    cells = cells_of(made)
    found = means(cells, ["municipality_id"], NONE).iloc[0]
    mean = cells.set_index(["school_id", "grade"])["mean"]
    assert found["estimate"] == pytest.approx(
        (120 * mean["A1", "5"] + 60 * mean["A1", "8"] + 20 * mean["A2", "8"]) / 200
    )
    wider = means(cells, ["municipality_id"], pd.Series({"joy": 0.04})).iloc[0]
    assert wider["variance"] - found["variance"] == pytest.approx(0.04 * (60 / 200) ** 2)


def test_a_grade_in_which_nobody_answered_is_not_spoken_for(survey) -> None:
    made = survey([("A1", "5", 60, 40, 3.0), ("A1", "8", 500, 0, 0.0)])
    found = means(cells_of(made), ["municipality_id"], NONE).iloc[0]
    assert found["estimate"] == pytest.approx(cells_of(made)["mean"].dropna().iloc[0])
    assert found["answered"] / found["eligible"] == pytest.approx(40 / 560)  # but counts in the response


def test_without_a_roster_those_who_answered_weigh_and_response_is_not_known(survey) -> None:
    answers, items, roster, schools = survey([("A1", "5", 60, 20, 3.0), ("A2", "5", 60, 40, 4.0)])
    cells = strata(answers_of(answers, items), roster.iloc[:0], home_of(schools))
    found = means(cells, ["municipality_id"], NONE).iloc[0]
    assert not found["known"]
    scores = answers_of(answers, items).scores()
    assert found["estimate"] == pytest.approx(scores["joy"].mean())


def test_a_roster_smaller_than_its_answers_counts_the_answers(survey) -> None:
    cells = cells_of(survey([("A1", "5", 5, 20, 3.0)]))
    assert cells["eligible"].tolist() == [20]


def drawn(rng: np.random.Generator, schools: int = 8):  # type: ignore[no-untyped-def]
    """Draw a municipality whose less well schools answer less; return cells and the mean of all who could answer."""
    size = rng.integers(40, 120, schools)
    level = 3.5 + rng.normal(0, 0.25, schools)
    share = np.clip(0.65 + 0.5 * (level - 3.5), 0.25, 0.95)
    everybody = [rng.normal(m, 0.7, n) for m, n in zip(level, size, strict=True)]
    answered = [v[rng.random(len(v)) < p] for v, p in zip(everybody, share, strict=True)]
    rows = [
        {"scale": "joy", "school_year": 2026, "municipality_id": "A", "school_id": f"A{i}", "grade": "5", "known": True,
         "eligible": float(len(v)), "answered": len(a), "n": len(a), "mean": a.mean(), "ss": ((a - a.mean()) ** 2).sum()}
        for i, (v, a) in enumerate(zip(everybody, answered, strict=True))
    ]  # fmt: skip
    return pd.DataFrame(rows), np.concatenate(everybody).mean(), np.concatenate(answered).mean()


def test_weighting_takes_the_bias_out_and_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(20)
    before, after, held = [], [], []
    for _ in range(400):
        cells, truth, raw = drawn(rng)
        found = with_interval(means(cells, ["municipality_id"], NONE), 0.95).iloc[0]
        before.append(raw - truth)
        after.append(found["estimate"] - truth)
        held.append(found["low"] <= truth <= found["high"])
    assert np.mean(before) > 0.03  # raw means are too rosy
    assert abs(np.mean(after)) < 0.004
    assert np.mean(held) >= 0.95  # of those who are there: the sample is a good part of them
