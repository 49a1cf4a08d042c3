"""What stands folded beside teachers' competences: their own goals, barriers and forms, how sure observation is."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.release.door import DECIMALS
from analysis.report import naming, values
from analysis.report.tables import Figure, details, table
from analysis.words.catalogue import capitalised, label, say
from analysis.words.collation import latvian_key
from analysis.words.numbers import WITHHELD, listed, number, percent


def goals_folded(unit: Unit, own: Released) -> list[Markup]:
    """Fold the goals that teachers set themselves; nothing where none is shown."""
    shares = _by_name(unit, own.where(indicator="goal_share").rows, "competence")
    if not any(pd.notna(row.n) for row in shares):
        return []
    language = unit.language
    aims = {row.part: row for row in each(own.where(indicator="goal_aim").rows)}
    body = [
        (
            capitalised(label("competence", row.part, language)),
            _share(row, language),
            _aim(aims.get(row.part), language),
        )
        for row in shares
    ]
    head = [str(say(f"column_{name}", language)) for name in ("competence", "goal_share", "goal_aim")]
    caption = say("staff_goals_caption", language, years=naming.years(unit, shares[0]))
    return [details(say("staff_goals", language), table(language, str(caption), head, body))]


def views_folded(unit: Unit, own: Released) -> list[Markup]:
    """Fold what staff say hinders and helps; nothing where the survey does not ask."""
    rows = _by_name(unit, own.where(indicator="development_view").rows, "view_of_staff")
    if not rows:
        return []
    language = unit.language
    body = [
        (
            capitalised(label("view_of_staff", row.part, language, own=unit.facts["labels"])),
            _share(row, language),
            values.behind(row, language),
        )
        for row in rows
    ]
    head = [str(say(f"column_{name}", language)) for name in ("view", "agree", "respondents")]
    caption = say("staff_views_caption", language, years=naming.years(unit, rows[0]))
    return [details(say("staff_views", language), table(language, str(caption), head, body))]


def sure_folded(unit: Unit, own: Released) -> list[Markup]:
    """Fold what the differences seen in one lesson are made of."""
    rows = own.where(indicator="observation_share").rows.dropna(subset=["estimate"])
    if not {"teacher", "observer"} <= set(rows["part"]):
        return []
    language = unit.language
    parts = [(label("observed_part", row.part, language), percent(row.estimate, language)) for row in each(rows)]
    items = [str(say("staff_sure_item", language, name=name, share=share)) for name, share in parts]
    text = say("staff_sure_text", language, list=listed(items, language))
    return [details(say("staff_sure", language), Markup("<p>{}</p>").format(text))]


def _by_name(unit: Unit, rows: pd.DataFrame, kind: str) -> list[Any]:
    return sorted(each(rows), key=lambda row: latvian_key(label(kind, row.part, unit.language)))


def _share(row: Any, language: str) -> Figure:
    return Figure(values.estimate(row, language), values.interval(row, language))


def _aim(row: Any, language: str) -> Figure:
    if row is None or pd.isna(row.n):
        return Figure(WITHHELD)
    return Figure(number(row.estimate, language, DECIMALS["level"]), values.interval(row, language))
