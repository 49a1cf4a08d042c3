"""An earlier issue decides: blank stays blank, and a difference of few pupils is not told."""

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release import designed
from analysis.release.suppression.keys import share_keys, size_keys
from analysis.release.suppression.sticky import held_back
from analysis.release.suppression.suppress import suppress

PARAMS = load_params()
RESULTS = ("grade", "test", "domain", "level", "value", "scale", "position", "points", "session", "sex")


def size(n: int | None, domain: str = "mathematics", group: str = "sex=boy") -> pd.DataFrame:
    told = {} if n is None else {"estimate": 0.1, "low": -0.2, "high": 0.4}
    row = {"municipality_id": "D001", "grade": "9", "test": "CE", "school_year": 2026, "domain": domain, "group": group}
    return evidence(pd.DataFrame([row | {"n": n} | told]), indicator="group_gap", unit="sd", reference="country")


def share(percent: float, n: int = 100) -> pd.DataFrame:
    row = {"municipality_id": "D001", "grade": "9", "test": "CE", "school_year": 2026, "domain": "mathematics", "n": n}
    figures = {"estimate": percent, "low": percent - 5, "high": percent + 5}
    return evidence(pd.DataFrame([row | figures]), indicator="low_result_share", unit="percent")


@pytest.mark.parametrize(
    ("then", "now", "gone"), [(31, 31, False), (31, 32, True), (31, 35, True), (31, 36, False), (None, 12, True)]
)
def test_a_size_beside_the_one_of_an_earlier_issue(then, now, gone):
    assert held_back(size(now), size(then), PARAMS) == (set(size_keys(size(now))) if gone else set())


def test_what_no_issue_knew_is_new():
    assert held_back(size(31), size(30, group="sex=girl"), PARAMS) == set()
    assert held_back(size(31), size(30, domain="latvian"), PARAMS) == set()
    assert held_back(size(31), pd.DataFrame(), PARAMS) == set()


@pytest.mark.parametrize(
    ("then", "now", "gone"), [(20.0, 20.0, False), (20.0, 21.0, True), (20.0, 24.0, True), (20.0, 25.0, False)]
)
def test_a_share_that_counts_few_more_of_the_same_pupils(then, now, gone):
    assert held_back(share(now), share(then), PARAMS) == (set(share_keys(share(now))) if gone else set())


def test_groups_by_a_sensitive_attribute_have_the_larger_limit():
    assert held_back(size(37, group="sen=yes"), size(31, group="sen=yes"), PARAMS) == set(
        size_keys(size(37, group="sen=yes"))
    )


def test_a_figure_of_a_table_whose_blank_rows_became_one_was_withheld_unless_it_stands_there():
    girls, boys = size(60, group="sex=girl"), size(None)
    published = designed(pd.concat([girls, boys], ignore_index=True))
    assert len(published) == 2
    assert not published["group"].eq("sex=boy").any()
    now = pd.concat([girls, size(40), size(50).assign(school_year=2027)], ignore_index=True)
    assert held_back(now, published, PARAMS) == set(size_keys(size(40)))


def test_a_share_of_a_table_that_was_left_out_was_withheld():
    blank = share(50.0).assign(n=pd.NA, estimate=float("nan"), low=float("nan"), high=float("nan"))
    assert set(share_keys(share(20.0))) <= held_back(share(20.0), designed(blank), PARAMS)


def test_what_any_earlier_issue_told_counts_not_the_last_one_alone():
    before = pd.concat([size(31), size(45)], ignore_index=True)
    assert held_back(size(32), before, PARAMS) == set(size_keys(size(32)))
    assert held_back(size(38), before, PARAMS) == set()


def test_the_pattern_keeps_blank_what_an_issue_left_out_with_its_table():
    girls, boys = size(60, group="sex=girl"), size(None)
    published = designed(pd.concat([girls, boys], ignore_index=True))
    pupils = pd.DataFrame({"school_id": [], "school_year": []})
    now = pd.concat([girls, size(40)], ignore_index=True)
    pattern = suppress(now, pupils.assign(**dict.fromkeys(RESULTS, pd.Series(dtype="str"))), ["sex"], PARAMS, published)
    assert set(size_keys(size(40))) <= pattern.withheld


def test_few_between_a_mark_and_a_band_go_wherever_each_of_them_stands():
    """Between 20 and 30 percent are two pupils more than in the issue; no notebook shows both rows."""

    def rows(n: int, counts: dict[str, int], below_20: int) -> pd.DataFrame:
        facts = {
            "municipality_id": "D001",
            "grade": "9",
            "test": "CE",
            "school_year": 2026,
            "domain": "mathematics",
            "n": n,
        }
        bands = [facts | {"part": part, "estimate": 100 * count / n} for part, count in counts.items()]
        mark = pd.DataFrame([facts | {"part": "20", "estimate": 100 * below_20 / n}])
        ends = {"unit": "percent", "low": 0.5, "high": 99.0}
        parts = [
            evidence(pd.DataFrame(bands), indicator="band_share", **ends),
            evidence(mark, indicator="fail_share_at", **ends),
        ]
        return pd.concat(parts, ignore_index=True)

    then = rows(600, {"0-29": 100, "30-49": 100, "50-69": 300, "70-100": 100}, 60)
    now = rows(640, {"0-29": 120, "30-49": 100, "50-69": 300, "70-100": 120}, 78)
    assert held_back(now, then, PARAMS) == set()
    pupils = pd.DataFrame({"school_id": [], "school_year": []})
    nobody = pupils.assign(**dict.fromkeys(RESULTS, pd.Series(dtype="str")))
    pattern = suppress(now, nobody, ["sex"], PARAMS, then.assign(issue="1"))
    assert set(share_keys(now)) <= pattern.withheld
