"""What can be decided of places in programmes: what would reach children who are left, and what is not known."""

import math
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from analysis.intake.unit import Unit
from analysis.programmes import Programmes
from analysis.release import Released
from analysis.report import values
from analysis.report.council.candidate import Candidate, interval_of, whole
from analysis.report.programme_names import names_listed, part_name
from analysis.words.catalogue import label, say
from analysis.words.numbers import listed, number

_BLOCKING = ("enrolments", "support_capacity", "support_given")
"""Tables without which nothing can be decided about places."""
_POST, _PLACES, _BUDGET = "post", "places", "budget"
_LACKING = ("places", "minutes", "travel", "budget")


def of_support(unit: Unit, own: Released, programmes: Programmes) -> Iterator[Candidate]:
    """Give each part of a programme that the plan does not serve in full."""
    bought = {row.part: row for row in whole(own, indicator="plan_marginal")}
    places = {row.part: float(row.estimate) for row in whole(own, indicator="plan_cost") if row.part.endswith("|place")}
    for row in whole(own, indicator="plan_unserved"):
        if row.estimate >= 1:
            yield _support(unit, row, bought, places, part_name(programmes, row.part, unit.language))


def _support(unit: Unit, row: Any, bought: dict[str, Any], places: dict[str, float], name: str) -> Candidate:
    language, limits = unit.language, row.method.removeprefix("limit:").split("+")
    what, step, gain = _step(row.part, bought)
    budget = _more_budget(bought) if gain is None and _BUDGET in limits else None
    key = subject = f"support:{row.part}"
    cost = math.nan if gain is None else step * places.get(gain.part.partition("|")[0] + "|place", math.nan)
    if budget is not None:
        step, gain = budget
        what, subject, cost = _BUDGET, "support:budget", float(step)
    elif gain is None:
        what = "where" if "no_capacity" in limits else "other"
    decide = say(f"council_support_{what}", language, count=step, n=number(step, language), name=name)
    shown = row if gain is None else gain
    words = "most" if gain is None else "budget" if what == _BUDGET else "more"
    reached = say(f"council_reached_{words}", language, count=int(shown.estimate), **interval_of(shown, language))
    return Candidate(key, frozenset({subject}), decide, _unserved(unit, row, limits), reached, float(shown.estimate),
                     float(row.estimate), bool(row.low >= 1), cost, row=row)  # fmt: skip


def _step(part: str, bought: dict[str, Any]) -> tuple[str, int, Any]:
    """Return what reaches more children with today's budget: one more post, or else some places, or nothing."""
    found = []
    for of, row in bought.items():
        who, _, step = of.partition("|")
        size, _, post = step.partition("|")
        if size.startswith("+") and (who == part or who.startswith(f"{part}/")) and row.estimate >= 1:
            found.append((float(row.estimate), _POST if post else _PLACES, int(size), row))
    if not found:
        return "", 0, None
    _, what, size_of, row = max(found, key=lambda one: (one[0], one[1] == _POST, one[2]))
    return what, size_of, row


def _more_budget(bought: dict[str, Any]) -> tuple[int, Any] | None:
    """Return the smallest addition to the budget that reaches more children."""
    steps = [(int(part.partition("|")[2]), row) for part, row in bought.items() if part.startswith("budget|+")]
    return min((pair for pair in steps if pair[1].estimate >= 1), key=lambda pair: pair[0], default=None)


def _unserved(unit: Unit, row: Any, limits: list[str]) -> Markup:
    """Say for how many children places do not suffice, and what is lacking."""
    language = unit.language
    lacking = [str(say(f"council_lack_{limit}", language)) for limit in limits if limit in _LACKING]
    why = say("council_lacking", language, list=listed(lacking, language)) if lacking else Markup("")
    why += "".join(say(f"council_limit_{limit}", language) for limit in limits if limit in ("floor", "no_capacity"))
    return say("council_unserved", language, count=int(row.estimate), why=why,
               pupils=values.behind(row, language, noun=True), **interval_of(row, language))  # fmt: skip


def of_data(unit: Unit, own: Released, programmes: Programmes) -> Iterator[Candidate]:
    """Give what is not known and keeps a council from deciding: needs, and tables that were not delivered."""
    language = unit.language
    notes = [row for row in whole(own, indicator="support_note") if row.part.endswith(":need_unknown")]
    unknown = say("council_reached_unknown", language)
    if notes:
        most = max(notes, key=lambda row: row.estimate)
        parts = [row.part.partition(":")[0] for row in notes]
        reason = say("council_need_why", language, list=names_listed(programmes, parts, language), count=int(most.estimate),
                     n=number(most.estimate, language))  # fmt: skip
        yield Candidate("data:need", frozenset({"data:need"}), say("council_need", language), reason, unknown)
    missing = [label("table", name, language) for name in _BLOCKING if name not in unit.facts["tables"]]
    if missing:
        decide = say("council_tables", language, list=listed(missing, language))
        yield Candidate("data:tables", frozenset({"data:tables"}), decide, say("council_tables_why", language), unknown)
