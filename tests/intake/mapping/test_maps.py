"""Maps are checked data: what they say is understood, what they mistype is told with the nearest word."""

from pathlib import Path

import pytest
import yaml

from analysis.faults import InputFaults, render
from analysis.intake.mapping.maps import MAPS, joined, load_map, parse_map

RESULTS = {"results": {"pupil_id": "Kods"}}


def of_file(**rule: object) -> dict[str, object]:
    return {"files": [{"pattern": "*.csv", "tables": RESULTS} | rule]}


def refused(values: dict[str, object]) -> list[str]:
    with pytest.raises(InputFaults) as found:
        parse_map(values, "m.yml")
    return [render(fault) for fault in found.value.faults]


@pytest.mark.parametrize("path", sorted(MAPS.glob("*.yml")), ids=lambda path: path.stem)
def test_every_map_of_the_project_is_valid_and_says_its_source_twice(path: Path) -> None:
    loaded = load_map(path.stem)
    assert joined([(path.stem, loaded)]).files == loaded.files
    assert loaded.source is not None
    assert set(loaded.source) == {"lv", "en"}


def test_a_bare_column_name_is_a_rule() -> None:
    assert parse_map(of_file(), "m.yml").files[0].tables["results"]["pupil_id"].columns == ["Kods"]


def test_columns_of_a_text_are_columns_of_the_rule() -> None:
    rule = parse_map(of_file(tables={"results": {"school_id": {"text": "{D}-{S}"}}}), "m.yml").files[0]
    assert rule.tables["results"]["school_id"].columns == ["D", "S"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"scop": "country"}, ["P04", "scop", "scope"]),
        ({"scope": "land"}, ["P03", "scope", "'country', 'board'"]),
        ({"scope": False}, ["P03", "scope", "true, false"]),
        (of_file(patern="x"), ["P04", "patern", "pattern"]),
        (of_file(tables={"resultss": {"pupil_id": "Kods"}}), ["P04", "tables.resultss", "„results”"]),
        (of_file(tables={"results": "Kods"}), ["P03", "tables.results", "teksts"]),
        (of_file(tables={"results": {"pupil_id": {"from": "a", "constant": "b"}}}), ["P03", "from | constant"]),
        (of_file(tables={"results": {"pupil_id": {}}}), ["P03", "from | constant"]),
        (of_file(tables={"results": {"pupil_id": {"from": "a", "recod": {}}}}), ["P04", "recod", "recode"]),
        (of_file(tables={"results": {"status": {"from": "a", "recode": {"Jā": True}}}}), ["P03", "recode.Jā", "true", "teksts"]),
        (of_file(read={"encoding": "utf-9"}), ["P03", "encoding", "cp1257"]),
        (of_file(exclude=[{"column": "a", "in": ["1"]}]), ["P03", "reason", "šai atslēgai jābūt"]),
        (of_file(exclude=[{"column": "a", "in": [1], "reason": {"lv": "a", "en": "b"}}]), ["P03", "in.0", "vesels", "teksts"]),
        (of_file(wide={"columns": ["a"]}), ["P03", "wide.empty", "šai atslēgai jābūt"]),
        (of_file(wide={"columns": ["a"], "empty": "drop", "vaule": "x"}), ["P04", "vaule", "value"]),
        (of_file(whem={"a": ["b"]}), ["P04", "whem", "when"]),
        (of_file(tables={"results": {"pupil_id": {"from": "a", "widht": 7}}}), ["P04", "widht", "width"]),
        (of_file(tables={"results": {"pupil_id": {"from": "a", "date": "d.m.Y"}}}), ["P03", "date", "%d.%m.%Y"]),
        (of_file(tables={"results": {"school_year": {"file_name": "20"}}}), ["P03", "file_name", r"(\d{4})"]),
        (of_file(tables={"enrolments": {"repeats": {"constant": True}}}), ["P03", "repeats.constant", "true"]),
        (of_file(tables={"results": {"status": {"from": "a", "recode": {"n": "abset"}}}}), ["M04", "recode.n", "absent"]),
        (of_file(tables={"results": {"status": {"from": "a", "filled": "yes"}}}), ["M04", "status.filled", "certificate"]),
        (of_file(tables={"pupils": {"sex": {"constant": "gril"}}}), ["M04", "sex.constant", "„girl”"]),
        ({"duplicates": {"pupil": "keep_last"}}, ["P04", "duplicates.pupil", "„pupils”"]),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_key_type_and_nearest_word(values: dict[str, object], said: list[str]) -> None:
    messages = refused(values)
    assert any(all(word in message for word in said) for message in messages), messages
    assert not any(word in message for message in messages for word in ("Input should", "valid", "pydantic"))


