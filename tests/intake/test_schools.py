"""A board finds itself in the register, and its schools by their names in files of the whole country."""

import pandas as pd
import pytest

from analysis.faults import Fault
from analysis.intake.mapping.maps import Map
from analysis.intake.schoolnames import school_key
from analysis.intake.schools import board_schools, own_municipality, own_place, places

COUNTRY_FILE = Map.model_validate({"files": [{"pattern": "vps.csv", "tables": {}, "known_schools_only": True}]})


def board(municipality: str | None, **rest: object) -> tuple[str | None, list[str]]:
    own, faults = own_municipality(Map.model_validate({"scope": "board", "municipality": municipality} | rest))
    return own, [fault.code for fault in faults]


@pytest.mark.parametrize(
    ("municipality", "own"),
    [("Ādažu novads", "0023000"), ("adazu novads", "0023000"), ("LV0023000", "0023000"),
     ("Jelgava", "0003000"), ("D001", "D001")],
)  # fmt: skip
def test_a_board_may_be_named_by_any_spelling_or_code(municipality: str, own: str) -> None:
    assert board(municipality) == (own, [])


def test_a_board_has_to_be_named_and_a_country_has_none() -> None:
    assert board(None) == (None, ["D01"])
    assert own_municipality(Map(scope="country", municipality="Rīga")) == (None, [])


def test_a_board_that_was_abolished_is_its_successor_on_consent_alone() -> None:
    assert board("Varakļānu novads") == (None, ["N07"])
    assert board("Varakļānu novads", abolished="map") == ("0038001", [])
    assert board("Aglonas novads", abolished="map") == (None, ["N07"])  # split: nobody guesses


def schools(*rows: tuple[str, str], place: str = "D1") -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["school_id", "name"], dtype="str")
    return frame.assign(
        municipality_id=place, _file="schools.csv", _line=range(2, 2 + len(frame)), _school_by_name=False
    )


def published(*names: str) -> pd.DataFrame:
    frame = pd.DataFrame({"school_id": [school_key(name) for name in names]}, dtype="str")
    return frame.assign(_file="vps.csv", _line=range(2, 2 + len(frame)), _school_by_name=True)


def found(settings: Map, **tables: pd.DataFrame) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    tables, faults = board_schools(tables, settings)
    return tables, [fault for of_table in faults.values() for fault in of_table]


def test_a_school_is_found_by_another_spelling_and_others_schools_are_left_out_and_counted() -> None:
    tables, (fault,) = found(
        COUNTRY_FILE,
        schools=schools(("S1", 'Ozolu "Zelta" skola'), ("S2", "Bērzu skola")),
        school_results=published("Ozolu „Zelta”  skola", "Cita skola", "Cita skola"),
    )
    assert tables["school_results"]["school_id"].tolist() == ["S1"]
    assert (fault.code, fault.answer, fault.facts) == ("N11", "accept", {"count": 2, "kept": 1, "own": 2})


def test_in_a_file_of_ones_own_an_unknown_name_stays_to_be_told_as_unknown() -> None:
    tables, faults = found(
        Map(), schools=schools(("S1", "Ozolu skola")), results=published("Ozolu skola", "Cita skola")
    )
    assert (tables["results"]["school_id"].tolist(), faults) == (["S1", "cita skola"], [])


def test_ids_are_never_taken_for_names() -> None:
    by_id = published("Ozolu skola").assign(school_id="ozolu skola", _school_by_name=False)
    tables, _ = found(Map(), schools=schools(("S1", "Ozolu skola")), results=by_id)
    assert tables["results"]["school_id"].tolist() == ["ozolu skola"]


def test_a_name_that_two_schools_share_decides_nothing() -> None:
    _, faults = found(
        Map(),
        schools=schools(("S1", "Zemgales vidusskola"), ("S2", "Zemgales vidusskola")),
        results=published("Zemgales vidusskola"),
    )
    assert [(fault.code, fault.line) for fault in faults] == [("N12", 2)]


def test_a_school_of_the_table_is_not_there_a_second_time_by_its_name() -> None:
    """Results that name schools make schools of them; the table of schools knows them under their ids."""
    both = schools(("S1", "Ozolu skola"), ("ozolu skola", "Ozolu skola"), ("jaunā skola", "Jaunā skola"))
    tables, faults = found(Map(), schools=both, results=published("Ozolu skola", "Jaunā skola"))
    assert tables["schools"]["school_id"].tolist() == ["S1", "jaunā skola"]
    assert (tables["results"]["school_id"].tolist(), faults) == (["S1", "jaunā skola"], [])


def test_without_the_columns_of_a_school_nothing_is_looked_for() -> None:
    tables, faults = found(
        COUNTRY_FILE, schools=schools(("S1", "x")).drop(columns="name"), school_results=published("x")
    )
    assert (len(tables["school_results"]), faults) == (1, [])


def test_the_register_stands_in_for_a_table_of_municipalities() -> None:
    table, faults = places({"schools": schools(("S1", "x"), place="0023000")})
    assert (len(table), faults) == (42, [])
    assert set(table.columns) >= {"municipality_id", "name", "kind", "region", "name_genitive", "name_locative"}


@pytest.mark.parametrize(
    ("place", "code", "fact"),
    [
        ("0055000", "N07", "Madonas novads"), ("0038000", "N07", "Madonas novads"), ("0050000", "N07", "Daugavpils"),
        ("Madonas novads", "N09", "0038001"), ("D001", "N09", "–"), ("23000", "I01", 5), ("a/b", "N05", "a/b"),
        ("0031010", "N07", "Jēkabpils novads"),
    ],
)  # fmt: skip
def test_schools_of_places_that_are_not_in_the_register_are_told_once(place: str, code: str, fact: str) -> None:
    (fault,) = places({"schools": schools(("S1", "x"), ("S2", "y"), place=place)})[1]
    assert (fault.code, fault.line, fault.column) == (code, 2, "municipality_id")
    assert fact in fault.facts.values()


def test_a_board_keeps_its_own_place_or_is_told_that_there_is_none() -> None:
    table = places({})[0]
    mine, faults = own_place(table, "0023000")
    assert (mine["name"].tolist(), faults) == (["Ādažu novads"], [])
    assert [fault.code for fault in own_place(table, "D001")[1]] == ["N09"]
    assert len(own_place(table, None)[0]) == 42


def test_two_places_of_one_file_name_are_told() -> None:
    own = pd.DataFrame({"municipality_id": ["D 1", "D.1", "D2"], "_file": "municipalities.csv", "_line": [2, 3, 4]})
    (fault,) = places({"municipalities": own})[1]
    assert (fault.code, fault.line, fault.facts) == ("N06", 3, {"value": "D.1", "other": "D 1", "first": 2})
