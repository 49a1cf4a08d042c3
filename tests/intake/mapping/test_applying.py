"""A map turns the columns of a file into rows of the contract, and says which it took, left out and left unread."""

import numpy as np
import pandas as pd
import pytest

from analysis.faults import InputFaults
from analysis.intake.mapping.applying import Mapped, apply_rule, apply_rules, named_columns
from analysis.intake.mapping.maps import FileRule
from analysis.intake.reading.rawtable import RawTable


def raw(file: str = "a.csv", **columns: list[str]) -> RawTable:
    frame = pd.DataFrame(columns, dtype="str")
    return RawTable(file, frame, np.arange(len(frame)) + 2)


def rule(tables: dict[str, object], **rest: object) -> FileRule:
    return FileRule.model_validate({"pattern": "a.csv", "tables": tables} | rest)


def schools(**rules: object) -> dict[str, object]:
    return {
        "schools": {"school_id": "Kods", "name": {"constant": "Skola"}, "municipality_id": {"constant": "D1"}} | rules
    }


def codes(mapped: Mapped) -> set[str]:
    return {fault.code for fault in mapped.faults}


def test_a_column_may_feed_several_targets_each_with_its_own_codes() -> None:
    rules = schools(
        settlement={"from": "Tips", "recode": {"P": "city"}}, kind={"from": "Tips", "recode": {"P": "ģimnāzija"}}
    )
    made = apply_rule(raw(Kods=["1"], Tips=["P"]), rule(rules), {}).tables["schools"]
    assert made.loc[0, ["settlement", "kind"]].tolist() == ["city", "ģimnāzija"]
    assert made.loc[0, ["_file", "_line"]].tolist() == ["a.csv", 2]


def test_constants_row_numbers_file_names_and_delivery_values() -> None:
    rules = schools(
        school_id={"row_number": True}, kind={"file_name": r"_(\d{4})"}, name={"text": "Skola {Kods}"},
        municipality_id={"delivery": "municipality"}
    )  # fmt: skip
    made = apply_rule(raw("x_2024.csv", Kods=["a", "b"]), rule(rules), {"municipality": "D7"}).tables["schools"]
    assert made[["school_id", "kind", "name", "municipality_id"]].to_numpy().tolist() == [
        ["1", "2024", "Skola a", "D7"], ["2", "2024", "Skola b", "D7"],
    ]  # fmt: skip


def test_a_map_that_takes_a_missing_column_is_told_all_of_them_with_the_nearest() -> None:
    rules = rule(
        schools(settlement="Tipss", kind={"text": "{Qqq} {Kods}"}),
        exclude=[{"column": "Nav", "in": [""], "reason": {"lv": "a", "en": "b"}}],
    )
    with pytest.raises(InputFaults) as found:
        apply_rule(raw(Kods=["1"], Tips=["P"]), rules, {})
    assert [(f.facts["name"], f.facts["nearest"]) for f in found.value.faults] == [
        ("Nav", "–"),
        ("Tipss", "Tips"),
        ("Qqq", "–"),
    ]


def test_of_several_columns_one_is_enough_and_none_is_a_fault() -> None:
    rules = rule(schools(kind={"from": ["Vecais", "Jaunais"]}))
    assert apply_rule(raw(Kods=["1"], Jaunais=["x"]), rules, {}).tables["schools"].loc[0, "kind"] == "x"
    with pytest.raises(InputFaults) as found:
        apply_rule(raw(Kods=["1"]), rules, {})
    assert [fault.facts["name"] for fault in found.value.faults] == ["Vecais", "Jaunais"]


def test_the_part_of_a_lookup_is_required_too() -> None:
    place = {"from": ["Novads", "Pašvaldība"], "lookup": "municipality", "part": "Pagasts"}
    with pytest.raises(InputFaults, match="M01"):
        apply_rule(raw(Kods=["1"], Novads=["Aglonas novads"]), rule(schools(municipality_id=place)), {})
    optional = rule(schools(municipality_id=place | {"optional": True}))
    assert codes(apply_rule(raw(Kods=["1"], Novads=["Ādažu novads"]), optional, {})) == set()


@pytest.mark.parametrize("column", [{"from": "Nav"}, {"from": ["Nav", "Nav2"]}, {"text": "{Nav}-{Kods}"}])
def test_an_optional_column_may_be_missing(column: dict[str, object]) -> None:
    made = apply_rule(raw(Kods=["1"]), rule(schools(kind=column | {"optional": True})), {}).tables["schools"]
    assert "kind" not in made


