"""The same pupils over the grades: words follow verdicts and intervals in both languages; nothing shown, nothing said."""

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.release import Released, release
from analysis.report.growth import growth
from analysis.report.moves import how_it_moves
from analysis.report.short import in_short
from analysis.stats import attainment, trend

KEYS = {"municipality_id": "D001", "year_from": 2024, "school_year": 2026, "confidence": 0.95, "level": ""}
MATHS = {"grade": "9", "test": "CE", "domain": "mathematics", "part": "6-9"}
READING = {"grade": "3", "test": "diagnostic", "domain": "literacy", "part": "PS-3"}


def change(estimate: float, test: dict[str, str], n: int = 400, half: float = 0.05) -> pd.DataFrame:
    verdict = "too_few" if n < 10 else "differs" if abs(estimate) > half else "not_distinguishable"
    row = {"estimate": estimate, "low": estimate - half, "high": estimate + half, "n": n, "verdict": verdict}
    return evidence(pd.DataFrame([row | KEYS | test]), indicator="growth", unit="sd", reference="zero", method="m")


def percentile(places: dict[str, float], test: dict[str, str], half: float = 2) -> pd.DataFrame:
    """Mean growth percentiles by school; no name is the municipality."""
    rows = [
        {
            "school_id": school, "estimate": place, "low": place - half, "high": place + half, "n": 60,
            "verdict": "differs" if abs(place - 50) > half else "not_distinguishable",
        }
        for school, place in places.items()
    ]  # fmt: skip
    given = {"indicator": "growth_percentile", "unit": "percentile", "reference": "threshold", "method": "m"}
    return evidence(pd.DataFrame(rows).assign(**KEYS, **test), **given)


def text_of(unit: Any, released: Released) -> str:
    html = " ".join(map(str, growth(unit, released)))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("language", ["lv", "en"])
def test_which_places_are_lower_higher_and_the_same(large, language: str) -> None:
    unit = replace(large, language=language)
    released = release(
        [change(-0.12, MATHS), change(0.2, READING), change(0.01, READING | {"domain": "numeracy"})], unit.params
    )
    text = text_of(unit, released)
    told = {
        "lv": [
            "ticami mainījusies 2 no 3 salīdzinājumiem",
            "zemāka nekā agrākajā: matemātika (6. klase → 9. klase, CE).",
            "augstāka nekā agrākajā: tekstpratība (pirmsskola → 3. klase).",
            "1 salīdzinājumā vieta no agrākās nav atšķirama",
            "▼ zemāka",
            "▲ augstāka",
            "○ nav atšķirama",
            "četras vietas zemāk",
        ],
        "en": [
            "has changed in 2 of 3 comparisons",
            "Lower in the later grade than in the earlier one: mathematics (grade 6 → grade 9, exam).",
            "Higher in the later grade than in the earlier one: literacy (preschool → grade 3).",
            "In 1 comparison the place cannot be told apart",
            "▼ lower",
            "▲ higher",
            "○ cannot be told apart",
            "four places lower",
        ],
    }
    assert [words for words in told[language] if words not in text] == []


@pytest.mark.parametrize(
    ("language", "words"), [("lv", "no agrākās nav atšķirama"), ("en", "cannot be told apart from the earlier one")]
)
def test_where_no_interval_excludes_zero_nothing_has_changed(large, language: str, words: str) -> None:
    unit = replace(large, language=language)
    html = " ".join(map(str, growth(unit, release([change(0.03, MATHS)], unit.params))))
    assert words in re.search(r"<h3>(.*?)</h3>", html)[1]
    assert not re.search("[▼▲]", html)


@pytest.mark.parametrize(("language", "words"), [("lv", "datu ir par maz, lai spriestu"), ("en", "too few to say")])
def test_too_few_are_not_judged(large, language: str, words: str) -> None:
    unit = replace(large, language=language)
    assert words in text_of(unit, release([change(0.3, MATHS, n=8)], unit.params))


@pytest.mark.parametrize("language", ["lv", "en"])
def test_schools_are_counted_on_either_side_of_the_middle_and_not_named(large, language: str) -> None:
    unit = replace(large, language=language)
    ids = unit.schools["school_id"].head(4).tolist()
    places = {"": 47.0} | dict(zip(ids, (60.0, 45.0, 51.0, 40.0), strict=True))
    released = release([percentile(places, MATHS)], unit.params)
    text = text_of(unit, released)
    told = {
        "lv": [
            "tiem, kas sākuši tāpat",
            "47 no 45 līdz 49 · ▼ zem vidus",
            "virs 50 – 1, zem 50 – 2, kopā 4",
            "cik no 100 valsts skolēniem",
        ],
        "en": [
            "those of the same start",
            "47 45 to 49 · ▼ below the middle",
            "above 50: 1, below 50: 2, in all 4",
            "how many of 100",
        ],
    }
    assert [words for words in told[language] if words not in text.replace("\u00a0", " ")] == []
    assert not any(name in text for name in unit.schools["name"])


def test_of_two_schools_nothing_is_counted(large) -> None:
    ids = large.schools["school_id"].head(2).tolist()
    text = text_of(large, release([percentile({"": 50.0} | dict.fromkeys(ids, 60.0), MATHS)], large.params))
    assert "virs 50 –" not in text


def test_without_rows_that_are_shown_there_is_no_heading(large) -> None:
    assert growth(large, release([attainment(large.results, large.params)], large.params)) == []
    assert growth(large, release([change(0.3, MATHS, n=4)], large.params)) == []


def test_it_stands_in_the_section_on_change_and_once_in_short(large) -> None:
    rows = [
        attainment(large.results, large.params),
        trend(large.results, large.params),
        change(-0.2, MATHS),
        change(0.15, READING),
    ]
    released = release(rows, large.params)
    assert "<h3>Tie paši skolēni" in str(how_it_moves(large, released).html)
    made = {language: str(in_short(replace(large, language=language), released).html) for language in ("lv", "en")}
    short = {language: html.replace("\u00a0", " ").replace("&nbsp;", " ") for language, html in made.items()}
    assert (
        "To pašu skolēnu vieta valstī matemātikā 9. klasē ir zemāka nekā 6. klasē</b>: starpība ir −0,20" in short["lv"]
    )
    assert (
        "The same pupils stand lower in the country in mathematics in grade 9 than in grade 6</b>: the gap is −0.20"
        in short["en"]
    )
    assert short["lv"].count("To pašu skolēnu") == 1


@pytest.mark.parametrize("place", ["large", "tiny"])
@pytest.mark.parametrize("language", ["lv", "en"])
def test_the_demos_own_rows(request, place: str, language: str) -> None:
    unit = replace(request.getfixturevalue(place), language=language)
    html = " ".join(map(str, growth(unit, release(unit.modelled, unit.params))))
    assert "nan" not in html.lower()
    assert (place == "tiny") or "<h3>" in html
