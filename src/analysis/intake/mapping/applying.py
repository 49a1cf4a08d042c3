"""Applying a map: one file as read becomes rows of the contract's tables, every row knowing its file and line."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.faults import Fault, InputFaults, unique
from analysis.intake.checking.identifiers import unread_columns
from analysis.intake.checking.links import totals_rows
from analysis.intake.contracts import columns
from analysis.intake.mapping.places import municipality_ids
from analysis.intake.mapping.recoding import changed, coalesced, text_of, too_short, unnamed_codes
from analysis.intake.mapping.reshaping import long, shortened, wide_columns
from analysis.intake.mapping.routing import Excluded, routed
from analysis.intake.mapping.rules import ColumnRule, FileRule, matching
from analysis.intake.mapping.schoolyears import mixed_years
from analysis.intake.provenance import BY_NAME, FILE, LINE, own_columns
from analysis.intake.reading.rawtable import RawTable
from analysis.intake.reading.shape import footnotes
from analysis.params import nearest

__all__ = ["Excluded", "Mapped", "apply_rule", "apply_rules", "named_columns", "repeats"]

_LINES_SHOWN = 20
#: Tables of things that a file of results names again and again: equal rows are one row.
_ENTITIES = (
    "municipalities",
    "schools",
    "pupils",
    "enrolments",
    "item_map",
    "wellbeing_items",
    "wellbeing_roster",
    "staff_survey_items",
    "competences",
)


@dataclass(frozen=True)
class Mapped:
    """What one rule made of one file.

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


@dataclass(frozen=True)
class _Context:
    """What a rule may take besides the columns of its rows."""

    delivery: Mapping[str, str | None]
    abolished: str
    numbers: np.ndarray  # of each row in the file
    made: dict[str, "pd.Series[str] | None"]  # the same rule in several tables is worked out once


def named_columns(rule: FileRule) -> list[str]:
    """Return the columns of a file that a rule names, each once."""
    return rule.columns


def repeats(rule: FileRule, table: str) -> bool:
    """Tell whether a file may repeat an entity: one that feeds several tables names a school once for each result."""
    return table in _ENTITIES and (len(rule.tables) > 1 or rule.wide is not None or bool(rule.when))


def apply_rule(raw: RawTable, rule: FileRule, delivery: Mapping[str, str | None], abolished: str = "refuse") -> Mapped:
    """Turn a file that one rule reads into rows of tables (``apply_rules``)."""
    return apply_rules(raw, [rule], delivery, abolished)[0]


def apply_rules(
    raw: RawTable, rules: Sequence[FileRule], delivery: Mapping[str, str | None], abolished: str = "refuse"
) -> list[Mapped]:
    """Turn a file into rows of tables.

    Parameters
    ----------
    raw : RawTable
        The file as text.
    rules : sequence of FileRule
        All rules that read it alike: what its columns mean, and which rows each rule is about.
    delivery : mapping
        Values of ``delivery.yml`` that a rule may take (``municipality``).
    abolished : {"refuse", "map"}
        What to do about municipalities that no longer exist.

    Returns
    -------
    list of Mapped
        One a rule; what concerns the file as a whole is told with the first.

    Raises
    ------
    InputFaults
        M01, M06, M07: columns that the map takes are not in the file, or are there when it makes them.
    """
    missing = [fault for rule in rules for fault in _missing_columns(raw, rule)]
    if missing:
        raise InputFaults(unique(missing))
    parts, excluded, faults = routed(raw, rules)
    remarks = _remarks(raw, parts, rules)
    parts = [_without(part, {fault.line for fault in remarks}) for part in parts]
    whole = [*raw.notes, *faults, *_unread(raw, rules), *remarks]
    whole += [fault for rule in rules for fault in _not_unique(raw, rule)]
    made = [_applied(raw, part, rule, delivery, abolished) for part, rule in zip(parts, rules, strict=True)]
    first = replace(made[0], excluded=tuple(excluded), faults=tuple(unique([*whole, *made[0].faults])))
    return [first, *made[1:]]