def test_a_required_target_without_a_column_is_told_of_its_file() -> None:
    (fault,) = apply_rule(raw(Kods=["1"]), rule({"schools": {"school_id": "Kods", "name": "Kods"}}), {}).faults
    assert (fault.code, fault.facts["name"], fault.facts["found"]) == ("S04", "municipality_id", "Kods")


def test_rows_are_left_out_counted_and_keep_their_lines() -> None:
    rules = rule(
        schools(),
        exclude=[
            {"column": "Kods", "in": ["", "x"], "reason": {"lv": "nav koda", "en": "no code"}},
            {"column": "Tips", "in": ["C"], "reason": {"lv": "cits", "en": "other"}},
            {"column": "Tips", "in": ["Z"], "reason": {"lv": "nav", "en": "none"}},
        ],
    )
    mapped = apply_rule(raw(Kods=["1", " ", "x", "4", "5"], Tips=["A", "C", "C", "C", "A"]), rules, {})
    assert [(e.count, e.reason["en"]) for e in mapped.excluded] == [(2, "no code"), (1, "other")]
    assert mapped.tables["schools"]["_line"].tolist() == [2, 6]
    assert [fault.code for fault in mapped.faults] == ["D04", "D04"]


def test_a_total_that_the_map_leaves_out_is_no_fault() -> None:
    left_out = rule(schools(), exclude=[{"column": "Kods", "in": ["Kopā"], "reason": {"lv": "summa", "en": "sum"}}])
    assert codes(apply_rule(raw(Kods=["1", "Kopā"]), rule(schools()), {})) == {"S16"}
    assert codes(apply_rule(raw(Kods=["1", "Kopā"]), left_out, {})) == {"D04"}


def test_columns_that_nobody_reads_are_listed_and_repeated_values_counted() -> None:
    faults = apply_rule(raw(Kods=["1", "1"], Cits=["", ""]), rule(schools(), unique=["Kods"]), {}).faults
    assert {(f.code, f.facts.get("names"), f.facts.get("count")) for f in faults} == {
        ("D10", "Cits", None),
        ("D09", None, 1),
    }


def test_rows_of_an_entity_that_repeat_in_one_file_are_one_and_results_are_not() -> None:
    tables = schools() | {"results": {"pupil_id": "Kods"}}
    mapped = apply_rule(raw(Kods=["1", "1", "2"]), rule(tables), {})
    assert (len(mapped.tables["schools"]), len(mapped.tables["results"])) == (2, 3)
    assert len(apply_rule(raw(Kods=["1", "1"]), rule(schools()), {}).tables["schools"]) == 2


def test_the_file_keeps_its_own_names_for_messages() -> None:
    mapped = apply_rule(raw(Kods=["1"], Jaunais=["x"]), rule(schools(kind={"from": ["Vecais", "Jaunais"]})), {})
    assert mapped.columns["schools"] == {
        "school_id": "Kods",
        "name": "name",
        "municipality_id": "municipality_id",
        "kind": "Jaunais",
    }
    assert named_columns(rule(schools(kind={"from": ["Vecais", "Jaunais"]}, name={"text": "{A} {Kods}"}))) == [
        "Kods",
        "A",
        "Vecais",
        "Jaunais",
    ]


# Municipalities by name


def looked_up(values: list[str], places: list[str] | None = None, abolished: str = "refuse", **rest: object) -> Mapped:
    place = {"from": "Novads", "lookup": "municipality"} | ({"part": "Pagasts"} if places else {}) | rest
    columns = {"Kods": ["1"] * len(values), "Novads": values} | ({"Pagasts": places} if places else {})
    return apply_rule(raw(**columns), rule(schools(municipality_id=place)), {}, abolished)


def test_spellings_of_a_municipality_are_looked_up_and_city_and_county_stay_two() -> None:
    mapped = looked_up(["Jelgava", "Jelgavas novads", "TalsuNovads_", "0010000", "LV0023000"])
    assert mapped.tables["schools"]["municipality_id"].tolist() == [
        "0003000",
        "0030000",
        "0051000",
        "0001000",
        "0023000",
    ]
    assert not mapped.faults


@pytest.mark.parametrize(
    ("value", "code", "fact"),
    [
        ("Varakļānu novads", "N07", "Madonas novads"), ("Aglonas novads", "N07", "Preiļu novads"), ("../etc", "N05", "../etc"),
        ("Madonas novds", "N09", "Madonas novads"),
    ],
)  # fmt: skip
def test_what_the_register_does_not_know_is_told_by_line_and_column(value: str, code: str, fact: str) -> None:
    (fault,) = looked_up(["Ādažu novads", value, value]).faults
    assert (fault.code, fault.line, fault.column) == (code, 3, "Novads")
    assert fact in str(fault.facts)


