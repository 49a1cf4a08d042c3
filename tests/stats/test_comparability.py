"""What may be compared over school years, and what raw percent claims when a test gets easier."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.indicators import INDICATORS
from analysis.stats.comparability import NotComparable, require_comparable
from analysis.stats.scale import national_reference, with_position, with_value

MUNICIPALITIES, PUPILS, SPREAD = 43, 400, 22.0
BEFORE, AFTER = 43.2, 53.8  # national means of one exam in two years


@pytest.mark.parametrize("indicator", ["attainment", "group_gap", "trend"])
def test_raw_percent_of_two_years_is_refused_with_what_to_use_instead(indicator: str) -> None:
    with pytest.raises(NotComparable) as refused:
        require_comparable(indicator, "percent", [2024, 2025])
    assert set(refused.value.words) == {"lv", "en"}
    assert "position" in refused.value.words["lv"]
    assert "2024–2025" in refused.value.words["en"]
    assert refused.value._render_traceback_() == list(refused.value.words.values())
    assert isinstance(refused.value, ValueError)


def test_one_year_is_always_comparable_and_the_place_in_the_country_over_years() -> None:
    require_comparable("attainment", "percent", [2025, 2025])
    require_comparable("attainment", "sd", [2024, 2025])
    require_comparable("group_gap", "points", range(2020, 2026))
    require_comparable("trend", "sd", np.array([2024, 2025]))


def test_every_indicator_that_forbids_it_is_refused_in_any_unit() -> None:
    for name, indicator in INDICATORS.items():
        for unit in indicator.units:
            if indicator.across_years == "no" or unit == "percent":
                with pytest.raises(NotComparable):
                    require_comparable(name, unit, [2024, 2025])
            else:
                require_comparable(name, unit, [2024, 2025])
    with pytest.raises(KeyError):
        require_comparable("nothing", "sd", [2024])


def test_an_easier_test_makes_everybody_better_in_percent_and_nobody_in_the_country() -> None:
    rng = np.random.default_rng(1)
    place = np.repeat([f"M{i:02}" for i in range(MUNICIPALITIES)], PUPILS)
    level = np.repeat(rng.normal(0, 3, MUNICIPALITIES), PUPILS)
    years = []
    for year, mean in ((2024, BEFORE), (2025, AFTER)):
        percent = np.clip(mean + level + rng.normal(0, SPREAD, len(place)), 0, 100)
        years.append(pd.DataFrame({"municipality_id": place, "school_year": year, "percent": percent}))
    test = {"grade": "9", "test": "CE", "domain": "mathematics", "level": "", "session": "", "status": "present"}
    rows = with_value(pd.concat(years, ignore_index=True).assign(**test, score=1.0))
    rows = with_position(rows, national_reference(rows, 0.2))
    claims = {"value": 0, "position": 0}
    for _, own in rows.groupby("municipality_id"):
        before, after = own[own["school_year"] == 2024], own[own["school_year"] == 2025]
        for measure in claims:
            t = stats.ttest_ind(after[measure], before[measure], equal_var=False)
            claims[measure] += int(t.pvalue < 0.05 and t.statistic > 0)
    assert claims["value"] >= 0.9 * MUNICIPALITIES
    assert claims["position"] <= 0.12 * MUNICIPALITIES
