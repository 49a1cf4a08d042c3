"""From accepted answers to a map and a delivery file: what the form writes, as plain values."""

import glob
import re
from collections.abc import Mapping
from typing import Any

from analysis.desk.form_state import UNKNOWN, FormState, is_wide, wide_columns
from analysis.intake.contracts import columns, numeric
from analysis.intake.mapping.maps import Map, parse_map
from analysis.intake.mapping.recoding import school_year
from analysis.intake.proposals.proposing import wide_name, wide_value

Rule = dict[str, Any]
_SHARED = ("pupil_id", "school_year", "grade", "school_id")
MAP_SUFFIX = ".map.yml"  # a map that lies beside the data it is about
_MADE = {"name": "part", "value": "result"}
_YEAR_IN_NAME = r"((?:19|20)\d\d(?:\D{1,3}(?:(?:19|20)?\d\d)(?!\d))?)"


def map_name(file: str) -> str:
    """Name the map of a file: beside it, under its stem."""
    return re.sub(r"(\.csv|\.txt)?\.[^./]+$", "", file) + MAP_SUFFIX


def map_of(state: FormState) -> Map:
    """Make the map; raises ``InputFaults`` where the answers do not make a valid one."""
    return parse_map(map_values(state), map_name(state.raw.file))


def map_values(state: FormState) -> dict[str, Any]:
    """Return the map as plain values: accepted answers only."""
    values: dict[str, Any] = {"title": re.sub(r"\.[^./]+$", "", state.raw.file.rpartition("/")[2])}
    rule: dict[str, Any] = {"pattern": glob.escape(state.raw.file), "read": read_values(state)}
    rule["exclude"] = [
        {"column": one.column, "in": list(one.values), "reason": dict(one.reason)} for one in state.rows if one.accepted
    ]
    wide = _wide(state)
    rule |= {"wide": wide} if wide else {}
    rule["tables"] = tables(state)
    values["files"] = [{key: value for key, value in rule.items() if value not in ({}, [])}]
    fed = sorted(state.duplicates & set(rule["tables"]))
    return values | ({"duplicates": dict.fromkeys(fed, "keep_last")} if fed else {})


def read_values(state: FormState) -> dict[str, Any]:
    """Return how the file is to be read, as a map says it."""
    values: dict[str, Any] = state.options.model_dump(mode="json", exclude_defaults=True)
    return values


