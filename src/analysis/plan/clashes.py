"""Why no plan is possible: a smallest set of limits that cannot hold together."""

from collections.abc import Sequence

from analysis.plan.model import BUDGET, TRAVEL, Limit, build, limits_of
from analysis.plan.solving import best
from analysis.plan.task import Integers, Task

_WORDS = {
    "places": {"lv": "vietas ({what})", "en": "places ({what})"},
    "minutes": {"lv": "speciālista minūtes ({what})", "en": "minutes of the specialist ({what})"},
    "travel": {"lv": "ceļā pavadāmais laiks", "en": "time on the way"},
    "budget": {"lv": "budžets", "en": "the budget"},
    "school": {"lv": "mazākā daļa skolai {what}", "en": "the floor of school {what}"},
    "programme": {"lv": "mazākā daļa programmai {what}", "en": "the floor of programme {what}"},
    "grade": {"lv": "mazākā daļa {what}. klasei", "en": "the floor of grade {what}"},
    "group": {"lv": "mazākā daļa grupai ({what})", "en": "the floor of a group ({what})"},
}


def clash(task: Task, need: Integers) -> list[Limit]:
    """Find limits that clash, none of which can be left out.

    A deletion filter (Chinneck 1997) over named limits, whole halves first: what can be lifted with the rest still
    clashing is lifted for good. What is left is irreducible: lift any one of it, and a plan is possible as far as this
    set goes. There may be other sets; which one is found follows from the fixed order of limits.

    Returns
    -------
    list of tuple
        Kinds and keys as in :data:`analysis.plan.model.Limit`; empty where a plan is possible.
    """
    every = sorted(limits_of(task), key=lambda limit: (limit not in (TRAVEL, BUDGET), limit))
    if not _impossible(task, need, frozenset()):
        return []
    lifted = _filtered(task, need, every, frozenset())
    return [limit for limit in every if limit not in lifted]


def _filtered(task: Task, need: Integers, limits: Sequence[Limit], lifted: frozenset[Limit]) -> frozenset[Limit]:
    """Lift all that is not needed for the clash; the rest of the limits holds."""
    if _impossible(task, need, lifted | frozenset(limits)):
        return lifted | frozenset(limits)
    if len(limits) == 1:
        return lifted
    half = len(limits) // 2
    return _filtered(task, need, limits[half:], _filtered(task, need, limits[:half], lifted))


def _impossible(task: Task, need: Integers, lifted: frozenset[Limit]) -> bool:
    return best(build(task, need, lifted=lifted)) is None


def in_words(task: Task, limits: Sequence[Limit]) -> dict[str, str]:
    """Name limits in both languages, for a fault."""
    said: dict[str, list[str]] = {"lv": [], "en": []}
    for kind, key in limits:
        what = key
        if kind in ("places", "minutes"):
            row = task.capacity.iloc[int(key)]
            what = f"{row['part']}, {row['school_id']}" if row["school_id"] else str(row["part"])
        for language, parts in said.items():
            parts.append(_WORDS[kind][language].format(what=what))
    return {language: "; ".join(parts) for language, parts in said.items()}
