"""What entries of programmes may not say: rules that contradict themselves, unknown names, periods that overlap."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations

from analysis.faults import Fault
from analysis.params import nearest
from analysis.programmes.model import Programme, Rule, day_in

AGES = (13, 19)
"""Ages that a rule may name: what the store keeps of a pupil's age tells no others apart."""
_USUAL_AGE = 7  # reached, in the calendar year in which it ends, in grade 0
_LATER, _EARLIER = 2, 1  # years by which the oldest and the youngest of a grade differ from that
_MONTH_DAY = re.compile(r"\d{2}-\d{2}")


def wrong(file: str, entry: Programme, known: Iterable[str], columns: Iterable[str] | None) -> Iterator[Fault]:
    """Find what one entry says wrongly: P06, P21–P25.

    Parameters
    ----------
    file : str
        Name of its file.
    entry : Programme
        The entry.
    known : iterable of str
        Codes of specialists.
    columns : iterable of str, optional
        Columns that a rule may name; None: not looked at.
    """
    yield from _names(file, entry, list(known), None if columns is None else list(columns))
    yield from _dates(file, entry)
    need = entry.need
    ways = 0 if need is None else sum(map(bool, (need.everyone, need.low_result, need.early_signs, need.percent)))
    if need is not None and (ways != 1 or entry.for_whom != "pupils" or entry.eligible is None):
        yield Fault("P25", file, facts=_facts(entry))
    yield from _outside(file, entry)
    contradictions = _contradictions(entry.eligible) if entry.eligible else ()
    yield from (Fault("P21", file, facts=_facts(entry, what=what)) for what in contradictions)


def _names(file: str, entry: Programme, known: list[str], columns: list[str] | None) -> Iterator[Fault]:
    """Find names that nobody knows: specialists, those of shares, columns."""
    asked = [(name, known) for name in entry.specialists]
    asked += [(name, list(entry.specialists or ("",))) for name in (entry.need.percent if entry.need else ())]
    for name, allowed in asked:
        if name not in allowed:
            yield Fault("P23", file, facts=_facts(entry, value=name or "–", nearest=nearest(name, allowed) or "–"))
    for name in entry.eligible.where if entry.eligible and columns is not None else ():
        if name not in (columns or ()):
            yield Fault("P22", file, facts=_facts(entry, column=name, nearest=nearest(name, columns or ())))


def _dates(file: str, entry: Programme) -> Iterator[Fault]:
    if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
        yield Fault("P24", file, facts=_facts(entry, value=f"{entry.valid_from} – {entry.valid_to}"))
    for day in (entry.eligible.second_semester, entry.eligible.age_on) if entry.eligible else ():
        if not _is_day(day):
            yield Fault("P24", file, facts=_facts(entry, value=day))


def _outside(file: str, entry: Programme) -> Iterator[Fault]:
    rule, percent = entry.eligible or Rule(), entry.need.percent if entry.need else {}
    numbers: list[tuple[str, float | None, int, int]] = [(n, getattr(rule, n), *AGES) for n in ("age_from", "age_to")]
    numbers += [(f"need.percent.{name}", value, 0, 100) for name, value in percent.items()]
    numbers += [(n, getattr(entry, n), 0, 10**6) for n in ("hours", "group_size", "cost_per_hour", "quota")]
    for key, value, low, high in numbers:
        if value is not None and not low <= value <= high:
            yield Fault("P06", file, facts={"key": f"{entry.code}: {key}", "range": f"{low}–{high}"})


def _contradictions(rule: Rule) -> Iterator[dict[str, str]]:
    """Say which lines of a rule cannot hold together."""
    if rule.age_from is not None and rule.age_to is not None and rule.age_to < rule.age_from:
        yield {"lv": "age_to ir mazāks par age_from", "en": "age_to is below age_from"}
    usual = [(0 if grade == "PS" else int(grade)) + _USUAL_AGE for grade in rule.grades if _is_grade(grade)]
    if any(not _is_grade(grade) for grade in (*rule.grades, *rule.second_semester_only)):
        yield {"lv": "klase nav PS vai 0–12", "en": "a grade is not PS or 0–12"}
    if usual and (rule.age_from or 0) > max(usual) + _LATER:
        yield {
            "lv": "šo klašu skolēni nesasniedz vecumu age_from",
            "en": "pupils of these grades do not reach age_from",
        }
    if usual and rule.age_to is not None and rule.age_to < min(usual) - 1 - _EARLIER:
        yield {"lv": "šo klašu skolēni ir vecāki par age_to", "en": "pupils of these grades are older than age_to"}
    if rule.grades and not set(rule.second_semester_only) <= set(rule.grades):
        yield {
            "lv": "second_semester_only klases nav sarakstā grades",
            "en": "second_semester_only is not part of grades",
        }
    if rule.failed_exam and _late(rule.failed_exam.grade, rule.grades):
        yield {"lv": "failed_exam klase ir pēc klasēm grades", "en": "failed_exam is of a later grade than grades"}
    if rule.other_route is not None and rule.failed_exam is None:
        yield {"lv": "other_route bez failed_exam", "en": "other_route without failed_exam"}


def _late(grade: str, grades: Sequence[str]) -> bool:
    known = [int(one) for one in grades if one.isdecimal()]
    return grade.isdecimal() and bool(known) and int(grade) > max(known)


def _is_grade(grade: str) -> bool:
    return grade == "PS" or (grade.isdecimal() and int(grade) <= 12)


def _is_day(text: str) -> bool:
    try:
        return _MONTH_DAY.fullmatch(text) is not None and day_in(2025, text) is not None
    except ValueError:
        return False


def overlapping(placed: Sequence[tuple[str, Programme]]) -> Iterator[Fault]:
    """Find entries of one code whose periods share a day: P20."""
    for (_, one), (file, other) in combinations(placed, 2):
        first = max(one.valid_from or date.min, other.valid_from or date.min)
        last = min(one.valid_to or date.max, other.valid_to or date.max)
        if one.code == other.code and first <= last:
            ends = ["…" if day in (date.min, date.max) else str(day) for day in (first, last)]
            yield Fault("P20", file, facts=_facts(other, period=f"{ends[0]} – {ends[1]}"))


def _facts(entry: Programme, **facts: object) -> dict[str, object]:
    return {"code": entry.code, **facts}
