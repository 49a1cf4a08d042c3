"""Which rows of the whole country may be told: none from which, beside all other municipalities' pages, a few pupils follow."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import each, evidence
from analysis.params import Params
from analysis.release.coding import in_steps
from analysis.release.primary import limits
from analysis.release.suppression.cuts import Periods, span_of
from analysis.release.suppression.figures import Told, told
from analysis.release.suppression.keys import Key, row_keys
from analysis.release.suppression.limits import Limits
from analysis.release.suppression.linked import Linked
from analysis.release.suppression.protect import Guarded
from analysis.release.suppression.solver import NotSolved
from analysis.release.suppression.subtracted import Place, tells_of_few
from analysis.release.suppression.suppress import linked_set, measured
from analysis.stats.scale import main_session
from analysis.stats.shares import step_of
from analysis.stats.talent import TOLD_TO

Values = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
_TEST = ["grade", "test", "domain", "level"]
_GONE = ("",)
_END = 101.0  # above every percent
_ANY = "attainment"  # an indicator that says of a size nothing but the size


def told_of_nation(
    nation: pd.DataFrame, pupils: pd.DataFrame, places: Mapping[str, Place], params: Params
) -> frozenset[Key]:
    """Return the keys of the rows of the country that may stand on pages.

    Shares of all pupils are put to linear programmes, with municipalities in the place of schools: all at once, and where a
    small group would follow one unit after the other, those on most pages first. From all other rows only the sum of the
    municipalities that do not tell their own can be formed.

    Parameters
    ----------
    nation : pd.DataFrame
        Every row of the country on any page, not released; ``unit_of`` names what is told or withheld together (a spread over
        bands, a mark), ``pages`` says on how many pages it stands. A row of several spreads is there for each of them.
    pupils : pd.DataFrame
        Results of the whole country.
    places : mapping of str to Place
        All municipalities.
    params : Params
        The limits; what low and high mean.
    """
    results = _by_test(pupils)
    linear = pd.Series([not row.group and span_of(row, params) is not None for row in each(nation)], index=nation.index)
    found: set[Key] = set()
    for test, rows in nation[linear.astype("bool")].groupby(_TEST, sort=True):
        if test not in results:  # nobody knows whom they count
            continue
        rows = rows[rows["school_year"].isin(_in_percent(results[test]))]
        kept = _clear(rows, results[test], places, params) if len(rows) else []
        found |= set(row_keys(rows[rows["unit_of"].isin(kept)]))
    rest = nation[~linear.astype("bool")]
    return frozenset(found | set(row_keys(rest[~tells_of_few(rest, results, places, params)])))


def _by_test(pupils: pd.DataFrame) -> dict[Any, pd.DataFrame]:
    """Return the results that are told of each test."""
    main = main_session(pupils).astype(dict.fromkeys([*_TEST, "municipality_id"], "category"))
    return {tuple(map(str, test)): measured(own) for test, own in main.groupby(_TEST, observed=True)}


def _clear(rows: pd.DataFrame, pupils: pd.DataFrame, places: Mapping[str, Place], params: Params) -> list[str]:
    """Return the units of a test beside which no small group follows that does not follow without the country."""
    try:
        linked, wrong, silent = _linked(rows, pupils, places, params)
        return _told(rows, linked, wrong, silent, params)
    except NotSolved:
        return []


def _told(rows: pd.DataFrame, linked: Linked, wrong: set[Key], silent: set[int], params: Params) -> list[str]:
    """Try the units of a test together, and where a group would be open one after the other."""
    order = rows.groupby("unit_of")["pages"].max().sort_index().sort_values(ascending=False, kind="stable")
    units = [str(name) for name in order.index if (name,) not in wrong]
    bounds = Limits(params.smallest_group, params.smallest_group_sensitive, tuple(params.sensitive_attributes))

    def opened(kept: list[str]) -> set[int]:
        return set(Guarded(_only(linked, kept), bounds, [_GONE], also=silent).attack())

    anyway = opened([])
    if opened(units) <= anyway:
        return units
    kept: list[str] = []
    for name in units:
        if opened([*kept, name]) <= anyway:
            kept.append(name)
    return kept


def _only(linked: Linked, kept: list[str]) -> Linked:
    """Leave of the country's figures those that are known from a unit that is told: one is enough."""
    told = {(name,) for name in kept}
    figures = [replace(one, keys=frozenset([_GONE])) if one.keys and one.keys.isdisjoint(told) else one
               for one in linked.figures]  # fmt: skip
    return replace(linked, figures=tuple(figures))


