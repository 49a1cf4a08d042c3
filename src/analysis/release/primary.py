"""Which figures are withheld because too few pupils stand behind them, or because their own row or test gives them away."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import KEYS, each
from analysis.indicators import INDICATORS
from analysis.params import Params
from analysis.plan.thresholds import OWN_NEWEST
from analysis.release.activities import with_activities
from analysis.release.aims import with_targets
from analysis.release.changes import with_changes
from analysis.release.coding import COUNTS, bound_for, coded_ends, counted, in_steps
from analysis.release.crossings import with_crossings
from analysis.release.fitted import telling_fit
from analysis.release.need import with_need
from analysis.release.neighbours import with_neighbours
from analysis.release.school_groups import with_school_groups
from analysis.release.staff import with_staff
from analysis.release.suppression.moved import moved_by_few
from analysis.release.suppression.pattern import Pattern
from analysis.release.surveys import with_changes_of_surveys
from analysis.release.ways import with_ways

# Of nested counts of one test the first keep their figure: a low result says more about a municipality than a failed one.
_NESTED = ("low_result_share", "high_result_share", "fail_share", "fail_share_at")
# Who needs a specialist is health data, or near to it.
_OF_SUPPORT = ("support_served", "support_minutes", "support_minutes_in_need")
# Of answers and of teachers everybody in a school knows whose they may be.
_OF_ADULTS = ("respondents", "teachers")
# A school is told by its pupils' numbers, a board is a public body: how many there are tells nothing of a person.
_OF_INSTITUTIONS = ("schools", "boards")
_OF_STAFF = ("competence_gap", "self_gap", "self_bias", "goal_aim", "gap_before", "gap_after", "gap_moved")
_NO_WIDTH = 1e-9


def withheld(rows: pd.DataFrame, params: Params, pattern: Pattern | None = None) -> "pd.Series[bool]":
    """Tell which rows are withheld.

    Too few (``smallest_group``; the larger limit for groups of a sensitive attribute, for surveys, teachers and support);
    too few with or without the event of a rate that is not coded, or what a finding is about; too few between two rates of
    one test; a mean of pupils who all have the same result;
    what a model or a quantile tells of single pupils; what the rest of a set that adds up would give away; crossings
    of groups that do so together with their parts; ways of choosing that tell of each chosen child; changes since an earlier
    issue of what either issue withholds; what a target's year measured, where that figure is; and of activities what would
    tell how few take part.
    Figures that were public before pass.

    Without a pattern this is the first line only: it looks at one test at a time and proves nothing against an attack over
    all of them.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence.
    params : Params
        Limits.
    pattern : Pattern, optional
        What else is withheld of results; changes and targets that would tell it go as well.

    Returns
    -------
    pd.Series of bool
        One flag a row.
    """
    limit = limits(rows, params)
    public = rows["indicator"].map(lambda name: INDICATORS[name].public_source).astype("bool")
    people = ~rows["population"].isin(_OF_INSTITUTIONS)
    blank = people & (rows["n"].isna() | (rows["n"] < limit).fillna(True))
    blank |= _telling_rate(rows, limit) | _all_alike(rows) | _telling_finding(rows, limit)
    blank = (blank | telling_fit(rows, people, limit)) & ~public
    blank |= _telling_served(rows, limit)
    blank |= _between_rates(rows, blank, limit)
    blank |= _without_its_counts(rows, blank, limit)
    blank = with_crossings(rows, with_neighbours(rows, _every_unit(rows, blank), limit), limit)
    blank = with_activities(rows, with_school_groups(rows, blank, limit), limit)
    if pattern is not None:
        blank |= withheld_by_pattern(rows, params, pattern)
    blank = with_changes_of_surveys(rows, with_ways(rows, with_need(rows, blank), limit))
    return with_staff(rows, with_targets(rows, with_changes(rows, blank, limit), limit), limit)


def withheld_by_pattern(rows: pd.DataFrame, params: Params, pattern: Pattern) -> "pd.Series[bool]":
    """Tell which rows a municipality's pattern withholds, and which have moved by few since an earlier issue."""
    return pattern.withholds(rows) | moved_by_few(rows, pattern.then, limits(rows, params), params)


def limits(rows: pd.DataFrame, params: Params) -> "pd.Series[int]":
    """Return the smallest number behind a figure, row by row: the larger one for surveys, teachers and support as well."""
    sensitive = rows["population"].isin(_OF_ADULTS) | rows["indicator"].isin(_OF_SUPPORT)
    return smallest(rows["group"], params).mask(sensitive, params.smallest_group_sensitive)


def smallest(groups: "pd.Series[str]", params: Params) -> "pd.Series[int]":
    """Return the smallest number of pupils a figure of each group may stand for."""
    sensitive = groups.map(lambda group: any(p.split("=")[0] in params.sensitive_attributes for p in group.split("&")))
    return sensitive.map({True: params.smallest_group_sensitive, False: params.smallest_group}).astype("int64")


def _events(rows: pd.DataFrame) -> "pd.Series[float]":
    """How many pupils a share counts: it follows from the share and n, so whoever sees both knows it; not of a shrunken one."""
    return (rows["estimate"] * rows["n"].astype("float64") / 100).round().where(counted(rows))