def _applied(
    raw: RawTable, part: RawTable, rule: FileRule, delivery: Mapping[str, str | None], abolished: str
) -> Mapped:
    faults: list[Fault] = []
    shown: dict[str, str] = {}
    if rule.wide:
        names = wide_columns(rule.wide, raw)
        needed = list(dict.fromkeys([*(n for n in rule.columns if n in part.frame), *names]))
        part, notes = long(replace(part, frame=part.frame[needed]), rule.wide, rule.absent)
        faults += notes
        shown = dict.fromkeys(rule.wide.made, shortened(names))
    context = _Context(delivery, abolished, np.searchsorted(raw.lines, part.lines) + 1, {})
    tables, origins = {}, {}
    for table, rules in rule.tables.items():
        frame, found = _one_table(part, table, rules, rule.absent, context)
        faults += found
        if repeats(rule, table):
            frame = frame.drop_duplicates(own_columns(frame), ignore_index=True)
        tables[table] = frame
        taken = {t: next((n for n in c.columns if n in part.frame), t) for t, c in rules.items()}
        origins[table] = {target: shown.get(name, name) for target, name in taken.items()}
    return Mapped(tables, (), tuple(faults), origins)


def _missing_columns(raw: RawTable, rule: FileRule) -> list[Fault]:
    """Find columns that the map takes and the file lacks; of several alternatives one is enough."""
    made = rule.wide.made if rule.wide else []
    missing = [*(c.column for c in (*rule.exclude, *rule.keep)), *rule.when]
    for column in (c for rules in rule.tables.values() for c in rules.values() if not c.optional):
        alternatives = isinstance(column.source, list) and any(name in raw.frame for name in column.source)
        missing += [column.part] if column.part else []
        missing += [] if alternatives else column.columns
    faults = [
        Fault("M01", raw.file, facts={"name": name, "nearest": nearest(name, raw.frame.columns)})
        for name in missing
        if name not in raw.frame and name not in made
    ]
    try:
        names = wide_columns(rule.wide, raw) if rule.wide else []
    except InputFaults as found:
        return [*faults, *found.faults]
    taken = [name for name in missing if name in names]
    return [*faults, *(Fault("M08", raw.file, facts={"name": n, "made": ", ".join(made)}) for n in taken)]


def _remarks(raw: RawTable, parts: Sequence[RawTable], rules: Sequence[FileRule]) -> list[Fault]:
    """Find rows that are sums (S16) or footnotes (S17) among those that some rule takes.

    A word that a rule recodes or routes by is a code of the file and no total.
    """
    taken = np.zeros(len(raw.lines), dtype=bool)
    for part in parts:
        taken[np.searchsorted(raw.lines, part.lines)] = True
    notes = footnotes(raw)
    lines = set(raw.lines[taken].tolist()) if notes else set()
    notes = [fault for fault in notes if fault.line in lines]
    sums = totals_rows(raw if taken.all() else replace(raw, frame=raw.frame[taken], lines=raw.lines[taken]))
    if not sums:
        return notes
    known: dict[str, list[str]] = {}
    for rule in rules:
        for name, words in rule.when.items():
            known.setdefault(name, []).extend(words)
        for column in (column for targets in rule.tables.values() for column in targets.values()):
            for name in (name for name in column.columns if name in raw.frame):
                known.setdefault(name, []).extend(column.recode)
    cells = {name: raw.frame[name].mask(raw.frame[name].str.strip().isin(words), "") for name, words in known.items()}
    return [*notes, *totals_rows(replace(raw, frame=raw.frame.assign(**cells)[taken], lines=raw.lines[taken]))]


def _without(part: RawTable, lines: Set[int | None]) -> RawTable:
    """Take such rows out: the delivery is refused for them already, and what else they lack is no news."""
    out = np.isin(part.lines, [line for line in lines if line is not None])
    return replace(part, frame=part.frame[~out], lines=part.lines[~out]) if out.any() else part


