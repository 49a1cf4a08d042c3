"""Which skills are weaker than those of pupils with the same total?"""

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.evidence import evidence, no_evidence, verdict
from analysis.indicators import INDICATORS
from analysis.stats.country import Country
from analysis.stats.intervals import mean_interval
from analysis.stats.skills.expectation import expected, expected_from_published, published_facility
from analysis.stats.skills.sheets import Sheet, by_skill, of_tests, seated, sheets
from analysis.stats.skills.shrinkage import discoveries, shrunken

SMALLEST_N = INDICATORS["skill_gap"].smallest_n
METHOD = "mean difference at equal total, shrunken"
NAMED = METHOD + "; named a deficit (BH 0.05)"
"""Method of a row that is named: below zero with its interval, not small, and standing among all comparisons of its kind."""
PUBLISHED = "published difficulties"
"""Method of the country's shares where a board has only its own pupils."""
MATERIAL = 0.02
"""Deficits of less than two percentage points are not named: where one large place lies behind in a skill, all others lie a
little ahead of the mean in it and so a little behind in the rest."""
_LEVEL = 0.05
_NO_SPREAD = 1e-12
_SERIES = ["grade", "test", "domain", "level"]
_SKILL = [*_SERIES, "part"]
_UNITS = ["municipality_id", "school_id"]


def skill_gaps(country: Country) -> pd.DataFrame:
    """Compare every municipality's and school's pupils with pupils of the same total, skill by skill.

    A pupil's difference in a skill is ``(points − expected points at that total and in that year) / highest points``; the
    expectation is that of the country's pupils, see :func:`~analysis.stats.skills.expectation.expected`, or follows from
    published difficulties where a board has only its own. Means over up to ``pooled_years`` years are shrunken to zero by
    what all units of their kind say; the interval is that of the shrunken mean and decides the verdict. A deficit is
    *named* where, besides, Benjamini and Hochberg's rule at 5 % keeps it among all units of its kind and all skills, and
    the shrunken mean is at least ``MATERIAL`` below zero.

    Parameters
    ----------
    country : Country
        Items are counted for the main session, for pupils who have points for every item of their test; tests of one
        skill say nothing of skills and are left out.

    Returns
    -------
    pd.DataFrame
        Evidence in percent of the skill's highest points, ``part`` the skill. ``skill_gap`` against the country: rows of
        municipalities and schools. ``skill_share``: mean share of the points reached in the newest year, of municipalities
        and (no municipality) of the country.
    """
    sums, nation = _sums(country)
    if sums.empty:
        return no_evidence()
    shares = _shares(sums, nation, country)
    gaps = _gaps(sums[sums["square"].notna()], country)
    found = [part for part in (gaps, shares) if len(part)]
    return evidence(pd.concat(found, ignore_index=True), unit="percent") if found else no_evidence()


def _sums(country: Country) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add up all pupils by school, test, year and skill; beside it what was published of the country."""
    if country.items.empty or country.item_map.empty or country.results.empty:
        return pd.DataFrame(), pd.DataFrame()
    results = of_tests(country.results, country.item_map)
    own, nation = [], []
    for sheet in sheets(country.items, country.item_map):
        for of_level, rows in seated(sheet, results):
            if len(set(of_level.skills)) > 1:
                own.append(_summed(of_level, rows, country))
                nation += _published(of_level, country)
    empty = pd.DataFrame()
    return pd.concat(own, ignore_index=True) if own else empty, pd.DataFrame(nation) if nation else empty


def _summed(sheet: Sheet, rows: pd.DataFrame, country: Country) -> pd.DataFrame:
    skills, scores, most = by_skill(sheet)
    totals = scores.sum(axis=1)
    if country.scope == "country":
        usual: np.ndarray | None = expected(totals, scores, totals)
    else:
        usual = expected_from_published(sheet, country.published)
    difference = np.full_like(scores, np.nan) if usual is None else (scores - usual) / most
    share = scores / most
    unit = rows.groupby(_UNITS, observed=True, sort=True)
    place, names = unit.ngroup().to_numpy(), unit.size().reset_index(name="n")
    parts = []
    for j, skill in enumerate(skills):
        added = {
            "sum": difference[:, j],
            "square": difference[:, j] ** 2,
            "share": share[:, j],
            "share2": share[:, j] ** 2,
        }
        totalled = {name: np.bincount(place, weights=value, minlength=len(names)) for name, value in added.items()}
        parts.append(names.assign(**sheet.test, part=skill, **totalled))
    return pd.concat(parts, ignore_index=True).astype(dict.fromkeys(_UNITS, "str"))


def _published(sheet: Sheet, country: Country) -> list[dict[str, Any]]:
    """Return the country's share of each skill as published, where a board has only its own pupils and n is known."""
    facility = None if country.scope == "country" else published_facility(sheet, country.published)
    if facility is None:
        return []
    rows = country.published[country.published["measure"] == "n"]
    for key, value in sheet.test.items():
        rows = rows[rows[key] == value] if key != "level" else rows[rows[key].fillna("") == value]
    if rows.empty:
        return []
    skills, _, most = by_skill(sheet)
    points = facility * sheet.most
    return [
        {**sheet.test, "part": skill, "n": int(rows["value"].iloc[-1]),
         "estimate": 100 * points[sheet.skills == skill].sum() / most[j]}
        for j, skill in enumerate(skills)
    ]  # fmt: skip


