"""Applying a map: one file as read becomes rows of the contract's tables, every row knowing its file and line."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from analysis.faults import Fault, InputFaults, unique
from analysis.intake.contracts import columns
from analysis.intake.identifiers import unread_columns
from analysis.intake.links import totals_rows
from analysis.intake.maps import ColumnRule, FileRule
from analysis.intake.misses import code_of_miss, facts_of_miss
from analysis.intake.provenance import BY_NAME, FILE, LINE, own_columns
from analysis.intake.rawtable import RawTable
from analysis.intake.recoding import changed, coalesced, text_of
from analysis.intake.register import find
from analysis.intake.schoolyears import mixed_years
from analysis.params import nearest

_ENTITIES = ("municipalities", "schools", "pupils", "enrolments")


@dataclass(frozen=True)
class Excluded:
    """Rows that a map leaves out: how many, from which file, why."""

    file: str
    count: int
    reason: Mapping[Any, str]


@dataclass(frozen=True)
class Mapped:
    """What one file gave.

    Attributes
    ----------
    tables : dict of str to pd.DataFrame
        Rows by table.
    excluded : tuple of Excluded
        Rows left out, with their reason.
    faults : tuple of Fault
        What was found on the way.
    columns : dict of str to dict of str to str
        Table → target column → column of the file, so that a fault can be told in the file's words.
    """

    tables: dict[str, pd.DataFrame]
    excluded: tuple[Excluded, ...]
    faults: tuple[Fault, ...]
    columns: dict[str, dict[str, str]] = field(default_factory=dict)


def named_columns(rule: FileRule) -> list[str]:
    """Return the columns of a file that a rule names, each once."""
    rules = [column for table in rule.tables.values() for column in table.values()]
    names = [name for column in rules for name in _of(column)]
    return list(dict.fromkeys([*names, *(exclusion.column for exclusion in rule.exclude), *rule.unique]))


def repeats(rule: FileRule, table: str) -> bool:
    """Tell whether a file may repeat an entity: one that feeds several tables names a school once for each result."""
    return table in _ENTITIES and len(rule.tables) > 1


def _of(column: ColumnRule) -> list[str]:
    return column.columns + ([column.part] if column.part else [])


def apply_rule(raw: RawTable, rule: FileRule, delivery: Mapping[str, str | None], abolished: str = "refuse") -> Mapped:
    """Turn a file into rows of tables.

    Parameters
    ----------
    raw : RawTable
        The file as text.
    rule : FileRule
        What its columns mean.
    delivery : mapping
        Values of ``delivery.yml`` that a rule may take (``municipality``).
    abolished : {"refuse", "map"}
        What to do about municipalities that no longer exist.

    Raises
    ------
    InputFaults
        M01: columns that the map takes are not in the file.
    """
    _require_columns(raw, rule)
    kept, excluded = _exclude(raw, rule)
    faults = [
        *raw.notes,
        *(Fault("D04", e.file, facts={"count": e.count, "reason": e.reason}) for e in excluded),
        *_unread(raw, rule),
        *totals_rows(kept),
        *_not_unique(raw, rule),
    ]
    tables, origins = {}, {}
    for table, rules in rule.tables.items():
        frame, found = _one_table(kept, table, rules, rule.absent, delivery, abolished)
        faults += found
        if repeats(rule, table):
            frame = frame.drop_duplicates(own_columns(frame), ignore_index=True)
        tables[table] = frame
        origins[table] = {t: next((n for n in c.columns if n in raw.frame), t) for t, c in rules.items()}
    return Mapped(tables, tuple(excluded), tuple(faults), origins)


def _require_columns(raw: RawTable, rule: FileRule) -> None:
    """Find columns that the map takes and the file lacks; of several alternatives one is enough."""
    missing = [exclusion.column for exclusion in rule.exclude]
    for column in (c for rules in rule.tables.values() for c in rules.values() if not c.optional):
        alternatives = isinstance(column.source, list) and any(name in raw.frame for name in column.source)
        missing += [column.part] if column.part else []
        missing += [] if alternatives else column.columns
    faults = [
        Fault("M01", raw.file, facts={"name": name, "nearest": nearest(name, raw.frame.columns)})
        for name in missing
        if name not in raw.frame
    ]
    if faults:
        raise InputFaults(unique(faults))


def _exclude(raw: RawTable, rule: FileRule) -> tuple[RawTable, list[Excluded]]:
    excluded = []
    for exclusion in rule.exclude:
        out = raw.frame[exclusion.column].str.strip().isin(exclusion.values).to_numpy()
        excluded.append(Excluded(raw.file, int(out.sum()), dict(exclusion.reason)))
        raw = replace(raw, frame=raw.frame[~out], lines=raw.lines[~out])
    return raw, [e for e in excluded if e.count]


def _unread(raw: RawTable, rule: FileRule) -> list[Fault]:
    return unread_columns(raw.file, raw.frame, named_columns(rule))


def _not_unique(raw: RawTable, rule: FileRule) -> list[Fault]:
    counts = {column: int(raw.frame[column].duplicated().sum()) for column in rule.unique if column in raw.frame}
    return [Fault("D09", raw.file, column=column, facts={"count": count}) for column, count in counts.items() if count]


def _one_table(
    raw: RawTable,
    table: str,
    rules: Mapping[str, ColumnRule],
    absent: Iterable[str],
    delivery: Mapping[str, str | None],
    abolished: str,
) -> tuple[pd.DataFrame, list[Fault]]:
    made: dict[str, pd.Series] = {}
    faults: list[Fault] = []
    for target, column in rules.items():
        values = _origin(raw, column, [*absent, *column.absent], delivery)
        if values is None:
            continue
        if column.school_year is not None:
            faults += mixed_years(raw.file, next(iter(column.columns), target), values, raw.lines)
        made[target] = changed(values, column, raw)
        if column.lookup == "municipality":
            made[target], found = _municipalities(made[target], raw, column, abolished)
            faults += found
    for name in (n for n, required in columns(table).items() if required and n not in made):
        facts = {"table": table, "name": name, "found": ", ".join(raw.frame.columns)}
        faults.append(Fault("S04", raw.file, facts=facts))
    out = pd.DataFrame(made, index=raw.frame.index).reset_index(drop=True)
    out[FILE], out[LINE] = raw.file, raw.lines
    out[BY_NAME] = any(column.lookup == "school" for column in rules.values())
    return out, faults


def _origin(
    raw: RawTable, column: ColumnRule, absent: list[str], delivery: Mapping[str, str | None]
) -> "pd.Series[str] | None":
    """Fetch the values a rule starts from, signs of an absent value emptied; None where no column of it is in the file."""
    frame = raw.frame
    if column.row_number:
        return pd.Series([str(i + 1) for i in range(len(frame))], index=frame.index, dtype="str")
    if column.source is not None:
        return coalesced([frame[name] for name in column.columns if name in frame], absent)
    if column.text is not None:
        return text_of(frame, column.text) if set(column.columns) <= set(frame.columns) else None
    same: str | None = None
    if column.constant is not None:
        same = str(column.constant)
    elif column.delivery is not None:
        same = delivery.get(column.delivery)
    elif column.file_name is not None:
        match = re.search(column.file_name, raw.file)
        same = match.group(1) if match else None
    return pd.Series(same or "", index=frame.index, dtype="str")


def _municipalities(
    values: "pd.Series[str]", raw: RawTable, column: ColumnRule, abolished: str
) -> tuple["pd.Series[str]", list[Fault]]:
    """Look municipalities up by name or old code; where an old one was split, the parish decides, or the map."""
    part = raw.frame[column.part].str.strip() if column.part in raw.frame else ""
    pairs = pd.DataFrame({"value": values, "part": part, "line": raw.lines})
    resolved: dict[tuple[str, str], str] = {}
    faults = []
    for value, place, line in pairs.drop_duplicates(["value", "part"]).itertuples(index=False):
        match = find(value, part=place or None)
        decided = match.municipality_id or column.parts.get(value)
        if value and (decided is None or (match.abolished and abolished == "refuse")):
            facts = facts_of_miss(value, match) | {"count": int((values == value).sum())}
            code, name = code_of_miss(value, match), next(iter(column.columns), None)
            faults.append(Fault(code, raw.file, int(line), column=name, facts=facts))
        resolved[value, place] = decided or ""
    made = [resolved[pair] for pair in zip(pairs["value"], pairs["part"], strict=True)]
    return pd.Series(made, index=values.index, dtype="str"), faults
