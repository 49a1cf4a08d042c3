"""Section: what is there for pupils outside lessons, and where is it not?"""

from collections.abc import Hashable
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.activity_rules import AIMS, FIELDS, load_activity_rules
from analysis.evidence import each
from analysis.indicators import INDICATORS
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.activities.figures import bounds_of, by_part, field_name, hours_of, participants_of
from analysis.report.activities.talent import talent
from analysis.report.html import Section, require_released
from analysis.report.school.tables import by_name
from analysis.report.sections import NOTHING, confidence_of, figure, section, source_line
from analysis.report.tables import Figure, details, table
from analysis.words.catalogue import capitalised, label, say
from analysis.words.numbers import WITHHELD, listed, number, percent

_ALL = ["activity_offer", "activity_participations", "activity_reach", "activity_hours", "activity_exposure"]


def activities(unit: Unit, released: Released) -> Section:
    """Make the section: a row a field; schools, grades, groups, aims, talent and exams chosen later are folded.

    Parameters
    ----------
    unit : Unit
        The municipality.
    released : Released
        Evidence on activities, and of high results, among all others; without activities there is no section.
    """
    require_released(released)
    own = released.where(municipality_id=unit.municipality_id, indicator=_ALL)
    offers = own.where(indicator="activity_offer")
    if not len(offers):
        return NOTHING
    year = int(offers.rows["school_year"].max())
    now, language = own.where(school_year=year), unit.language
    years = naming.years(unit, next(each(offers.rows)))
    groups = _groups_in_order(unit, now)
    bodies = [figure(_by_field(unit, own, now, year), say("activities_sub", language, years=years))]
    bodies += [*_schools(unit, now, years), *_grades(unit, now, years), *_groups(unit, now, groups, years)]
    bodies += [*_aims(unit, now, years), *talent(unit, now, released, groups, years), *_choice(unit, released)]
    how = say("activities_how_text", language, k=unit.params.smallest_group)
    bodies.append(details(say("activities_how", language), Markup("<p>{}</p>").format(how)))
    return section(unit, "activities", _heading(unit, now), _answer(unit, offers), bodies, source_line(unit, now))


def missing_activities(unit: Unit) -> list[Markup]:
    """Say that the data lack activities, and how to get them."""
    if "activities" in unit.facts["tables"]:
        return []
    return [capitalised(say("data_missing_activities", unit.language))]


def _heading(unit: Unit, now: Released) -> Markup:
    reach = by_part(now, "activity_reach", school_id="").get("")
    if reach is None or reach.low != reach.low:
        return say("activities_heading_plain", unit.language)
    low, high = (percent(end, unit.language, 1) for end in (reach.low, reach.high))
    return say("activities_heading", unit.language, low=low, high=high)


def _answer(unit: Unit, offers: Released) -> Markup:
    """Say in how many schools each field is missing, and how many schools reported nothing."""
    language, rows = unit.language, offers.rows
    told = rows["school_id"].nunique()
    none = rows[rows["n"].eq(0)].groupby("part").size()
    items = [
        f"{label('activity_field', field, language)} – {number(none[field], language)}"
        for field in FIELDS
        if field in none
    ]
    if items:
        said = [say("activities_none", language, all=number(told, language), list=listed(items, language))]
    else:
        said = [say("activities_each", language)]
    silent = len(unit.schools) - told
    if silent > 0:
        said.append(say("activities_silent", language, count=silent, n=number(silent, language)))
    return Markup(" ").join(said)


def _by_field(unit: Unit, own: Released, now: Released, year: int) -> Markup:
    language, place = unit.language, {"school_id": "", "grade": ""}
    people, reach, each_hour = (
        by_part(now, f"activity_{name}", **place) for name in ("participations", "reach", "hours")
    )
    before = by_part(own.where(school_year=year - 1), "activity_hours", **place)
    offers = now.where(indicator="activity_offer").rows
    there, told = offers[offers["n"] > 0].groupby("part").size(), number(offers["school_id"].nunique(), language)
    body = [
        (
            field_name(unit, field),
            str(say("activities_of_schools", language, n=number(there.get(field, 0), language), all=told)),
            Figure(bounds_of(reach.get(field), language), _people(people.get(field), there.get(field, 0), language)),
            Figure(hours_of(each_hour.get(field), language), _before(before.get(field), language)),
        )
        for field in FIELDS
    ]
    head = [str(say(f"column_{name}", language)) for name in ("field", "offering", "reached", "hours_each")]
    return table(language, str(say("activities_caption", language)), head, body)


def _people(row: Any, offers: int, language: str) -> str:
    return str(say("activities_participants", language, n=participants_of(row, language, offers)))


def _before(row: Any, language: str) -> str:
    return "" if row is None else str(say("activities_before", language, hours=hours_of(row, language)))


def _schools(unit: Unit, now: Released, years: str) -> list[Markup]:
    language, of_schools = unit.language, {}
    for name in ("participations", "hours"):
        rows = each(now.where(indicator=f"activity_{name}").rows)
        of_schools[name] = {(row.part, row.school_id): row for row in rows if row.school_id}
    cells: dict[tuple[Hashable, str], Figure] = {}
    for row in each(now.where(indicator="activity_offer").rows):
        key = (row.part, row.school_id)
        cells[key] = _offered(row, of_schools["hours"].get(key), of_schools["participations"].get(key), language)
    heads = {field: field_name(unit, field) for field in FIELDS}
    made = by_name(unit, cells, heads, say("activities_schools_caption", language, years=years))
    return [details(say("activities_schools", language), made)] if made else []


