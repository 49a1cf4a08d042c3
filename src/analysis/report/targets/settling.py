"""Which planned measurement would settle a target of which nothing can be told yet?"""

from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.release.door import DECIMALS
from analysis.report import values
from analysis.report.tables import details, table
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import number, school_year

_RATHER = 0.5  # from here on a measurement settles it rather than not


def settling(unit: Unit, open_targets: list[tuple[Any, str]], settled: Released) -> list[Markup]:
    """Say of each open target (a row of it, and its name) which measurement would tell, and fold all planned ones.

    A measurement that would rather tell than not is named; where none would, the one that may do most.
    """
    language = unit.language
    chances = settled.where(unit="probability").rows.dropna(subset=["estimate"])
    widths = {(row.part, int(row.school_year)): row for row in each(settled.rows) if row.unit != "probability"}
    said, body = [], []
    for target, name in open_targets:
        rows = list(each(chances[chances["part"] == target.part].sort_values("school_year")))
        if not rows:
            continue
        said.append(_sentence(unit, rows, name))
        for row in rows:
            width = widths.get((row.part, int(row.school_year)))
            half = "–" if width is None else number(width.estimate, language, DECIMALS[width.unit])
            body.append((capitalised(name), _year(row, language), values.chance(row.estimate, language), half))
    if not said:
        return []
    head = [str(say(f"column_{name}", language)) for name in ("target_of", "measurement", "settles", "half_width")]
    caption = str(say("targets_settled_caption", language))
    title = Markup("<h3>{}</h3>").format(say("targets_settled_title", language))
    texts = [Markup("<p>{}</p>").format(text) for text in said]
    return [title, *texts, details(say("targets_settled_details", language), table(language, caption, head, body))]


def _sentence(unit: Unit, rows: list[Any], name: str) -> Markup:
    first = next((row for row in rows if row.estimate >= _RATHER), None)
    row = first or max(rows, key=lambda row: row.estimate)
    key = "targets_settled_never" if first is None else "targets_settled_by"
    facts = {"Name": capitalised(name), "year": _year(row, unit.language)}
    return say(key, unit.language, chance=values.chance(row.estimate, unit.language), **facts)


def _year(row: Any, language: str) -> str:
    return school_year(int(row.school_year), language) + ("\u00a0m.\u00a0g." if language == "lv" else "")
