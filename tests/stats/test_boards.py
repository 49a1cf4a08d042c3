"""What boards answer is counted by question; words of their own are counted and never told."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.boards import board_answers, interests

KNOWN = {"yes": "yes", "jā": "yes", "no": "no", "partly": "partly"}


def survey(*rows: tuple[str, int, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["municipality_id", "school_year", "question", "answer"])


ASKED = survey(
    ("A", 2025, "q", "yes"), ("B", 2025, "q", "no"), ("C", 2025, "q", "no"),
    ("A", 2026, "q", " Jā "), ("B", 2026, "q", "yes"), ("D", 2026, "q", "partly"), ("C", 2026, "q", None),
    ("A", 2026, "why", "mums nav Annas tālruņa"), ("B", 2026, "why", "yes"), ("B", 2026, "why2", " "),
)  # fmt: skip


def figures(found: pd.DataFrame) -> dict[tuple[str, str, str], tuple[int, float]]:
    return {(r.part, r.group, r.reference): (r.n, round(r.estimate, 3)) for r in found.itertuples()}


def test_shares_are_of_those_that_answered_and_changes_of_the_same_boards():
    assert figures(board_answers(ASKED, 4, KNOWN)) == {
        ("", "", ""): (4, 75.0),  # A, B and D answered something
        ("q", "answer=yes", ""): (3, 66.667), ("q", "answer=yes", "last_year"): (2, 50.0),  # A, B: one of two, then both
        ("q", "answer=no", "last_year"): (2, -50.0), ("q", "answer=no", ""): (3, 0.0),
        ("q", "answer=partly", ""): (3, 33.333), ("q", "answer=partly", "last_year"): (2, 0.0),
        ("why", "answer=text", ""): (2, 50.0), ("why", "answer=yes", ""): (2, 50.0),
    }  # fmt: skip


def test_words_of_somebodys_own_are_nowhere():
    assert "Annas" not in board_answers(ASKED, 4, KNOWN).to_csv()


def test_shares_equal_a_plain_crosstab():
    draw = np.random.default_rng(1)
    places, answers = [f"M{i}" for i in range(42)], draw.choice(["yes", "partly", "no"], (2, 42))
    rows = survey(*[(m, y, "q", answers[i][j]) for i, y in enumerate((2025, 2026)) for j, m in enumerate(places)])
    found = board_answers(rows, 42, KNOWN)
    wide = pd.crosstab(rows["school_year"], rows["answer"], normalize="index") * 100
    for answer in wide:
        own = found[found["group"] == f"answer={answer}"].set_index("reference")["estimate"]
        assert own[""] == pytest.approx(wide.loc[2026, answer])
        assert own["last_year"] == pytest.approx(wide.loc[2026, answer] - wide.loc[2025, answer])


def test_an_interest_is_a_yes_of_the_newest_year():
    rows = survey(("A", 2025, "interest_x", "yes"), ("A", 2026, "interest_x", "no"), ("B", 2026, "interest_x", "jā"),
                  ("B", 2026, "interest_y", "partly"))  # fmt: skip
    assert interests(rows, KNOWN).values.tolist() == [["B", "x"]]


def test_without_answers_there_is_nothing():
    assert board_answers(survey(("A", 2026, "q", None)), 1, KNOWN).empty
    assert interests(survey(), KNOWN).empty
