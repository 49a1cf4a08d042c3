"""Section on the methodologists' plan: which school and field, what is left out, and what limits."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.plan.visits import EVERY_SCHOOL, FIRST, NO_FIELD
from analysis.plan_limits import Visits
from analysis.release import Released
from analysis.report import naming
from analysis.report.html import Section, require_released
from analysis.report.school.tables import by_name
from analysis.report.sections import NOTHING, section, source_line
from analysis.report.tables import Figure, details, table
from analysis.words.catalogue import capitalised, counted, label, say
from analysis.words.collation import latvian_key
from analysis.words.numbers import listed, number

_OF_VISITS = ["visits_wanted", "visits_planned", "visits_offered"]
_ORDER = ("visits_offered", "visits_wanted", "visits_planned")
_NAMED = 3


def visits(unit: Unit, released: Released, rule: Visits | None = None) -> Section:
    """Make the section; where nobody offers visits and no need is seen there is none.

    Parameters
    ----------
    unit : Unit
        The municipality.
    released : Released
        Evidence of the plan among all others.
    rule : Visits, optional
        How visits are planned, said below the table.
    """
    require_released(released)
    own = released.where(municipality_id=unit.municipality_id, indicator=_OF_VISITS)
    if not len(own):
        return NOTHING
    at_schools = [_by_school(unit, own)] if own.rows["school_id"].ne("").any() else []
    bodies = [*at_schools, _by_field(unit, own), *([] if at_schools else [board_only(unit)])]
    bodies += [] if rule is None else [_how(unit, rule)]
    return section(unit, "visits", heading(unit, own), _answer(unit, own), bodies, source_line(unit, own))


def heading(unit: Unit, own: Released) -> Markup:
    """Return the message: whether the plan has all visits that are needed."""
    planned, wanted = (_sum(own, name) for name in ("visits_planned", "visits_wanted"))
    if not wanted:
        return say("visits_heading_no_need", unit.language)
    if _nobody(own):
        return say("visits_heading_nobody", unit.language, visits=counted("visits", int(wanted), unit.language))
    if planned == wanted:
        return say("visits_heading_enough", unit.language)
    return say(
        "visits_heading_left",
        unit.language,
        planned=number(planned, unit.language),
        wanted=number(wanted, unit.language),
    )


def board_only(unit: Unit) -> Markup:
    """Say that single schools stand in the board's edition."""
    return Markup('<p class="key">{}</p>').format(say("staff_board_only", unit.language))


def _sum(own: Released, name: str) -> float:
    return float(own.where(indicator=name, school_id="", domain="").rows["estimate"].sum())


def _nobody(own: Released) -> bool:
    """Whether there is no methodologist at all."""
    return not own.where(indicator=["visits_offered", "visits_planned"]).rows["estimate"].sum()


def field_of(unit: Unit, code: str) -> str:
    """Return the name of a methodologist's field."""
    return label("field_of_work", code, unit.language)


def first_in_words(unit: Unit, own: Released) -> Iterator[Markup]:
    """Say where the first visits go, a school of each field; where several are alike none is picked out."""
    schools = dict(naming.alphabetical(unit))
    first = own.where(indicator="visits_planned", part=FIRST).rows
    alone = first[~first["domain"].duplicated(keep=False)]
    items = [
        str(say("visits_answer_item", unit.language, field=field_of(unit, row.domain), school=schools[row.school_id]).unescape())
        for row in each(alone)
    ]  # fmt: skip
    if items:
        yield say("visits_answer", unit.language, list="; ".join(items[:_NAMED]))


def _answer(unit: Unit, own: Released) -> Markup:
    language, parts = unit.language, list(first_in_words(unit, own))
    if not _sum(own, "visits_wanted"):
        return Markup("")
    if _nobody(own):
        return say("visits_nobody", language)
    left = _sum(own, "visits_wanted") - _sum(own, "visits_planned")
    if left:
        fields = sorted(_limited(own), key=lambda d: latvian_key(field_of(unit, d)))
        whys = [
            say("visits_why", language, field=field_of(unit, d), why=_limits(unit, own, d)).unescape() for d in fields
        ]
        count = counted("visits", int(left), language)
        parts.append(say("visits_answer_left", language, left=count, why="; ".join(map(str, whys))))
    parts.append(say("visits_every" if _everywhere(own) else "visits_not_every", language))
    return Markup(" ").join(parts)


def _limited(own: Released) -> set[str]:
    rows = own.where(indicator="visits_planned", school_id="").rows
    return set(rows.loc[(rows["domain"] != "") & (rows["method"] != ""), "domain"])


def _limits(unit: Unit, own: Released, domain: str) -> str:
    """Name what limits the visits of a field."""
    found = {one for row in each(own.where(indicator="visits_planned", school_id="", domain=domain).rows)
             for one in row.method.split("+") if one}  # fmt: skip
    return listed([label("visit_limit", limit, unit.language) for limit in sorted(found)], unit.language)


def _everywhere(own: Released) -> bool:
    """Whether each school with a need is visited, where its fields have methodologists."""
    return bool((own.where(indicator="visits_planned", school_id="", domain="").rows["method"] == EVERY_SCHOOL).all())


def _by_school(unit: Unit, own: Released) -> Markup:
    language = unit.language
    at = {name: [row for row in each(own.where(indicator=name).rows) if row.school_id] for name in _OF_VISITS[:2]}
    wanted = {(row.domain, row.school_id): row.estimate for row in at["visits_wanted"]}
    cells = {(row.domain, row.school_id): _cell(unit, row, wanted) for row in at["visits_planned"]}
    heads = {
        d: capitalised(field_of(unit, d))
        for d in sorted({d for d, _ in cells}, key=lambda d: latvian_key(field_of(unit, d)))
    }
    return by_name(unit, cells, heads, say("visits_caption", language))


def _cell(unit: Unit, row: Any, wanted: dict[Any, float]) -> Figure:
    language = unit.language
    facts = {"planned": number(row.estimate, language), "wanted": number(wanted[row.domain, row.school_id], language)}
    nobody = label("visit_limit", NO_FIELD, language) if row.method == NO_FIELD else ""
    small = str(say("visits_first", language)) if row.part == FIRST else nobody
    return Figure(str(say("visits_of", language, **facts)), small)


def _by_field(unit: Unit, own: Released) -> Markup:
    language = unit.language
    sums = {
        name: own.where(indicator=name, school_id="").rows.groupby("domain")["estimate"].sum() for name in _OF_VISITS
    }
    fields = sorted(
        {d for sum_of in sums.values() for d in sum_of.index} - {""}, key=lambda d: latvian_key(field_of(unit, d))
    )
    body = [
        (
            capitalised(field_of(unit, d)),
            *(_cell_of_field(unit, sums[name].get(d, 0.0), name, own, d) for name in _ORDER),
        )
        for d in fields
    ]
    head = [
        str(say(f"column_{name}", language)) for name in ("field", *(name.removeprefix("visits_") for name in _ORDER))
    ]
    return table(language, str(say("visits_fields_caption", language)), head, body)


def _cell_of_field(unit: Unit, visits: float, name: str, own: Released, domain: str) -> Figure:
    """Give a number of visits; below those planned what limits them."""
    small = _limits(unit, own, domain) if name == "visits_planned" else ""
    return Figure(number(float(visits), unit.language), small)


def _how(unit: Unit, rule: Visits) -> Markup:
    text = say("visits_how_text", unit.language, per_sign=rule.per_sign, most=rule.most)
    return details(say("staff_how", unit.language), Markup("<p>{}</p>").format(text))
