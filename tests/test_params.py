"""Parameters are typed, bounded and frozen; a municipality's own file says only what differs."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from analysis.faults import InputFaults, render
from analysis.params import DEFAULTS, ROOT, Params, load_params, load_yaml, nearest, threshold_percent


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "D001.yml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_of_its_own_the_defaults_hold(tmp_path: Path) -> None:
    assert load_params() == load_params(tmp_path / "none.yml") == load_params(own(tmp_path, ""))
    assert load_params().smallest_group == 5


def test_what_a_municipality_sets_holds_and_the_rest_stays(tmp_path: Path) -> None:
    params = load_params(own(tmp_path, "smallest_group: 10\nconfidence: 0.9\ncomments: {where: Mēs}\n"))
    assert (params.smallest_group, params.confidence, params.comments) == (10, 0.9, {"where": "Mēs"})
    assert params.low_result_percent == load_params().low_result_percent


def test_a_whole_number_may_stand_for_a_share(tmp_path: Path) -> None:
    assert load_params(own(tmp_path, "low_result_percent: 50\n")).low_result_percent == 50.0


@pytest.mark.parametrize("text", ["smallest_group: 5\n", "smallest_group: 30\n"])
def test_the_ends_of_a_range_belong_to_it(text: str, tmp_path: Path) -> None:
    load_params(own(tmp_path, text))


@pytest.mark.parametrize(
    "text", ["smallest_group: 4\n", "smallest_group: 31\n", "confidence: 0.92\n", "low_result_percent: .inf\n"]
)
def test_beyond_the_range_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="P06"):
        load_params(own(tmp_path, text))


def test_parameters_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load_params().smallest_group = 1  # type: ignore[misc]


def test_every_parameter_says_value_unit_meaning_and_source() -> None:
    defaults = yaml.safe_load(DEFAULTS.read_text("utf-8"))
    assert set(defaults) == set(Params.model_fields)
    for name, entry in defaults.items():
        assert {"value", "unit", "meaning", "source"} <= set(entry), name
        assert ("range" in entry) == (isinstance(entry["value"], int | float)), name


def test_every_committed_file_of_a_municipality_is_valid() -> None:
    for path in (ROOT / "params").glob("D*.yml"):
        load_params(path)


@pytest.mark.parametrize(("word", "expected"), [("smalest_group", "smallest_group"), ("D9O1", "D901"), ("zzz", "–")])
def test_the_nearest_known_name(word: str, expected: str) -> None:
    assert nearest(word, ["smallest_group", "D901", "D777"]) == expected


def test_yaml_of_windows_and_empty_yaml_are_read(tmp_path: Path) -> None:
    assert load_yaml(own(tmp_path, "\ufeffcontact: a\r\n")) == {"contact": "a"}
    assert load_yaml(own(tmp_path, "# nothing\n")) == {}


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "D001.yml"
    path.write_bytes("contact: Ādaži".encode("cp1257"))
    with pytest.raises(InputFaults, match="P01"):
        load_params(path)


@pytest.mark.parametrize(
    ("year", "grade", "domain", "percent"),
    [
        (2024, "12", "mathematics", 15.0),
        (2023, "12", "biology", 10.0),
        (2024, "9", "latvian", 10.0),
        (2024, "9", "biology", None),  # no exam of that grade
        (2025, "12", "mathematics", None),  # not confirmed: never guessed
        (2031, "12", "mathematics", None),
        (2019, "12", "mathematics", 5.0),  # held in the years before 2022 too
        (2019, "9", "mathematics", None),
    ],
)
def test_thresholds_are_dated_and_never_guessed(year: int, grade: str, domain: str, percent: float | None) -> None:
    assert threshold_percent(year, grade, "CE", domain) == percent


@pytest.mark.parametrize("line", ["sensitive_attributes: []", "outer_share_of_nation: 0.1", "council_scale_sd: 1.0"])
def test_one_municipality_cannot_change_what_holds_for_the_whole_run(line: str, tmp_path: Path) -> None:
    with pytest.raises(InputFaults) as refused:
        load_params(own(tmp_path, line + "\n"))
    assert [(fault.code, fault.facts["key"]) for fault in refused.value.faults] == [("P07", line.split(":")[0])]


@pytest.mark.parametrize(
    ("line", "found", "expected"),
    [
        ("contact: no", "jā/nē", "teksts"), ("contact: on", "jā/nē", "teksts"), ("contact: yes", "jā/nē", "teksts"),
        ("contact: 12", "vesels skaitlis", "teksts"), ("contact: 2025-04-03", "datums", "teksts"),
        ("contact: ~", "tukša vērtība", "teksts"), ("confidence: 1e3", "teksts", "skaitlis"),
        ("confidence: on", "jā/nē", "skaitlis"), ("pooled_years: off", "jā/nē", "vesels skaitlis"),
        ("pooled_years: 1e0", "teksts", "vesels skaitlis"), ("pooled_years: \"3\"", "teksts", "vesels skaitlis"),
        ("comments: {where: no}", "jā/nē", "teksts"), ("comments: [a]", "saraksts", "atslēgas ar vērtībām"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_told_with_its_key_what_was_found_and_expected(
    line: str, found: str, expected: str, tmp_path: Path
) -> None:
    with pytest.raises(InputFaults) as refused:
        load_params(own(tmp_path, line + "\n"))
    (fault,) = refused.value.faults
    assert fault.code == "P03"
    message = render(fault)
    assert line.split(":")[0] in message
    assert message.index(found) < message.index(f"gaidīts: {expected}")


def test_keys_are_the_text_that_stands_there(tmp_path: Path) -> None:
    text = "no: 1\non: 2\n2024: 3\n01: 4\n1e3: 5\nplain: {no: {off: 6}}\n"
    assert load_yaml(own(tmp_path, text)) == {
        "no": 1,
        "on": 2,
        "2024": 3,
        "01": 4,
        "1e3": 5,
        "plain": {"no": {"off": 6}},
    }


def test_an_unknown_key_is_told_as_it_was_written(tmp_path: Path) -> None:
    with pytest.raises(InputFaults) as refused:
        load_params(own(tmp_path, "on: 5\n"))
    assert [(fault.code, fault.facts["key"]) for fault in refused.value.faults] == [("P04", "on")]


def test_one_key_in_two_spellings_of_yaml_is_one_key(tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="P02"):
        load_yaml(own(tmp_path, '1: a\n"1": b\n'))


def test_an_anchor_may_be_used_and_what_stands_beside_it_wins(tmp_path: Path) -> None:
    text = "a: &base {x: 1, y: 2}\nb: {<<: *base, y: 3}\n"
    assert load_yaml(own(tmp_path, text))["b"] == {"x": 1, "y": 3}
