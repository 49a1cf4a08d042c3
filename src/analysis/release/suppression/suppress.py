"""From the evidence of a municipality's results and the pupils behind it to the pattern of what is withheld."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import each, no_evidence
from analysis.params import Params
from analysis.release.primary import limits, withheld
from analysis.release.suppression.aside import BANDS, earlier_told, outside_told, years_with_bands
from analysis.release.suppression.cuts import UNKNOWN, Periods, periods
from analysis.release.suppression.figures import Told, told, with_figures
from analysis.release.suppression.give_back import give_back
from analysis.release.suppression.insiders import protect_insiders
from analysis.release.suppression.keys import Key, mean_keys, share_keys, size_key, size_keys, size_of
from analysis.release.suppression.limits import Limits
from analysis.release.suppression.linked import Linked, axis
from analysis.release.suppression.means import held_means, means_of, said_of
from analysis.release.suppression.moved import moved_by_few, told_then
from analysis.release.suppression.pattern import Pattern
from analysis.release.suppression.planned import counts, is_mean, of_results, unplanned
from analysis.release.suppression.protect import Guarded
from analysis.release.suppression.protect_means import protect_means
from analysis.release.suppression.solver import NotSolved
from analysis.release.suppression.stage import Stage
from analysis.release.suppression.sticky import held_back
from analysis.stats.scale import main_session

MOST_CELLS = 20_000
_TEST = ["grade", "test", "domain", "level"]
_POOLED = ("group_gap", "behind_as_a_whole", "support_group")


@dataclass(frozen=True)
class _Beside:
    """What is known without today's pages: rows of earlier issues, and published numbers of schools."""

    before: pd.DataFrame
    outside: pd.DataFrame

    def of(self, rows: pd.DataFrame) -> "_Beside":
        """Keep what is about the test of rows."""
        first = rows.iloc[0]
        own = [frame[np.logical_and.reduce([frame[key].astype("str") == str(first[key]) for key in _TEST])]
               for frame in (self.before, self.outside)]  # fmt: skip
        return _Beside(*own)


def no_outside() -> pd.DataFrame:
    """Return no published numbers of schools."""
    return pd.DataFrame(columns=["school_id", "school_year", *_TEST, "n", "band"])


def suppress(
    evidence: pd.DataFrame, results: pd.DataFrame, attributes: Sequence[str], params: Params,
    before: pd.DataFrame | None = None, outside: pd.DataFrame | None = None,
) -> Pattern:  # fmt: skip
    """Find out which figures of a municipality's results have to be withheld beside those of the first line.

    Parameters
    ----------
    evidence : pd.DataFrame
        All evidence of results that any page of the municipality shows, in either edition; not released.
    results : pd.DataFrame
        The pupils' results behind it, with the attributes as columns.
    attributes : sequence of str
        The attributes groups are made of, in their fixed order.
    params : Params
        The limits.
    before : pd.DataFrame, optional
        What earlier issues published of the municipality.
    outside : pd.DataFrame, optional
        What is public without it: numbers of pupils of its schools, as :func:`aside.outside_told` reads them.

    Returns
    -------
    Pattern
        The same for the same input, whatever the order of rows.
    """
    rows = evidence[of_results(evidence) & ~unplanned(evidence)].reset_index(drop=True)
    counted = rows[counts(rows).isin(["size", "share"])]
    before = no_evidence() if before is None else before
    if counted.empty:
        return Pattern(frozenset(), frozenset(), then=told_then(before))
    known, first, shown = _first_line(counted, withheld(rows, params)[counted.index], params)
    then = before[of_results(before)]
    first |= known & (held_back(counted, before, params) | held_means(counted, then))
    moved = counted[moved_by_few(counted, told_then(before), limits(counted, params), params)]
    first |= known & set(share_keys(moved[counts(moved).eq("share")]))
    beside = _Beside(then, no_outside() if outside is None else outside)
    stages, failed = [], set()
    for (grade, test), own in shown.groupby(["grade", "test"], sort=True):
        name = (str(grade), str(test))
        try:
            stages.append(_protected(_stage(name, own, results, attributes, params, first, beside)))
        except NotSolved:
            failed.add(name)
    gone = first.union(*(stage.withheld for stage in stages)) | {key for key in known if key[1:3] in failed}
    added, back = sum(stage.added for stage in stages), sum(stage.given_back for stage in stages)
    left_out = tuple(" ".join(name) for name in sorted(failed))
    return Pattern(frozenset(known), frozenset(gone), added, back, left_out, told_then(before))


