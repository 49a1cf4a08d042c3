"""Exams chosen later: who chose, which years come before, and when nothing can be said; against scipy's own interval."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.stats.activities.choice import choice, chosen_share, hours_by_school


def paper(pupil: str, domain: str, level: str = "optimal", **more: object) -> dict[str, object]:
    return {"pupil_id": pupil, "school_id": "S1", "school_year": 2026, "grade": "12", "test": "CE", "domain": domain,
            "level": level, "status": "present", "session": None} | more  # fmt: skip


def test_a_pupil_counts_once_and_chooses_by_subject_or_level(rules) -> None:
    rows = [paper("a", "latvian"), paper("a", "physics"), paper("a", "mathematics", "higher"), paper("b", "mathematics"),
            paper("c", "physics", status="absent"), paper("d", "english", "higher"), paper("e", "physics", grade="9"),
            paper("b", "physics", session="additional")]  # fmt: skip
    found = chosen_share(pd.DataFrame(rows), rules).iloc[0]
    assert (found["n"], found["share"]) == (3, pytest.approx(1 / 3))


def compared(n: int, slope: float, seed: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    hours, ids = rng.gamma(2, 2, n), [f"S{i}" for i in range(n)]
    both = pd.DataFrame(
        {"school_id": ids * 2, "school_year": [2025] * n + [2026] * n, "estimate": [*hours, *(99 - hours)]}
    )
    share = slope * hours + rng.normal(0, 2, n)
    return both, pd.DataFrame({"school_id": ids, "school_year": 2026, "n": 40, "share": share})


def test_only_years_before_the_exams_count_and_the_interval_is_close_to_the_bootstrap(rules) -> None:
    hours, shares = compared(120, 0.5)
    found = choice(hours, shares, rules, 0.95, "").iloc[0]
    before = hours[hours["school_year"] == 2025]["estimate"].to_numpy()
    assert found["estimate"] == pytest.approx(stats.spearmanr(before, shares["share"]).statistic)
    assert found["verdict"] == "differs"
    again = stats.bootstrap(
        (before, shares["share"].to_numpy()), lambda x, y: stats.spearmanr(x, y).statistic, paired=True, vectorized=False,
        n_resamples=999, method="percentile", rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    assert (found["low"], found["high"]) == (pytest.approx(again.low, abs=0.06), pytest.approx(again.high, abs=0.06))


def test_few_schools_few_exam_pupils_or_no_earlier_year_say_nothing(rules) -> None:
    hours, shares = compared(29, 0.5)
    assert choice(hours, shares, rules, 0.95, "").empty
    hours, shares = compared(60, 0.5)
    assert choice(hours, shares.assign(n=9), rules, 0.95, "").empty
    assert choice(hours[hours["school_year"] == 2026], shares, rules, 0.95, "").empty
    assert choice(hours.assign(estimate=1.0), shares, rules, 0.95, "").empty


def test_without_an_association_it_is_found_as_rarely_as_promised(rules) -> None:
    found = [choice(*compared(40, 0.0, seed), rules, 0.95, "").iloc[0]["verdict"] for seed in range(300)]
    assert 0.02 <= found.count("differs") / 300 <= 0.09


def test_a_year_whose_hours_are_not_all_known_is_left_out() -> None:
    offers = pd.DataFrame({"municipality_id": "M", "school_id": ["S1", "S1", "S2"], "school_year": 2025,
                           "field": ["stem", "stem", "culture"], "total": [10.0, np.nan, 5.0]})  # fmt: skip
    pupils = pd.DataFrame({"municipality_id": "M", "school_id": ["S1", "S2"], "school_year": 2025, "n": [5, 10]})
    found = hours_by_school(offers, pupils).set_index("school_id")["estimate"]
    assert np.isnan(found["S1"])
    assert found["S2"] == 0
