"""A map that is written is read back as the same map, whatever stands in it, and a person can read it too."""

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.intake.mapping.maps import MAPS, Map, load_map, parse_map
from analysis.intake.mapping.writing import dump_map
from analysis.params import load_yaml

WORD = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=6)
TRICKY = st.sampled_from(
    ["yes", "no", "on", "null", "~", "1e3", "0023000", "2024-01-01", "-", "{a", "# x", "=", "a: b", "…", "„”"]
)
NAME = WORD | TRICKY
TEXT = st.fixed_dictionaries({"lv": NAME, "en": NAME})
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
FREE = ("kind", "language", "name")  # targets that may hold any text


@st.composite
def column_rules(draw: st.DrawFn) -> object:
    origin = draw(
        st.fixed_dictionaries({"from": NAME | st.lists(NAME, max_size=3)})
        | st.fixed_dictionaries({"constant": NAME | st.integers(-9, 9999) | NUMBER})
        | st.fixed_dictionaries({"text": NAME})
        | st.fixed_dictionaries({"row_number": st.just(True)})
        | st.fixed_dictionaries({"file_name": st.just(r"_(\d{4})\.")})
        | st.fixed_dictionaries({"delivery": NAME})
    )
    more = {
        "strip_prefix": NAME | st.lists(NAME), "recode": st.dictionaries(NAME, NAME, max_size=3), "default": NAME,
        "absent": st.lists(NAME, max_size=3), "factor": NUMBER, "shift": NUMBER, "filled": NAME, "unknown": st.lists(NAME),
        "width": st.integers(1, 20), "date": st.sampled_from(["%d.%m.%Y", "%Y-%m-%d"]),
        "school_year": st.sampled_from(["ends", "starts"]), "school_key": st.booleans(),
        "lookup": st.sampled_from(["municipality", "school"]), "part": NAME, "parts": st.dictionaries(NAME, NAME, max_size=2),
        "optional": st.booleans(),
    }  # fmt: skip
    return origin | draw(st.fixed_dictionaries({}, optional=more))


CONDITION = st.fixed_dictionaries({"column": NAME, "in": st.lists(NAME, min_size=1, max_size=3), "reason": TEXT})
WIDE = st.fixed_dictionaries(
    {
        "columns": st.lists(NAME, min_size=1, max_size=3)
        | st.dictionaries(NAME, NAME, min_size=1, max_size=3)
        | st.dictionaries(NAME, st.fixed_dictionaries({"domain": NAME, "max": NAME}), min_size=1, max_size=3),
        "empty": st.sampled_from(["drop", "keep"]),
    },
    optional={"name": NAME, "value": NAME},
)
READ = st.fixed_dictionaries(
    {},
    optional={
        "delimiter": st.sampled_from([";", "\t"]), "encoding": st.just("cp1257"), "sheet": NAME, "header": st.integers(0, 9),
        "columns": st.lists(NAME),
    },
)  # fmt: skip
TARGETS = st.dictionaries(st.sampled_from(FREE), column_rules(), max_size=3)
RULE = st.fixed_dictionaries(
    {"pattern": NAME, "tables": st.fixed_dictionaries({"schools": TARGETS})},
    optional={
        "read": READ, "when": st.dictionaries(NAME, st.lists(NAME, max_size=2), max_size=2),
        "exclude": st.lists(CONDITION, max_size=2), "keep": st.lists(CONDITION, max_size=2), "absent": st.lists(NAME, max_size=2),
        "wide": WIDE, "unread": st.lists(NAME, max_size=2), "unique": st.lists(NAME | st.lists(NAME, max_size=2), max_size=2),
        "known_schools_only": st.booleans(), "public": st.booleans(),
    },
)  # fmt: skip
MAP = st.fixed_dictionaries(
    {},
    optional={
        "title": WORD, "scope": st.sampled_from(["country", "board"]), "municipality": NAME, "abolished": st.just("map"),
        "data_date": NAME, "source": TEXT, "maps": st.dictionaries(NAME, NAME, max_size=2), "files": st.lists(RULE, max_size=2),
        "duplicates": st.dictionaries(st.sampled_from(["pupils", "results"]), st.just("keep_last")),
        "attributes": st.dictionaries(st.just("pupils"), st.lists(NAME, max_size=2)),
        "labels": st.dictionaries(NAME, TEXT, max_size=2), "notes": st.lists(TEXT, max_size=2),
    },
)  # fmt: skip


@given(MAP)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_what_is_written_is_read_back_as_the_same_map(tmp_path: Path, values: dict[str, object]) -> None:
    made = parse_map(values, "m.yml")
    path = tmp_path / "m.yml"
    path.write_text(dump_map(made), "utf-8")
    assert parse_map(load_yaml(path), "m.yml") == made


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\ufeff", "\t", "\n", "\x07", "\u00a0", "\u202e"])
def test_signs_that_nobody_sees_come_back(sign: str) -> None:
    made = Map(title=f"{sign}a{sign}b{sign}", maps={f"x{sign}": sign})
    assert parse_map(yaml.safe_load(dump_map(made)), "m.yml") == made


@pytest.mark.parametrize("path", sorted(MAPS.glob("*.yml")), ids=lambda path: path.stem)
def test_the_maps_of_the_project_come_back_and_are_written_the_same_twice(path: Path) -> None:
    made = load_map(path.stem)
    text = dump_map(made)
    again = parse_map(yaml.safe_load(text), "m.yml")
    assert again == made
    assert dump_map(again) == text


def test_a_new_map_has_a_latvian_heading_short_forms_and_no_defaults() -> None:
    rule = {
        "pattern": "ce*.csv",
        "tables": {"results": {"score": {"from": "Punkti"}, "level": {"from": "L", "optional": True}}},
    }
    text = dump_map(parse_map({"title": "Mūsu\nCE", "scope": "board", "files": [rule]}, "m.yml"))
    heading = [line for line in text.splitlines() if line.startswith("#")]
    assert heading[0].startswith("# Mūsu CE: kā avota faila kolonnas")
    assert "docs/maps.md" in text
    assert "score: Punkti" in text
    assert "{from: L, optional: true}" in text
    assert not any(key in text for key in ("abolished", "duplicates", "wide", "exclude", "null"))
    assert [line.split(":")[0] for line in text.splitlines() if line[:1].isalpha()] == ["title", "scope", "files"]


def test_an_empty_map_is_written_and_read() -> None:
    assert parse_map(yaml.safe_load(dump_map(Map())), "m.yml") == Map()
