"""Lessons and time for support: register sums beside the audit's figures, schools by name, nothing concluded."""

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from tests.report.aims_rows import heading, lessons, minutes, text

from analysis import stats
from analysis.batch.aims import aims_evidence
from analysis.plan_limits import audit_minutes
from analysis.release import release
from analysis.report.hours import hours
from analysis.words.catalogue import LANGUAGES
from analysis.words.collation import latvian_key

TWO = {"mathematics": 1000.0, "latvian": 800.0}


def made(unit: Any, *frames: pd.DataFrame) -> Any:
    return hours(unit, release(list(frames), unit.params))


@pytest.fixture(scope="module")
def computed(large: Any) -> list[pd.DataFrame]:
    return [*aims_evidence(large), stats.school_attainment(large.results, large.params)]


def test_held_lessons_are_told_beside_planned_ones_and_the_audit(large: Any) -> None:
    shown = text(made(large, lessons({"mathematics": 1000.0}), lessons({"latvian": 800.0}, held=0.95)))
    assert "Notika no 90,0 % līdz 95,0 % plānoto stundu" in shown
    assert "matemātikā – 90,0 %" in shown
    assert "900 no 1 000 st." in shown
    assert "760 no 800 st." in shown
    assert "matemātikā līdz 46 % un latviešu valodā līdz 27 %" in shown


def test_the_newest_year_is_shown_with_the_one_before_and_the_others_folded(large: Any) -> None:
    shown = made(large, lessons(TWO, held=0.9), lessons(TWO, held=0.8, year=2025))
    assert heading(shown) == "Notika 90,0 % plānoto stundu"
    assert "Gadu iepriekš" in text(shown)
    assert "2024./2025. m. g. 80,0 %" in text(shown)


def test_schools_stand_in_alphabetical_order_whatever_they_held(large: Any, computed: list[pd.DataFrame]) -> None:
    html = str(made(large, *computed).html)
    folded = html[html.index("Skolas alfabēta secībā") :]
    names = re.findall(r'<th scope="row">(.*?)</th>', folded[: folded.index("</table>")])
    assert len(names) == 12
    assert names == sorted(names, key=latvian_key)


def test_results_stand_beside_lessons_without_a_conclusion(large: Any, computed: list[pd.DataFrame]) -> None:
    shown = text(made(large, *computed))
    beside = shown[shown.index("Līdzās rezultātiem") : shown.index("Speciālista laiks vienam bērnam Minūtes")]
    assert "no tā nevar secināt, kas ko ietekmē" in beside
    assert not re.search(r"korelāc|saistīb|\b(tādēļ|dēļ|rezultātā)\b", shown)
    assert "Līdzās rezultātiem" not in text(made(large, lessons(TWO)))


def test_minutes_of_a_supported_child_and_of_one_in_need_are_told_apart(large: Any) -> None:
    supported = minutes({"psychologist": 17.0, "mentor": 50.0})
    shown = text(made(large, supported, minutes({"psychologist": 9.0}, "support_minutes_in_need", low=7.0, high=12.0)))
    assert "Bērnam, kuram atbalsts vajadzīgs, nedēļā vidēji ir: psihologs – 9 min." in shown
    assert "9 no 7 līdz 12" in shown
    low, high = (audit_minutes()["psychologist"][end] for end in ("low", "high"))
    assert f"{low:.0f}–{high:.0f}" in shown
    alone = text(made(large, supported))
    assert "Atbalstītam bērnam nedēļā vidēji ir: psihologs – 17 min." in alone
    assert "pa speciālistiem nav zināms" in alone


def test_few_supported_children_are_not_shown(large: Any) -> None:
    assert str(made(large, minutes({"psychologist": 17.0}, n=9)).html) == ""
    assert str(made(large, minutes({"psychologist": 17.0}, n=10)).html) != ""


def test_a_specialist_that_no_list_knows_stays_as_it_is(large: Any) -> None:
    shown = made(large, minutes({"<script>": 17.0}))
    assert "<script" not in str(shown.html)
    assert "„&lt;script&gt;”" in str(shown.html)


def test_nothing_without_lessons_and_support(large: Any) -> None:
    assert str(made(large, lessons(TWO).iloc[:0]).html) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_said(large: Any, computed: list[pd.DataFrame], language: str, says_all: Any) -> None:
    unit = replace(large, language=language)
    says_all(
        "hours.yml",
        unit,
        made,
        tuple(computed),
        (lessons({"mathematics": 1000.0}),),
        (minutes({"psychologist": 17.0}), minutes({"psychologist": 9.0}, "support_minutes_in_need")),
    )


def test_only_released_values_are_shown(large: Any) -> None:
    frame: Any = lessons(TWO)
    with pytest.raises(TypeError):
        hours(large, frame)
