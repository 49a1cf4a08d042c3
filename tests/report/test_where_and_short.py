"""Sections 0 and 1: headings hold what differs, answers do not repeat them, and a number stands beside its own figure."""

import math
import re

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.release import release
from analysis.report.short import in_short
from analysis.report.where import where_we_are


def place_of(domain: str, estimate: float, half: float = 0.1) -> dict[str, object]:
    verdict = "differs" if abs(estimate) > half else "not_distinguishable"
    return {
        "municipality_id": "D001", "school_year": 2026, "grade": "6", "test": "diagnostic", "domain": domain, "level": "",
        "n": 300, "estimate": estimate, "low": estimate - half, "high": estimate + half, "verdict": verdict,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("estimates", "heading", "answer"),
    [
        ((0.2, 0.3, 0.0), "2 no 3 rezultātiem ir augstāki nekā valstī vidēji", "Augstāki nekā valstī vidēji:"),
        ((-0.2, -0.3, 0.0), "2 no 3 rezultātiem ir zemāki nekā valstī vidēji", "Zemāki nekā valstī vidēji:"),
        ((0.3, 0.0, 0.0), "rezultāti ir augstāki nekā valstī vidēji", "2 rezultāti no valsts vidējā nav atšķirami."),
        ((0.0, 0.0, 0.0), "Rezultāti no valsts vidējā nav atšķirami", "Starpības var būt nejaušas"),
    ],
)
def test_heading_and_answer_hold_all_that_differs_and_do_not_repeat_each_other(large, estimates, heading, answer):
    rows = pd.DataFrame([place_of(*pair) for pair in zip(("numeracy", "literacy", "science"), estimates, strict=True)])
    told = evidence(rows, indicator="attainment", unit="sd", reference="country", confidence=0.95, method="m")
    released = release([told], large.params)
    assert heading in str(in_short(large, released).html)
    assert answer in str(where_we_are(large, released).html)
    assert "3 rezultāti no valsts vidējā" not in str(where_we_are(large, released).html)


def test_a_mean_keeps_its_number_where_the_share_beside_it_is_withheld(large):
    keys = place_of("numeracy", 0.0) | {"verdict": "", "n": 7, "confidence": 0.95}
    mean = keys | {"indicator": "attainment", "unit": "percent", "estimate": 57.5, "low": 42.5, "high": 72.5}
    nothing = {"n": pd.NA, "estimate": math.nan, "low": math.nan, "high": math.nan}
    share = keys | {"indicator": "low_result_share", "unit": "percent"} | nothing
    place = keys | {"indicator": "attainment", "unit": "sd", "reference": "country", "verdict": "too_few"}
    released = release([evidence(pd.DataFrame([place, mean, share]), method="m")], large.params)
    html = str(where_we_are(large, released).html)
    row = re.search(r'<th scope="row">6\.\sklase · rēķinpratība</th>(.*?)</tr>', html, re.DOTALL)
    assert row
    assert re.findall(r">(7|\[–\]|57,5.%)<", row[1]) == ["7", "57,5\u00a0%"]  # the share's column has nothing to tell
    assert "Tas pats skaitļos: vidējais rezultāts procentos<" in html
    assert "Slieksnis" not in html
