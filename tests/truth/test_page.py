"""docs/evidence.md says what was measured, what was promised, and which promise was not held."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tools.evidence.bars import bars
from tools.evidence.groups import RULES, SIZES, WORLDS
from tools.evidence.measured import SPANS, Measured, Seeds
from tools.evidence.page import page

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def found() -> Measured:
    rule = {"families": 0.01, "names": 40, "false": 0.02, "false_of_family": 0.01, "found_1": 0.6, "found_3": np.nan}
    rules = pd.DataFrame([rule] * len(RULES), index=list(RULES))
    errors = pd.DataFrame([{"n": n, "groups": 9, "raw": 0.1, "shrunken": 0.05, "covered": 0.9} for n in SIZES])
    names = (
        "covered",
        "covered_simple",
        "raw",
        "shrunken",
        "correlation",
        "reliability",
        "true_reliability",
        "told_apart",
    )
    school = dict.fromkeys(names, 0.95) | {"schools": 500, "n": 80.0, "wrong_side": 0.001}
    change = pd.DataFrame({"changes": 90, "claimed": 0.05, "improved": 0.5}, index=["position", "percent"])
    trend = pd.DataFrame({"false": 0.01, "found": 0.6}, index=["position", "percent"])
    names = (
        "auc_oracle",
        "auc",
        "auc_one_test",
        "auc_school",
        "recall_oracle",
        "recall",
        "recall_one_test",
        "slope",
        "expected",
    )
    sign = dict.fromkeys(names, 0.9) | dict.fromkeys(("one_test_better", "refused", "one_test_better_shown"), 0.0)
    sign |= {"tests": 4, "events": 80.0, "below_oracle": 0.018}
    return Measured(
        seeds=Seeds(),
        families=dict.fromkeys(WORLDS, 300),
        rules=dict.fromkeys(WORLDS, rules),
        by_country=dict.fromkeys(WORLDS, rules.head(1)),
        covered=dict.fromkeys(WORLDS, 0.9),
        errors=dict.fromkeys(WORLDS, errors),
        schools=dict.fromkeys(SPANS, school),
        changes=dict.fromkeys(("none", "effects"), change),
        trends=dict.fromkeys(("none", "effects"), trend),
        signs={(whose, limit): sign for whose in ("country", "own") for limit in ("low", "fail")},
        unfit=3,
        mixed={"sets": 75, "usual": 11, "said_converged": 11, "exact": 0},
        own_spread=dict.fromkeys(WORLDS, 0.02),
        lone={-0.5: 0.78},
    )


def test_every_promise_stands_on_the_page_with_its_figure(found: Measured) -> None:
    text = page(found, "2026-11-25", 300.0)
    assert all(f"| {bar.what} | " in text for bar in bars(found))
    assert "Measured on 2026-11-25, 5 CPU minutes" in text


def test_a_promise_that_is_not_held_is_marked(found: Measured) -> None:
    unheld = [bar.what for bar in bars(found) if not bar.held]
    assert unheld == ["true gaps beyond −0.3 SD named"]
    assert re.findall(r"^\| (.+?) \| .*\*\*no\*\* \|$", page(found, "2026-11-25", 300.0), re.M) == unheld


def test_all_rows_of_a_table_have_as_many_cells_as_its_head(found: Measured) -> None:
    for table in re.findall(r"(?:^\|.*\|$\n?)+", page(found, "2026-11-25", 300.0), re.M):
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_the_page_of_the_project_is_of_this_form(found: Measured) -> None:
    headings = re.findall(r"^#.*$", page(found, "2026-11-25", 300.0), re.M)
    assert re.findall(r"^#.*$", (ROOT / "docs" / "evidence.md").read_text("utf-8"), re.M) == headings


def test_lines_are_as_long_as_text_is_read(found: Measured) -> None:
    lines = page(found, "2026-11-25", 300.0).splitlines()
    assert max(len(line) for line in lines if not line.startswith("|")) <= 120
