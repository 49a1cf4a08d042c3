"""Rules between rows and between tables: one row a key, known schools, known pupils, no personal codes, no totals."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.faults import Fault, has_personal_code
from analysis.intake.checking.placed import Facts, at_rows
from analysis.intake.contracts import KEYS, LINKS, columns
from analysis.intake.mapping.recoding import UNKNOWN
from analysis.intake.provenance import FILE, LINE, own_columns
from analysis.intake.reading.rawtable import RawTable

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
    return rows, _repeated(table, rows[repeated], key)


def _repeated(table: str, rows: pd.DataFrame, key: list[str]) -> list[Fault]:
    """Tell each later row of a key: with the line of the first, and in which columns it differs from it."""
    first = pd.Series(rows.index, index=rows.index).groupby([rows[c] for c in key], dropna=False).transform("first")
    later: pd.DataFrame = rows[rows.duplicated(key, keep="first")]
    firsts: pd.DataFrame = rows.loc[first[later.index]].set_axis(later.index)
    values = [column for column in own_columns(rows) if column not in key]
    one, other = later[values], firsts[values]
    differs = (one.ne(other) & ~(one.isna() & other.isna())).to_numpy(dtype=bool)
    different = differs.any(axis=1)
    faults: list[Fault] = []
    for code, at in (("I03", ~different), ("I04", different)):
        places = np.flatnonzero(at)
        facts = _both(table, later.iloc[places], firsts.iloc[places], differs[at], values)
        faults += at_rows(code, later.iloc[places], None, facts)
    return faults


def _both(table: str, rows: pd.DataFrame, firsts: pd.DataFrame, differs: np.ndarray, values: list[str]) -> Facts:
    """Name the line of the first row (and its file, where that is another), and the columns in which both differ."""
    own, files, lines = rows[FILE].to_numpy(), firsts[FILE].to_numpy(), firsts[LINE].to_numpy()

    def facts(place: int) -> Mapping[str, object]:
        line = str(int(lines[place]))
        first = line if own[place] == files[place] else f"{files[place]}: {line}"
        named = [name for name, different in zip(values, differs[place], strict=True) if different]
        return {"table": table, "first": first} | ({"columns": ", ".join(named)} if named else {})

    return facts


def unknown_keys(table: str, tables: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """Whatever a table names – a school, a pupil, an item – must stand in its own table (I08), where there is one.

    Each unknown one is told at its first line, with the number of its rows.
    """
    faults: list[Fault] = []
    for link in (link for link in LINKS if link.table == table and link.parent in tables):
        wanted = list(link.columns)
        named = tables[table][wanted].drop_duplicates().dropna()  # few of many rows: each is asked once
        strange = named[~_among(named, tables[link.parent][wanted])]
        if "pupil_id" in wanted:
            strange = strange[~strange["pupil_id"].str.startswith(UNKNOWN).astype(bool)]
        if strange.empty:
            continue
        rows = tables[table][[FILE, LINE, *wanted]].merge(strange, on=wanted)
        counts = rows.groupby([FILE, *wanted], sort=False)[LINE].agg(["first", "size"]).reset_index()
        said = [{"other": link.parent, "count": int(size)} for size in counts["size"]]
        faults += at_rows("I08", counts.rename(columns={"first": LINE}), wanted[-1], said.__getitem__)
    return faults


def _among(keys: pd.DataFrame, known: pd.DataFrame) -> "pd.Series[bool]":
    if keys.shape[1] == 1:  # pandas' isin is slow on Arrow's text
        have = set(known.iloc[:, 0].tolist())
        return pd.Series([key in have for key in keys.iloc[:, 0].tolist()], index=keys.index, dtype="bool")
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
    said = [{"value": names.get(other, other), "own": names.get(own, own)} for other in strangers]
    return at_rows("N08", rows.loc[strangers.index], column, said.__getitem__)