def _linked(
    rows: pd.DataFrame, pupils: pd.DataFrame, places: Mapping[str, Place], params: Params
) -> tuple[Linked, set[Key], set[int]]:
    """Put together the results of a test by year, cut and municipality, what is told of them, and what is expressly not."""
    own, hidden = (_of_places(rows, pupils, places, which) for which in ("told", "silent"))
    cuts: dict[int, set[float]] = {}
    for row in each(pd.concat([own, hidden, rows], ignore_index=True)):
        if (span := span_of(row, _params_of(row, places, params))) is not None:
            cuts.setdefault(int(row.school_year), {0.0}).update(end for end in span if end < _END)
    fixed = {year: tuple(sorted(ends)) for year, ends in cuts.items() if year in _in_percent(pupils)}
    when = Periods(tuple(sorted(int(year) for year in pupils["school_year"].unique())), fixed, fixed)
    numbers = [replace(one, key=(), named=True) for one in _of_boards(own, when, places)]
    silent = [one.group for one in _of_boards(hidden, when, places)]
    years = pupils.groupby("school_year").size()
    for name, unit in rows.groupby("unit_of", sort=True):
        numbers += [replace(one, key=(str(name),)) for one in _of_nation(unit, when, params, years)]
    levels = {"period": when.of_pupils(pupils), "school": pupils["municipality_id"].astype("str").to_numpy()}
    dims = {"period": when.levels, "school": tuple(sorted(places))}
    parts = [*when.parts, *(group["period"] for group in silent)]
    linked, wrong = linked_set(dims, pd.DataFrame(levels, dtype="category"), numbers, parts)
    return linked, wrong, {place for group in silent if (place := linked.place(group)) is not None}


def _params_of(row: Any, places: Mapping[str, Place], params: Params) -> Params:
    return places[row.school_id].params if row.school_id else params


def _in_percent(pupils: pd.DataFrame) -> set[int]:
    """Return the years of a test whose results are percents."""
    percent = pupils["scale"].astype("str").eq("percent").groupby(pupils["school_year"]).all()
    return {int(year) for year in percent.index[percent]}


def _of_boards(rows: pd.DataFrame, when: Periods, places: Mapping[str, Place]) -> Iterator[Told]:
    """Give what rows of municipalities tell, each by its own parameters."""
    for place, own in rows.groupby("school_id", sort=True):
        params = places[str(place)].params
        yield from told(own, limits(own, params), when, params)


def _of_nation(rows: pd.DataFrame, when: Periods, params: Params, pupils: "pd.Series[int]") -> Iterator[Told]:
    """Give what rows of the country tell; of those told in steps between which numbers theirs lie.

    How many pupils there are may be known from another row, so that a share is read as one of that number.
    """
    plain = rows[~in_steps(rows)]
    yield from told(plain.assign(told=True), limits(plain, params), when, params)
    for row in each(rows[in_steps(rows)]):
        year, n = int(row.school_year), float(row.n)
        span, step = span_of(row, params), float(step_of(pd.Series([n])).iloc[0])
        least, most = n - TOLD_TO / 2, n + TOLD_TO / 2
        yield Told({"period": when.between([year])}, least, most, (), 0.0)
        if span is not None and year in when.cuts:
            low, high = ((row.estimate + half) * float(pupils[year]) / 100 for half in (-step / 2, step / 2))
            yield Told({"period": when.of_results(span, year)}, low, high, (), 0.0)


def _of_places(rows: pd.DataFrame, pupils: pd.DataFrame, places: Mapping[str, Place], which: str) -> pd.DataFrame:
    """Return what all municipalities tell (or not) of all their pupils in a test, as rows with the municipality for a school."""
    test = {name: str(rows[name].iloc[0]) for name in _TEST}
    results: dict[str, dict[int, Values]] = {}
    for (place, year), values in pupils.groupby([pupils["municipality_id"].astype("str"), "school_year"])["value"]:
        results.setdefault(str(place), {})[int(str(year))] = np.sort(values.to_numpy(dtype=np.float64))
    found = []
    for place, one in sorted(places.items()):
        for key in sorted(getattr(one, which)):
            if key[1:4] == (test["grade"], test["test"], test["level"]) and key[5:7] == ("", "") and place in results:
                found += _row_of(key, place, results[place], test, one.params)
    frame = evidence(pd.DataFrame(found), unit="percent") if found else rows.iloc[:0]
    return frame.assign(told=True)


def _row_of(
    key: Key, place: str, results: Mapping[int, Values], test: dict[str, str], params: Params
) -> list[dict[str, Any]]:
    first, last = (int(year) for year in key[4].split("-"))
    n = sum(len(values) for year, values in results.items() if first <= year <= last)
    row = test | {"school_id": place, "school_year": last, "n": n, "indicator": _ANY, "municipality_id": place}
    row |= {"year_from": first} if first < last else {}
    if key[0] == "size":
        return [row]
    if key[0] != "share" or key[7] != test["domain"] or not n:
        return []
    row |= {"indicator": key[8], "part": key[9]}
    span = span_of(SimpleNamespace(**row), params)
    inside = 0 if span is None else int(np.diff(np.searchsorted(results[last], span))[0])
    return [row | {"estimate": 100 * inside / n}]
