"""Models near to their values, models that are their values, and quantiles with few beyond them do not leave."""

import ast
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import stats
from analysis.evidence import evidence
from analysis.indicators import INDICATORS
from analysis.indicators.model import Indicator
from analysis.params import load_params
from analysis.release import fitted, release
from analysis.release.fitted import telling_fit

SRC = Path(__file__).resolve().parents[2] / "src" / "analysis"
PARAMS = load_params()
TEST = {"municipality_id": "M1", "school_year": 2026, "grade": "9", "test": "CE", "domain": "mathematics"}


def row(indicator: str, n: int, estimate: float, unit: str, population: str = "pupils", part: str = "") -> pd.DataFrame:
    one = pd.DataFrame({"n": [n], "estimate": [estimate], "part": [part], "population": [population]})
    return evidence(one, indicator=indicator, unit=unit, **TEST)


def shown(rows: pd.DataFrame) -> bool:
    return bool(release(rows, PARAMS).rows["estimate"].notna().all())


@pytest.mark.parametrize(("n", "out"), [(11, False), (12, True)])
def test_a_line_through_the_years_has_ten_results_more_than_parameters(n, out):
    assert shown(row("trend", n, 0.02, "sd")) is out


@pytest.mark.parametrize(
    ("indicator", "estimate", "unit", "population", "part"),
    [
        ("school_spread", 100.0, "percent", "pupils", "schools"),
        ("school_spread", 99.96, "percent", "pupils", "schools"),
        ("explained_by_intake", 100.0, "percent", "schools", "schools"),
        ("wellbeing_link", -1.0, "sd", "schools", "safety"),
        ("wellbeing_link", 1.0, "sd", "schools", "safety|named"),
        ("activity_choice", 0.996, "sd", "schools", "stem"),
        ("slo_agreement", 100.0, "percent", "respondents", "leadership"),
        ("item_rest_correlation", 1.0, "sd", "pupils", "01"),
    ],
)
def test_what_explains_everything_is_withheld_also_where_it_is_printed_so(indicator, estimate, unit, population, part):
    assert not shown(row(indicator, 400, estimate, unit, population, part))
    almost = 99.9 if unit == "percent" else 0.99
    assert shown(row(indicator, 400, almost, unit, population, part))


def test_schools_of_equal_pupils_would_tell_each_of_them():
    """With all variance between schools a school's mean is each pupil's result: the figure that says so is withheld."""
    rows = pd.DataFrame({"school_id": [f"S{i % 4}" for i in range(48)], "value": [10.0 * (i % 4) for i in range(48)]})
    rows = rows.assign(
        value=rows["value"] + [0.1 * (i % 3) for i in range(48)], municipality_id="M1", level="", session=""
    )
    rows = rows.assign(school_year=2026, grade="9", test="CE", domain="mathematics", scale="percent", status="present")
    found = stats.school_spread(rows, PARAMS)
    assert found["estimate"].tolist() == pytest.approx([100.0], abs=0.01)
    assert not shown(found)


@pytest.mark.parametrize(("per_school", "there"), [(2, False), (4, True)])
def test_a_spread_needs_ten_pupils_more_than_schools(per_school, there):
    n = 6 * per_school
    rows = pd.DataFrame({"school_id": [f"S{i % 6}" for i in range(n)], "value": [(7.0 * i) % 31 for i in range(n)]})
    rows = rows.assign(school_year=2026, grade="9", test="CE", domain="mathematics", scale="percent", status="present")
    found = stats.school_spread(rows.assign(municipality_id="M1", level="", session=""), PARAMS)
    assert (len(found) > 0) is there


@given(st.integers(1, 200), st.sampled_from([0.05, 0.1, 0.25, 0.5, 0.75, 0.9]), st.sampled_from([5, 10]))
def test_a_quantile_of_people_has_the_limit_on_either_side(n, share, smallest):
    """The rule on an indicator of its own: none of today's is a quantile of people."""
    known = INDICATORS | {"middle": Indicator("middle", "?", ("sd",), "", 1, "no", quantiles=(("q", share),))}
    rows = row("trend", n, 0.1, "sd", part="skill|q").assign(indicator="middle")
    limit, people = pd.Series([smallest]), pd.Series([True])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitted, "INDICATORS", known)
        assert telling_fit(rows, people, limit).item() == (n * min(share, 1 - share) < smallest)
        assert not telling_fit(rows, ~people, limit).item()


def test_quantiles_of_schools_are_told_by_what_they_say_they_are():
    """Quartiles of schools' means are no value of a person; every part that is one is declared."""
    assert dict(INDICATORS["slo_schools"].quantiles) == {"q25": 0.25, "q50": 0.5, "q75": 0.75}
    assert shown(row("slo_schools", 8, 3.4, "level", "schools", "leadership|q25"))


def test_no_plot_of_a_page_has_a_mark_a_pupil():
    """What draws each value, its ends or its outliers is called nowhere."""
    forbidden = {
        "boxplot", "boxenplot", "stripplot", "swarmplot", "violinplot", "violin", "rugplot", "ecdfplot", "ecdf", "regplot",
        "lmplot", "pairplot", "jointplot", "scatterplot", "scatter", "kdeplot", "histplot", "hist",
    }  # fmt: skip
    calls = [
        (path.name, node.attr)
        for path in SRC.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in forbidden
    ]
    assert calls == []


def test_quantiles_are_taken_where_it_is_known_of_what():
    """A new quantile, median or extreme in statistics is looked at here before its indicator declares it."""
    taken = {
        "stats/risk/targeting.py": "limit of an interval of differences",
        "stats/school_limits.py": "winsorised ends, of schools",
        "stats/scale.py": "cuts of the country's outer groups",
        "stats/climate/learning.py": "slo_schools, declared",
        "stats/value_added.py": "median over schools of a reliability",
        "stats/growth_percentiles.py": "knots of splines",
        "plan/need.py": "ends of simulated counts",
        "plan/drawn.py": "a cohort's spread, of the country",
    }
    found = {
        path.relative_to(SRC).as_posix()
        for folder in ("stats", "plan")
        for path in (SRC / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"quantile", "median", "percentile", "nanmedian", "describe"}
        )
        or (isinstance(node, ast.Constant) and node.value == "median")
    }
    assert found == set(taken)
