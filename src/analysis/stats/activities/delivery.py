"""All activities of a delivery, described once for all municipalities when it is prepared."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.activity_rules import ActivityRules
from analysis.evidence import evidence, no_evidence
from analysis.params import Params
from analysis.stats.activities.choice import choice, chosen_share, hours_by_school
from analysis.stats.activities.counts import AIM_PARTS, NO_GRADE, by_aim, hours, offer, participations, reach
from analysis.stats.activities.exposure import by_grade, exposure, met
from analysis.stats.activities.tables import PLACE, SCHOOL, enrolled_of, offers_of, spread_over


def activities(
    tables: Mapping[str, pd.DataFrame], attributes: Sequence[str], scope: str, rules: ActivityRules, params: Params
) -> pd.DataFrame:
    """Describe the activities that a delivery holds.

    Parameters
    ----------
    tables : mapping of str to pd.DataFrame
        Tables of the contract: ``activities``, ``schools``; ``enrolments`` with the pupils' attributes; ``results``.
    attributes : sequence of str
        Group attributes, in their fixed order.
    scope : {"country", "board"}
        Whose schools they are.
    rules : ActivityRules
        Aims, small schools, chosen exams.
    params : Params
        ``pooled_years``, level of intervals.

    Returns
    -------
    pd.DataFrame
        Evidence, ``part`` a field or ``aim|<aim>``: ``activity_offer``, ``activity_participations``, ``activity_hours``
        and ``activity_reach`` of municipalities (the newest years), of their grades and schools, ``activity_exposure``
        of groups, ``activity_choice``. Without enrolments only offers and participations.
    """
    given = tables.get("activities", pd.DataFrame())
    if given.empty:
        return no_evidence()
    home = _text(tables["schools"].set_index("school_id")["municipality_id"])
    offers = offers_of(given, home, rules)
    last = offers.groupby("municipality_id")["school_year"].transform("max")
    offers = offers.assign(newest=offers["school_year"] == last)[offers["school_year"] > last - params.pooled_years]
    found = [offer(offers[offers["newest"]])]
    pupils = enrolled_of(
        tables.get("enrolments", pd.DataFrame(columns=["school_id", "grade", "school_year"])), home, offers
    )
    if len(pupils):
        found += _of_pupils(offers, pupils, list(attributes), rules)
        found.append(_choice(offers, pupils, tables.get("results", pd.DataFrame()), home, scope, rules, params))
    else:
        named = offers.assign(part=offers["field"])
        found += [participations(named, PLACE), participations(named[named["newest"]], SCHOOL)]
    return pd.concat([evidence(part) for part in found if len(part)], ignore_index=True)


def _of_pupils(
    offers: pd.DataFrame, pupils: pd.DataFrame, attributes: list[str], rules: ActivityRules
) -> list[pd.DataFrame]:
    cells = pupils.groupby([*SCHOOL, "grade"]).size().rename("n").reset_index()
    spread = spread_over(offers, cells).assign(part=lambda r: r["field"])
    newest = spread[spread["newest"]]
    now = cells[pd.MultiIndex.from_frame(cells[SCHOOL]).isin(pd.MultiIndex.from_frame(newest[SCHOOL]))]
    schools, places = (cells.groupby(keys)["n"].sum().rename("n").reset_index() for keys in (SCHOOL, PLACE))
    of_newest = schools.merge(now[SCHOOL].drop_duplicates(), on=SCHOOL)
    aims, place_now = by_aim(newest), places.merge(now[PLACE].drop_duplicates(), on=PLACE)
    graded = newest.assign(grade=newest["grade"].replace("", NO_GRADE))
    by_cell, given = met(newest, now), [a for a in attributes if a in pupils and pupils[a].notna().any()]
    of_now = pupils[pd.MultiIndex.from_frame(pupils[SCHOOL]).isin(pd.MultiIndex.from_frame(newest[SCHOOL]))]
    return [
        participations(spread, PLACE), participations(newest, SCHOOL), participations(graded, [*PLACE, "grade"]),
        participations(aims, PLACE), hours(spread, places, PLACE), hours(newest, of_newest, SCHOOL),
        hours(aims, place_now, PLACE, AIM_PARTS), by_grade(by_cell), reach(newest, now),
        exposure(of_now, by_cell, given, rules.small_school),
    ]  # fmt: skip


def _choice(
    offers: pd.DataFrame, pupils: pd.DataFrame, results: pd.DataFrame, home: Mapping[str, str], scope: str,
    rules: ActivityRules, params: Params,
) -> pd.DataFrame:  # fmt: skip
    if results.empty:
        return no_evidence()
    enrolled = pupils.groupby(SCHOOL, as_index=False).size().rename(columns={"size": "n"})
    owner = "" if scope == "country" else str(offers["municipality_id"].iloc[0])
    shares = chosen_share(results, rules)
    return choice(hours_by_school(offers, enrolled), shares, rules, params.confidence, owner)


def _text(column: pd.Series) -> dict[str, str]:
    return {str(key): str(value) for key, value in column.items()}
