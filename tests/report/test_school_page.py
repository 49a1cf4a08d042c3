"""A school's page shows its own rows of what was released for its municipality, and says honestly how little that may be."""

import re
from dataclasses import replace
from io import StringIO
from typing import Any

import pandas as pd
import pytest
from tests.report.conftest import ROOT, executed

from analysis import report, stats
from analysis.batch import open_school
from analysis.desk.board_evidence import board_evidence
from analysis.desk.shelf import evidence_of
from analysis.evidence import COLUMNS, KEYS
from analysis.release import Released, release
from analysis.report import values
from analysis.report.export import Page, page_of
from analysis.report.html import Section
from analysis.report.school.questions import questions
from analysis.report.school.results import expected, standing
from analysis.words.catalogue import say

SCHOOL = ROOT / "notebooks" / "30_school.ipynb"
SECTIONS = (
    report.school_in_short, report.school_results, report.school_skills, report.school_groups, report.school_support,
    report.school_hours, report.school_activities, report.school_climate, report.school_staff,
    report.school_questions, report.about_school_data,
)  # fmt: skip
LARGE, FEW, SMALL = ("D001", "S004"), ("D005", "S027"), ("D003", "S020")
"""A school of 59 pupils in grade 9, one of 9, one of 13."""


@pytest.fixture(scope="session")
def open_one(demo_store: Any) -> Any:
    return lambda place, school, language="lv": open_school(
        place, store=str(demo_store), language=language, school=school
    )


@pytest.fixture(scope="session")
def released_of(open_one: Any) -> Any:
    """Release a municipality's board edition once."""
    known: dict[str, Released] = {}

    def of(unit: Any) -> Released:
        if unit.municipality_id not in known:
            known[unit.municipality_id] = release(board_evidence(unit), unit.params)
        return known[unit.municipality_id]

    return of


