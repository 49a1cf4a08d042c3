"""Applying a map: one file as read becomes rows of the contract's tables, every row knowing its file and line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.faults import Fault, InputFaults
from analysis.intake.links import totals_rows
from analysis.intake.maps import ColumnRule, Exclusion, FileRule
from analysis.intake.provenance import BY_NAME, DECIMAL, FILE, LINE, own_columns
from analysis.intake.register import find, successor_names
from analysis.intake.schoolnames import school_key
from analysis.intake.sources import RawTable
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
    """What one file gave: rows by table, rows left out with their reason, and what was found on the way."""

    tables: dict[str, pd.DataFrame]
    excluded: tuple[Excluded, ...]
    faults: tuple[Fault, ...]


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
        M01: a column that the map takes is not in the file.
    """
    _require_columns(raw, rule)
    kept, lines, excluded = _exclude(raw, rule.exclude)
    faults = [
        *raw.notes,
        *(Fault("D04", e.file, facts={"count": e.count, "reason": e.reason["lv"]}) for e in excluded),
        *_unread(raw, rule),
        *totals_rows(raw.file, kept, lines),
        *_not_unique(raw, rule),
    ]
    tables = {}
    for table, columns in rule.tables.items():
        frame, found = _one_table(kept, lines, raw, columns, rule, delivery, abolished)
        faults += found
        if table in _ENTITIES and len(rule.tables) > 1:
            frame = frame.drop_duplicates(own_columns(frame), ignore_index=True)
        tables[table] = frame
    return Mapped(tables, tuple(excluded), tuple(faults))


def _require_columns(raw: RawTable, rule: FileRule) -> None:
    faults = []
    for columns in rule.tables.values():
        for name, column in ((n, c) for c in columns.values() if not c.optional for n in _named(c)):
            several = isinstance(column.source, list) and any(s in raw.frame for s in column.source)
            if name not in raw.frame and not several:
                facts = {"map": rule.pattern, "name": name, "nearest": nearest(name, raw.frame.columns)}
                faults.append(Fault("M01", raw.file, sheet=raw.sheet, facts=facts))
    if faults:
        raise InputFaults(dict.fromkeys(_hashable(faults)))


def _hashable(faults: list[Fault]) -> list[Fault]:
    unique = {(f.code, f.file, str(f.facts)): f for f in faults}
    return list(unique.values())


def _named(column: ColumnRule) -> list[str]:
    return column.columns + re.findall(r"{([^{}]+)}", column.text or "")


def _exclude(raw: RawTable, rules: list[Exclusion]) -> tuple[pd.DataFrame, np.ndarray, list[Excluded]]:
    frame, lines, excluded = raw.frame, raw.lines, []
    for rule in rules:
        if rule.column not in raw.frame:
            facts = {"map": "exclude", "name": rule.column, "nearest": nearest(rule.column, raw.frame.columns)}
            raise InputFaults([Fault("M01", raw.file, facts=facts)])
        out = frame[rule.column].str.strip().isin(rule.values).to_numpy()
        excluded.append(Excluded(raw.file, int(out.sum()), dict(rule.reason)))
        frame, lines = frame[~out], lines[~out]
    return frame, lines, [e for e in excluded if e.count]


def _unread(raw: RawTable, rule: FileRule) -> list[Fault]:
    named = {name for columns in rule.tables.values() for column in columns.values() for name in _named(column)}
    named |= {exclusion.column for exclusion in rule.exclude} | set(rule.unique)
    names = [name for name in raw.frame.columns if name not in named]
    return [Fault("D10", raw.file, facts={"names": ", ".join(names)})] if names else []


def _not_unique(raw: RawTable, rule: FileRule) -> list[Fault]:
    counts = {column: int(raw.frame[column].duplicated().sum()) for column in rule.unique if column in raw.frame}
    return [Fault("D09", raw.file, column=column, facts={"count": count}) for column, count in counts.items() if count]


def _one_table(
    frame: pd.DataFrame,
    lines: np.ndarray,
    raw: RawTable,
    columns: Mapping[str, ColumnRule],
    rule: FileRule,
    delivery: Mapping[str, str | None],
    abolished: str,
) -> tuple[pd.DataFrame, list[Fault]]:
    made: dict[str, pd.Series] = {}
    faults: list[Fault] = []
    for target, column in columns.items():
        values = _origin(frame, raw, column, delivery)
        if values is None:
            continue
        values, found = _steps(values, frame, lines, raw, column, [*rule.absent, *column.absent], abolished)
        faults += found
        made[target] = values
    out = pd.DataFrame(made, index=frame.index).reset_index(drop=True)
    out[FILE], out[LINE], out[DECIMAL] = raw.file, lines, raw.decimal
    out[BY_NAME] = any(column.lookup == "school" for column in columns.values())
    return out, faults