def _protected(stage: Stage) -> Stage:
    """Protect a stage.

    Raises
    ------
    NotSolved
        A programme has no optimum: then nothing of it may be told.
    """
    stage.protect()
    protect_insiders(stage)
    stage.protect()  # a sensitive group has to be as wide as the group around it, and that may be wider now
    give_back(stage)
    protect_means(stage)
    return stage


def _first_line(
    counted: pd.DataFrame, blank: "pd.Series[bool]", params: Params
) -> tuple[set[Key], set[Key], pd.DataFrame]:
    """Return all keys, those that nobody tells or that are too small in a domain, and the rows with what the first line tells.

    A size that one domain of a test tells counts as told in all, with each domain's own number: the pupils are the same, or
    nearly so, and whoever reads one page has read the others.
    """
    keys, share = pd.Series(size_keys(counted), index=counted.index), counts(counted) == "share"
    small = keys[counted["n"].isna() | (counted["n"] < limits(counted, params)).fillna(True)]
    told_sizes = set(keys[~blank]) - set(small)
    shares = set(share_keys(counted[share]))
    told_shares = {key for key in share_keys(counted[share & ~blank]) if size_of(key) in told_sizes}
    rows, mean = counted.assign(told=~blank), is_mean(counted)
    means = {key for row in each(counted[mean]) for key in mean_keys(row)}
    told_means = {key for row in each(counted[mean & ~blank]) if size_key(row) in told_sizes for key in mean_keys(row)}
    gone = (set(keys) - told_sizes) | (shares - told_shares) | (means - told_means)
    return set(keys) | shares | means, gone, rows


def _stage(
    name: tuple[str, str], rows: pd.DataFrame, results: pd.DataFrame, attributes: Sequence[str], params: Params,
    first: set[Key], beside: _Beside,
) -> Stage:  # fmt: skip
    """Put together what is told of all domains of a test: the same pupils, and one pattern of their sizes."""
    sets, wrong = [], set()
    for _, own in rows.groupby(_TEST, sort=True):
        for linked, contradicted in _linked(own, results, attributes, params, beside.of(own)):
            sets.append(linked)
            wrong |= contradicted
    bounds = Limits(params.smallest_group, params.smallest_group_sensitive, tuple(params.sensitive_attributes))
    return Stage(name, [Guarded(one, bounds, first) for one in sets], wrong, first)


def _linked(
    rows: pd.DataFrame, results: pd.DataFrame, attributes: Sequence[str], params: Params, beside: _Beside
) -> Iterator[tuple[Linked, set[Key]]]:
    """Give the linked sets of a test: all attributes crossed, and years, results and schools crossed with each of them."""
    pooled = _pooled(rows)
    if pooled.empty:
        return
    pupils = _pupils(rows, results)
    years = _years(pooled, pupils) | _years(_pooled(beside.before), pupils)
    shares = rows[rows["school_id"].ne("") | rows["group"].ne("")]
    cut = {max(years, default=0), *shares.loc[counts(shares).eq("share"), "school_year"].astype("int64")}
    bands = dict.fromkeys(years_with_bands(beside.outside, pupils) & years & cut, BANDS)
    when = periods(rows, years, params, bands)
    pupils = pupils[pupils["school_year"].isin(when.years)]
    numbers = [*told(rows, limits(rows, params), when, params), *outside_told(beside.outside, when, params)]
    numbers += earlier_told(beside.before, when, params)
    levels = _levels(pupils, when, attributes)
    several = {
        name: sorted(levels[name].unique()) for name in attributes if name in levels and levels[name].nunique() > 1
    }
    said = said_of(rows[rows["told"]], when, pupils, beside.before, beside.outside)
    places = {"period": when.levels, "school": tuple(sorted(levels["school"].unique()))}
    pool = _years(rows[rows["indicator"].isin(_POOLED)], pupils) or set(when.years)
    in_pool = levels["period"].isin(when.between(pool))
    if several:
        yield linked_set(_crossed(several), levels[in_pool], _of_pool(numbers, when.between(pool)))
    for name, values in several.items() or [("", [])]:
        dims = places | ({name: tuple(values)} if name else {})
        linked, wrong = linked_set(dims, levels, numbers, when.parts)
        means, contradicted = means_of(linked, said, levels)
        yield replace(linked, means=means), wrong | contradicted


