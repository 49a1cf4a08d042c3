"""The draft frame: a measured start for each need, and an aim no nearer than what a measurement can tell apart."""

# ruff: noqa: E501 (whole sentences stand in one line)

import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from tests.report.test_council import YEAR, group, out, unit, words

from analysis.report.council.frame_of_strategy import frame_of_strategy, smallest_change

LEFT = YEAR | {
    "indicator": "support_unmet",
    "part": "reading",
    "n": 400,
    "estimate": 40.0,
    "low": 30.0,
    "high": 50.0,
    "unit": "pupils",
}
MET = YEAR | {"indicator": "support_met_share", "part": "reading", "n": 400, "estimate": 57.4, "low": 51.3, "high": 64.2,
              "unit": "percent", "confidence": 0.9, "method": "m"}  # fmt: skip
NEED = [YEAR | {"indicator": name, "part": "reading", "n": 400, "estimate": n, "low": n - 9, "high": n + 9, "unit": "pupils"}
        for name, n in (("support_need", 94.0), ("support_served", 54.0))]  # fmt: skip
COST = YEAR | {
    "indicator": "plan_cost",
    "part": "reading/teacher",
    "n": 400,
    "estimate": 67478.0,
    "unit": "eur",
    "method": "plan",
}


def framed(language: str, *rows: dict[str, Any]) -> Any:
    return frame_of_strategy(unit(language), out(*rows))


def test_a_row_has_its_need_start_smallest_change_open_decision_and_cost() -> None:
    of_one_place = COST | {"part": "reading/teacher|place", "estimate": 510.0}
    text = words(framed("lv", *NEED, LEFT, MET, COST, of_one_place))
    cells = "„Lasītprasmes atbalsts” vajadzības daļa, kurai atbalsta pietiek 57,4 % (90 % intervāls no 51,3 līdz 64,2 %; 400 skolēnu, 2025./2026. m. g.) 9,2 procentpunkti (ieraksta pašvaldība) pašlaik plānots 67 478 EUR gadā"
    assert cells in text
    english = words(framed("en", *NEED, LEFT, MET))
    assert "57.4% (90% interval 51.3 to 64.2%; 400 pupils, 2025/26) 9.2 percentage points" in english
    assert "costs are not known" in english


def test_a_group_starts_from_its_gap_and_nested_groups_have_one_row() -> None:
    html = framed("lv", *group("sex=boy", 20), *group("home_language=other&sex=boy", 9)).html
    assert str(html).count('<th scope="row">') == 1
    assert "−0,40 standartnovirzes (90 % intervāls no −0,50 līdz −0,30; 120 skolēnu" in words(
        SimpleNamespace(html=html)
    )
    assert "0,15 standartnovirzes" in words(SimpleNamespace(html=html))  # √2 · 0,10 = 0,1414, rounded up


def test_without_needs_there_is_no_frame() -> None:
    assert framed("lv").html == ""


def test_two_measurements_of_one_truth_differ_by_less_than_the_smallest_change_as_often_as_they_say() -> None:
    rng = np.random.default_rng(7)
    half = 1.959964 * 0.08
    change = smallest_change(SimpleNamespace(low=-half, high=half, unit="sd"))
    a, b = rng.normal(0, 0.08, (2, 200_000))
    assert 0.945 < np.mean(np.abs(a - b) < change - 0.005) < 0.96  # the printed figure is rounded up


def test_the_smallest_change_is_rounded_up_as_it_is_printed() -> None:
    assert smallest_change(SimpleNamespace(low=51.3, high=64.2, unit="percent")) == 9.2  # 6.45 · 1.4142 = 9.1217
    frame = pd.DataFrame({"low": [0.0], "high": [0.2], "unit": ["sd"]})
    assert smallest_change(next(frame.itertuples())) == 0.15
    assert re.fullmatch(r"0\.\d+", str(smallest_change(next(frame.itertuples()))))
