"""docs/maps.md holds: every snippet is a map, every ability has one, and the worked example runs as it is printed."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from analysis.intake.mapping.maps import ColumnRule, Condition, FileRule, Map, Wide, parse_map
from analysis.intake.reading.rawtable import ReadOptions

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "maps.md").read_text("utf-8")
TOOL = runpy.run_path(str(ROOT / "tools" / "mapsdoc.py"))
SECTIONS = {"Kolonna": ColumnRule, "Fails": FileRule, "Karte": Map}


def snippets(section: str) -> list[str]:
    """The last cell of every row of the table under ``**Section**``."""
    part = PAGE.split(f"**{section}** –", 1)[1].split("\n\n", 2)[1]
    return re.findall(r"\| `([^`]+)` \|$", part, re.MULTILINE)


def as_map(section: str, snippet: str) -> dict[str, Any]:
    values = yaml.safe_load(snippet)
    if section == "Karte":
        return values
    if section == "Fails":
        return {"files": [{"pattern": "*", "tables": {}} | values]}
    return {"files": [{"pattern": "*", "tables": {"schools": {"kind": values}}}]}


@pytest.mark.parametrize(("section", "snippet"), [(s, snippet) for s in SECTIONS for snippet in snippets(s)])
def test_every_snippet_is_a_valid_map(section: str, snippet: str) -> None:
    parse_map(as_map(section, snippet), "docs/maps.md")


@pytest.mark.parametrize(
    "model", [Map, FileRule, ColumnRule, Condition, Wide, ReadOptions], ids=lambda model: model.__name__
)
def test_every_ability_has_a_snippet(model: type[BaseModel]) -> None:
    shown = {key for section in SECTIONS for snippet in snippets(section) for key in keys(as_map(section, snippet))}
    assert {field.alias or name for name, field in model.model_fields.items()} <= shown | {"from"}


def keys(values: object) -> set[str]:
    if isinstance(values, dict):
        return set(map(str, values)) | {key for value in values.values() for key in keys(value)}
    return {key for value in values for key in keys(value)} if isinstance(values, list) else set()


@pytest.mark.slow
def test_the_worked_example_runs_as_it_is_printed(tmp_path: Path) -> None:
    """When a message is worded anew: ``python tools/mapsdoc.py``, and read what comes out."""
    assert TOOL["filled"](PAGE, tmp_path) == PAGE
