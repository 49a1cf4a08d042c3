"""A notebook's own parameters say whom its pages are about, and in which editions they are made."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.batch.asked import check_asked
from analysis.batch.jobs import Subject, editions_of, file_names, of_country, parameters_of, subjects
from analysis.faults import InputFaults
from analysis.intake.store import open_store
from analysis.params import ROOT

PLACE, SCHOOL = ROOT / "notebooks" / "20_municipality.ipynb", ROOT / "notebooks" / "30_school.ipynb"
WHOLE = ROOT / "notebooks" / "80_country.ipynb"


def codes(store: Path, **asked) -> list[tuple[str, object]]:
    with pytest.raises(InputFaults) as found:
        check_asked(open_store(store), **asked)
    return [(fault.code, fault.facts.get("nearest", fault.facts.get("key"))) for fault in found.value.faults]


def test_parameters_are_the_names_of_the_cell_that_is_tagged():
    five = {"municipality", "params_file", "store", "edition", "language"}
    assert (set(parameters_of(PLACE)), set(parameters_of(SCHOOL))) == (five, five | {"school"})


def test_a_file_without_such_a_cell_has_none(tmp_path):
    (tmp_path / "bare.ipynb").write_text(json.dumps({"cells": [{"source": "school = 1", "metadata": {}}]}))
    assert parameters_of(tmp_path / "bare.ipynb") == {}


def test_a_school_has_the_boards_edition_alone():
    assert (editions_of(PLACE, ()), editions_of(SCHOOL, ())) == (("public",), ("board",))
    assert editions_of(PLACE, ("board", "public", "board")) == ("board", "public")
    assert editions_of(SCHOOL, ("public", "board")) == ("board",)
    assert editions_of(SCHOOL, ("public",)) == ()


def test_a_page_of_each_municipality_or_of_each_school_in_the_order_of_ids(demo_store):
    store = open_store(demo_store)
    places = list(subjects(store, PLACE))
    assert [(one.municipality_id, one.slug, one.school_id) for one in places] == [
        (f"D00{i}", f"D00{i}", "") for i in range(1, 6)
    ]
    schools = list(subjects(store, SCHOOL))
    table = store.table("schools").sort_values(["municipality_id", "school_id"])
    assert [(one.municipality_id, one.school_id) for one in schools] == list(
        table[["municipality_id", "school_id"]].itertuples(index=False, name=None)
    )
    assert {one.place for one in schools} == {one.name for one in places}


def test_a_municipalitys_slug_asks_for_all_its_schools_and_a_schools_for_itself():
    school = Subject("D 1", "Vieta", "S1", "Skola", "S1")
    assert [school.asked(only) for only in ((), {"D_1"}, {"S1"}, {"D_2"}, {"D 1"})] == [True, True, True, False, False]
    assert not Subject("D 1", "Vieta", "D_1", "Vieta").asked({"S1"})


@given(st.sets(st.text(min_size=1, max_size=70), max_size=12))
def test_no_two_schools_share_a_file_whatever_their_ids(ids):
    names = file_names(ids)
    assert set(names) == ids
    assert len({name.lower() for name in names.values()}) == len(ids)
    for name in names.values():
        assert len(name) <= 60
        assert all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in name)


def test_a_school_with_a_name_of_its_own_keeps_it():
    names = file_names(["S001", "1. skola", "1, skola", "s001x"])
    assert (names["S001"], names["s001x"]) == ("S001", "s001x")
    assert all(names[other].startswith("1__skola-") for other in ("1. skola", "1, skola"))


def test_a_public_page_of_a_school_is_refused_before_the_start(demo_store):
    assert codes(demo_store, notebooks=[PLACE, SCHOOL], editions=["public"]) == [("P70", "30_school")]
    check_asked(open_store(demo_store), notebooks=[PLACE, SCHOOL], editions=["public", "board"])
    check_asked(open_store(demo_store), notebooks=[SCHOOL])


def test_a_schools_slug_is_known_where_a_notebook_takes_a_school(demo_store):
    check_asked(open_store(demo_store), only=["S027", "D001"], notebooks=[PLACE, SCHOOL])
    assert codes(demo_store, only=["S027"], notebooks=[PLACE])[0][0] == "P05"
    assert codes(demo_store, only=["S0227"], notebooks=[SCHOOL]) == [("P05", "S027")]


def test_a_notebook_whose_municipality_is_empty_has_one_page_of_all(demo_store):
    assert list(subjects(open_store(demo_store), WHOLE)) == [Subject("", "", "country", "country")]
    assert not of_country(PLACE)
    assert editions_of(WHOLE, ("public", "board")) == ("public", "board")


def test_it_is_held_to_its_own_slug_and_left_out_of_a_run_for_one_municipality(demo_store):
    (page,) = subjects(open_store(demo_store), WHOLE)
    assert [page.asked(only) for only in ((), {"country"}, {"D001"})] == [True, True, False]
    check_asked(open_store(demo_store), only=["country"], notebooks=[WHOLE])
    assert codes(demo_store, only=["country"], notebooks=[PLACE])[0][0] == "P05"


def test_a_boards_own_delivery_has_no_page_of_the_country(demo_store):
    store = replace(open_store(demo_store))
    store.__dict__["facts"] = store.facts | {"scope": "board"}
    with pytest.raises(InputFaults) as found:
        check_asked(store, notebooks=[PLACE, WHOLE])
    assert [(fault.code, fault.facts["key"]) for fault in found.value.faults] == [("P73", "80_country")]
