"""A page of the whole country: only of a delivery that has it, of what may be shown, the same in every run."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from analysis import report
from analysis.batch import country, open_country
from analysis.batch.country import country_evidence, known_answers
from analysis.batch.suppressed import own_pattern
from analysis.faults import InputFaults
from analysis.intake.store import Store, open_store
from analysis.release import release


@pytest.fixture(scope="module")
def unit(demo_store):
    return open_country(store=str(demo_store))


@pytest.fixture(scope="module")
def released(unit):
    return release(country_evidence(unit), unit.params)


def code(**given) -> str:
    with pytest.raises(InputFaults) as found:
        open_country(**given)
    return found.value.faults[0].code


def test_what_is_not_a_page_of_all_is_refused_in_words(demo_store, monkeypatch):
    store = str(demo_store)
    assert code(municipality="D001", store=store) == "P72"
    assert code(store=store, edition="secret") == "P03"
    assert code(store=store, municipality=0) == "P03"
    facts = open_store(demo_store).facts | {"scope": "board"}
    monkeypatch.setattr(Store, "facts", facts)
    assert code(store=store) == "P73"


def test_editions_and_languages_have_keys_of_their_own(demo_store):
    asked = [{}, {"edition": "board"}, {"language": "en"}]
    assert len({open_country(store=str(demo_store), **one).key for one in asked}) == 3


def test_all_boards_are_asked_and_each_is_in_a_pair_or_told_why_not(unit, released):
    answers = released.where(indicator="board_answers", part="").rows
    assert answers["n"].tolist() == [5]
    rows = released.rows
    pairs = rows[rows["indicator"] == "board_pair"]
    told = [*pairs["municipality_id"], *pairs["group"].str.removeprefix("partner="),
            *rows.loc[rows["indicator"] == "board_alone", "municipality_id"]]  # fmt: skip
    assert sorted(told) == [f"D00{i}" for i in range(1, 6)]


def test_the_same_delivery_gives_the_same_bytes(unit, released):
    again = release(country_evidence(replace(unit)), unit.params)
    assert report.evidence_file(again)._repr_mimebundle_() == report.evidence_file(released)._repr_mimebundle_()
    assert report.board_pairs(unit, again).html == report.board_pairs(unit, released).html


def test_standings_count_ten_people_at_least_and_no_school(released):
    rows = released.rows
    people = rows[rows["population"].isin(["respondents", "teachers"]) & rows["n"].notna()]
    assert (people["n"] >= 10).all()
    assert (rows["school_id"] == "").all()
    assert rows.loc[rows["indicator"] == "skill_gap", "verdict"].eq("differs").all()


def test_a_standing_of_few_answers_pairs_nobody(unit, monkeypatch):
    shown = country._standings(unit.store, ["D001", "D002", "D003", "D004", "D005"], unit.params)
    few = shown.assign(n=9, population="respondents")
    monkeypatch.setattr(country, "_standings", lambda *_: few)
    rows = pd.concat(country_evidence(unit))
    topics = rows.loc[rows["indicator"] == "board_topic", "part"]
    assert topics.str.startswith("interest:").all()


def test_answers_are_known_by_code_and_by_name_in_both_languages():
    assert {known_answers()[word] for word in ("yes", "jā")} == {"yes"}
    assert known_answers()["daļēji"] == "partly"


@pytest.mark.parametrize("language", ["lv", "en"])
def test_the_page_says_it_all_in_both_languages_and_ranks_nobody(demo_store, released, language):
    unit = open_country(store=str(demo_store), language=language)
    survey, pairs = report.board_survey(unit, released), report.board_pairs(unit, released)
    data = report.about_country_data(unit, released, survey, pairs)
    page = "".join(
        str(one.html) for one in (report.country_header(unit, released, survey, pairs, data), survey, pairs, data)
    )
    assert re.findall(r'<section id="(\w+)"', page) == ["boards", "pairs", "data"]
    assert {"4.2.2.1", "4.2.2.3", "4.2.2.4", "4.2.3.1"} <= set(re.findall(r"4\.2\.\d\.\d", page))
    assert not re.search(r"unclear_|interest_|answer=|partner=|D00\d", re.sub(r"<code>.*?</code>", "", page))
    for name in unit.table("municipalities")["name"]:
        assert name in str(pairs.html)


def test_without_survey_and_standings_it_is_still_a_page(unit):
    nothing = release(country_evidence(unit)[0].head(0), unit.params)
    survey, pairs = report.board_survey(unit, nothing), report.board_pairs(unit, nothing)
    assert (survey.html, pairs.html) == ("", "")
    data = str(report.about_country_data(unit, nothing, survey, pairs).html)
    assert "„burtnica template board_survey”" in data
    assert report.country_header(unit, nothing).html


def test_what_a_municipality_withholds_the_page_of_all_does_not_tell(unit, monkeypatch):
    """All pupils of a test are withheld in D001: of it no standing in that test is told of D001, and all of the others."""
    places = [f"D00{i}" for i in range(1, 6)]
    before = country._standings(unit.store, places, unit.params)
    gone = before[(before["municipality_id"] == "D001") & before["indicator"].eq("municipality_effect")].iloc[0]
    keys = [
        ("size", gone["grade"], gone["test"], gone["level"], f"{y}-{gone['school_year']}", "", "") for y in (2024, 2026)
    ]

    def known(asked):
        pattern = own_pattern(asked)
        return replace(pattern, withheld=pattern.withheld | set(keys)) if asked.municipality_id == "D001" else pattern

    monkeypatch.setattr(country, "own_pattern", known)
    after = country._standings(unit.store, places, unit.params)
    same = [(before[key] == gone[key]) for key in ("municipality_id", "grade", "test", "school_year")]
    of_test = same[0] & same[1] & same[2] & same[3] & before["indicator"].isin(["municipality_effect", "skill_gap"])
    assert of_test.any()
    assert len(after) == len(before) - of_test.sum()
