"""The contract as it was agreed: tables, columns, keys and codes, and what may refer to what."""

import os
import re
from pathlib import Path

import pandas as pd
import pandera.errors
import pytest

from analysis.intake.contracts import IDS, KEYS, LINKS, NAME_COLUMNS, TABLES, codes, columns, dated, numeric, whole

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=TABLES, ids=str)
def table(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def agreed() -> dict[str, str]:
    """The rows of the design's own table of tables."""
    page = Path(os.environ.get("BURTNICA_SHARED", ROOT.parent / "shared")) / "DESIGN.md"
    if not page.is_file():
        pytest.skip("the design is not here: set BURTNICA_SHARED")
    part = page.read_text("utf-8").split("## The data contract")[1].split("## The commands")[0]
    return dict(re.findall(r"^\| (\w+) \| (.+) \|$", part, re.M)[1:])


def test_every_table_of_the_design_is_there_and_no_other(agreed):
    assert set(TABLES) == set(agreed)


def test_columns_keys_and_required_columns_are_those_of_the_design(table, agreed):
    words = re.sub(r"\([^)]*\)", "", agreed[table]).split(";")[0]
    named = re.findall(r"([a-z_]+)(\*?)(!?)(?:,|$|\s)", words.strip())
    assert [name for name, _, _ in named] == list(columns(table))
    assert {name for name, key, _ in named if key} == set(KEYS[table])
    assert {name for name, _, must in named if must} == {name for name, must in columns(table).items() if must}


def test_codes_are_those_of_the_design(table, agreed):
    for column, known in codes(table).items():
        listed = re.search(rf"\b{column}[*!]* \(([^)]*)\)", agreed[table])
        if listed and "/" in listed[1]:
            assert tuple(listed[1].split("/")) == known, column


def test_a_key_is_made_of_columns_and_has_a_required_one(table):
    assert set(KEYS[table]) <= set(columns(table))
    assert any(columns(table)[column] for column in KEYS[table])


def test_whole_numbers_are_numbers_and_years_are_whole(table):
    assert set(whole(table)) <= set(numeric(table))
    assert {name for name in columns(table) if name in ("school_year", "band", "n", "participants", "eligible")} <= set(
        whole(table)
    )


def test_a_column_is_text_number_or_date(table):
    assert not set(numeric(table)) & set(dated(table))
    assert not set(codes(table)) & (set(numeric(table)) | set(dated(table)))


@pytest.mark.parametrize("link", LINKS, ids=lambda link: f"{link.table}-{link.parent}")
def test_a_link_leads_to_a_key_of_its_parent(link):
    assert set(link.columns) <= set(columns(link.table))
    assert set(link.columns) == set(KEYS[link.parent])


def test_every_school_and_municipality_that_a_table_names_is_looked_up():
    for name, own in (("school_id", "schools"), ("municipality_id", "municipalities")):
        naming = {table for table in TABLES if name in columns(table) and table != own}
        assert {link.table for link in LINKS if link.parent == own} == naming


def test_ids_of_persons_are_known_as_such():
    ids = {name for table in TABLES for name in columns(table) if name.endswith("_id")}
    assert ids - set(IDS) == {"municipality_id", "school_id", "activity_id", "event_id"}


def test_names_that_reach_pages_are_columns():
    assert all(set(names) <= set(columns(table)) for table, names in NAME_COLUMNS.items())


@pytest.mark.parametrize(
    ("table", "row", "bad"),
    [
        ("wellbeing", {"respondent_id": "r", "school_year": 2026.0, "role": "pupil", "school_id": "s", "grade": "5",
                       "item": "q1", "value": 4.0}, {"value": 6.0}),
        ("self_evaluation", {"school_id": "s", "school_year": 2026.0, "criterion": "1.1", "source": "self",
                             "level": 3.0}, {"level": 5.0}),
        ("development_events", {"event_id": "e", "school_year": 2026.0, "municipality_id": "m", "participants": 5.0,
                                "programme": None, "school_id": None, "audience": "teachers", "form": "course",
                                "topic": None, "hours": 8.0}, {"audience": "parents"}),
        ("item_map", {"school_year": 2026.0, "grade": "9", "test": "CE", "domain": "mathematics", "item": "01",
                      "skill": "algebra", "max_points": 2.0}, {"max_points": 0.0}),
    ],
)  # fmt: skip
def test_a_model_accepts_a_sound_row_and_refuses_a_bad_value(table, row, bad):
    kinds = {name: "float64" if name in numeric(table) else "str" for name in row}
    TABLES[table].validate(pd.DataFrame([row]).astype(kinds))
    with pytest.raises(pandera.errors.SchemaError):
        TABLES[table].validate(pd.DataFrame([row | bad]).astype(kinds))
