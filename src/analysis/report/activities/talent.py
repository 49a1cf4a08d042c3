"""Where are high results, and is there an activity for talent beside them?"""

from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming
from analysis.report.activities.figures import by_part, hours_of
from analysis.report.high_results import judged, of_country, side
from analysis.report.sections import newest
from analysis.report.tables import details, table
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import listed, number

_HIGH = "high_result_share"


def without_offer(unit: Unit, released: Released) -> dict[str, list[Any]]:
    """Return schools without an activity for talent where a test's share of high results is surely above the municipality's.

    Returns
    -------
    dict of str to list of rows
        School → its shares whose interval lies above the municipality's share of the same test and year. Only schools
        that reported activities.
    """
    own = released.where(municipality_id=unit.municipality_id)
    shares = newest(own, unit, indicator=_HIGH, group="")
    offer = own.where(indicator="activity_offer", part="talent").rows
    lacking = set(offer.loc[offer["estimate"].eq(0) & offer["n"].eq(0), "school_id"])
    rows = list(each(naming.test_order(shares.rows.dropna(subset=["estimate"]))))
    whole = {(naming.key_of(row), int(row.school_year)): row.estimate for row in rows if not row.school_id}
    found: dict[str, list[Any]] = {}
    for row in rows:
        place = whole.get((naming.key_of(row), int(row.school_year)), float("nan"))
        if row.school_id in lacking and row.low > place:
            found.setdefault(row.school_id, []).append(row)
    return found


def tests_of(unit: Unit, rows: list[Any]) -> str:
    """Name the tests of rows."""
    return listed(list(dict.fromkeys(naming.what(unit, row) for row in rows)), unit.language)


def talent(unit: Unit, own: Released, released: Released, groups: list[str], years: str) -> list[Markup]:
    """Fold which schools with high results have no offer, and groups' high results beside talent activities."""
    if not len(released.where(indicator=_HIGH, municipality_id=unit.municipality_id)):
        return []
    bodies = [Markup("<p>{}</p>").format(_schools(unit, released, years)), *_groups(unit, own, released, groups, years)]
    return [details(say("activities_talent", unit.language), *bodies)]


def _schools(unit: Unit, released: Released, years: str) -> Markup:
    """Name the schools to the board; say to others how many they are."""
    found, language = without_offer(unit, released), unit.language
    if not found:
        return say("activities_talent_none", language)
    if unit.edition != "board":
        return say("activities_talent_count", language, count=len(found), n=len(found))
    names = [f"{name} ({tests_of(unit, found[one])})" for one, name in naming.alphabetical(unit) if one in found]
    return say("activities_talent_schools", language, years=years, list="; ".join(names))


def _groups(unit: Unit, own: Released, released: Released, groups: list[str], years: str) -> list[Markup]:
    language, nation = unit.language, of_country(released)
    shares = newest(released.where(municipality_id=unit.municipality_id, school_id=""), unit, indicator=_HIGH)
    body = []
    for group in groups:
        rows = list(each(shares.where(group=group).rows))
        sides = judged(rows, nation)
        if not sides:
            continue
        told = [side(row, nation) for row in rows]
        facts = {"fewer": told.count("lower"), "more": told.count("higher"), "all": len(sides)}
        met = by_part(own, "activity_exposure", group=group).get("talent")
        name = capitalised(naming.group(unit, group))
        key = "activities_judged" if facts["fewer"] or facts["more"] else "activities_judged_none"
        words = say(key, language, **{key: number(n, language) for key, n in facts.items()})
        body.append((name, hours_of(met, language), str(words)))
    if not body:
        return []
    head = [str(say(f"column_{name}", language)) for name in ("group", "talent_hours", "high_judged")]
    return [table(language, str(say("activities_talent_caption", language, years=years).unescape()), head, body)]