def _offered(offer: Any, hours: Any, people: Any, language: str) -> Figure:
    """Return a school's hours a pupil in a field, with what it offers and how many take part below."""
    if not offer.n:
        return Figure(str(say("activities_nothing", language)))
    facts = {"offers": number(int(offer.n), language)}
    if people is None or people.n != people.n:
        return Figure(hours_of(hours, language), str(say("activities_small_hidden", language, **facts)))
    facts["pupils"] = participants_of(people, language, offer.n)
    return Figure(hours_of(hours, language), str(say("activities_small", language, **facts)))


def _grades(unit: Unit, now: Released, years: str) -> list[Markup]:
    rows = now.where(indicator="activity_hours", school_id="").rows
    rows = naming.test_order(rows[rows["grade"] != ""])
    names = {row.grade: capitalised(naming.stage(unit, row)) for row in each(rows)}
    body = [(name, *_counted(unit, now.where(grade=grade), "activity_hours")) for grade, name in names.items()]
    return _folded(unit, "grades", "stage", body, years)


def _groups_in_order(unit: Unit, now: Released) -> list[str]:
    """Return the groups of which anything is told, in the order of their attributes."""
    rows = now.where(indicator="activity_exposure").rows.dropna(subset=["n"])
    order = {name: i for i, name in enumerate(unit.attributes)}
    names = sorted(set(rows["group"]))
    return sorted(names, key=lambda group: order.get(group.split("=")[0], len(order)))


def _groups(unit: Unit, now: Released, groups: list[str], years: str) -> list[Markup]:
    language = unit.language
    if not groups:
        few = len(now.where(indicator="activity_exposure")) > 0
        return [Markup('<p class="key">{}</p>').format(say("activities_groups_few", language))] if few else []
    everybody = (
        capitalised(str(say("activities_all", language))),
        *_counted(unit, now.where(grade="", school_id=""), "activity_hours"),
    )
    body = [everybody] + [
        (capitalised(naming.group(unit, group)), *_counted(unit, now.where(group=group), "activity_exposure"))
        for group in groups
    ]
    facts = {"small": load_activity_rules().small_school, "fewest": INDICATORS["activity_exposure"].smallest_n}
    text = say("activities_groups_text", language, **facts)
    return _folded(unit, "groups", "group", body, years, Markup("<p>{}</p>").format(text))


def _counted(unit: Unit, rows: Released, indicator: str) -> list[str]:
    """Return the number of pupils, then the hours of each field."""
    found = by_part(rows, indicator)
    n = max((int(row.n) for row in found.values() if not pd.isna(row.n)), default=None)
    pupils = WITHHELD if n is None else number(n, unit.language)
    return [pupils] + [hours_of(found.get(field), unit.language) for field in FIELDS]


def _folded(unit: Unit, key: str, first: str, body: list[tuple[str, ...]], years: str, *before: Markup) -> list[Markup]:
    """Fold a table with a column a field."""
    if not body:
        return []
    language = unit.language
    head = [
        *(str(say(f"column_{name}", language)) for name in (first, "pupils")),
        *(field_name(unit, field) for field in FIELDS),
    ]
    caption = str(say(f"activities_{key}_caption", language, years=years).unescape())
    return [details(say(f"activities_{key}", language), *before, table(language, caption, head, body))]


def _aims(unit: Unit, now: Released, years: str) -> list[Markup]:
    language, found = unit.language, by_part(now, "activity_hours", school_id="", grade="")
    rules = load_activity_rules()
    body = [
        (
            f"{capitalised(label('aim', aim, language))}: {_fields(rules.fields_of(aim), language)}",
            hours_of(found[f"aim|{aim}"], language),
        )
        for aim in AIMS
        if f"aim|{aim}" in found
    ]  # fmt: skip
    if not body:
        return []
    head = [str(say(f"column_{name}", language)) for name in ("aim", "hours_each")]
    made = table(language, str(say("activities_aims_caption", language, years=years).unescape()), head, body)
    text = Markup('<p class="key">{}</p>').format(say("activities_aims_text", language))
    return [details(say("activities_aims", language), made, text)]


def _fields(codes: list[str], language: str) -> str:
    return listed([label("activity_field", code, language) for code in codes], language)


def _choice(unit: Unit, released: Released) -> list[Markup]:
    """Describe exams chosen later, over the country's schools or a large board's own; or say that it cannot be said."""
    language = unit.language
    found = list(each(released.where(indicator="activity_choice").rows.dropna(subset=["estimate"])))
    if not found:
        text = say("activities_choice_none", language, schools=load_activity_rules().schools_compared)
    else:
        row = found[0]
        text = say(
            "activities_choice_text", language, n=values.behind(row, language), years=naming.years(unit, row),
            where=say("activities_choice_own" if row.municipality_id else "activities_choice_country", language),
            r=values.estimate(row, language), interval=values.interval(row, language), confidence=confidence_of(unit, row),
            verdict=say("activities_choice_differs" if row.verdict == "differs" else "activities_choice_not", language),
        )  # fmt: skip
    return [details(say("activities_choice", language), Markup("<p>{}</p>").format(text))]
