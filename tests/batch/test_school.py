"""A school's page opens its whole municipality, for what may be told of one school is decided for all of them."""

import pytest

from analysis.batch import open_school, open_unit
from analysis.faults import InputFaults


def code(**parameters) -> tuple[str, object]:
    with pytest.raises(InputFaults) as found:
        open_school(**parameters)
    (fault,) = found.value.faults
    return fault.code, fault.facts.get("nearest", fault.facts.get("key"))


def test_the_whole_municipality_is_opened_and_the_school_is_named(demo_store):
    unit, place = open_school("D005", store=str(demo_store), school="S027"), open_unit("D005", store=str(demo_store))
    assert (unit.school_id, unit.municipality_id, unit.edition) == ("S027", "D005", "board")
    assert unit.school_name in set(place.schools["name"])
    assert len(unit.results) == len(place.results)


def test_each_school_has_a_key_of_its_own(demo_store):
    store = str(demo_store)
    keys = {open_school("D005", store=store, school=school).key for school in ("S027", "S028")}
    assert len(keys | {open_unit("D005", store=store, edition="board").key}) == 3


def test_what_the_board_says_of_its_municipality_is_not_said_of_a_school(demo_store, tmp_path):
    own = tmp_path / "own.yml"
    own.write_text("comments: {short: Mēs zinām}\n", "utf-8")
    assert open_unit("D005", str(own), str(demo_store)).params.comments
    assert open_school("D005", str(own), str(demo_store), school="S027").params.comments == {}


def test_a_public_edition_an_unknown_school_and_no_text_are_refused_in_words(demo_store):
    store = str(demo_store)
    assert code(municipality="D005", store=store, edition="public", school="S027") == ("P70", "school")
    assert code(municipality="D005", store=store, school="S0227") == ("P71", "S027")
    assert code(municipality="D005", store=store, school=27) == ("P03", "school")
