"""The page of one school: its rows of what was released for the whole municipality, and the frame around its sections."""

import datetime
import re
from dataclasses import replace

import numpy as np
from markupsafe import Markup

from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.frame import footer, header_of
from analysis.report.html import Section, require_released
from analysis.words.catalogue import say
from analysis.words.numbers import date, school_year

_OF_ALL = ("roster", "earlier_missing", "competence_gap")
"""Indicators of the municipality that every page needs: the school year, whether earlier results are known, and gaps of staff."""


def of_school(unit: Unit, released: Released) -> Released:
    """Return what a school's page may show: its own released rows, and beside them those of the municipality and the country.

    Nothing is computed or released anew, so that the page cannot show what the municipality's board edition withholds.
    Beside its own rows stand those of the same indicators without a group, and of the groups that it shows: no row of
    another school, and no figure that the page has no use for.

    Parameters
    ----------
    unit : Unit
        The municipality with ``school_id``.
    released : Released
        Everything that was released for the municipality's board edition.
    """
    require_released(released)
    rows = released.rows
    own = rows["school_id"] == unit.school_id
    named = {*_OF_ALL, *rows.loc[own, "indicator"]}
    groups = rows.loc[own & rows["group"].ne(""), "group"]
    same_groups = rows["indicator"].eq("group_gap") & rows["reference"].eq("country") & rows["group"].isin(groups)
    same_groups |= rows["indicator"].eq("wellbeing_scale") & rows["reference"].eq("") & rows["group"].isin(groups)
    beside = rows["school_id"].eq("") & ((rows["group"].eq("") & rows["indicator"].isin(named)) | same_groups)
    return released.at([int(place) for place in np.flatnonzero(own | beside)])


def own_rows(unit: Unit, released: Released, /, **keys: object) -> Released:
    """Return the school's own rows with these values."""
    return released.where(school_id=unit.school_id, **keys)


def school_header(unit: Unit, released: Released, *sections: Section) -> Section:
    """Make the header: the school, its municipality, the school year, contents of the sections that are there."""
    require_released(released)
    keys = re.findall(r'<section id="([a-z_]+)"', "".join(str(one.html) for one in sections))
    contents = [(key, str(say(f"nav_{key}", unit.language))) for key in keys]
    return header_of(_named(unit), released, "school", contents, _meta(unit, released))


def school_footer(unit: Unit, released: Released) -> Section:
    """Make the footer of a school's page."""
    return footer(_named(unit), released, "school")


def _named(unit: Unit) -> Unit:
    return replace(unit, name=unit.school_name)


def _meta(unit: Unit, released: Released) -> list[str]:
    language, years = unit.language, released.where(indicator="roster").rows["school_year"].dropna()
    parts = [unit.name]
    if len(years):
        parts.append(str(say("page_year", language, year=school_year(int(years.max()), language))))
    if unit.facts["data_date"]:
        day = datetime.date.fromisoformat(unit.facts["data_date"])
        parts.append(str(say("page_data_date", language, date=date(day, language))))
    return parts


def paragraph(*sentences: Markup) -> list[Markup]:
    """Return a paragraph of the sentences that say something; nothing where none does."""
    said = [one for one in sentences if one]
    return [Markup("<p>{}</p>").format(Markup(" ").join(said))] if said else []