def delivery_values(state: FormState, existing: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``delivery.yml`` will say: what it said before, with scope, municipality and this file's map."""
    values = {key: value for key, value in existing.items() if key not in ("scope", "municipality", "maps")}
    own: dict[str, Any] = {"scope": state.scope} if state.scope else {}
    own |= {"municipality": state.municipality} if state.municipality and state.scope == "board" else {}
    maps = {**existing.get("maps", {}), glob.escape(state.raw.file): map_name(state.raw.file).rpartition("/")[2]}
    return own | values | {"maps": maps}


def fed(state: FormState) -> list[str]:
    """Return the tables that the accepted answers feed, the chosen one first."""
    table = state.table.held
    if not table:
        return []
    named = {one.held.partition(".")[0] for one in state.columns.values() if one.held}
    others = [other for other in ("schools", "pupils", "enrolments") if other in named and other != table]
    return [table, *(other for other in others if not (other == "schools" and "schools" in state.elsewhere))]


def tables(state: FormState) -> dict[str, dict[str, Rule]]:
    """Return the rules of every table that the file feeds."""
    made: dict[str, dict[str, Rule]] = {}
    for table in fed(state):
        rules = {column: _rule(state, f"{table}.{column}") for column in columns(table)}
        filled = {column: rule for column, rule in rules.items() if rule}
        if filled:
            made[table] = filled
    return made


def missing(state: FormState) -> list[str]:
    """Return the required columns of the contract (``table.column``) that nothing fills yet."""
    return [
        f"{table}.{column}"
        for table in fed(state)
        for column, required in columns(table).items()
        if required and not _rule(state, f"{table}.{column}")
    ]


def _rule(state: FormState, target: str) -> Rule | None:
    """Return how one column of the contract is filled; None where nothing fills it."""
    table, _, column = target.partition(".")
    if column == "school_id":
        return _school(state, table)
    source = _source(state, target)
    if source is None and column in _SHARED and table != state.table.value:
        return _rule(state, f"{state.table.value}.{column}")
    if _is_wide_table(state, table):
        if column in (wide_name(table), wide_value(table)) and _wide(state) is None:
            return None
        if column == wide_name(table):
            return {"from": _made(state)["name"]}
        if column == wide_value(table):
            return _of_column(state, _wide_sources(state)[0], target) | {"from": _made(state)["value"]}
    if source is not None:
        return _of_column(state, source, target)
    return _constant(state, target)


def _source(state: FormState, target: str) -> str | None:
    return next((name for name, one in state.columns.items() if one.held == target), None)


def _school(state: FormState, table: str) -> Rule | None:
    """A school is known by its code where the file has one, otherwise by its name."""
    own = f"{state.table.value}.school_id"
    source = _source(state, own) or _source(state, "schools.school_id")
    if source is not None:
        return {"from": source}
    name = _source(state, "schools.name")
    if name is None:
        return _constant(state, own)
    key: Rule = {"from": name, "school_key": True}
    return key if table == "schools" else key | {"lookup": "school"}


def _of_column(state: FormState, source: str, target: str) -> Rule:
    table, _, column = target.partition(".")
    rule: Rule = {"from": source}
    codes = state.codes.get(source, {})
    if column in numeric(table):
        signs = list(
            dict.fromkeys(v for name in _same(state, source) for v, c in state.codes.get(name, {}).items() if c.held)
        )
        rule |= {"absent": signs} if signs else {}
    else:
        held = {value: one.held for value, one in codes.items() if one.held and one.held != value}
        recode = {value: "" if code == UNKNOWN else code for value, code in held.items()}
        rule |= {"recode": recode} if recode else {}
    form = state.forms[source].held if source in state.forms else ""
    if form:
        rule["school_year" if column == "school_year" else "date"] = form
    if column == "municipality_id" and table != "municipalities" and "municipalities" not in state.elsewhere:
        rule["lookup"] = "municipality"
    return rule


def _same(state: FormState, source: str) -> list[str]:
    """Return the columns that share a column's target: of a wide table all are read by one rule."""
    target = state.columns[source].held
    return [name for name, one in state.columns.items() if one.held == target]


def _constant(state: FormState, target: str) -> Rule | None:
    decision = state.constants.get(target)
    value = decision.held if decision else ""
    table = target.partition(".")[0]
    if value == "@score":
        return _status(state, table)
    if value == "@file":
        return {"file_name": _YEAR_IN_NAME, "school_year": "ends"}
    if value == "@delivery":
        return {"delivery": "municipality"}
    return {"constant": value} if value else None


def _status(state: FormState, table: str) -> Rule | None:
    """A filled score means present, a sign what a person has said of it, an empty cell absent."""
    sources = _wide_sources(state) or [name for name in [_source(state, f"{table}.score")] if name]
    if not sources:
        return None
    signs = {v: one.held for name in sources for v, one in state.codes.get(name, {}).items() if one.held}
    statuses = {value: "absent" if status == "@empty" else status for value, status in signs.items()}
    if _wide_sources(state) and _wide(state) is None:
        return None
    source = _made(state)["value"] if _wide_sources(state) else sources[0]
    return {"from": source, "recode": {**statuses, "": "absent"}, "default": "present"}


def _wide_sources(state: FormState) -> list[str]:
    target = wide_value_target(state)
    held = [name for name, one in state.columns.items() if one.held == target and is_wide(target)]
    return held if len(held) > 1 else []


def _is_wide_table(state: FormState, table: str) -> bool:
    return table == state.table.value and bool(_wide_sources(state))


def _wide(state: FormState) -> dict[str, Any] | None:
    """Several columns with one target become rows; what an empty cell means is a person's answer."""
    sources = _wide_sources(state)
    if not sources:
        return None
    parts = {name: state.parts[name].held for name in sources if name in state.parts and state.parts[name].held}
    if len(parts) < len(sources) or not state.empty:
        return None
    return {"columns": parts, **_made(state), "empty": state.empty}


def _made(state: FormState) -> dict[str, str]:
    """Name the two columns that become of many; a file may have columns of these names already."""
    taken = set(state.raw.frame.columns)
    return {key: next(n for n in (word, f"{word}*", f"{word}**") if n not in taken) for key, word in _MADE.items()}


def wide_open(state: FormState) -> bool:
    """Tell whether several columns have one target and a subject, or the meaning of an empty cell, is not decided."""
    return bool(_wide_sources(state)) and _wide(state) is None


def clashes(state: FormState) -> dict[str, list[str]]:
    """Return targets that several columns were given, where only one can be."""
    held = {one.held for one in state.columns.values() if one.held and not is_wide(one.held)}
    named = {target: sorted(wide_columns(state, target)) for target in held}
    return {target: names for target, names in named.items() if len(names) > 1}


def year_in_name(file: str) -> str:
    """Return the school year that a file's name holds, nothing where it holds none."""
    found = re.search(_YEAR_IN_NAME, file)
    return school_year(found.group(1), starts=False) if found else ""


def wide_value_target(state: FormState) -> str:
    """Return the target that several columns of the file may have, one for each subject or item."""
    return f"{state.table.value}.{wide_value(state.table.value)}"
