"""Which further figures are withheld because they add up with a withheld one to a number that is shown."""

from itertools import groupby
from typing import Any

import pandas as pd

from analysis.evidence import KEYS, each
from analysis.release.coding import coded_ends

_TEST = ["municipality_id", "grade", "test", "domain", "level", "unit"]
_OF_GROUPS = ("group_gap", "high_result_share", "development_hours", "activity_exposure")
_OF_SCHOOLS = (
    "attainment",
    "growth",
    "growth_percentile",
    "expected_for_similar",
    "high_result_share",
    "school_effect",
    "skill_gap",
    "competence_gap",
    "self_gap",
    "development_hours",
    "support_minutes",
    "support_minutes_in_need",
    "activity_participations",
)
_OF_SUPPORT = ("support_need", "support_served")
_OF_SURVEYS = ("wellbeing_scale", "slo_dimension")
# Figures are printed to a hundredth of an SD and a tenth of a percent: among more than so many pupils a head, what is
# left when the groups are taken off the whole has an error of ten points (half an SD) or more.
_PINNED = {"sd": 70}
_PINNED_ELSE = 100


def with_neighbours(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Withhold further members of each set that adds up, those from fewest pupils first.

    Sets are the values of one attribute (or of several crossed), the schools of one test, programme or survey, the grades
    of one school's programme or of a survey, and the bands of one test or stage. Of those who get support their number
    counts, not of how many. Pupils of whom an attribute is unknown are a member that no row shows; nobody is recognised by
    being unknown, so they count where their mean could be worked out. A set is closed when at least two members are missing
    and together they are no small group themselves, or when all of it is withheld. Of shares the numbers of high results
    add up as well, so that a coded one would follow: there a set is closed when those that are not told have enough high
    results between them.
    """
    # A share that has a country's beside it and one that has not are of one set.
    rows = rows.assign(reference=rows["reference"].mask(rows["indicator"].eq("high_result_share"), ""))
    served = rows["indicator"].eq("support_served")
    rows = rows.assign(n=rows["n"].mask(served, rows["estimate"].round().astype("Int64")))
    blank = blank | _beside_pool(rows, limit)
    unknown = _unknown(rows, limit)
    lacks_one = blank | (unknown > 0)
    for member, belongs in _sets(rows).items():
        if not lacks_one[belongs].any():
            continue
        of_set = _numbered(rows[belongs], member)
        open_set = lacks_one[belongs].groupby(of_set).transform("any")
        facts = rows.loc[open_set[open_set].index, ["n", member]].assign(
            of_set=of_set, gone=blank, least=limit, unknown=unknown
        )
        ordered = each(facts.sort_values(["of_set", "n", member]))
        closing = [row for _, one in groupby(ordered, key=lambda row: row.of_set) for row in _closing(list(one))]
        blank = blank | rows.index.isin(closing)
    return blank | _covering(rows, blank, limit)


def _attribute(rows: pd.DataFrame) -> "pd.Series[str]":
    """Return the attribute of each group, or the attributes that are crossed in it."""
    return rows["group"].str.replace(r"=[^&]*", "", regex=True)


def _sets(rows: pd.DataFrame) -> dict[str, "pd.Series[bool]"]:
    """Return what sets are made of: the column whose values add up, and the rows that belong.

    The country's own shares by group do not: they are told in steps and tens, out of which nothing adds up.
    """
    support, surveys = rows["indicator"].isin(_OF_SUPPORT), rows["indicator"].isin(_OF_SURVEYS)
    return {
        "group": rows["group"].ne("") & rows["municipality_id"].ne("") & rows["indicator"].isin(_OF_GROUPS),
        "school_id": rows["school_id"].ne("")
        & (rows["indicator"].isin(_OF_SCHOOLS) | surveys | (support & rows["grade"].eq(""))),
        "grade": rows["grade"].ne("")
        & ((support & rows["school_id"].ne("")) | surveys | rows["indicator"].eq("activity_participations")),
        "part": rows["indicator"].eq("band_share") | _counts_of_bands(rows) | _topics(rows),
    }


def _counts_of_bands(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Return which rows count today's pupils by band of early signs: together they are all pupils of the stage."""
    return rows["indicator"].eq("risk_band") & rows["unit"].eq("pupils") & rows["part"].isin(["high", "middle", "low"])


def _topics(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Return which rows are topics of events: their participants add up to those of all."""
    return rows["indicator"].eq("development_hours") & rows["part"].ne("")


def _numbered(rows: pd.DataFrame, member: str) -> "pd.Series[int]":
    """Number the sets: rows that differ in the member alone."""
    keys = [rows[key] for key in (*KEYS, "unit", "reference") if key != member]
    return rows.groupby([*keys, _attribute(rows)], dropna=False, sort=True).ngroup()


def _closing(one: list[Any]) -> list[int]:
    """Return the rows of a set, ordered by number, that have to go as well.

    Unknown pupils hide nobody, for the same ones are often unknown to several attributes; alone they need one neighbour.
    """
    least, unknown = max(row.least for row in one), max(row.unknown for row in one)
    missing = [least if pd.isna(row.n) else int(row.n) for row in one if row.gone]
    fewest = 2 if missing else 1
    closing: list[int] = []
    for row in (row for row in one if not row.gone):
        if not (missing or unknown) or (len(missing) >= fewest and sum(missing) >= least):
            break
        missing.append(int(row.n))
        closing.append(row.Index)
    return closing


def _covering(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Shares that have to go as well, so that the high results of a coded or withheld one do not follow from its set."""
    shares = rows[rows["indicator"].eq("high_result_share") & rows["municipality_id"].ne("")]
    if shares.empty:
        return pd.Series(False, index=rows.index, dtype="bool")
    n = shares["n"].astype("float64")
    events = (n * shares["estimate"] / 100).fillna(0)
    coded = coded_ends(shares, limit[shares.index]).notna().any(axis=1)
    facts = shares.assign(events=events, others=(n - events).fillna(0), gone=blank, coded=coded, limit=limit)
    closing: list[int] = []
    for member, belongs in _sets(shares).items():
        of_set = _numbered(shares[belongs], member)
        hides = (facts["gone"] | facts["coded"])[belongs].groupby(of_set).transform("any").astype("bool")
        table = facts.loc[hides[hides].index, ["n", member, "events", "others", "gone", "coded", "limit"]]
        table = table.assign(of_set=of_set).sort_values(["of_set", "n", member])
        for _, one in groupby(each(table), key=lambda row: row.of_set):
            closing += _uncovered(list(one))
    return pd.Series(rows.index.isin(closing), index=rows.index, dtype="bool")


def _uncovered(one: list[Any]) -> list[int]:
    """Return the shares of one set to withhold, from fewest pupils: until one is, and the hidden have enough events."""
    hidden = [row for row in one if row.gone or row.coded]
    closing: list[int] = []
    for row in (row for row in one if not (row.gone or row.coded)):
        enough = min(sum(r.events for r in hidden), sum(r.others for r in hidden)) >= row.limit
        if enough and (closing or any(r.gone for r in hidden)):
            break
        hidden.append(row)
        closing.append(row.Index)
    return closing


def _beside_pool(rows: pd.DataFrame, limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Shares of a group in one year beside whose pool of years one to ``limit − 1`` pupils of the other years are left."""
    keys = [key for key in (*_TEST, "school_year", "group") if key != "unit"]
    pools = rows.loc[rows["indicator"].eq("group_gap"), [*keys, "n"]].dropna(subset=["n"]).drop_duplicates(keys)
    shares = rows.loc[rows["indicator"].eq("high_result_share") & rows["group"].ne(""), [*keys, "n"]]
    pairs = shares.assign(row=shares.index, least=limit).merge(pools, on=keys, suffixes=("", "_pool"))
    left = pairs["n_pool"] - pairs["n"]
    few = pairs.loc[(left > 0) & (left < pairs["least"]), "row"]
    return pd.Series(rows.index.isin(few.tolist()), index=rows.index, dtype="bool")


def _unknown(rows: pd.DataFrame, limit: "pd.Series[int]") -> "pd.Series[int]":
    """Count, beside every group, pupils without a value of its attribute, where few enough are left to be pinned."""
    groups = rows[_sets(rows)["group"]]
    n = groups["n"].astype("float64")
    known = n.groupby(_numbered(groups, "group")).transform("sum", skipna=False)
    pool = [groups[key] for key in (*_TEST, "year_from", "school_year", "reference")]
    whole = [known.groupby(pool, dropna=False).transform("max"), *_wholes(rows, groups, limit[groups.index])]
    unknown = pd.Series(0.0, index=rows.index)
    most = groups["unit"].map(_PINNED).astype("float64").fillna(_PINNED_ELSE)
    for pupils in whole:
        left = pupils - known
        few = (left > 0) & (left < limit[groups.index]) & (pupils <= most * left)
        unknown.loc[few[few].index] = left[few]
    return unknown.astype("int64")


def _wholes(rows: pd.DataFrame, groups: pd.DataFrame, limit: "pd.Series[int]") -> list["pd.Series[float]"]:
    """Return how many pupils the pool of each group's years has: in all years, and in those that are shown."""
    years = rows.loc[rows["indicator"].eq("attainment") & rows["school_id"].eq(""), [*_TEST, "school_year", "n"]]
    years = years.rename(columns={"school_year": "year"}).dropna(subset=["n"])
    first = groups["year_from"].fillna(groups["school_year"])
    pools = groups[_TEST].assign(row=groups.index, first=first, last=groups["school_year"], least=limit)
    pairs = pools.merge(years, on=_TEST)
    pairs = pairs[pairs["year"].between(pairs["first"], pairs["last"])]
    sums = [part.groupby("row")["n"].sum() for part in (pairs, pairs[pairs["n"] >= pairs["least"]])]
    sums.append(_told(rows, pools.assign(year_from=groups["year_from"], school_year=groups["school_year"])))
    return [total.reindex(groups.index).astype("float64") for total in sums]


def _told(rows: pd.DataFrame, pools: pd.DataFrame) -> "pd.Series[int]":
    """Return how many pupils a pool has where a row about all of them says so."""
    keys = [*_TEST, "year_from", "school_year"]
    told = rows.loc[rows["indicator"].eq("behind_as_a_whole"), [*keys, "n"]].dropna(subset=["n"])
    told = told.drop_duplicates(keys)
    return pools.merge(told, on=keys).set_index("row")["n"]
