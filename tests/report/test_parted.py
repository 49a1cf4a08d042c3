"""A school's own level beside the data: asked about only where they point to opposite sides; and links of ratings and results."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from tests.report.test_climate import row, text_of

from analysis import report
from analysis.batch.open import open_unit
from analysis.faults import InputFaults
from analysis.quality_rules import load_quality_rules
from analysis.release import Released, release
from analysis.report.climate.links import links_folded
from analysis.report.climate.parted import parted
from analysis.report.school.questions import questions
from analysis.words.catalogue import LANGUAGES, labels

SCHOOLS = ("S001", "S002", "S003")


@pytest.fixture(scope="module")
def board(demo_store) -> Any:
    return open_unit("D001", store=str(demo_store), edition="board")


def level(of: Any, school: str, criterion: str, value: int) -> pd.DataFrame:
    more = {"school_id": school, "population": "schools", "n": 1, "group": ""}
    return row(of, "quality_level", f"{criterion}|self", value, **more)


def safety(of: Any, **schools: float) -> list[pd.DataFrame]:
    rows = [row(of, "wellbeing_scale", "safety", 3.5, school_id="")]
    return rows + [row(of, "wellbeing_scale", "safety", value, 0.2, school_id=s, n=60) for s, value in schools.items()]


def effect(of: Any, school: str, value: float, half: float = 0.2, **more: Any) -> pd.DataFrame:
    verdict = "differs" if abs(value) > half else "not_distinguishable"
    given = {"school_id": school, "unit": "sd", "population": "pupils", "group": "", "grade": "6", "test": "CE",
             "domain": "literacy", "reference": "country", "verdict": verdict, "n": 60} | more  # fmt: skip
    return row(of, "school_effect", "", value, half, **given)


def sides(of: Any, rows: list[pd.DataFrame]) -> dict[tuple[str, str], str]:
    found = parted(of, release(rows, of.params))
    return {(one.school_id, one.criterion): one.side for one in found.itertuples()}


@pytest.mark.parametrize(
    ("own", "rating", "side"),
    [(4, 3.0, "below"), (3, 3.0, "below"), (2, 3.0, ""), (2, 4.0, "above"), (4, 4.0, ""), (4, 3.4, ""), (1, 3.6, "")],
)
def test_level_and_data_are_apart_only_where_an_interval_lies_wholly_on_the_other_side(
    board, own, rating, side
) -> None:
    rows = [level(board, "S001", "safety", own), *safety(board, S001=rating)]
    assert sides(board, rows) == {("S001", "safety"): side}


def test_data_on_both_sides_are_no_side(board) -> None:
    rows = [level(board, "S001", "achievement", 4), effect(board, "S001", -0.5)]
    modest = [level(board, "S001", "achievement", 2), *rows[1:], effect(board, "S001", 0.5, domain="numeracy")]
    assert sides(board, modest) == {("S001", "achievement"): ""}
    assert sides(board, rows) == {("S001", "achievement"): "below"}
    assert sides(board, [*rows, effect(board, "S001", 0.5, domain="numeracy")]) == {("S001", "achievement"): ""}
    assert sides(board, [*rows, effect(board, "S001", 0.1, domain="numeracy")]) == {("S001", "achievement"): "below"}


def test_withheld_and_missing_figures_and_criteria_without_data_are_left_alone(board) -> None:
    few = row(board, "wellbeing_scale", "safety", 3.0, 0.2, school_id="S001", n=9)
    rows = [level(board, "S001", "safety", 4), level(board, "S002", "resources", 4), *safety(board, S003=2.0), few]
    assert sides(board, rows) == {}
    assert sides(board, safety(board, S001=2.0)) == {}


def test_the_question_stands_on_the_schools_own_page_and_gives_no_verdict(board) -> None:
    rows = [level(board, "S001", "safety", 4), *safety(board, S001=3.0, S002=3.0), level(board, "S002", "safety", 2)]
    released = release(rows, board.params)
    for language in LANGUAGES:
        unit = replace(board, language=language, school_id="S001")
        asked = [
            str(words).replace("\u00a0", " ")
            for words, link in questions(unit, report.of_school(unit, released))
            if link == "school_climate"
        ]
        assert len(asked) == 1
        assert asked[0].endswith("?")
        assert {"lv": "„drošība un psiholoģiskā labklājība” skola sev devusi 4. līmeni", "en": "level 4"}[
            language
        ] in asked[0]
        other = replace(unit, school_id="S002")
        assert not [1 for _, link in questions(other, report.of_school(other, released)) if link == "school_climate"]


def test_a_municipality_counts_from_three_schools_on_and_the_public_page_not_at_all(board) -> None:
    counts = row(board, "quality_schools", "safety|self|4", 3, n=3, unit="pupils", population="schools", group="")
    rows = [counts, *(level(board, school, "safety", 4) for school in SCHOOLS)]
    told = [*rows, *safety(board, S001=3.0, S002=3.6, S003=3.0)]
    assert "drošība un psiholoģiskā labklājība – 2 no 3 skolām" in text_of(
        report.climate(board, release(told, board.params))
    )
    two = [*rows, *safety(board, S001=3.0, S002=3.0)]
    assert "pašvērtējums un dati nesakrīt" not in text_of(report.climate(board, release(two, board.params)))
    public = release([counts, row(board, "wellbeing_scale", "safety", 3.5)], board.params)
    assert "pašvērtējums un dati nesakrīt" not in text_of(report.climate(board, public))


def test_the_rules_name_criteria_scales_and_dimensions_of_the_catalogue(tmp_path) -> None:
    known, rules = labels(), load_quality_rules()
    assert set(rules.criteria) <= set(known["criterion"])
    for data in rules.criteria.values():
        for kind, code in data.parts:
            assert kind == "results" or code in known[kind]
    wrong = tmp_path / "quality.yml"
    wrong.write_text("good: 7\ncriteria: {safety: {scale: [safety]}}\n", "utf-8")
    with pytest.raises(InputFaults) as refused:
        load_quality_rules(wrong)
    assert len(refused.value.faults) == 2


def link(of: Any, part: str, value: float, half: float, **more: Any) -> pd.DataFrame:
    verdict = "differs" if abs(value) > half else "not_distinguishable"
    given = {"n": 12, "unit": "sd", "population": "schools", "reference": "zero", "verdict": verdict} | more
    return row(of, "wellbeing_link", part, value, half, **given)


def folded(of: Any, *rows: pd.DataFrame) -> str:
    released: Released = release(list(rows), of.params)
    made = links_folded(of, released)
    return text_of(type("Made", (), {"html": "".join(map(str, made))}))


def test_an_association_is_named_with_how_many_were_looked_at_and_never_as_a_cause(board) -> None:
    safe, work = link(board, "safety", 0.7, 0.3), link(board, "engagement", 0.5, 0.4)
    sure = link(board, "safety|reliability", 80.0, 0, unit="percent", verdict="")
    text = folded(board, safe, work, sure, link(board, "safety|named", 0.7, 0.3))
    assert "vērtējumi ir augstāki, augstāki ir arī rezultāti: drošība (skolēni)." in text
    assert "Kopā aplūkotas 2 skalas" in text
    assert "neko nesaka par cēloni" in text
    assert "+0,70" in text
    assert "80 %" in text
    assert "nevienai saistība" in folded(board, safe, work)  # intervals without zero alone name nothing


def test_with_few_schools_the_country_stands_alone_and_with_none_there_is_nothing(board) -> None:
    text = folded(board, link(board, "safety", 0.2, 0.1, municipality_id="", n=700))
    assert "mazāk par 8 skolām" in text
    assert "700" in text
    assert folded(board, row(board, "wellbeing_scale", "safety", 3.5)) == ""
