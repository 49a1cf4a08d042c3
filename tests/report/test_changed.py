"""Section 9 says what changed since an earlier issue, and is not there without one."""

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.intake.issues import Earlier
from analysis.params import load_params
from analysis.release import Released, release
from analysis.report.changed import missing_changes, short_changes, what_changed

TEST = {"municipality_id": "M", "grade": "6", "test": "diagnostic", "domain": "literacy", "school_year": 2026}
PLACE = TEST | {"indicator": "attainment", "n": 60, "estimate": 0.1, "low": 0.0, "high": 0.2, "unit": "sd"}
EMPTY = pd.DataFrame()
EARLIER = Earlier(
    "2025", "d", "M", {"M": "Mirdzene", "V": "Vējmala"}, {}, frozenset(), frozenset(), EMPTY, EMPTY, EMPTY
)
PARTS = {"total": 0.34, "data": 0.01, "definition": 0.0, "boundary": 0.1, "mix": -0.05, "rest": 0.28}


def unit(language: str = "lv", earlier: Earlier | None = EARLIER) -> Any:
    facts = {"labels": {}, "source": {"lv": "dati", "en": "data"}}
    return SimpleNamespace(
        language=language, municipality_id="M", params=load_params(), facts=facts, earlier=earlier, name="Mirdzene"
    )


def told(parts: dict[str, float] = PARTS, half: float = 0.2, **more: Any) -> Released:
    total = parts["total"]
    ends = {"low": total - half, "high": total + half, "confidence": 0.95}
    ends["verdict"] = "differs" if abs(total) > half else "not_distinguishable"
    given = TEST | {"indicator": "change", "unit": "sd", "reference": "last_year", "year_from": 2025, "n": 60} | more
    rows = [given | {"part": p, "estimate": v} | (ends if p == "total" else {}) for p, v in parts.items()]
    return release(evidence(pd.DataFrame([PLACE, *rows])), load_params())


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_answer_names_what_differs_and_the_boundary() -> None:
    text = words(what_changed(unit(), told()).html)
    assert "ticami atšķiras 1 no 1 rezultāta" in text
    assert "6. klase · tekstpratība – par +0,34 SD (95 % intervāls no 0,14 līdz 0,54; 60 skolēnu)" in text
    assert "citā pašvaldībā (Vējmala)" in text
    assert "augstāk nekā iepriekš" in text


def test_parts_are_drawn_in_sequence_and_zeros_are_not() -> None:
    html = what_changed(unit("en"), told()).html
    drawn = re.findall(r'aria-label="([^"]+)"', html)[:5]
    assert [label.split(":")[0] for label in drawn[:4]] == [
        "Revised data",
        "Boundary change",
        "Pupils&#39; mix",
        "The rest",
    ]
    bars = [(float(x), float(w)) for x, w in re.findall(r'<rect x="([\d.]+)" y="7" width="([\d.]+)"', html)]
    ends = [bars[0][0] + bars[0][1], bars[1][0] + bars[1][1]]
    assert bars[1][0] == pytest.approx(ends[0], abs=0.11)  # the second part starts where the first ended
    assert bars[2][0] + bars[2][1] == pytest.approx(ends[1], abs=0.11)  # one that lowers goes back from there


def test_chance_is_called_chance() -> None:
    small = {"total": 0.04, "data": 0.0, "definition": 0.0, "boundary": 0.0, "mix": 0.01, "rest": 0.03}
    html = what_changed(unit(), told(small)).html
    assert "no nejaušības nav atšķiramas" in html
    assert '<table class="dots' not in html  # nothing is worth drawing; the table has it all
    assert "+0,04" in html


def test_withheld_parts_have_the_one_symbol() -> None:
    html = what_changed(unit(), _split_withheld()).html
    assert "+0,34" in html
    assert html.count("[–]") >= 5


def _split_withheld() -> Released:
    given = TEST | {"indicator": "change", "unit": "sd", "reference": "last_year", "year_from": 2025}
    rows = [given | {"part": p, "estimate": v, "n": 2 if p == "data" else 60} for p, v in PARTS.items()]
    return release(evidence(pd.DataFrame([PLACE, *rows])), load_params())


@pytest.mark.parametrize("language", ["lv", "en"])
def test_without_an_issue_there_is_no_section_and_one_sentence(language: str) -> None:
    nothing = release(evidence(pd.DataFrame([PLACE])), load_params())
    assert what_changed(unit(language, None), nothing).html == ""
    assert len(missing_changes(unit(language, None), nothing)) == 1
    assert "2025" in missing_changes(unit(language), nothing)[0]
    assert missing_changes(unit(language), told()) == []


def test_another_name_then_is_told() -> None:
    then = replace(EARLIER, municipality_id="V")
    assert "Iepriekšējā pārskatā: Vējmala." in words(what_changed(unit(earlier=then), told()).html)


def test_in_short_one_sentence_says_what_differs_and_that_the_boundary_moved() -> None:
    said = words(str(short_changes(unit(), told())))
    assert "Kopš pārskata „2025” ticami atšķiras 1 no 1 rezultāta" in said
    assert "visvairāk 6. klase · tekstpratība – par +0,34 SD (95 % intervāls no 0,14 līdz 0,54; 60 skolēnu)." in said
    assert "citā pašvaldībā (Vējmala)" in said


def test_in_short_says_nothing_where_nothing_differs_and_the_boundary_where_it_alone_does() -> None:
    small = told(dict.fromkeys(PARTS, 0.0) | {"total": 0.04, "rest": 0.04})
    unchanged = replace(EARLIER, places={"M": "Mirdzene"})
    assert short_changes(unit(earlier=unchanged), small) is None
    assert short_changes(unit(earlier=None), told()) is None
    moved = words(str(short_changes(unit("en"), small)))
    assert "boundary has changed" in moved
    assert "cannot be told apart from chance" in moved


@pytest.mark.parametrize(("language", "said"), [("lv", "vajadzība šeit nav salīdzināta"), ("en", "not compared here")])
def test_need_of_support_is_said_not_to_be_compared_where_the_page_shows_it(language: str, said: str) -> None:
    need = {"indicator": "support_need", "municipality_id": "M", "school_year": 2026, "part": "reading", "n": 500,
            "estimate": 120.0, "unit": "pupils"}  # fmt: skip
    both = release([told().rows, evidence(pd.DataFrame([need]))], load_params())
    assert said in words(what_changed(unit(language), both).html)
    assert said not in words(what_changed(unit(language), told()).html)
