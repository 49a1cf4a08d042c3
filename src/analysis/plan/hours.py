"""How many planned lessons were held, and how many minutes of support are there for a child, school by school?

Beside results, never as their reason: schools that hold fewer lessons differ in much else.
"""

import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.params import Params

_DOMAIN = ["municipality_id", "school_year", "domain"]
_FIRST_DAY, _LAST_DAY = "-09-01", "-05-31"  # of a school year's lessons


def lesson_hours(lessons: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Compare planned and held lessons.

    Parameters
    ----------
    lessons : pd.DataFrame
        Contract ``lesson_hours`` of one municipality, with ``municipality_id``.
    params : Params
        ``years_shown``: how many years of the municipality.

    Returns
    -------
    pd.DataFrame
        ``lesson_hours`` (``part`` ``planned`` or ``delivered``, hours of a school year over all its grades) and
        ``lesson_hours_share`` (held of 100 planned), by subject: each school's newest year, and the municipality's years.
        ``population`` is ``schools`` and ``n`` their number: the figures are a register's and have no interval.
    """
    if lessons.empty:
        return no_evidence()
    rows = lessons.assign(school_year=lessons["school_year"].astype("int64"))
    newest = int(rows["school_year"].max())
    whole = _hours(rows[rows["school_year"] > newest - params.years_shown], _DOMAIN)
    schools = _hours(rows[rows["school_year"] == newest], [*_DOMAIN, "school_id"])
    sums = pd.concat([whole, schools], ignore_index=True)
    parts = [
        evidence(sums.assign(part=part, estimate=sums[part]), indicator="lesson_hours", unit="hours")
        for part in ("planned", "delivered")
    ]
    planned = sums[sums["planned"] > 0]
    shares = planned.assign(estimate=100 * planned["delivered"] / planned["planned"])
    parts.append(evidence(shares, indicator="lesson_hours_share", unit="percent"))
    return pd.concat(parts, ignore_index=True).assign(method="sums of the register", population="schools")


def _hours(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    groups = rows.groupby(keys, observed=True, sort=True)
    sums: pd.DataFrame = groups[["planned", "delivered"]].sum().assign(n=groups["school_id"].nunique())
    return sums.reset_index()


def support_minutes(given: pd.DataFrame) -> pd.DataFrame:
    """Average minutes a week of each specialist for a child who is supported, in the newest year.

    Support of a part of the year counts by that part: minutes times the share of 1 September to 31 May it covers.

    Parameters
    ----------
    given : pd.DataFrame
        ``support_given`` of one municipality as stored (``pupil``, ``school_id``, ``municipality_id``).

    Returns
    -------
    pd.DataFrame
        ``support_minutes``: ``part`` is the specialist, ``n`` the children; a row a school and one of the municipality.
    """
    rows = weekly(given)
    if rows.empty:
        return no_evidence()
    parts = []
    for keys in (["municipality_id"], ["municipality_id", "school_id"]):
        groups = rows.groupby([*keys, "school_year", "specialist"], observed=True, sort=True)
        sums = groups["weekly"].sum().to_frame("minutes").assign(n=groups["pupil"].nunique()).reset_index()
        parts.append(sums.assign(estimate=sums["minutes"] / sums["n"], part=sums["specialist"]))
    return evidence(
        pd.concat(parts, ignore_index=True), indicator="support_minutes", unit="minutes",
        method="minutes a week over supported children",
    )  # fmt: skip


def support_minutes_in_need(given: pd.DataFrame, need: pd.DataFrame) -> pd.DataFrame:
    """Minutes a week that are there for each child in need, supported or not, in the newest year.

    Parameters
    ----------
    given : pd.DataFrame
        As in :func:`support_minutes`.
    need : pd.DataFrame
        Evidence of children in need in ``pupils``: ``part`` a specialist or a programme, ``school_id`` empty for the
        whole municipality; with or without an interval. Several grades are added up.

    Returns
    -------
    pd.DataFrame
        ``support_minutes_in_need``, ``n`` the expected children (whole ones); the interval is that of the need alone.
        Where need is known and nothing is given, 0.
    """
    rows = weekly(given)
    need = need[need["unit"] == "pupils"] if len(need) else need
    if rows.empty or need.empty:
        return no_evidence()
    keys = ["municipality_id", "school_id", "part"]
    totals = []
    for column in ("specialist", "programme"):
        named = rows.assign(part=rows[column].astype("str"))
        for place in (named, named.assign(school_id="")):
            totals.append(place.astype({"school_id": "str"}).groupby(keys)["weekly"].sum())
    children = need.groupby(keys)[["estimate", "low", "high"]].sum(min_count=1).reset_index()
    children = children[children["estimate"] >= 0.5]
    minutes = pd.concat(totals).groupby(level=keys).max().rename("minutes").reset_index()
    found = children.merge(minutes, on=keys, how="left").fillna({"minutes": 0.0})
    least = found["low"].clip(lower=1).clip(upper=found["estimate"])
    found["n"] = found["estimate"].round()
    found["low"], found["high"] = found["minutes"] / found["high"], found["minutes"] / least
    found["estimate"] = found["minutes"] / found["estimate"]
    return evidence(
        found, indicator="support_minutes_in_need", unit="minutes",
        school_year=int(rows["school_year"].iloc[0]), method="minutes a week over children in need",
    )  # fmt: skip


def weekly(given: pd.DataFrame) -> pd.DataFrame:
    """Keep support with known minutes of the newest year, with ``weekly``: minutes times the share of the year it covers."""
    rows = given[given["minutes"].notna() & given["specialist"].notna()] if len(given) else given
    if rows.empty:
        return rows
    year = int(rows["school_year"].max())
    rows = rows[rows["school_year"] == year].assign(school_year=year)
    first, last = pd.Timestamp(f"{year - 1}{_FIRST_DAY}"), pd.Timestamp(f"{year}{_LAST_DAY}")
    start, end = pd.to_datetime(rows["from"]).fillna(first), pd.to_datetime(rows["to"]).fillna(last)
    days = (end.where(end < last, last) - start.where(start > first, first)).dt.days + 1
    covered = days.clip(lower=0) / ((last - first).days + 1)
    return rows.assign(weekly=rows["minutes"].astype("float64") * covered)


def beside_results(hours: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Put schools' lessons and their place in the same subject next to each other; nothing is concluded from it.

    Parameters
    ----------
    hours : pd.DataFrame
        From :func:`lesson_hours`.
    results : pd.DataFrame
        Evidence ``attainment`` of schools (:func:`analysis.stats.school_attainment`).

    Returns
    -------
    pd.DataFrame
        The rows of both that share a school and a subject, by school and subject.
    """
    both = [rows[rows["school_id"] != ""] for rows in (hours[hours["indicator"] == "lesson_hours_share"], results)]
    shared = [set(rows[["school_id", "domain"]].itertuples(index=False, name=None)) for rows in both]
    rows = pd.concat(both, ignore_index=True)
    pairs = rows[["school_id", "domain"]].apply(tuple, axis=1) if len(rows) else pd.Series(dtype="object")
    kept = rows[pairs.isin(shared[0] & shared[1])]
    return kept.sort_values(["school_id", "domain", "indicator", "grade"], kind="stable", ignore_index=True)
