"""Rules between rows and between tables: one row a key, known schools, known pupils, no personal codes, no totals."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.faults import Fault, has_personal_code
from analysis.intake.contracts import KEYS, LINKS, columns
from analysis.intake.provenance import FILE, LINE
from analysis.intake.rawtable import RawTable
from analysis.intake.recoding import UNKNOWN

_TOTALS = re.compile(r"\s*(kopā|pavisam|kopsumma|kopā visi|total|totals|grand total|sum)\s*[:.]?\s*", re.IGNORECASE)
_SHORTEST_CODE = 11


def personal_codes(raw: RawTable) -> list[Fault]:
    """Find personal codes anywhere in a file: a column full of them (I05) or single cells (I06); no value is echoed."""
    faults = []
    for column in raw.frame.columns:
        cells = raw.frame[column]
        suspicious = [text for text in cells.unique() if len(text) >= _SHORTEST_CODE and has_personal_code(text)]
        if not suspicious:
            continue
        rows = cells.isin(suspicious).to_numpy()
        if rows.sum() > (cells.str.strip() != "").sum() / 2:
            faults.append(Fault("I05", raw.file, column=column, facts={"count": int(rows.sum())}))
        else:
            faults += [Fault("I06", raw.file, int(line), column=column) for line in raw.lines[rows]]
    return faults


def totals_rows(raw: RawTable) -> list[Fault]:
    """Find rows that are sums of others (S16): a cell that says so and nothing else."""
    found: dict[int, Fault] = {}
    for column in raw.frame.columns:
        words = [text for text in raw.frame[column].unique() if _TOTALS.fullmatch(text)]
        for line in raw.lines[raw.frame[column].isin(words).to_numpy()] if words else ():
            found[int(line)] = Fault("S16", raw.file, int(line))
    return list(found.values())


def one_row_a_key(table: str, rows: pd.DataFrame, policy: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Refuse repeated keys (I03 equal rows, I04 different ones), or keep the last where the map says so (D05)."""
    key = list(KEYS[table])
    filled = rows[[column for column in key if columns(table)[column]]].notna().all(axis=1)
    repeated = rows.duplicated(key, keep=False) & filled
    if not repeated.any():
        return rows, []
    if policy == "keep_last":
        out = rows.duplicated(key, keep="last") & filled
        facts = {"table": table, "count": int(out.sum())}
        return rows[~out].reset_index(drop=True), [Fault("D05", str(rows.loc[out, FILE].iloc[0]), facts=facts)]
    suspects = rows[repeated]
    first = (
        pd.Series(suspects.index, index=suspects.index)
        .groupby([suspects[c] for c in key], dropna=False)
        .transform("first")
    )
    later = suspects.index[suspects.duplicated(key, keep="first")]
    return rows, [_repeated(table, rows.loc[position], rows.loc[first[position]]) for position in later]


def _repeated(table: str, row: "pd.Series[Any]", other: "pd.Series[Any]") -> Fault:
    values = [column for column in row.index if not str(column).startswith("_") and column not in KEYS[table]]
    different = [column for column in values if not _same(row[column], other[column])]
    line = str(int(other[LINE]))
    facts = {"table": table, "first": line if row[FILE] == other[FILE] else f"{other[FILE]}: {line}"}
    if different:
        facts["columns"] = ", ".join(different)
    return Fault("I04" if different else "I03", row[FILE], int(row[LINE]), facts=facts)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) or bool(pd.isna(one) and pd.isna(other))


def unknown_keys(table: str, tables: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """Whatever a table names – a school, a pupil, an item – must stand in its own table (I08), where there is one."""
    faults: list[Fault] = []
    for link in (link for link in LINKS if link.table == table and link.parent in tables):
        wanted = list(link.columns)
        keys, known = tables[table][wanted], tables[link.parent][wanted]
        strange = keys.notna().all(axis=1) & ~_among(keys, known)
        if "pupil_id" in wanted:
            strange &= ~keys["pupil_id"].str.startswith(UNKNOWN).fillna(False).astype(bool)
        for (file, *_), rows in tables[table][strange].groupby([FILE, *wanted], sort=False):
            facts = {"other": link.parent, "count": len(rows)}
            column = wanted[-1]
            faults.append(Fault("I08", str(file), int(rows[LINE].iloc[0]), column=column, facts=facts))
    return faults


def _among(keys: pd.DataFrame, known: pd.DataFrame) -> "pd.Series[bool]":
    if keys.shape[1] == 1:
        return keys.iloc[:, 0].isin(known.iloc[:, 0])
    return pd.Series(pd.MultiIndex.from_frame(keys).isin(pd.MultiIndex.from_frame(known)), index=keys.index)


def of_others(table: str, rows: pd.DataFrame, place: pd.Series, own: str, names: Mapping[str, str]) -> list[Fault]:
    """Find rows of another municipality where only one's own belong (N08).

    Parameters
    ----------
    table : str
        Name in the contract.
    rows : pd.DataFrame
        Its rows.
    place : pd.Series of str, aligned with rows
        Municipality of each; missing where it is not known.
    own : str
        The municipality that the rows must belong to.
    names : mapping
        Id of a municipality → its name.
    """
    column = "municipality_id" if table == "schools" else "school_id"
    strangers = place[place.notna() & (place != own)]
    facts = [{"value": names.get(other, other), "own": names.get(own, own)} for other in strangers]
    where = rows.loc[strangers.index]
    return [
        Fault("N08", f, int(n), column=column, facts=x) for f, n, x in zip(where[FILE], where[LINE], facts, strict=True)
    ]