def _origin(
    frame: pd.DataFrame, raw: RawTable, column: ColumnRule, delivery: Mapping[str, str | None]
) -> "pd.Series[str] | None":
    """Fetch the values a rule starts from; None where an optional column is not in the file."""
    if column.constant is not None:
        return pd.Series(str(column.constant), index=frame.index, dtype="str")
    if column.delivery is not None:
        return pd.Series(delivery.get(column.delivery) or "", index=frame.index, dtype="str")
    if column.row_number:
        return pd.Series([str(i + 1) for i in range(len(frame))], index=frame.index, dtype="str")
    if column.file_name is not None:
        match = re.search(column.file_name, raw.file)
        return pd.Series(match.group(1) if match else "", index=frame.index, dtype="str")
    if column.text is not None:
        return _text(frame, column.text)
    present = [frame[name].str.strip() for name in column.columns if name in frame and name != column.part]
    if not present:
        return None
    values = present[0]
    for other in present[1:]:
        values = values.where(values != "", other)
    return values


def _text(frame: pd.DataFrame, template: str) -> "pd.Series[str]":
    parts = re.split(r"{([^{}]+)}", template)
    made = pd.Series(parts[0], index=frame.index, dtype="str")
    for name, words in zip(parts[1::2], parts[2::2], strict=True):
        made = made + frame[name].str.strip() + words
    return made


def _steps(
    values: "pd.Series[str]",
    frame: pd.DataFrame,
    lines: np.ndarray,
    raw: RawTable,
    column: ColumnRule,
    absent: list[str],
    abolished: str,
) -> tuple["pd.Series[str]", list[Fault]]:
    prefixes = [column.strip_prefix] if isinstance(column.strip_prefix, str) else column.strip_prefix
    for prefix in prefixes:
        values = values.str.removeprefix(prefix)
    if absent:
        values = values.mask(values.isin(absent), "")
    if column.recode:
        known = values.map(column.recode)
        values = known.where(known.notna(), values if column.default is None else column.default)
    if column.filled is not None:
        values = values.where(values == "", column.filled).mask(values == "", column.default or "")
    if column.school_year is not None:
        values = _school_years(values, column.school_year)
    if column.factor is not None or column.shift is not None:
        values = _converted(values, raw.decimal, column.factor or 1.0, column.shift or 0.0)
    if column.unknown:
        own = pd.Series([f"?{raw.file}:{line}" for line in lines], index=values.index, dtype="str")
        values = values.mask(values.isin([*column.unknown, ""]), own)
    if column.school_key or column.lookup == "school":
        values = _by_unique(values, school_key)
    if column.lookup == "municipality":
        return _municipalities(values, frame, lines, raw, column, abolished)
    return values, []


def _by_unique(values: "pd.Series[str]", change: "object") -> "pd.Series[str]":
    known = {value: change(value) for value in values.unique()}  # type: ignore[operator]
    return values.map(known).astype("str")


def _school_years(values: "pd.Series[str]", single: str) -> "pd.Series[str]":
    """Bring ``2022./2023.``, ``2022_2023``, ``2017/18`` and single years to the year in which the school year ends."""

    def end(text: str) -> str:
        years = re.findall(r"\d+", text)
        if len(years) == 2 and len(years[0]) == 4 and len(years[1]) in (2, 4):
            return str(int(years[0][: 4 - len(years[1])] + years[1]))
        if len(years) == 1 and len(years[0]) == 4:
            return str(int(years[0]) + (single == "starts"))
        return text

    return _by_unique(values, end)


def _converted(values: "pd.Series[str]", decimal: str, factor: float, shift: float) -> "pd.Series[str]":
    numbers = pd.to_numeric(values.str.replace(decimal, "."), errors="coerce")
    changed = (numbers * factor + shift).astype("str").str.replace(".", decimal)
    return changed.where(numbers.notna(), values)


def _municipalities(
    values: "pd.Series[str]",
    frame: pd.DataFrame,
    lines: np.ndarray,
    raw: RawTable,
    column: ColumnRule,
    abolished: str,
) -> tuple["pd.Series[str]", list[Fault]]:
    """Look municipalities up by name or old code; where an old one was split, the parish decides, or the map."""
    parts = frame[column.part].str.strip() if column.part else pd.Series("", index=values.index, dtype="str")
    pairs = pd.DataFrame({"value": values, "part": parts, "line": lines})
    resolved: dict[tuple[str, str], str] = {}
    faults = []
    for value, part, line in pairs.drop_duplicates(["value", "part"]).itertuples(index=False):
        match = find(value, part=part or None)
        decided = match.municipality_id or column.parts.get(value)
        if decided is None or (match.abolished and abolished == "refuse"):
            code = "N07" if match.abolished else "N05" if re.search(r"[/\\]", value) else "N09"
            facts = {"value": value, "nearest": match.nearest or "–", "successors": successor_names(match)}
            faults.append(Fault(code, raw.file, int(line), column=str(column.source), facts=facts))
        resolved[value, part] = decided or ""
    keys = pd.Series(list(zip(values, parts, strict=True)), index=values.index)
    return keys.map(resolved).astype("str"), faults