def _pooled(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["school_id"].ne("") | rows["group"].ne("") | rows["indicator"].isin(_POOLED)]


def _crossed(several: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Return the attributes that are crossed: the last ones are left out where all would have too many cells."""
    kept = {name: tuple(values) for name, values in several.items()}
    while kept and np.prod([len(values) for values in kept.values()]) > MOST_CELLS:
        kept.popitem()
    return kept


def _of_pool(numbers: list[Told], pool: frozenset[str]) -> list[Told]:
    """Return what is told of the years of groups together, without saying so."""
    return [Told({name: levels for name, levels in one.group.items() if name != "period"}, one.low, one.high, one.key,
                 one.weight, one.by_now, one.public, one.named) for one in numbers if one.group["period"] == pool]  # fmt: skip


def linked_set(
    dims: dict[str, tuple[str, ...]], levels: pd.DataFrame, numbers: list[Told], parts: Sequence[frozenset[str]] = ()
) -> tuple[Linked, set[Key]]:
    """Make a linked set of pupils' levels and of what is told, as far as it speaks of its dimensions; and what is never told.

    Raises
    ------
    NotSolved
        As :func:`with_figures`.
    """
    spoken = [one for one in numbers if one.group.keys() <= dims.keys()]
    axes = tuple(
        axis(
            name,
            own,
            sorted({one.group[name] for one in spoken if name in one.group} | _parts_of(name, parts), key=sorted),
        )
        for name, own in dims.items()
    )
    truth = np.zeros([len(own) for own in dims.values()])
    codes = [pd.Categorical(levels[name], categories=list(own)).codes for name, own in dims.items()]
    np.add.at(truth, tuple(codes), 1.0)
    return with_figures(Linked(axes, truth.ravel()), spoken)


def _parts_of(name: str, parts: Sequence[frozenset[str]]) -> set[frozenset[str]]:
    return set(parts) if name == "period" else set()


def _pupils(rows: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Return the pupils whose results of a test are told: of its main session."""
    own = main_session(results)
    for key in _TEST:
        own = own[own[key].astype("str") == str(rows[key].iloc[0])]
    return measured(own)


def measured(pupils: pd.DataFrame) -> pd.DataFrame:
    """Keep the pupils of a test who have a result in what its statistics measure it by."""
    known = [name for name in ("position", "points", "value") if pupils[name].notna().any()]
    return pupils[pupils[known[0]].notna()] if known else pupils


def _years(rows: pd.DataFrame, pupils: pd.DataFrame) -> set[int]:
    if rows.empty:
        return set()
    first, last = rows["year_from"].fillna(rows["school_year"]).min(), rows["school_year"].max()
    return {int(year) for year in pupils["school_year"].unique() if first <= year <= last}


def _levels(pupils: pd.DataFrame, when: Periods, attributes: Sequence[str]) -> pd.DataFrame:
    given: dict[str, Any] = {"period": when.of_pupils(pupils), "school": pupils["school_id"].astype("str").to_numpy()}
    for name in attributes:
        if name in pupils:
            given[name] = pupils[name].astype("str").where(pupils[name].notna(), UNKNOWN).to_numpy()
    return pd.DataFrame(given, dtype="category")
