"""Rows that are no data: totals and remarks under the table, proposed to be left out with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis.intake.checking.links import totals_rows
from analysis.intake.reading.rawtable import RawTable

_TOTAL = "kop|pavisam|total|sum|vidēj|average|mean"
_LAST = 30  # remarks stand at the end
_REASONS: Mapping[str, dict[Literal["lv", "en"], str]] = {
    "totals": {"lv": "kopsavilkuma rindas", "en": "rows of totals"},
    "remarks": {"lv": "piezīmes, nevis dati", "en": "remarks, no data"},
}


@dataclass(frozen=True)
class RowsOut:
    """Rows proposed to be left out: where ``column`` holds one of ``values`` (the empty text means an empty cell).

    ``kind`` is ``totals`` or ``remarks``; ``lines`` are the lines of the file that it would leave out.
    """

    column: str
    values: tuple[str, ...]
    kind: str
    lines: tuple[int, ...]

    @property
    def reason(self) -> dict[Literal["lv", "en"], str]:
        """The reason in both languages, as the map and the page will say it."""
        return dict(_REASONS[self.kind])


def proposed_exclusions(raw: RawTable) -> tuple[RowsOut, ...]:
    """Find rows of totals and remarks, and the one column by which they can be left out."""
    totals = {fault.line for fault in totals_rows(_suspects(raw)) if fault.line is not None}
    out: list[RowsOut] = []
    if totals:
        out += _by_values(raw, np.isin(raw.lines, list(totals)))
    remarks = _remarks(raw) & ~np.isin(raw.lines, list(totals))
    if remarks.any():
        out += _by_empty_cells(raw, remarks)
    return tuple(out)


def _suspects(raw: RawTable) -> RawTable:
    """Keep rows with a word that a total may begin with: looking at those alone is ten times faster."""
    found = np.zeros(len(raw.frame), bool)
    for name in raw.frame.columns:
        found |= raw.frame[name].str.contains(_TOTAL, case=False).to_numpy(dtype=bool)
    return replace(raw, frame=raw.frame[found], lines=raw.lines[found])


def _by_values(raw: RawTable, rows: np.ndarray) -> list[RowsOut]:
    """Name the columns whose words mark totals."""
    out = []
    left = rows.copy()
    for name in raw.frame.columns:
        cells = raw.frame[name].str.strip()
        values = tuple(v for v in cells[left].unique() if v and not (cells[~rows] == v).any() and not v[:1].isdigit())
        marked = cells.isin(values).to_numpy() & left if values else np.zeros(len(left), bool)
        if marked.any():
            out.append(RowsOut(str(name), values, "totals", tuple(map(int, raw.lines[marked]))))
            left &= ~marked
    return out


def _remarks(raw: RawTable) -> np.ndarray:
    """Mark rows near the end in which one cell alone, the first, is filled, of a table that has more columns."""
    found = np.zeros(len(raw.frame), bool)
    if len(raw.frame.columns) < 3:
        return found
    tail = raw.frame.tail(_LAST)
    filled = (tail.apply(lambda cells: cells.str.strip()) != "").to_numpy()
    found[len(found) - len(tail) :] = (filled.sum(axis=1) == 1) & filled[:, 0]
    return found


def _by_empty_cells(raw: RawTable, rows: np.ndarray) -> list[RowsOut]:
    """Name a column that is empty in these rows and filled in nearly all others."""
    for name in raw.frame.columns[1:]:
        empty = (raw.frame[name].str.strip() == "").to_numpy()
        if (empty == rows).all():
            return [RowsOut(str(name), ("",), "remarks", tuple(map(int, raw.lines[rows])))]
    return []
