"""Which rows of a file a rule is about, and which it leaves out; every row ends somewhere, and is counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.faults import Fault
from analysis.intake.mapping.rules import Condition, FileRule
from analysis.intake.reading.rawtable import RawTable


@dataclass(frozen=True)
class Excluded:
    """Rows that a map leaves out: how many, from which file, why."""

    file: str
    count: int
    reason: Mapping[Any, str]


def routed(raw: RawTable, rules: Sequence[FileRule]) -> tuple[list[RawTable], list[Excluded], list[Fault]]:
    """Give each rule of a file its rows.

    Parameters
    ----------
    raw : RawTable
        The file.
    rules : sequence of FileRule
        All rules that read it alike; their columns are in the file.

    Returns
    -------
    list of RawTable
        The rows of each rule, in the order of the file, each with its line.
    list of Excluded
        Rows left out by ``exclude`` and ``keep``, by reason.
    list of Fault
        D04 rows left out; M03 rows that no rule is about (those that the first rule leaves out are accounted for); M05 a
        rule that is left without a row, though the file has some.
    """
    mine = [_fits(raw, rule.when) for rule in rules]
    orphans = ~np.any(mine, axis=0)
    parts: list[RawTable] = []
    excluded: list[Excluded] = []
    faults: list[Fault] = []
    for rule, own in zip(rules, mine, strict=True):
        open_rows = own | orphans if rule is rules[0] else own
        for condition, out in _left_out(raw, rule):
            count = int((out & open_rows).sum())
            excluded += [Excluded(raw.file, count, dict(condition.reason))] if count else []
            open_rows = open_rows & ~out
        faults += [] if (open_rows & own).any() else [Fault("M05", raw.file, facts=_said(rule))]
        orphans = orphans & open_rows if rule is rules[0] else orphans
        kept = open_rows & own
        parts.append(raw if kept.all() else replace(raw, frame=raw.frame[kept], lines=raw.lines[kept]))
    counted = [Fault("D04", e.file, facts={"count": e.count, "reason": e.reason}) for e in excluded]
    return parts, excluded, [*counted, *_homeless(raw, rules, orphans), *faults]


def _fits(raw: RawTable, when: Mapping[str, Sequence[str]]) -> np.ndarray:
    fits = np.ones(len(raw.frame), dtype=bool)
    for column, values in when.items():
        fits &= raw.frame[column].str.strip().isin(values).to_numpy()
    return fits


def _left_out(raw: RawTable, rule: FileRule) -> Iterator[tuple[Condition, np.ndarray]]:
    for condition in rule.exclude:
        yield condition, raw.frame[condition.column].str.strip().isin(condition.values).to_numpy()
    for condition in rule.keep:
        yield condition, ~raw.frame[condition.column].str.strip().isin(condition.values).to_numpy()


def _homeless(raw: RawTable, rules: Sequence[FileRule], orphans: np.ndarray) -> list[Fault]:
    if not orphans.any():
        return []
    column = next(column for rule in rules for column in rule.when)
    expected = dict.fromkeys(value for rule in rules for values in rule.when.values() for value in values)
    facts = {"count": int(orphans.sum()), "expected": ", ".join(expected)}
    return [Fault("M03", raw.file, int(raw.lines[orphans][0]), column=column, facts=facts)]


def _said(rule: FileRule) -> dict[str, object]:
    conditions = [*rule.when, *(c.column for c in rule.exclude), *(c.column for c in rule.keep)]
    return {"tables": ", ".join(rule.tables), "names": ", ".join(dict.fromkeys(conditions))}