def _shares(sums: pd.DataFrame, nation: pd.DataFrame, country: Country) -> pd.DataFrame:
    """Mean share of each skill's points in the newest year of each test."""
    newest = sums[sums["school_year"] == sums.groupby(_SERIES)["school_year"].transform("max")]
    keys = ["school_year", *_SKILL]
    parts = [_share(newest, ["municipality_id", *keys], country)]
    if country.scope == "country":
        parts.append(_share(newest, keys, country))
    elif len(nation):
        last = nation["school_year"] == nation.groupby(_SERIES)["school_year"].transform("max")
        parts.append(nation[last].assign(method=PUBLISHED))
    return pd.concat(parts, ignore_index=True).assign(indicator="skill_share")


def _share(sums: pd.DataFrame, keys: list[str], country: Country) -> pd.DataFrame:
    rows = sums.groupby(keys, sort=True)[["n", "share", "share2"]].sum().reset_index()
    mean = rows["share"] / rows["n"]
    spread = (rows["share2"] - rows["n"] * mean**2).clip(lower=0) / (rows["n"] - 1).clip(lower=1)
    sd = 100 * spread.mask(spread < _NO_SPREAD, 0.0) ** 0.5
    low, high = mean_interval(rows["n"], 100 * mean, sd, country.params.confidence)
    mean = 100 * mean
    ends = {"low": np.minimum(low.clip(lower=0), mean), "high": np.maximum(high.clip(upper=100), mean)}
    return rows[[*keys, "n"]].assign(
        estimate=mean, **ends, confidence=country.params.confidence, method="mean of pupils"
    )


def _gaps(sums: pd.DataFrame, country: Country) -> pd.DataFrame:
    if sums.empty:
        return sums
    pool = _pool(sums, country)
    by_place = ["municipality_id", *_SKILL]
    years = pool.groupby(by_place)["school_year"].agg(year_from="min", school_year="max").reset_index()
    years["year_from"] = years["year_from"].astype("Int64").mask(years["year_from"] == years["school_year"])
    parts = [_of_kind(pool, by_place, country), _of_kind(pool, [*_UNITS, *_SKILL], country)]
    found = pd.concat(parts, ignore_index=True).merge(years, on=by_place, validate="many_to_one")
    return found.assign(indicator="skill_gap", reference="country", confidence=country.params.confidence)


def _pool(sums: pd.DataFrame, country: Country) -> pd.DataFrame:
    """Keep the newest years; not those in which a municipality has so few pupils that the pool would give them away."""
    newest = sums.groupby(_SERIES)["school_year"].transform("max")
    rows = sums[sums["school_year"] > newest - country.params.pooled_years]
    place = ["municipality_id", *_SKILL]
    in_year = rows.groupby([*place, "school_year"])["n"].transform("sum")
    small = in_year < country.params.smallest_group
    together = rows["n"].where(small, 0).groupby([rows[key] for key in place]).transform("sum")
    return rows[~small | (together >= country.params.smallest_group)]


def _of_kind(pool: pd.DataFrame, keys: list[str], country: Country) -> pd.DataFrame:
    """Shrink and judge all municipalities, or all schools: each skill apart, named over all of them."""
    units = pool.groupby(keys, sort=True)[["n", "sum", "square"]].sum().reset_index()
    units["mean"] = units["sum"] / units["n"]
    inside = (units["square"] - units["n"] * units["mean"] ** 2).groupby([units[key] for key in _SKILL])
    freedom = (units["n"] - 1).groupby([units[key] for key in _SKILL]).transform("sum")
    units["error"] = np.sqrt((inside.transform("sum").clip(lower=0) / freedom.where(freedom > 0)) / units["n"])
    units = units[units["error"] ** 2 * units["n"] > _NO_SPREAD].reset_index(drop=True)
    judged = (units["n"] >= SMALLEST_N).to_numpy()
    drawn, spread = np.zeros(len(units)), np.zeros(len(units))
    for at in units.groupby(_SKILL, sort=True).indices.values():
        of_skill = units.iloc[at]
        drawn[at], spread[at] = shrunken(of_skill["mean"].to_numpy(), of_skill["error"].to_numpy(), judged[at])
    half = stats.norm.ppf((1 + country.params.confidence) / 2) * spread
    named = np.zeros(len(units), dtype=bool)
    named[judged] = discoveries((units["mean"] / units["error"]).to_numpy()[judged], _LEVEL)
    named &= (drawn + half < 0) & (drawn <= -MATERIAL)
    ends = pd.DataFrame({"estimate": 100 * drawn, "low": 100 * (drawn - half), "high": 100 * (drawn + half)})
    judgement = verdict(ends["low"], ends["high"], units["n"], SMALLEST_N)
    return units[[*keys, "n"]].assign(**ends, verdict=judgement, method=np.where(named, NAMED, METHOD))