def test_an_empty_municipality_is_left_for_the_check_of_required_values() -> None:
    assert not looked_up([""]).faults


def test_old_municipalities_are_mapped_on_consent_split_ones_by_parish_or_by_decision() -> None:
    consent = looked_up(
        ["Varakļānu novads", "Aglonas novads", "Aglonas novads"], ["", "Aglonas pagasts", "Grāveru pagasts"], "map"
    )
    assert consent.tables["schools"]["municipality_id"].tolist() == ["0038001", "0042000", "0032000"]
    decided = looked_up(["Inčukalna novads"], ["Citur"], "map", parts={"Inčukalna novads": "0044000"})
    assert decided.tables["schools"]["municipality_id"].tolist() == ["0044000"]
    assert [fault.code for fault in looked_up(["Inčukalna novads"], ["Citur"], "map").faults] == ["N07"]


# Several columns together, columns left unread on purpose, several rules of one file


def test_columns_together_ought_to_be_unique_and_empty_cells_are_nobodys() -> None:
    table = raw(Skola=["A", "A", "B", "A", ""], Nr=["1", "1", "1", " 1", ""], Kods=["1", "2", "3", "4", "5"])
    faults = apply_rule(table, rule(schools(), unique=[["Skola", "Nr"]]), {}).faults
    (finding,) = [fault for fault in faults if fault.code == "D09"]
    assert (finding.column, finding.facts) == ("Skola + Nr", {"count": 2, "lines": "2, 3, 5"})
    assert finding.answer == "accept"


def test_of_many_lines_twenty_are_named() -> None:
    (finding,) = apply_rule(raw(Kods=["1"] * 60), rule(schools(), unique=["Kods"]), {}).faults
    assert finding.facts["count"] == 59
    assert str(finding.facts["lines"]).endswith(", 21, …")


def test_columns_left_unread_on_purpose_are_not_listed() -> None:
    table = raw(Kods=["1"], Vārds=["x"], o1=["a"], o2=["b"], Cits=["c"])
    (fault,) = apply_rule(table, rule(schools(), unread=["Vārds", "o*"]), {}).faults
    assert (fault.code, fault.facts["names"]) == ("D10", "Cits")


def test_two_rules_of_a_file_read_it_together_and_each_takes_its_rows() -> None:
    table = raw(Kods=["1", "2", "3"], Tips=["skola", "darbs", "darbs"], Punkti=["", "5", "6"])
    of_schools = rule(schools(), when={"Tips": ["skola"]})
    of_marks = rule({"marks": {"pupil_id": "Kods", "mark": "Punkti"}}, when={"Tips": ["darbs"]})
    first, other = apply_rules(table, [of_schools, of_marks], {})
    assert first.tables["schools"]["school_id"].tolist() == ["1"]
    assert other.tables["marks"][["pupil_id", "_line"]].to_numpy().tolist() == [["2", 3], ["3", 4]]
    assert "D10" not in codes(first) | codes(other)  # what one rule reads is read


def test_a_word_that_the_map_names_is_a_code_and_no_total() -> None:
    table = raw(Kods=["1", "2"], Tips=["SUM", "GYM"])
    bare, named = rule(schools(kind="Tips")), rule(schools(kind={"from": "Tips", "recode": {"SUM": "s", "GYM": "g"}}))
    assert codes(apply_rule(table, bare, {})) == {"S16"}
    assert codes(apply_rule(table, named, {})) == set()


def test_the_number_of_a_row_is_the_files_own_when_rows_are_left_out() -> None:
    out = [{"column": "Kods", "in": ["a"], "reason": {"lv": "x", "en": "y"}}]
    made = apply_rule(raw(Kods=["a", "b", "c"]), rule(schools(school_id={"row_number": True}), exclude=out), {})
    assert made.tables["schools"]["school_id"].tolist() == ["2", "3"]


def test_half_of_a_joined_id_is_no_id() -> None:
    table = raw(Novads=["1", "", "N/D"], Skola=["7", "7", "7"], Kods=["a", "b", "c"])
    made = apply_rule(table, rule(schools(school_id={"text": "{Novads}-{Skola}"}), absent=["N/D"]), {}).tables[
        "schools"
    ]
    assert made["school_id"].tolist() == ["1-7", "", ""]


def test_an_entity_named_again_by_rows_of_one_kind_is_one() -> None:
    routed = rule(schools(), when={"Tips": ["a"]})
    assert len(apply_rule(raw(Kods=["1", "1"], Tips=["a", "a"]), routed, {}).tables["schools"]) == 1