def _unread(raw: RawTable, rules: Sequence[FileRule]) -> list[Fault]:
    known = list(raw.frame.columns)
    named = {name for rule in rules for name in rule.columns}
    patterns = [name for rule in rules for name in [*rule.unread, *(rule.wide.columns if rule.wide else ())]]
    named |= set(matching(patterns, known))
    return unread_columns(raw.file, raw.frame, named)


def _not_unique(raw: RawTable, rule: FileRule) -> list[Fault]:
    """Find rows that share what ought to be unique, one column or several together; empty cells share nothing."""
    faults = []
    for one in rule.unique:
        names = [one] if isinstance(one, str) else one
        if not set(names) <= set(raw.frame.columns):
            continue
        cells = raw.frame[names].apply(lambda column: column.str.strip())
        again = cells.duplicated() & (cells != "").all(axis=1)
        if again.any():
            rows = cells.duplicated(keep=False) & (cells != "").all(axis=1)
            lines = [str(line) for line in raw.lines[rows.to_numpy()]]
            shown = [*lines[:_LINES_SHOWN], *(["…"] if len(lines) > _LINES_SHOWN else [])]
            facts = {"count": int(again.sum()), "lines": ", ".join(shown)}
            faults.append(Fault("D09", raw.file, column=" + ".join(names), facts=facts))
    return faults


def _one_table(
    raw: RawTable, table: str, rules: Mapping[str, ColumnRule], absent: list[str], context: _Context
) -> tuple[pd.DataFrame, list[Fault]]:
    made: dict[str, pd.Series] = {}
    faults: list[Fault] = []
    for target, column in rules.items():
        key = column.model_dump_json()
        if key not in context.made:
            context.made[key], found = _values(raw, column, absent, context)
            faults += found
        values = context.made[key]
        if values is not None:
            made[target] = values
            faults += unnamed_codes(raw, table, target, column, absent)
    for name in (n for n, required in columns(table).items() if required and n not in made):
        facts = {"table": table, "name": name, "found": ", ".join(raw.frame.columns)}
        faults.append(Fault("S04", raw.file, facts=facts))
    out = pd.DataFrame(made, index=raw.frame.index).reset_index(drop=True)
    out[FILE], out[LINE] = raw.file, raw.lines
    out[BY_NAME] = any(column.lookup == "school" for column in rules.values())
    return out, faults


def _values(
    raw: RawTable, column: ColumnRule, absent: list[str], context: _Context
) -> tuple["pd.Series[str] | None", list[Fault]]:
    """Work out the values of one rule; None where no column of it is in the file."""
    values = _origin(raw, column, [*absent, *column.absent], context)
    if values is None:
        return None, []
    name = next(iter(column.columns), "school_year")
    faults = [] if column.school_year is None else mixed_years(raw.file, name, values, raw.lines)
    values = changed(values, column, raw)
    faults += too_short(values, column, raw)
    if column.lookup == "municipality":
        values, found = municipality_ids(values, raw, column, context.abolished)
        faults += found
    return values, faults


def _origin(raw: RawTable, column: ColumnRule, absent: list[str], context: _Context) -> "pd.Series[str] | None":
    """Fetch the values a rule starts from, signs of an absent value emptied; None where no column of it is in the file."""
    frame = raw.frame
    if column.row_number:
        return pd.Series(context.numbers.astype(str), index=frame.index, dtype="str")
    if column.source is not None:
        return coalesced([frame[name] for name in column.columns if name in frame], absent)
    if column.text is not None:
        return text_of(frame, column.text, absent) if set(column.columns) <= set(frame.columns) else None
    same: str | None = None
    if column.constant is not None:
        same = str(column.constant)
    elif column.delivery is not None:
        same = context.delivery.get(column.delivery)
    elif column.file_name is not None:
        match = re.search(column.file_name, raw.file.removesuffix(f" [{raw.sheet}]"))
        same = match.group(1) if match else None
    return pd.Series(same or "", index=frame.index, dtype="str")
