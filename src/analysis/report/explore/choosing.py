"""Which views there are: measure, stage, domain, attribute and year, each choice leaving only what exists for the next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.params import View
from analysis.release import Released
from analysis.report import naming
from analysis.report.html import require_released
from analysis.report.school_differences import comparable
from analysis.report.school_effects import compared
from analysis.report.support.who import HEADLINE

ALL: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Kind:
    """What a measure looks at.

    Attributes
    ----------
    keys : dict
        Values of the evidence columns that its rows have.
    one_test : bool
        Whether it shows one test at a time.
    by_year : bool
        Whether a school year can be chosen.
    with_country : bool
        Whether rows without a municipality belong to it.
    """

    keys: dict[str, Any] = field(default_factory=dict)
    one_test: bool = False
    by_year: bool = False
    with_country: bool = False


_MEAN = {"indicator": "attainment", "school_id": ""}
_SD = {"school_id": "", "unit": "sd"}
_EXPECTED = ["attainment", "expected_for_similar"]
_GAP_UNITS = ["sd", "points", "percent", "pupils"]  # not the probability beside a named group's pupils
KINDS: dict[str, Kind] = {
    "place": Kind({**_MEAN, "unit": "sd", "reference": "country"}, by_year=True),
    "points": Kind({**_MEAN, "unit": "points", "reference": "country"}, by_year=True),
    "percent": Kind({**_MEAN, "unit": "percent", "reference": ""}, by_year=True),
    "low": Kind({"indicator": "low_result_share"}),
    "high": Kind({"indicator": "high_result_share", "group": "", "school_id": ""}),
    "failed": Kind({"indicator": "fail_share"}),
    "spread": Kind({"indicator": "band_share"}, one_test=True, with_country=True),
    "moves": Kind({**_SD, "indicator": ["attainment", "trend"], "reference": ["country", "zero"]}, one_test=True),
    "expected": Kind({**_SD, "indicator": _EXPECTED, "reference": ["country", "similar"]}, by_year=True),
    "gaps": Kind({"indicator": "group_gap"}, one_test=True),
    "support": Kind({"indicator": ["group_gap", "behind_as_a_whole", "support_group"], "unit": _GAP_UNITS}, one_test=True),
    "early": Kind({"indicator": ["risk_band", "risk_check"]}, one_test=True, with_country=True),
    "schools": Kind({"indicator": "attainment", "reference": "municipality"}, one_test=True),
    "effects": Kind({"indicator": ["school_effect", "earlier_missing", "explained_by_intake"]}, one_test=True, with_country=True),
    "published": Kind({"indicator": ["school_mean", "school_mean_average"]}, one_test=True),
    "skills": Kind({"indicator": ["skill_gap", "skill_share"], "school_id": ""}, one_test=True, by_year=True, with_country=True),
}  # fmt: skip


@dataclass(frozen=True)
class Available:
    """What can be looked at in one municipality, found out once.

    Attributes
    ----------
    unit : Unit
        The municipality.
    rows : dict of str to Released
        Measure → its released rows; measures without rows are not there.
    tests : dict of str to tuple
        Measure → its tests (grade, test, domain, level) in the order of stages.
    """

    unit: Unit
    rows: dict[str, Released]
    tests: dict[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class Choices:
    """What can be chosen, each list given what was chosen before it; a missing year is each test's newest one."""

    measures: tuple[str, ...]
    stages: tuple[tuple[str, str], ...]
    domains: tuple[tuple[str, str], ...]
    attributes: tuple[str, ...]
    years: tuple[int | None, ...]


def available(unit: Unit, released: Released, measures: Iterable[str] = KINDS) -> Available:
    """Find out what can be looked at.

    Parameters
    ----------
    unit : Unit
        The municipality.
    released : Released
        All of its released evidence: what a row may say was decided for the whole of it.
    measures : iterable of str
        Measures that are asked for.
    """
    require_released(released)
    frame = released.rows
    ranks = {
        naming.key_of(row): i for i, row in enumerate(each(naming.test_order(frame.drop_duplicates(naming.TEST_KEYS))))
    }
    tests_of = list(zip(*(frame[key].tolist() for key in naming.TEST_KEYS), strict=True))
    rows, tests = {}, {}
    for measure in dict.fromkeys(measures):
        at = _positions(unit, released, frame, measure)
        if at:
            rows[measure] = released.at(at)
            tests[measure] = tuple(sorted({tests_of[i] for i in at}, key=ranks.__getitem__))
    return Available(unit, rows, tests)


def _positions(unit: Unit, released: Released, frame: pd.DataFrame, measure: str) -> list[int]:
    """Find a measure's rows; of some measures only those of tests that the page would draw."""
    kept = np.ones(len(frame), dtype=bool)
    places = ["", unit.municipality_id] if KINDS[measure].with_country else [unit.municipality_id]
    for key, wanted in {**KINDS[measure].keys, "municipality_id": places}.items():
        kept &= frame[key].isin(wanted if isinstance(wanted, list) else [wanted]).to_numpy()
    positions = [int(i) for i in np.flatnonzero(kept)]
    if measure not in _DRAWN:
        return positions
    keys, drawn_of = _DRAWN[measure]
    drawn = drawn_of(unit, released, frame[kept])
    have = zip(*(frame[key].iloc[positions].tolist() for key in keys), strict=True)
    return [i for i, key in zip(positions, have, strict=True) if key in drawn]


def _of_schools(unit: Unit, released: Released, _: pd.DataFrame) -> set[Any]:
    return {(*naming.key_of(test), test.school_year) for test in comparable(unit, released)}


