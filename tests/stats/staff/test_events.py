"""Hours of participants, by topic, form, audience and programme: sums by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.params import Params, load_params
from analysis.stats.staff import development_events
from analysis.stats.staff.events import topic_code


@pytest.fixture(scope="module")
def params() -> Params:
    return load_params()


def events(*rows: tuple[object, ...]) -> pd.DataFrame:
    columns = ["school_year", "programme", "audience", "form", "topic", "hours", "participants"]
    return pd.DataFrame(rows, columns=columns).assign(municipality_id="M1", school_id=None)


EVENTS = events(
    (2026, "4.2.3.1", "teachers", "supervision", "planning", 10, 12),
    (2026, None, "teachers", "course", "Lesson planning", 4, 20),
    (2025, "4.2.3.1", "teams", "collaboration", "Kopienas diena", 3, 30),
    (2024, None, "board", None, None, 2, 15),
    (2021, None, "teachers", "course", "planning", 99, 99),
)


def test_events_of_a_school_are_its_own_and_the_municipality_has_all(params) -> None:
    found = development_events(EVENTS.assign(school_id=["S1", None, "S1", "S2", "S1"]), params)
    at = found[found["school_id"] == "S1"]
    assert hours(found[found["school_id"] == ""]) == (77, 320)
    assert hours(at) == (42, 120 + 90)
    assert hours(at, part="planning") == (12, 120)
    assert set(at["group"]) == {""}
    assert set(at["test"]) == {""}


def hours(rows: pd.DataFrame, **keys: str) -> tuple[int, float]:
    for name, value in ({"part": "", "group": "", "test": ""} | keys).items():
        rows = rows[rows[name] == value]
    assert len(rows) == 1
    return int(rows["n"].iloc[0]), float(rows["estimate"].iloc[0])


def test_hours_are_those_of_all_participants(params) -> None:
    found = development_events(EVENTS, params)
    assert hours(found) == (77, 120 + 80 + 90 + 30)
    assert hours(found, group="form=supervision") == (12, 120)
    assert hours(found, group="audience=teachers") == (32, 200)
    assert hours(found, group="audience=board") == (15, 30)


def test_a_topic_is_a_competence_by_its_code_or_its_name(params) -> None:
    found = development_events(EVENTS, params)
    assert hours(found, part="planning") == (32, 200)
    assert hours(found, part="Kopienas diena") == (30, 90)
    assert hours(found, part="none") == (15, 30)
    assert [topic_code(text) for text in (" STUNDAS plānošana ", "differentiation", "yoga", "")] == [
        "planning", "differentiation", "yoga", "none",
    ]  # fmt: skip


def test_programmes_have_their_own_forms(params) -> None:
    """Joint events, partnerships and supervision of 4.2.3.1 stand apart from all others."""
    found = development_events(EVENTS, params)
    assert hours(found, test="4.2.3.1") == (42, 210)
    assert hours(found, test="4.2.3.1", group="form=collaboration") == (30, 90)
    assert set(found["test"]) == {"", "4.2.3.1"}


def test_hours_that_one_event_does_not_say_are_not_known(params) -> None:
    some = EVENTS.assign(hours=EVENTS["hours"].where(EVENTS["form"] != "course"))
    found = development_events(some, params)
    assert np.isnan(hours(found)[1])
    assert np.isnan(hours(found, group="form=course")[1])
    assert hours(found, group="form=supervision") == (12, 120)


def test_no_events_are_no_evidence(params) -> None:
    assert development_events(EVENTS.head(0), params).empty
