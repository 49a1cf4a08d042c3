"""Section 5 from value added, and the second mark of section 1: words follow verdicts, and no drawing names a school."""

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.batch.open import open_unit
from analysis.evidence import evidence
from analysis.release import release
from analysis.report.school_differences import schools
from analysis.report.short import in_short
from analysis.report.where import where_we_are
from analysis.stats import attainment
from analysis.words.collation import latvian_key

TEST = {"grade": "9", "test": "CE", "domain": "mathematics", "level": ""}


@pytest.fixture(scope="module")
def unit(demo_store: Any) -> Any:
    return open_unit("D001", "", str(demo_store))


def effects(unit: Any, estimates: list[float], half: float = 0.15, **more: Any) -> pd.DataFrame:
    """Value added of the unit's first schools, each with an interval of this half-width."""
    values = pd.Series(estimates)
    outside = values.abs() > half
    rows = pd.DataFrame(
        {
            "school_id": unit.schools["school_id"].head(len(values)).tolist(), "estimate": values, "low": values - half,
            "high": values + half, "n": np.arange(40, 40 + 10 * len(values), 10),
            "verdict": outside.map({True: "differs", False: "not_distinguishable"}),
        }
    )  # fmt: skip
    keys = {"municipality_id": "D001", "year_from": 2024, "school_year": 2026, "confidence": 0.95} | TEST
    given = {"indicator": "school_effect", "unit": "sd", "reference": "country", "method": "m"} | more
    return evidence(rows.assign(**keys), **given)


def text_of(section: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", str(section.html)))


def test_counts_above_and_below_are_those_of_the_verdicts(unit) -> None:
    released = release([effects(unit, [-0.4, 0.1, 0.3, 0.25, 0.0])], unit.params)
    text = text_of(schools(unit, released))
    assert "3 no 5 skolu salīdzinājumiem ticami atšķiras no gaidāmā" in text
    assert "Virs gaidāmā – 2, zem gaidāmā – 1" in text
    assert "3 no 5 skolu salīdzinājumiem" in text_of(in_short(unit, released))


def test_earlier_results_are_named_only_where_they_are_known(unit) -> None:
    rows = effects(unit, [-0.4, 0.1, 0.3, 0.25, 0.0])
    missing = evidence(
        pd.DataFrame([{"municipality_id": "D001", "school_year": 2026, "n": 400, "estimate": 6.0, **TEST}]),
        indicator="earlier_missing", unit="percent", method="m",
    )  # fmt: skip
    alone, linked = (release(parts, unit.params) for parts in ([rows], [rows, missing]))
    for section in (schools, in_short):
        assert "agrāk" not in text_of(section(unit, alone)).split("Metode")[0]
        assert "agrāk" in text_of(section(unit, linked)).split("Metode")[0]


def test_where_no_interval_excludes_zero_nothing_is_said_of_any_school(unit) -> None:
    released = release([effects(unit, [-0.1, 0.1, 0.05, 0.0])], unit.params)
    text = text_of(schools(unit, released))
    assert "Neviena skola ticami neatšķiras no gaidāmā" in text
    assert "▼" not in text
    assert "▲" not in text


def test_schools_stand_by_name_and_the_drawing_names_none(unit) -> None:
    section = schools(unit, release([effects(unit, [0.5, -0.5, 0.2, -0.2, 0.0])], unit.params))
    drawings = "".join(re.findall(r"<svg.*?</svg>", str(section.html), flags=re.DOTALL))
    shown = unit.schools.head(5)
    assert not any(name in drawings for name in shown["name"])
    rows = re.findall(r'<th scope="row">(.*?)</th>', str(section.html))
    assert rows == sorted(rows, key=latvian_key)
    assert len(rows) == 5


def test_the_funnel_is_folded_and_its_marks_follow_its_own_limits(unit) -> None:
    plain = effects(unit, [-0.4, 0.1, 0.6, 0.0], half=0.5, part="unshrunken")
    released = release([effects(unit, [-0.3, 0.1, 0.4, 0.0]), plain], unit.params)
    html = str(schools(unit, released).html)
    assert "Ārpus 95 % nejaušības robežām: 1 skola." in html.replace("\u00a0", " ")


def test_with_two_schools_the_section_falls_back(unit) -> None:
    section = schools(unit, release([effects(unit, [-0.4, 0.4])], unit.params))
    assert "gaidāmā" not in str(section.html)


def similar(unit: Any, place: float, gap: float) -> pd.DataFrame:
    keys = {"municipality_id": "D001", "school_year": 2026, "n": 300, "confidence": 0.95} | TEST
    rows = pd.DataFrame(
        [
            {"estimate": place, "low": place - 0.2, "high": place + 0.2, "reference": "country", "verdict": ""},
            {
                "estimate": gap, "low": gap - 0.1, "high": gap + 0.1, "reference": "similar",
                "verdict": "differs" if abs(gap) > 0.1 else "not_distinguishable",
            },
        ]
    )  # fmt: skip
    return evidence(rows.assign(**keys), indicator="expected_for_similar", unit="sd", method="m")


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (-0.3, "Zemāki, nekā gaidāms"),
        (0.3, "Augstāki, nekā gaidāms"),
        (0.0, "robežās, kādas gaidāmas"),
        (-0.15, "robežās, kādas gaidāmas"),  # more than chance, but as 95 % of similar municipalities are
    ],
)
def test_the_expected_place_is_a_hollow_tick_with_its_interval(unit, gap: float, words: str) -> None:
    released = release([attainment(unit.results, unit.params), similar(unit, 0.11, gap)], unit.params)
    html = str(where_we_are(unit, released).html)
    assert html.count('<rect x="') == 2  # the mark and its key
    assert "gaidāms +0,11" in html
    told = text_of(where_we_are(unit, released)).split("vieta, kāda gaidāma")[1]
    assert words in told
    assert ("nekā gaidāms" in told) == (abs(gap) > 0.2)


@pytest.mark.parametrize(
    ("effect", "words"),
    [(-0.2, "zemāki nekā valstī: matemātika (9. klase, CE; −0,20"), (0.05, "rezultāti no valsts vidējā nav atšķirami")],
)
def test_the_models_verdict_on_the_municipality_stands_beside_that_of_its_mean(unit, effect: float, words: str) -> None:
    ends = {"estimate": effect, "low": effect - 0.1, "high": effect + 0.1, "n": 900, "confidence": 0.95}
    keys = {"municipality_id": "D001", "year_from": 2024, "school_year": 2026} | TEST
    verdict = "differs" if abs(effect) > 0.1 else "not_distinguishable"
    row = evidence(
        pd.DataFrame([keys | ends | {"verdict": verdict}]),
        indicator="municipality_effect", unit="sd", reference="country", method="m",
    )  # fmt: skip
    place = attainment(unit.results, unit.params)
    text = text_of(where_we_are(unit, release([place, row], unit.params))).replace("\u00a0", " ")
    told = "Salīdzinot skolēnus ar tādām pašām datos norādītajām pazīmēm (2023./2024.–2025./2026. m. g.), "
    assert told + words in text
    assert "Salīdzinot skolēnus" not in text_of(where_we_are(unit, release([place], unit.params)))


def test_without_an_expectation_there_is_no_second_mark(unit) -> None:
    released = release([attainment(unit.results, unit.params)], unit.params)
    html = str(where_we_are(unit, released).html)
    assert "<rect x=" not in html
    assert "gaidām" not in html