@pytest.fixture
def page_of_school(open_one: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    def make(place: str, school: str, language: str = "lv") -> Page:
        unit = open_one(place, school, language)
        monkeypatch.setattr("analysis.batch.open_school", lambda *_: unit)
        return page_of(executed(unit, monkeypatch, SCHOOL))

    return make


def text_of(html: str) -> str:
    body = html[html.index("<main") :] if "<main" in html else html
    text = re.sub(r"<svg.*?</svg>|<style.*?</style>", " ", body, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("&nbsp;", " ")


@pytest.mark.parametrize(("place", "school"), [LARGE, FEW, SMALL])
@pytest.mark.parametrize("language", ["lv", "en"])
def test_a_page_is_whole_in_both_languages(page_of_school, open_one, place, school, language):
    page = page_of_school(place, school, language)
    assert (page.language, page.key) == (language, open_one(place, school, language).key)
    name = open_one(place, school).school_name
    assert f"<h1>{name}</h1>" in page.html
    assert page.title.replace("\u00a0", " ").startswith(name)
    order = re.findall(r'<section id="([a-z_]+)"', page.html)
    wanted = ["short", "school_results", "school_skills", "school_groups", "school_support", "school_hours",
              "school_activities"]  # fmt: skip
    assert order == [
        key for key in [*wanted, "school_climate", "school_staff", "school_questions", "data"] if key in order
    ]
    assert {"short", "school_results", "school_questions", "data"} <= set(order)
    assert 'class="q">10 · ' not in page.html


@pytest.mark.parametrize(("place", "school"), [LARGE, FEW, SMALL])
def test_nothing_is_shown_that_the_municipality_withholds(open_one, released_of, place, school):
    unit = open_one(place, school)
    whole, page = released_of(unit).rows, report.of_school(unit, released_of(unit)).rows
    both = page.merge(whole.drop_duplicates(), on=list(COLUMNS), how="left", indicator=True)
    assert set(both["_merge"]) == {"both"}
    assert set(page["school_id"]) == {"", school}
    board = release(evidence_of(unit), unit.params).rows
    keys = [*KEYS, "unit", "reference"]
    gone = board[board["school_id"].eq(school) & board["estimate"].isna()]
    shown = page[page["estimate"].notna()]
    told = pd.MultiIndex.from_frame(shown[keys].astype("str"))
    assert not pd.MultiIndex.from_frame(gone[keys].astype("str")).isin(told).any()


@pytest.mark.parametrize(("place", "school"), [LARGE, FEW])
def test_every_result_on_the_page_is_a_released_figure_of_the_evidence_beside_it(page_of_school, place, school):
    page = page_of_school(place, school)
    rows = pd.read_csv(
        StringIO(page.csv), dtype={"grade": str, "school_id": str}, keep_default_na=False, na_values=[""]
    )
    ends = pd.concat([rows[column].dropna() for column in ("estimate", "low", "high")])
    known = {f"{abs(round(value, 2)):.2f}".replace(".", ",") for value in ends}
    for section in ("school_results", "school_groups"):
        (part,) = re.findall(rf'<section id="{section}".*?</section>', page.html, flags=re.S)
        found = set(re.findall(r"(?<![\d,])\d,\d\d(?!\d)", text_of(part)))
        assert found
        assert found <= known


def test_another_schools_name_or_id_is_nowhere_on_the_page(page_of_school, open_one):
    page, unit = page_of_school(*LARGE), open_one(*LARGE)
    for school, name in unit.schools[["school_id", "name"]].itertuples(index=False):
        if school != unit.school_id:
            assert name not in page.html.replace("\u00a0", " ")
            assert school not in page.csv


def test_a_school_of_nine_pupils_says_what_it_can_and_no_more(page_of_school, open_one, released_of):
    unit = open_one(*FEW)
    newest = unit.results[(unit.results["school_id"] == "S027") & (unit.results["grade"] == "9")]
    newest = newest[newest["school_year"] == newest["school_year"].max()]
    assert newest["pupil"].nunique() <= 9
    released = report.of_school(unit, released_of(unit))
    of_nine = standing(unit, released).rows.where(grade="9").rows
    assert (of_nine["school_year"] - of_nine["year_from"]).eq(2).all()
    assert (of_nine["high"] - of_nine["low"] > 0.6).all()
    assert page_of_school(*FEW).html.count("[–]") > 0


def test_tests_of_too_few_pupils_are_named_and_asked_about(open_one, released_of):
    unit = open_one("D005", "S028")
    released = report.of_school(unit, released_of(unit))
    place = standing(unit, released)
    assert {row.grade for row in place.few} == {"6"}
    text = text_of(str(report.school_results(unit, released).html))
    assert "Datu ir par maz, lai spriestu: " in text
    asked = [str(words) for words, _ in questions(unit, released)]
    assert any(words.startswith("Par šiem rezultātiem datu ir par maz") for words in asked)


def test_a_school_of_which_nothing_is_known_has_an_honest_page(open_one, released_of):
    unit = open_one(*FEW)
    stranger = pd.concat([unit.schools, unit.schools.head(1).assign(school_id="S999", name="Jaunā skola")])
    for language in ("lv", "en"):
        new = replace(unit, schools=stranger, school_id="S999", language=language)
        released = report.of_school(new, released_of(unit))
        made = [make(new, released) for make in SECTIONS]
        header = report.school_header(new, released, *made[1:])
        assert "Jaunā skola" in header.html
        present = re.findall(r'<section id="([a-z_]+)"', "".join(str(one.html) for one in made))
        assert present == ["short", "school_questions", "data"]
        assert str(say("school_short_nothing", language)) in made[0].html
        assert str(say("school_missing_results", language)) in made[-1].html


def test_headings_and_sentences_agree_with_the_verdicts_beside_them(open_one, released_of):
    for place, school in (LARGE, FEW, SMALL):
        unit = open_one(place, school)
        released = report.of_school(unit, released_of(unit))
        gain = expected(unit, released)
        rows = gain.rows.rows
        assert len(gain.lower) + len(gain.higher) == (rows["verdict"] == "differs").sum()
        html = str(report.school_results(unit, released).html)
        drawn = html.count("zem gaidāmā</span>") + html.count("virs gaidāmā</span>")
        assert drawn == len(gain.lower) + len(gain.higher)
        assert all(values.direction(row) == "lower" for row in gain.lower)


def test_questions_are_few_end_as_questions_and_link_to_what_is_there(open_one, released_of):
    for place, school in (LARGE, FEW, SMALL, ("D005", "S028")):
        for language in ("lv", "en"):
            unit = open_one(place, school, language)
            released = report.of_school(unit, released_of(unit))
            section = str(report.school_questions(unit, released).html)
            items = re.findall(r"<li>(.*?) <a href=\"#([a-z_]+)\"", section, flags=re.S)
            assert 1 <= len(items) <= 7
            page = "".join(str(make(unit, released).html) for make in SECTIONS)
            for words, link in items:
                assert words.rstrip().endswith("?")
                assert f'<section id="{link}"' in page


def test_where_nothing_is_known_of_the_country_schools_are_held_against_their_municipality(open_one):
    unit = open_one(*LARGE)
    alone = unit.results.assign(position=float("nan"), points=float("nan"))
    rows = [stats.school_attainment(alone, unit.params), stats.school_standing(alone, unit.params)]
    released = report.of_school(unit, release([*rows, stats.roster(alone, unit.school_results)], unit.params))
    place = standing(unit, released)
    assert place.against == "municipality"
    text = text_of(str(report.school_results(unit, released).html))
    assert "pašvaldībā" in text or "pašvaldības vidējā" in text
    assert "valstī vidēji" not in text


FORBIDDEN = re.compile(r"slikt|vāj[iaāo]|neveiksm|problēmskol|riska bērn|statistiski nozīm", re.I)


@pytest.mark.parametrize(("place", "school"), [LARGE, FEW, SMALL])
def test_words_neither_blame_nor_rank(page_of_school, place, school):
    text = text_of(page_of_school(place, school).html)
    assert FORBIDDEN.findall(text) == []
    assert not re.search(r"\b\d+\. vieta\b", text)


def test_only_released_values_can_be_shown(open_one):
    unit = open_one(*FEW)
    rows = board_evidence(unit)
    for make in (report.of_school, *SECTIONS):
        with pytest.raises(TypeError, match="Released"):
            make(unit, rows)


def test_joining_a_section_takes_its_anchor_into_the_contents(open_one, released_of):
    unit = open_one(*FEW)
    released = report.of_school(unit, released_of(unit))
    one = report.school_hours(unit, released)
    header = report.school_header(unit, released, one, Section(type(one.html)("")))
    assert re.findall(r'href="#([a-z_]+)"', str(header.html)) == ["school_hours"]
