"""Gaps of competence: hand-made staffs, the truth of simulated ones, and what cannot be said."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.params import Params, load_params
from analysis.staff_rules import StaffRules, load_staff_rules
from analysis.stats.staff import competence_gaps
from analysis.stats.staff import gaps as told
from analysis.stats.staff.sources import sources

COLUMNS = ["teacher", "school_id", "source", "competence", "occasion", "observer", "value"]
NO_SIZES = pd.DataFrame({"school_id": ["S0", "S1"]})


@pytest.fixture(scope="module")
def params() -> Params:
    return load_params()


@pytest.fixture(scope="module")
def rules() -> StaffRules:
    return load_staff_rules()


def required(level: float = 3.0, *competences: str) -> pd.DataFrame:
    return pd.DataFrame({"competence": list(competences or ("planning",)), "required": level})


def one(rows: pd.DataFrame, indicator: str = "competence_gap", **keys: Any) -> Any:
    kept = rows[rows["indicator"] == indicator]
    for name, value in ({"school_id": "", "part": "planning"} | keys).items():
        kept = kept[kept[name] == value]
    assert len(kept) == 1
    return kept.iloc[0]


def with_source(rows: pd.DataFrame, source: str, shift: float, sd: float, seed: int) -> pd.DataFrame:
    """One piece a teacher from another source: the truth, shifted, with an error."""
    rng = np.random.default_rng(seed)
    truth = rows.drop_duplicates(["teacher", "competence"])
    value = truth["truth"] + shift + rng.normal(0, sd, len(truth))
    return pd.concat([rows, truth.assign(source=source, observer=None, occasion=9, value=value)], ignore_index=True)


def test_the_gap_is_what_is_required_less_what_was_seen(seen, params, rules) -> None:
    rows = seen(1, 80, 4, 2)
    found = one(competence_gaps(rows, required(3.0), NO_SIZES, rules, params))
    by_teacher = rows.groupby("teacher")["value"].mean().mean()
    assert found["estimate"] == pytest.approx(3.0 - by_teacher)
    assert (found["n"], found["population"], found["unit"]) == (80, "teachers", "level")
    assert found["low"] < found["estimate"] < found["high"]
    assert found["verdict"] == "differs"


MANY = tuple(f"c{i}" for i in range(6))


def coverage(found: pd.DataFrame, truth: "pd.Series[float]", indicator: str = "competence_gap") -> list[bool]:
    """Whether each interval that is told holds the truth of its competence."""
    rows = found[(found["indicator"] == indicator) & found["low"].notna() & (found["n"] >= 10)]
    return list((rows["low"] <= rows["part"].map(truth)) & (rows["part"].map(truth) <= rows["high"]))


@pytest.mark.parametrize(("observers", "pool", "schools"), [(2, 6, 1), (1, 4, 1), (2, 6, 3)])
def test_intervals_hold_the_truth(seen, params, rules, observers: int, pool: int, schools: int) -> None:
    """The truth is the mean of all from whom teachers and observers are drawn; 95 % intervals, 25 pools of observers."""
    held = []
    for seed in range(25):
        rows = seen(seed, 36, 2, observers, pool=pool, schools=schools, competences=MANY)
        found = competence_gaps(rows, required(3.0, *MANY), NO_SIZES, rules, params)
        held += coverage(found, pd.Series(1.0, index=list(MANY)))
    assert len(held) >= 100
    assert 0.90 <= np.mean(held) <= 1.0


def test_where_all_of_a_staff_were_seen_the_truth_is_their_own_mean(seen, params, rules) -> None:
    held = []
    sizes = pd.DataFrame({"school_id": ["S0"], "staff_total": [40]})
    for seed in range(25):
        rows = seen(seed, 40, 2, 2, pool=8, competences=MANY)
        found = competence_gaps(rows, required(3.0, *MANY), sizes, rules, params)
        truth = 3.0 - rows.drop_duplicates(["teacher", "competence"]).groupby("competence")["truth"].mean()
        held += coverage(found, truth)
    wide = competence_gaps(rows, required(3.0, *MANY), NO_SIZES, rules, params)
    width, wider = (f.loc[f["indicator"] == "competence_gap", "high"] - f["low"] for f in (found, wide))
    assert (width.dropna() < wider.dropna()).all()
    assert 0.90 <= np.mean(held) <= 1.0


def test_sources_weigh_as_much_as_they_are_reliable(seen, params, rules) -> None:
    rows = with_source(seen(5, 300, 3, 2), "test", 0.0, 0.4, 1)
    known = sources(rows)
    truth = rows.drop_duplicates("teacher").set_index("teacher")["truth"]
    tests = rows[rows["source"] == "test"].set_index("teacher")["value"]
    watched = rows[rows["source"] == "observation"].groupby("teacher")["value"].mean()
    for source, values in (("test", tests), ("observation", watched)):
        assert known.weight[source] == pytest.approx(
            np.corrcoef(values, truth.reindex(values.index))[0, 1] ** 2, abs=0.09
        )
    level = known.levels.set_index("teacher")["level"]
    w = known.weight
    mixed = (w["test"] * tests + w["observation"] * watched.reindex(tests.index)) / (w["test"] + w["observation"])
    pd.testing.assert_series_equal(level.sort_index(), mixed.sort_index(), check_names=False)
    assert (
        np.corrcoef(level, truth.reindex(level.index))[0, 1] > np.corrcoef(watched, truth.reindex(watched.index))[0, 1]
    )


def test_self_judgement_is_not_mixed_in_and_its_bias_is_shown(seen, params, rules) -> None:
    rows = seen(2, 120, 3, 2, pool=40)
    own = with_source(rows, "self", 0.6, 0.3, 3)
    plain, beside = (competence_gaps(r, required(), NO_SIZES, rules, params) for r in (rows, own))
    assert one(beside)["estimate"] == pytest.approx(one(plain)["estimate"])
    bias = one(beside, "self_bias")
    assert bias["low"] <= 0.6 <= bias["high"]
    assert bias["verdict"] == "differs"
    assert one(beside, "self_gap")["estimate"] == pytest.approx(3 - own[own["source"] == "self"]["value"].mean())


def test_the_bias_of_self_judgement_holds_its_truth(seen, params, rules) -> None:
    held = []
    for seed in range(25):
        rows = with_source(seen(seed, 40, 2, 2, pool=6, competences=MANY), "self", 0.3, 0.4, seed)
        found = competence_gaps(rows, required(3, *MANY), NO_SIZES, rules, params)
        held += coverage(found, pd.Series(0.3, index=list(MANY)), "self_bias")
    assert 0.90 <= np.mean(held) <= 1.0


def test_below_the_bar_there_is_no_figure_only_what_would_suffice(seen, params, rules) -> None:
    rows = seen(4, 60, 2, 1, pool=2)
    rows["value"] += 1.5 * (rows["observer"] == "O1")  # one of two observers is far milder
    found = competence_gaps(rows, required(), NO_SIZES, rules, params)
    gap, sure = one(found), one(found, "competence_reliability")
    assert sure["estimate"] < rules.reliability
    assert (gap["verdict"], gap["method"]) == ("too_few", told.NOT_RELIABLE)
    assert np.isnan(gap["estimate"])
    enough = one(found, "competence_lessons")
    observers = int(enough["group"].split("=")[1])
    assert observers > 2
    assert enough["unit"] == "visits"
    lower = competence_gaps(rows, required(), NO_SIZES, rules.model_copy(update={"reliability": 0.05}), params)
    assert one(lower)["method"] == told.METHOD


def test_reliability_is_that_of_teachers_own_variance_against_the_error(seen, params, rules) -> None:
    found = competence_gaps(seen(9, 100, 2, 2), required(), NO_SIZES, rules, params)
    known = sources(seen(9, 100, 2, 2)).observed
    gap, sure = one(found), one(found, "competence_reliability")["estimate"]
    error = known.teacher / sure - known.teacher
    assert (gap["high"] - gap["low"]) / 2 >= 1.96 * error**0.5
    assert 0 < sure < 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda r: r.assign(observer="O1"), told.ONE_OBSERVER),
        (lambda r: r.assign(observer=None), told.ONE_OBSERVER),
        (lambda r: r.assign(source="self", observer=None), told.SELF_ALONE),
        (lambda r: r.drop_duplicates("teacher").assign(source="test", observer=None), told.NOT_KNOWN),
    ],
)
def test_what_cannot_be_said_is_said(
    seen, params, rules, change: Callable[[pd.DataFrame], pd.DataFrame], why: str
) -> None:
    gap = one(competence_gaps(change(seen(1, 40, 3, 2)), required(), NO_SIZES, rules, params))
    assert (gap["method"], gap["verdict"], gap["n"]) == (why, "too_few", 40)
    assert np.isnan([gap["estimate"], gap["low"], gap["high"]]).all()


def test_a_competence_without_requirement_has_no_gap(seen, params, rules) -> None:
    for asked in (required(3.0, "other"), required(np.nan)):
        gap = one(competence_gaps(seen(1, 40, 3, 2), asked, NO_SIZES, rules, params))
        assert (gap["method"], gap["verdict"]) == (told.NOT_REQUIRED, "")
        assert np.isnan(gap["estimate"])


def test_missing_values_are_no_zeros_and_nothing_at_all_is_no_error(seen, params, rules) -> None:
    rows = seen(1, 40, 3, 2)
    gone = rows.assign(value=rows["value"].mask(rows["lesson"] == 2))
    pd.testing.assert_frame_equal(
        competence_gaps(gone, required(), NO_SIZES, rules, params),
        competence_gaps(rows[rows["lesson"] != 2], required(), NO_SIZES, rules, params),
    )
    assert competence_gaps(rows.head(0), required(), NO_SIZES, rules, params).empty
    assert competence_gaps(rows.assign(value=np.nan), required(), NO_SIZES, rules, params).empty


def test_only_the_newest_years_count(seen, params, rules) -> None:
    old = seen(2, 40, 3, 2, mean=0.0).assign(school_year=2026 - params.pooled_years)
    found = competence_gaps(pd.concat([old, seen(1, 40, 3, 2)]), required(), NO_SIZES, rules, params)
    pd.testing.assert_frame_equal(found, competence_gaps(seen(1, 40, 3, 2), required(), NO_SIZES, rules, params))


def test_a_staff_of_fewer_than_ten_is_not_judged(seen, params, rules) -> None:
    rows = seen(1, 27, 4, 2, pool=40, schools=3, mean=0.5)
    found = competence_gaps(rows, required(), NO_SIZES, rules, params)
    assert (one(found)["n"], one(found)["verdict"]) == (27, "differs")
    assert {one(found, school_id=s)["verdict"] for s in ("S0", "S1", "S2")} == {"too_few"}


def test_no_row_is_about_a_teacher_and_none_names_one(seen, params, rules) -> None:
    found = competence_gaps(with_source(seen(1, 40, 3, 2), "self", 0, 1, 1), required(), NO_SIZES, rules, params)
    assert set(found["population"]) == {"teachers"}
    assert not found.astype("str").apply(lambda c: c.str.fullmatch(r"[TO]\d+")).to_numpy().any()


def test_the_order_of_rows_does_not_matter(seen, params, rules) -> None:
    rows = with_source(seen(1, 40, 3, 2, schools=2), "self", 0, 1, 1)
    shuffled = rows.sample(frac=1, random_state=3)
    first, second = (competence_gaps(r, required(), NO_SIZES, rules, params) for r in (rows, shuffled))
    pd.testing.assert_frame_equal(first, second, rtol=1e-9)


def test_the_larger_the_gap_the_more_individual_the_support(rules) -> None:
    told_forms = [rules.form_for(gap) for gap in (-0.5, 0.0, 0.2, 0.5, 0.9, 1.0, 3.0)]
    assert told_forms == [
        "",
        "",
        "collaboration",
        "supervised_practice",
        "supervised_practice",
        "individual",
        "individual",
    ]
