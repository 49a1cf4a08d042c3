"""What the section on early signs says of its own worth: what was found in time, what was raised in vain, and for whom."""

import math
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.early.figure import BANDS
from analysis.report.tables import Figure, table
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import number, percent, school_year

_RULES = ("", "_one_test", "_school")
_MOST_GROUPS = 3


def by_part(released: Released) -> dict[str, Any]:
    """Return rows without a group by their part."""
    return {row.part: row for row in each(released.where(group="").rows)}


def is_shown(row: Any) -> bool:
    """Tell whether a figure, or at least its bound, is shown."""
    return not all(math.isnan(value) for value in (row.estimate, row.low, row.high))


def total(counts: dict[str, Any]) -> int | None:
    """Return how many pupils the bands hold together, or None where one of them is withheld."""
    found = [counts[band].estimate for band in BANDS if band in counts]
    return None if len(found) < len(BANDS) or any(map(math.isnan, found)) else int(sum(found))


def facts_of(unit: Unit, test: Any) -> dict[str, object]:
    """Return the names of stage and domain as sentences ask for them."""
    return {
        "stage": naming.stage(unit, test),
        "stage_loc": naming.stage(unit, test, "locative"),
        "Domain": capitalised(naming.domain(unit, test)),
        "Domain_loc": capitalised(naming.domain(unit, test, "locative")),
    }


def outcome_row(test: Any, observed: Any) -> Any:
    """Return the stage's row with the grade of the outcome: as many grades later as pupils were followed for years."""
    start = 0 if test.grade == "PS" else int(test.grade)
    return test._replace(grade=str(start + int(observed.school_year) - int(observed.year_from)))


def outcome(unit: Unit, test: Any, observed: Any) -> Markup:
    """Return the outcome in words: ``9. klases matemātikas eksāmenā``."""
    row, language = outcome_row(test, observed), unit.language
    key = "early_outcome_exam" if row.test == "CE" else "early_outcome_test"
    names = {"stage_gen": naming.stage(unit, row, "genitive"), "domain_gen": naming.domain(unit, row, "genitive")}
    return say(key, language, stage=naming.stage(unit, row), domain=naming.domain(unit, row), **names)


def short_name(unit: Unit, test: Any) -> str:
    """Return stage and domain as a table's row names them."""
    return f"{capitalised(naming.stage(unit, test))}, {naming.domain(unit, test)}"


def expected(unit: Unit, today: Released) -> list[Markup]:
    """Say how many low results may be expected, and between which numbers."""
    row = by_part(today).get("expected")
    if row is None or not is_shown(row):
        return []
    figures = {name: number(getattr(row, name), unit.language) for name in ("low", "high")}
    return [say("early_expected", unit.language, expected=number(row.estimate, unit.language), **figures)]


def worked(unit: Unit, test: Any, checks: Released) -> list[Markup]:
    """Say what the signs found of the held-out pupils, beside one test, and whether they could have done so at that time."""
    language, found = unit.language, by_part(checks)
    names = {
        "found": "recall",
        "right": "precision",
        "found_test": "recall_one_test",
        "right_test": "precision_one_test",
    }
    if not all(part in found and is_shown(found[part]) for part in names.values()):
        return []
    figures = {name: number(found[part].estimate, language) for name, part in names.items()}
    since = int(found["recall"].year_from)
    year = school_year(since, language)
    texts = [say("early_worked", language, year=year, stage=naming.stage(unit, test),
                 stage_loc=naming.stage(unit, test, "locative"), **figures)]  # fmt: skip
    learnt = found.get("learnt_from")
    if learnt is not None and int(learnt.school_year) > since:
        ends = dict.fromkeys(int(year) for year in (learnt.year_from, learnt.school_year))
        texts.append(say("early_not_due", language, years="–".join(school_year(year, language) for year in ends)))
    return texts


def false_alarms(unit: Unit, checks: Released) -> list[Markup]:
    """Name the groups whose pupils have many signs in vain more often than the others, beyond the error of both shares."""
    rows = [row for row in each(checks.where(part="false_alarms").rows) if row.group and not math.isnan(row.low)]
    above = []
    for row in rows:
        others = [o for o in rows if o.group != row.group and o.group.split("=")[0] == row.group.split("=")[0]]
        if others and all(row.low > other.high for other in others):
            above.append((row, max(others, key=lambda other: other.estimate)))
    above.sort(key=lambda pair: (pair[1].estimate - pair[0].estimate, pair[0].group))
    items = [
        say("early_false_alarm_item", unit.language, group=naming.group(unit, row.group),
            here=percent(row.estimate, unit.language, 1), others=percent(other.estimate, unit.language, 1))
        for row, other in above[:_MOST_GROUPS]
    ]  # fmt: skip
    return [say("early_false_alarms", unit.language, list=Markup("; ").join(items))] if items else []


def table_of(unit: Unit, blocks: Sequence[tuple[Any, dict[str, Released]]]) -> Markup:
    """Make the table of the trial: all signs, one test, the school alone."""
    language, body = unit.language, []
    for test, rows in blocks:
        found = by_part(rows["checks"])
        for rule in _RULES:
            name = f"{short_name(unit, test)}, {say('early_rule' + rule, language)}"
            body.append((name, *(_cell(found.get(part + rule), language) for part in ("recall", "precision", "auc"))))
    head = [say(f"column_{name}", language) for name in ("rule", "recall", "precision", "auc")]
    return table(language, str(say("early_caption_checks", language)), head, body)


def _cell(row: Any, language: str) -> Figure:
    if row is None:
        return Figure("–")
    if row.unit == "percent":
        return Figure(values.estimate(row, language), values.interval(row, language))
    return Figure(number(row.estimate, language, 2), values.interval(row, language))
