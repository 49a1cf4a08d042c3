"""Two issues beside each other tell of the few whose records came later: such figures are counted, and no others."""

import pandas as pd
import pytest

from analysis.audit.late import late
from analysis.evidence import evidence
from analysis.params import load_params

PARAMS = load_params()
NATION = {"municipality_id": "", "school_year": 2026, "grade": "9", "test": "CE", "domain": "latvian"}
EDGES = ("0-29", "30-49", "50-69", "70-100")


def rows(**numbers: int | None) -> pd.DataFrame:
    frame = pd.DataFrame([{"school_id": school, "n": n} for school, n in numbers.items()])
    return evidence(frame, indicator="activity_reach", unit="percent", municipality_id="D001", school_year=2026)


def shares(indicator: str, n: int, counts: dict[str, int], **columns: object) -> pd.DataFrame:
    """Return shares as they are printed, to a tenth of a percent."""
    facts = [NATION | columns | {"part": p, "n": n, "estimate": round(100 * c / n, 1)} for p, c in counts.items()]
    return evidence(pd.DataFrame(facts), indicator=indicator, unit="percent")


def bands(*counts: int) -> pd.DataFrame:
    return shares("band_share", sum(counts), dict(zip(EDGES, counts, strict=True)))


def marks(n: int, **counts: int) -> pd.DataFrame:
    return shares("fail_share_at", n, {name.removeprefix("at"): count for name, count in counts.items()})


def test_numbers_that_differ_by_few_are_counted():
    now, then = rows(A=12, B=30, C=7, D=None), rows(A=12, B=27, C=12, D=8)
    assert late(now, then, PARAMS) == {"activity_reach": 1}
    assert late(now, rows(E=12), PARAMS) == {}


@pytest.mark.parametrize(("population", "found"), [("respondents", 1), ("teachers", 1), ("pupils", 0), ("schools", 0)])
def test_of_grown_ups_more_are_few(population, found):
    then, now = (evidence(pd.DataFrame([NATION | {"n": n}]), indicator="slo_dimension", unit="level",
                          population=population) for n in (50, 57))  # fmt: skip
    assert sum(late(now, then, PARAMS).values()) == found


def test_a_number_that_is_public_anyway_is_none_of_ours():
    then, now = (evidence(pd.DataFrame([NATION | {"n": n, "estimate": 1.0}]), indicator="school_mean", unit="percent")
                 for n in (50, 51))  # fmt: skip
    assert late(now, then, PARAMS) == {}


@pytest.mark.parametrize(
    ("now", "found"),
    [((52, 108, 300, 139), 0), ((52, 109, 300, 139), 4), ((52, 107, 301, 139), 4), ((60, 120, 300, 154), 0),
     ((60, 109, 300, 154), 4)],
)  # fmt: skip
def test_bands_of_the_country(now, found):
    assert sum(late(bands(*now), bands(52, 108, 300, 139), PARAMS).values()) == found


def test_few_between_two_marks_or_between_a_mark_and_a_band():
    assert late(marks(640, at30=70, at40=112), marks(600, at30=60, at40=100), PARAMS) == {"fail_share_at": 2}
    assert late(marks(640, at30=70, at40=115), marks(600, at30=60, at40=100), PARAMS) == {}
    then = pd.concat([bands(100, 100, 300, 100), marks(600, at20=60)], ignore_index=True)
    now = pd.concat([bands(120, 100, 300, 120), marks(640, at20=78)], ignore_index=True)
    assert late(now, then, PARAMS) == {"band_share": 4, "fail_share_at": 1}


def test_a_tenth_of_a_percent_of_many_hides_more_than_a_small_group():
    assert late(bands(1300, 2710, 7500, 3500), bands(1300, 2700, 7500, 3500), PARAMS) == {}


def test_what_is_told_to_the_ten():
    then = shares("high_result_share", 290, {"": 29}, group="sex=girl")
    assert late(then, then, PARAMS) == {}
    assert late(shares("high_result_share", 300, {"": 30}, group="sex=girl"), then, PARAMS) == {"high_result_share": 1}
    assert late(shares("high_result_share", 310, {"": 31}, group="sex=girl"), then, PARAMS) == {}


def test_only_what_one_issue_told_is_put_together():
    then = pd.concat([marks(600, at30=60).assign(issue="1"), marks(700, at40=160).assign(issue="2")], ignore_index=True)
    assert late(marks(640, at30=70, at40=112), then, PARAMS) == {}
