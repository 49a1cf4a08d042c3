"""What a municipality's unit holds of figures that somebody published about its schools."""

import pandas as pd

from analysis.intake.unit import _of_other_tests

FIGURES = pd.DataFrame(
    {
        "school_id": ["S1", "S1", "S1"],
        "school_year": [2026, 2025, 2026],
        "grade": ["9", "9", "12"],
        "test": "CE",
        "domain": "mathematics",
        "mean_score": [50.0, 48.0, 40.0],
    }
)


def results(**changes: object) -> pd.DataFrame:
    row = {"school_year": 2026, "grade": "9", "test": "CE", "domain": "mathematics"} | changes
    return pd.DataFrame([row]).astype({"grade": "category", "test": "category"})


def test_published_figures_of_a_test_whose_pupils_are_there_are_left_out() -> None:
    """They would tell of small schools what is withheld of the same pupils."""
    kept = _of_other_tests(FIGURES, results())
    assert kept["mean_score"].tolist() == [48.0, 40.0]


def test_those_of_another_subject_stay() -> None:
    assert len(_of_other_tests(FIGURES, results(domain="latvian"))) == 3


def test_without_own_results_all_of_them_speak() -> None:
    assert len(_of_other_tests(FIGURES, results().iloc[:0])) == 3