def _of_effects(unit: Unit, released: Released, _: pd.DataFrame) -> set[Any]:
    """Return the tests that section 5 compares, with the reference that it takes; what is said of them has none."""
    tests = [test for test, _ in compared(unit, released)]
    return {(*naming.key_of(test), test.school_year, of) for test in tests for of in (test.reference, "")}


def _named_alone(*_: Any) -> set[Any]:
    """Of the groups named, those that the page names."""
    return {("group_gap", ""), ("behind_as_a_whole", HEADLINE), ("support_group", HEADLINE)}


def _told_or_refused(_: Unit, __: Released, rows: pd.DataFrame) -> set[Any]:
    """Return the stages with own pupils in bands, and those whose signs did not pass their trial."""
    own = rows["indicator"].eq("risk_band") & rows["municipality_id"].ne("")
    return _keys_of(rows[own | rows["part"].str.startswith("refused_")], naming.TEST_KEYS)


def _with_expectation(_: Unit, __: Released, rows: pd.DataFrame) -> set[Any]:
    return _keys_of(rows[rows["indicator"] == "expected_for_similar"], _TEST_AND_YEAR)


def _of_own(_: Unit, __: Released, rows: pd.DataFrame) -> set[Any]:
    return _keys_of(rows[rows["municipality_id"] != ""], _TEST_AND_YEAR)


def _keys_of(rows: pd.DataFrame, keys: list[str]) -> set[Any]:
    return set(zip(*(rows[key].tolist() for key in keys), strict=True))


def _over_years(_: Unit, __: Released, rows: pd.DataFrame) -> set[Any]:
    """Return the tests with figures of at least two years."""
    filled = rows[rows["indicator"].eq("attainment") & rows["estimate"].notna()]
    years = filled.groupby(naming.TEST_KEYS, observed=True)["school_year"].nunique()
    return set(years[years >= 2].index)


_TEST_AND_YEAR = [*naming.TEST_KEYS, "school_year"]
_DRAWN: dict[str, tuple[list[str], Callable[[Unit, Released, pd.DataFrame], set[Any]]]] = {
    "moves": (naming.TEST_KEYS, _over_years),
    "expected": (_TEST_AND_YEAR, _with_expectation),
    "support": (["indicator", "part"], _named_alone),
    "early": (naming.TEST_KEYS, _told_or_refused),
    "schools": (_TEST_AND_YEAR, _of_schools),
    "effects": ([*_TEST_AND_YEAR, "reference"], _of_effects),
    "skills": (_TEST_AND_YEAR, _of_own),
}
"""Measure → the evidence columns, and which of their values the page would draw."""


def rows_of(available: Available, view: View) -> Released | None:
    """Return the released rows that a view shows; none where no such row exists."""
    rows = available.rows.get(view.measure)
    if rows is None:
        return None
    keys = {key: getattr(view, key) for key in ("grade", "test") if view.grade}
    keys |= {key: getattr(view, key) for key in ("domain", "level") if view.domain}
    rows = rows.where(**keys)
    if view.attribute:
        groups = rows.rows["group"]
        rows = rows.at([i for i, group in enumerate(groups) if group.split("=")[0] == view.attribute])
    if view.year is not None:
        rows = rows.where(school_year=view.year)
    elif KINDS[view.measure].by_year:
        rows = rows.newest()
    several = KINDS[view.measure].one_test and rows.rows[naming.TEST_KEYS].drop_duplicates().shape[0] > 1
    return rows if len(rows) and not several else None


def settled(available: Available, view: View) -> tuple[View, Choices]:
    """Return the view nearest to the one wished for that exists, and the choices around it.

    Parameters
    ----------
    available : Available
        What can be looked at.
    view : View
        What was wished for; from measure to year, what does not exist gives way to the first that does.
    """
    measures = tuple(available.rows) or ("place",)
    measure = _kept(view.measure, measures)
    kind, tests = KINDS[measure], available.tests.get(measure, ())
    stages = _pairs([test[:2] for test in tests], every=not kind.one_test)
    stage = _kept((view.grade, view.test), stages)
    domains = _pairs([test[2:] for test in tests if stage in (ALL, test[:2])], every=not kind.one_test)
    domain = _kept((view.domain, view.level), domains)
    chosen = View(measure=measure, grade=stage[0], test=stage[1], domain=domain[0], level=domain[1])
    attributes, years = _attributes(available, chosen), _years(available, chosen)
    chosen = chosen.model_copy(update={"attribute": _kept(view.attribute, attributes), "year": _kept(view.year, years)})
    return chosen, Choices(measures, stages, domains, attributes, years)


def _kept(wish: Any, choices: tuple[Any, ...]) -> Any:
    return wish if wish in choices else choices[0]


def _pairs(found: list[tuple[str, ...]], *, every: bool) -> tuple[Any, ...]:
    """List pairs once, in the order of stages; before them "all", where several can be shown at once."""
    pairs = tuple(dict.fromkeys(found))
    return (ALL, *pairs) if (every and len(pairs) > 1) or not pairs else pairs


def _attributes(available: Available, view: View) -> tuple[str, ...]:
    rows = rows_of(available, view) if view.measure == "gaps" else None
    have = set() if rows is None else set(rows.rows["group"].str.split("=").str[0])
    return ("", *(attribute for attribute in available.unit.attributes if attribute in have))


def _years(available: Available, view: View) -> tuple[int | None, ...]:
    if view.measure not in available.rows or not KINDS[view.measure].by_year:
        return (None,)
    keys = {"grade": view.grade, "test": view.test} if view.grade else {}
    keys |= {"domain": view.domain, "level": view.level} if view.domain else {}
    years = available.rows[view.measure].where(**keys).rows["school_year"].dropna().unique()
    return (None, *sorted((int(year) for year in years), reverse=True))