def test_a_map_is_found_by_stem_by_path_and_beside_the_delivery(tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text("title: Mūsu\n", "utf-8")
    assert load_map("chem97").title == "Chem97"
    assert load_map(str(tmp_path / "own.yml")).title == "Mūsu"
    assert load_map("own.yml", tmp_path).title == "Mūsu"
    assert load_map("data/maps/chem97.yml").title == "Chem97"


def test_an_unknown_map_lists_the_known_ones_and_no_path(tmp_path: Path) -> None:
    with pytest.raises(InputFaults) as found:
        load_map(str(tmp_path / "nav.yml"))
    message = render(found.value.faults[0])
    assert message.startswith("M02 nav.yml")
    assert "chem97" in message
    assert str(tmp_path) not in message


def maps(**values: object) -> tuple[str, object]:
    return "/somewhere/m.yml", parse_map(values, "m.yml")


@pytest.mark.parametrize(
    ("one", "other", "key"),
    [
        ({"scope": "country"}, {"scope": "board"}, "scope"),
        ({"municipality": "Rīga"}, {"municipality": "Jūrmala"}, "municipality"),
        ({"data_date": "2026-01-01"}, {"data_date": "2026-01-02"}, "data_date"),
        ({"duplicates": {"pupils": "refuse"}}, {"duplicates": {"pupils": "keep_last"}}, "duplicates.pupils"),
        ({"labels": {"a=b": {"lv": "x", "en": "y"}}}, {"labels": {"a=b": {"lv": "z", "en": "y"}}}, "labels.a=b"),
    ],
)
def test_two_that_differ_are_a_fault_and_two_that_agree_are_not(one: dict, other: dict, key: str) -> None:
    with pytest.raises(InputFaults) as found:
        joined([maps(**one), maps(**other)])
    (fault,) = found.value.faults
    assert (fault.code, fault.file, fault.facts["key"]) == ("D03", "m.yml", key)
    joined([maps(**one), maps(**one)])


def test_lists_are_put_together_and_sources_listed() -> None:
    one = maps(
        title="A", source={"lv": "VIIS", "en": "VIIS"}, attributes={"pupils": ["x"]}, notes=[{"lv": "a", "en": "b"}]
    )
    other = maps(title="B", source={"lv": "VPS", "en": "VPS"}, attributes={"pupils": ["y", "x"]}, demo=True)
    both = joined([one, other])
    assert (both.title, both.source, both.demo) == ("A + B", {"lv": "VIIS; VPS", "en": "VIIS; VPS"}, True)
    assert both.attributes == {"pupils": ["x", "y"]}
    assert joined([]).scope is None


def test_a_target_that_nothing_would_read_is_refused_unless_declared() -> None:
    rule = of_file(tables={"pupils": {"pupil_id": "Kods", "gcse": "gcse"}})
    with pytest.raises(InputFaults) as found:
        joined([maps(**rule)])
    assert (found.value.faults[0].code, found.value.faults[0].facts["key"]) == ("P04", "pupils.gcse")
    joined([maps(**rule), maps(covariates={"pupils": ["gcse"]})])


def test_the_documented_keys_of_a_delivery_file_are_read() -> None:
    text = "scope: board\nmunicipality: Jūrmala\nabolished: map\ndata_date: '2026-01-01'\nmaps: {'*.csv': viis_ce}\n"
    loaded = parse_map(yaml.safe_load(text), "delivery.yml")
    assert (loaded.scope, loaded.abolished, loaded.maps) == ("board", "map", {"*.csv": "viis_ce"})
