"""docs/faults.md is what tools/faults.py makes of the registry."""

import runpy
from pathlib import Path

import pytest
import yaml

from analysis.faults import Fault, registry, render

ROOT = Path(__file__).resolve().parent.parent
TOOL = runpy.run_path(str(ROOT / "tools" / "faults.py"))
REGISTRY = ROOT / "src" / "analysis" / "words" / "faults.yml"
PAGE = (ROOT / "docs" / "faults.md").read_text("utf-8")


def rows() -> dict[str, list[str]]:
    lines = (line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| "))
    return {cells[0]: cells for cells in lines if cells[0] in registry()}


def test_the_page_is_what_the_tool_writes_byte_for_byte() -> None:
    assert TOOL["page"](REGISTRY.read_text("utf-8")) == PAGE, "run: make docs"


def test_every_class_stands_there_once_under_its_letter_with_its_answer() -> None:
    assert (
        len(rows())
        == len(registry())
        == sum(line.startswith("| ") and line[3:5].isdigit() for line in PAGE.splitlines())
    )
    letter = ""
    for line in PAGE.splitlines():
        letter = line[3] if line.startswith("## ") else letter
        if line.startswith("| ") and line[3:5].isdigit():
            assert line[2] == letter
    answers = {"noraida · rejected": "reject", "salabo · repaired": "repair", "pieņem · accepted": "accept"}
    assert {code: answers[cells[1]] for code, cells in rows().items()} == {
        c: w["answer"] for c, w in registry().items()
    }


def test_the_words_are_those_that_a_person_is_told() -> None:
    said = render(Fault("S12", "a.csv", 3, facts={"expected": "…", "found": "…"}))
    assert said == f"S12 a.csv, 3. rinda: {rows()['S12'][3]}"


def test_a_sign_of_markdown_in_the_words_breaks_no_table() -> None:
    words = yaml.safe_dump({"S99": {"answer": "reject", "rule": "a|b", "lv": "<b> {x}", "en": "*"}})
    assert "| S99 | noraida · rejected | a\\|b | &lt;b> … | \\* |" in TOOL["page"](words)


def test_a_new_letter_needs_a_title() -> None:
    with pytest.raises(ValueError, match="X01"):
        TOOL["page"]("X01: {answer: reject, rule: a, lv: b, en: c}")
