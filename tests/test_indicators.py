"""The list of indicators agrees with itself and with what the statistics give."""

from dataclasses import FrozenInstanceError

import pandas as pd
import pytest

from analysis import stats
from analysis.batch import open_unit
from analysis.evidence import UNITS
from analysis.indicators import INDICATORS


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
