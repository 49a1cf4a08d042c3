"""The page on the whole country: in short, what it lacks, and the frame around its sections."""

import datetime
import re

import pandas as pd

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.data import about
from analysis.report.frame import footer, header_of
from analysis.report.html import Section, require_released
from analysis.words.catalogue import capitalised, counted, say
from analysis.words.numbers import date, school_year


def about_country_data(unit: Unit, released: Released, survey: Section, pairs: Section) -> Section:
    """Make the section about the data, with the sections that are not there."""
    require_released(released)
    lacks = {"survey": not survey.html, "pairs": not pairs.html, "staff": bool(pairs.html)}
    missing = [say(f"country_missing_{name}", unit.language) for name, lacking in lacks.items() if lacking]
    nothing = [say("country_nothing", unit.language)] if not (survey.html or pairs.html) else []
    return about(unit, released, nothing + missing)


def country_header(unit: Unit, released: Released, *sections: Section) -> Section:
    """Make the page's header with the contents of the sections that are there."""
    require_released(released)
    keys = re.findall(r'<section id="([a-z_]+)"', "".join(str(one.html) for one in sections))
    contents = [(key, str(say(f"nav_{key}", unit.language))) for key in keys]
    return header_of(unit, released, "country", contents, _meta(unit, released))


def country_footer(unit: Unit, released: Released) -> Section:
    """Make the page's footer."""
    return footer(unit, released, "country")


def _meta(unit: Unit, released: Released) -> list[str]:
    language, roster = unit.language, list(each(released.where(indicator="roster").rows))
    parts = [capitalised(counted(row.population, int(row.n), language)) for row in roster if not pd.isna(row.n)]
    parts = (
        [str(say("page_year", language, year=school_year(int(roster[0].school_year), language))), *parts]
        if roster
        else []
    )
    if unit.facts["data_date"]:
        day = datetime.date.fromisoformat(unit.facts["data_date"])
        parts.append(str(say("page_data_date", language, date=date(day, language))))
    return parts
