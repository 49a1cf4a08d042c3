"""The list of indicators agrees with itself and with what the statistics give."""

from dataclasses import FrozenInstanceError

import pandas as pd
import pytest

from analysis import stats
from analysis.aims import targets_of
from analysis.batch import open_unit
from analysis.evidence import UNITS
from analysis.indicators import INDICATORS
from analysis.params import ROOT, load_yaml
from analysis.plan.hours import lesson_hours, support_minutes
from analysis.plan.targets import states, target_states
from analysis.plan.thresholds import AS_NEWEST, mark_skills, stress, stress_published
from analysis.release import release


@pytest.mark.parametrize("name", sorted(INDICATORS))
def test_an_indicator_is_whole(name: str) -> None:
    indicator = INDICATORS[name]
    assert indicator.name == name
    assert indicator.question.endswith("?")
    assert set(indicator.units) <= set(UNITS)
    assert indicator.smallest_n >= 1
    assert not (indicator.sensitive and indicator.public_source)


def test_raw_percents_are_never_comparable_across_years() -> None:
    assert all(i.across_years != "yes" for i in INDICATORS.values() if "percent" in i.units)


def test_an_indicator_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        INDICATORS["trend"].smallest_n = 1


def test_every_statistic_gives_listed_indicators_in_listed_units(demo_store) -> None:
    unit = open_unit("D002", store=str(demo_store))
    rows, params = unit.results, unit.params
    found = pd.concat(
        [
            stats.attainment(rows, params), stats.trend(rows, params), stats.result_shares(rows, params),
            stats.band_shares(rows, unit.reference_bands, params), stats.group_gaps(rows, unit.attributes, params),
            stats.school_attainment(rows, params), stats.roster(rows, unit.school_results), stats.data_notes(rows),
        ]
    )  # fmt: skip
    assert len(set(found["indicator"])) == 9
    for indicator, unit_name in found[["indicator", "unit"]].drop_duplicates().itertuples(index=False):
        assert unit_name in INDICATORS[indicator].units


def test_every_plan_gives_listed_indicators_in_listed_units(demo_store) -> None:
    unit = open_unit("D001", store=str(demo_store))
    rows, params = unit.results, unit.params
    file = ROOT / "params" / "targets" / "D001.yml"
    lessons, given = unit.table("lesson_hours"), unit.table("support_given")
    found = pd.concat(
        [
            stress(rows, unit.modelled, unit.reference_bands, params),
            stress_published(unit.table("school_bands"), unit.reference_bands, params),
            mark_skills(rows, unit.table("items"), unit.table("item_map"), params),
            target_states(targets_of(load_yaml(file), file.name), rows, params),
            lesson_hours(lessons, params), support_minutes(given),
        ]
    )  # fmt: skip
    assert set(found["indicator"]) == {
        "fail_share_at", "fail_share_at_published", "fail_count_at", "fail_count_coming", "mark_skill", "target",
        "target_set", "target_now", "target_settled", "lesson_hours", "lesson_hours_share", "support_minutes",
    }  # fmt: skip
    for indicator, unit_name in found[["indicator", "unit"]].drop_duplicates().itertuples(index=False):
        assert unit_name in INDICATORS[indicator].units
    nation = unit.modelled[unit.modelled["indicator"] == "fail_share_at"]
    assert set(nation["municipality_id"]) == {""}
    assert {AS_NEWEST} == set(
        found.loc[(found["indicator"] == "fail_count_at") & (found["population"] == "pupils"), "method"]
    )
    assert set(states(release(found, params).rows)) >= {"achieved", "off_course", "cannot_tell", "not_measurable"}
