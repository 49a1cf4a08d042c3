"""What another pass mark does: the figures as released, bounds where they are few, and every sentence of the catalogue."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from tests.report.aims_rows import EXAM, PLACE, heading, marks, text

from analysis.batch.aims import aims_evidence
from analysis.evidence import evidence
from analysis.plan.thresholds import OWN_NEWEST
from analysis.release import release
from analysis.report.thresholds import threshold_stress
from analysis.words.catalogue import LANGUAGES

MANY = {"10": 6.0, "15": 14.0, "20": 31.0}


@pytest.fixture(scope="module")
def computed(large: Any) -> list[pd.DataFrame]:
    return aims_evidence(large)


def made(unit: Any, *frames: pd.DataFrame) -> Any:
    return threshold_stress(unit, release(list(frames), unit.params))


def test_heading_and_answer_tell_the_highest_mark_beside_the_one_in_force(large: Any) -> None:
    shown = made(large, marks(MANY))
    assert heading(shown) == "Matemātikā 9. klasē: zem 20 % sliekšņa būtu aptuveni 31 skolēns"
    assert "zem 20 % sliekšņa būtu aptuveni 31 skolēns no 200 (95 % intervāls no 28 līdz 36)" in text(shown)
    assert "zem pēdējā apstiprinātā sliekšņa (15 %) – aptuveni 14 (no 11 līdz 19)" in text(shown)


def test_the_exam_with_most_more_pupils_is_told_first(large: Any) -> None:
    latvian = marks({"15": 40.0, "20": 50.0}, domain="latvian")
    assert heading(made(large, marks(MANY), latvian)).startswith("Matemātikā")  # 17 more beside 10 more


def test_the_mark_in_force_has_a_word_of_its_own_in_one_row(large: Any) -> None:
    html = str(made(large, marks(MANY)).html)
    assert html.count("pēdējais apstiprinātais</span>") == 1
    row = html[html.index(">15\u00a0%<span") :].split("</tr>")[0]
    assert "pēdējais apstiprinātais" in row
    assert "14<" in row


def test_few_are_told_as_a_bound_and_never_as_a_number(large: Any) -> None:
    shown = made(large, marks({"10": 2.0, "15": 3.0, "20": 31.0}))
    assert "mazāk par 5" in text(shown)
    few = made(large, marks({"10": 2.0, "15": 3.0}))
    assert heading(few) == "Zem apskatītajiem sliekšņiem katrā eksāmenā būtu mazāk par 5 skolēniem"
    assert "aptuveni" not in text(few)


def test_every_released_figure_stands_in_the_table(large: Any, computed: list[pd.DataFrame]) -> None:
    rows = release(computed, large.params).where(indicator="fail_count_at").rows.dropna(subset=["estimate"])
    shown = text(threshold_stress(large, release(computed, large.params)))
    assert len(rows) > 3
    for row in rows.itertuples():
        assert f"{row.estimate:.0f} no {row.low:.0f} līdz {row.high:.0f}" in shown


def test_skills_that_are_withheld_have_no_column(large: Any) -> None:
    skill = EXAM | {"indicator": "mark_skill", "unit": "percent", "low": 10.0, "high": 30.0, "confidence": 0.95}
    rows = [
        skill | {"part": f"0-{mark}:algebra", "n": n, "estimate": share}
        for mark, n, share in ((20, 31, 21.5), (15, 4, 17.5))
    ]
    shown = text(made(large, marks(MANY), evidence(pd.DataFrame(rows), municipality_id=PLACE)))
    assert "21,5 %" in shown
    assert "17,5 %" not in shown
    assert "zem 15 % " not in shown[shown.index("Ko prot skolēni ap slieksni") :]


def test_nothing_where_nothing_is_shown(large: Any) -> None:
    assert str(made(large, marks(MANY).iloc[:0]).html) == ""
    assert str(made(large, marks({"10": 1.0}, n=4)).html) == ""


def test_a_thin_line_spans_the_coming_exam(large: Any) -> None:
    assert str(made(large, marks({"20": 31.0})).html).count('class="ov"') == 1


def test_published_shares_stand_where_the_counts_to_come_are_withheld(large: Any) -> None:
    """A count foretold from one place's newest year would tell its own count; published ones are known anyway."""
    shown = made(large, marks(MANY, population="papers", method=OWN_NEWEST))
    assert heading(shown) == "Skolēnu skaits zem dažādiem sliekšņiem"
    assert "15,5 %" in text(shown)
    assert "aptuveni" not in text(shown).split("Kā to lasīt")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_said(large: Any, computed: list[pd.DataFrame], language: str, says_all: Any) -> None:
    unit = replace(large, language=language)
    says_all(
        "thresholds.yml",
        unit,
        made,
        tuple(computed),
        (marks({"10": 2.0, "15": 3.0}),),
        (marks({"10": 197.0, "15": 198.0}),),
        (marks(MANY, population="papers"),),
        (marks(MANY, method=OWN_NEWEST),),
        (marks({"15": 14.0, "20": 31.0}).query("indicator != 'fail_count_coming'"),),
    )


def test_only_released_values_are_shown(large: Any) -> None:
    frame: Any = marks(MANY)
    with pytest.raises(TypeError):
        threshold_stress(large, frame)
