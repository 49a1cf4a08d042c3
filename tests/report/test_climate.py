"""Section 7: ratings beside the country's, who answered, what changed; schools for the board; what is missing."""

import html
import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analysis import report
from analysis.batch.open import open_unit
from analysis.evidence import evidence
from analysis.release import Released, release
from analysis.report.climate.scales import in_order, wellbeing_of
from analysis.words.catalogue import LANGUAGES, labels


def text_of(made: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", str(made.html)))).replace("\u00a0", " ")


def row(of: Any, indicator: str, part: str, estimate: float, half: float = 0.05, **more: Any) -> pd.DataFrame:
    given = {"n": 400, "school_year": 2026, "unit": "level", "municipality_id": of.municipality_id,
             "population": "respondents", "confidence": 0.95, "group": "role=pupil"} | more  # fmt: skip
    ends = {"low": estimate - half, "high": estimate + half}
    return evidence(pd.DataFrame([{"part": part, "estimate": estimate, **ends}]), indicator=indicator, **given)


def ratings(of: Any, gaps: dict[str, float]) -> Released:
    rows = [row(of, "wellbeing_scale", part, 3.6 + gap) for part, gap in gaps.items()]
    verdicts = {part: "differs" if abs(gap) > 0.05 else "not_distinguishable" for part, gap in gaps.items()}
    rows += [row(of, "wellbeing_scale", p, g, reference="country", verdict=verdicts[p]) for p, g in gaps.items()]
    return release(rows, of.params)


@pytest.fixture(scope="module")
def board(demo_store) -> Any:
    return open_unit("D001", store=str(demo_store), edition="board")


@pytest.mark.parametrize(
    ("gaps", "lv"),
    [
        ({"safety": 0.0, "belonging": 0.01}, "Labbūtības vērtējumi no valsts nav atšķirami"),
        ({"safety": -0.3, "belonging": 0.01}, "Zemāk nekā valstī: drošība (skolēni)"),
        ({"safety": -0.3, "belonging": 0.2},
         "Zemāk nekā valstī: drošība (skolēni); augstāk nekā valstī: piederības izjūta (skolēni)"),
        ({"safety": -0.3, "belonging": 0.2, "engagement": 0.2, "teacher_support": 0.3}, "4 no 4 vērtējumiem atšķiras no valsts"),
    ],
)  # fmt: skip
def test_the_heading_says_what_differs_from_the_country(large, gaps, lv) -> None:
    assert lv in text_of(report.climate(large, ratings(large, gaps)))


def test_few_answers_are_said_and_a_change_names_its_direction(large) -> None:
    more = [
        row(large, "wellbeing_response", "", 35.0, n=800, unit="percent"),
        row(large, "wellbeing_scale", "safety", 3.9, school_year=2025),
        row(large, "wellbeing_scale", "safety", -0.3, reference="last_year", verdict="differs", year_from=2025),
    ]
    said = text_of(report.climate(large, release([ratings(large, {"safety": 0.0}).rows, *more], large.params)))
    assert "Atbildēja 35,0 % skolēnu (no 800, kuri varēja atbildēt)" in said
    assert "Kur atbildējusi mazāk nekā puse" in said
    assert "drošība (skolēni) −0,30 (no −0,35 līdz −0,25)" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rating_of_the_demo_stands_on_its_page_as_it_was_released(board, language) -> None:
    unit = replace(board, language=language)
    released = release([unit.modelled], unit.params)
    said = text_of(report.climate(unit, released))
    own = wellbeing_of(unit, released)
    for found in in_order(own.where(reference="", school_id="", grade="").rows.dropna(subset=["estimate"])):
        number = f"{found.estimate:.2f}".replace(".", "," if language == "lv" else ".")
        assert number in said
    assert not re.search("teacher_support|work_joy|shared_vision|staff_capacity", said)  # names, no codes


def test_schools_are_the_boards_and_alphabetical(board) -> None:
    released = release([board.modelled], board.params)
    said = text_of(report.climate(board, released))
    first = str(board.schools["name"].iloc[0])
    assert "par maz" in said
    assert first in said
    public = replace(board, edition="public")
    assert not set(public.modelled.query("school_id != ''")["indicator"]) & {
        "wellbeing_scale",
        "slo_dimension",
        "quality_level",
    }
    without = text_of(report.climate(public, release([public.modelled], public.params)))
    assert first not in without
    assert "Skola kā mācīšanās organizācija" in without


def test_without_surveys_there_is_no_section_but_a_line_that_says_how_to_get_one(large) -> None:
    assert (
        report.climate(large, release([row(large, "attainment", "", 0.1, unit="sd", group="")], large.params)).html
        == ""
    )
    bare = replace(large, facts={**large.facts, "tables": {"results": 1}})
    said = " ".join(map(str, report.missing_climate(bare)))
    assert "burtnica template" in said
    assert len(report.missing_climate(bare)) == 3


def test_grades_stand_in_the_order_of_school_preschool_first(large) -> None:
    rows = [row(large, "wellbeing_scale", "safety", 3.6), *(row(large, "wellbeing_scale", "safety", 3.5, grade=g, n=40)
            for g in ("11", "PS", "5"))]  # fmt: skip
    said = text_of(report.climate(large, release(rows, large.params)))
    places = [said.index(words) for words in ("irmsskola", "5. klase", "11. klase")]
    assert places == sorted(places)


def test_a_place_of_few_answers_keeps_its_section_and_tells_none_of_them(large) -> None:
    few = [
        row(large, "wellbeing_response", "", 62.0, n=8, unit="percent"),
        row(large, "slo_response", "", 70.0, n=9, unit="percent"),
        row(large, "slo_dimension", "leadership", 3.4, group=""),
        row(large, "wellbeing_scale", "safety", 3.3, n=7),
    ]  # fmt: skip
    said = text_of(report.climate(large, release(few, large.params)))
    assert "Atbildēja" not in said
    assert "Drošība" not in said
    assert "3,40" in said


def test_only_released_values_are_shown(large) -> None:
    with pytest.raises(TypeError):
        report.climate(large, pd.DataFrame())


def test_a_board_without_a_country_tells_its_own_ratings(board) -> None:
    rows = board.modelled
    own = rows[(rows["municipality_id"] != "") & (rows["reference"] != "country")]
    said = text_of(report.climate(board, release([own], board.params)))
    assert "Kā savu labbūtību vērtē skolēni un skolotāji" in said
    assert "valsts vidējais" not in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lacking", ["", "team_learning"])
def test_eight_dimensions_stand_with_their_names_in_the_order_of_the_catalogue(large, language, lacking) -> None:
    names = {code: forms[language] for code, forms in labels()["dimension"].items() if code != lacking}
    rows = [row(large, "slo_dimension", part, 3.5, group="", year_from=2025) for part in sorted(names)]
    text = text_of(report.climate(replace(large, language=language), release(rows, large.params))).lower()
    places = [text.index(name.lower()) for name in names.values()]
    assert places == sorted(places)
    assert len(places) == (7 if lacking else 8)