def _telling_rate(rows: pd.DataFrame, limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Rates from too few pupils, and those not coded whose event, or its opposite, happened to few."""
    sensitive = rows["indicator"].map(lambda name: INDICATORS[name].sensitive).astype("bool") & rows["unit"].eq(
        "percent"
    )
    n, events = rows["n"].astype("float64"), _events(rows)
    none = pd.Series([bound_for(*pair) is None for pair in zip(n, limit, strict=True)], index=rows.index, dtype="bool")
    few = ((events < limit) | (n - events < limit)) & ~coded_ends(rows, limit).notna().any(axis=1)
    return (sensitive & none) | ((sensitive | (rows["indicator"] == "band_share")) & few)


def _telling_finding(rows: pd.DataFrame, limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Findings about few, or about all but few: with "60 of 61" the one is told as well.

    What is said of everybody tells each child's value where the finding is about one (a sex, a status, a score).
    """
    finding = (rows["indicator"] == "data_finding") & (rows["population"] != "schools")
    rest = rows["n"].astype("float64") - rows["estimate"]
    return finding & ((rows["estimate"] < limit) | ((rest < limit) & ((rest > 0) | (rows["group"] != ""))))


def _telling_served(rows: pd.DataFrame, limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Counts of children who get support, where these are few, none, or all but few: each child's support would be told."""
    served, n = rows["indicator"] == "support_served", rows["n"].astype("float64")
    return served & ((rows["estimate"] < limit) | (n - rows["estimate"] < limit))


def _all_alike(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Means whose interval has no width: every pupil has that result. Schools share one SD and do not tell."""
    mean = rows["indicator"].isin(["attainment", "group_gap"]) & (rows["school_id"] == "") & rows["estimate"].notna()
    mean |= (
        rows["indicator"].isin(["skill_share", "mark_skill"])
        & (rows["municipality_id"] != "")
        & rows["estimate"].notna()
    )
    mean |= rows["indicator"].isin(_OF_STAFF) & rows["estimate"].notna()
    return mean & ~(rows["high"] - rows["low"] > _NO_WIDTH)


def _between_rates(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Rates of one test that differ by too few pupils, from each other or from an edge of the bands.

    Failed ⊂ low ⊂ not high, marks follow each other, and bands add up from below: each is a number of pupils below some
    cut, so that the difference of two is the number between the cuts.
    """
    shown = rows["indicator"].isin([*_NESTED, "band_share"]) & ~blank & rows["estimate"].notna()
    shown &= coded_ends(rows, limit).isna().all(axis=1)
    shown &= ~in_steps(rows)
    counts = rows[["indicator", "part"]].assign(events=_events(rows), n=rows["n"].astype("float64"), limit=limit)[shown]
    told = pd.Series(False, index=rows.index)
    keys = [rows[key][shown] for key in KEYS if key not in ("indicator", "part")]
    each_row = list(each(counts))
    for members in counts.groupby(keys, dropna=False, sort=True).indices.values():
        told[_too_near([each_row[i] for i in members])] = True
    return told


def _too_near(test: list[Any]) -> list[Any]:
    """Return the rates of one test that leave too few pupils beside a figure that is kept."""
    first_of_band = {int(row.part.split("-")[0]): row.events for row in test if row.indicator == "band_share"}
    below = list(np.cumsum([first_of_band[band] for band in sorted(first_of_band)][:-1]))
    rates = [row for row in test if row.indicator != "band_share"]
    rates.sort(key=lambda row: (_NESTED.index(row.indicator), float(row.part or 0)))
    told = []
    for row in rates:
        count = row.n - row.events if row.indicator == "high_result_share" else row.events
        if any(0 < abs(count - other) < row.limit for other in below):
            told.append(row.Index)
        else:
            below.append(count)
    return told


def _without_its_counts(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Figures that would tell the number below a mark, where it is not shown as it is.

    Skills of pupils between two marks (``n``), and counts foretold from a place's newest year alone (its own count).
    """
    alone = rows["indicator"].isin(COUNTS) & (rows["method"] == OWN_NEWEST)
    about = alone | (rows["indicator"] == "mark_skill")
    if not about.any():
        return about
    plain = (rows["indicator"] == "fail_share_at") & ~blank & coded_ends(rows, limit).isna().all(axis=1)
    test = [key for key in KEYS if key not in ("indicator", "part", "year_from")]
    known = pd.MultiIndex.from_frame(rows.loc[plain, [*test, "part"]].astype("str"))
    edges = rows.loc[about, "part"].str.split(":").str[0].str.split("-", expand=True)
    told = pd.Series(True, index=edges.index)
    for edge in edges:
        beside = pd.MultiIndex.from_frame(rows.loc[about, test].assign(part=edges[edge]).astype("str"))
        told &= edges[edge].isna() | (edges[edge] == "0") | beside.isin(known)
    return about & ~told.reindex(rows.index, fill_value=True)


def _every_unit(rows: pd.DataFrame, blank: "pd.Series[bool]") -> "pd.Series[bool]":
    """What is withheld in one unit or against one reference is withheld in all: the same pupils stand behind it."""
    return blank.groupby([rows[key] for key in KEYS], dropna=False).transform("any").astype("bool")
