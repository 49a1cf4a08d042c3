"""Which line holds the names of the columns, and what these names are."""

import re
from collections.abc import Sequence

from analysis.faults import Fault, InputFaults, shown_name
from analysis.intake.reading.letters import (
    composed,
    has_special_blank,
    is_composed,
    latin,
    lookalike,
    strange_letters,
    with_plain_blanks,
)

Row = tuple[int, Sequence[str]]
LOOKED_AT = 30  # rows among which a header is looked for
_NUMBER = re.compile(r"[-−+]?\d[\d\s\u00a0]*([.,]\d+)?\s*%?")
_YEAR = re.compile(r"(19|20)\d\d([./]+\s?(g\.|(19|20)?\d\d\.?))?")


def column_names(
    header: Sequence[str],
    file: str,
    expected: Sequence[str],
    *,
    below: Sequence[Row] = (),
    given: bool = False,
    sheet: str | None = None,
) -> tuple[tuple[str, ...], list[Fault]]:
    """Read the header: blanks and letters put in order, the case of expected names restored, no name twice.

    Parameters
    ----------
    header : sequence of str
        Cells of the header; a nameless column is called ``#3`` after its position.
    file : str
        The file.
    expected : sequence of str
        Names that a map or the contract looks for; none of them found means that this is no header.
    below : sequence of (line, cells)
        Rows after it, among which the true header may stand.
    given : bool
        The map names the columns, the file has no header.
    sheet : str, optional
        Sheet of a workbook.

    Returns
    -------
    names : tuple of str
        A name a column.
    notes : list of Fault
        S06 case or blanks, S07 no-break blanks, E05 letters composed; E06 look-alike letters of another script.

    Raises
    ------
    InputFaults
        S03 no header, S18 a title above it, S05 one name twice. Nothing of a missing header is repeated: it may be a
        pupil's row.
    """
    missing = [name for name in expected if name not in header]
    names = tuple(cell if cell in expected else _tidy(cell, missing) for cell in header)
    strange = [name for name in names if lookalike(name) and name not in expected]
    names = tuple(latin(name) if name in strange and latin(name) in expected else name for name in names)
    if not given and not _is_header(names, expected):
        raise InputFaults([_no_header(header, below, file, expected, sheet)])
    faults = []
    for name in dict.fromkeys(n for n in names if n):
        positions = [str(i + 1) for i, other in enumerate(names) if other == name]
        if len(positions) > 1:
            faults.append(Fault("S05", file, sheet=sheet, column=name, facts={"positions": ", ".join(positions)}))
    if faults:
        raise InputFaults(faults)
    notes = [] if given else _repairs([c for c in header if _tidy(c, missing) not in strange], expected, file, sheet)
    notes += [
        Fault(
            "E06", file, sheet=sheet, facts={"value": shown_name(n), "nearest": latin(n), "strange": strange_letters(n)}
        )
        for n in strange
    ]
    return tuple(name or f"#{i + 1}" for i, name in enumerate(names)), notes


def _tidy(cell: str, missing: Sequence[str]) -> str:
    """Put blanks and letters of a name in order; the one missing name that differs by case alone is meant."""
    text = with_plain_blanks(composed(cell))
    alike = [name for name in missing if name.casefold() == text.casefold()]
    return alike[0] if len(alike) == 1 else text


def _repairs(header: Sequence[str], expected: Sequence[str], file: str, sheet: str | None) -> list[Fault]:
    """Say which names were put in order, by what was wrong with them."""
    renamed: dict[str, list[str]] = {"E05": [], "S06": [], "S07": []}
    missing = [name for name in expected if name not in header]
    for cell in (cell for cell in header if cell not in expected):
        if cell != (name := _tidy(cell, missing)):
            code = "S07" if has_special_blank(cell) else "S06" if is_composed(cell) else "E05"
            renamed[code].append(name)
    return [
        Fault(code, file, sheet=sheet, facts={"count": len(changed), "names": ", ".join(changed)})
        for code, changed in renamed.items()
        if changed
    ]


def _is_header(names: Sequence[str], expected: Sequence[str]) -> bool:
    if expected:
        return bool(set(names) & set(expected))
    numeric = [name for name in names if _NUMBER.fullmatch(name)]
    return any(names) and len(numeric) <= len(names) / 3


def _no_header(
    header: Sequence[str], below: Sequence[Row], file: str, expected: Sequence[str], sheet: str | None
) -> Fault:
    """Say that the first row is no header: a title, where the header is found below or the rows get wider; else none."""
    line = expected_line(below, expected) if expected else next(iter(header_guess(below)), None)
    wanted = ", ".join(expected) or "–"
    if line is not None:
        return Fault("S18", file, sheet=sheet, facts={"expected": wanted, "line": line})
    found = sum(bool(cell.strip()) for cell in header)
    if found == 1 and any(sum(bool(cell.strip()) for cell in cells) > 2 for _, cells in below):
        return Fault("S18", file, sheet=sheet, facts={"expected": wanted, "line": "–"})
    return Fault("S03", file, sheet=sheet, facts={"expected": wanted, "found": found})


def expected_line(rows: Sequence[Row], expected: Sequence[str]) -> int | None:
    """Return the line of the row with the most expected names; None where no row has any."""
    wanted = {name.casefold() for name in expected}
    hits = [(len(wanted & {_tidy(cell, ()).casefold() for cell in cells}), line) for line, cells in rows[:LOOKED_AT]]
    best = max((count for count, _ in hits), default=0)
    return next((line for count, line in hits if count == best), None) if best else None


def joined_header(rows: Sequence[Sequence[str]]) -> list[str]:
    """Join several rows of a header from the top: an empty cell of an upper row takes the one on its left.

    Parameters
    ----------
    rows : sequence of sequence of str
        Rows of the header, the lowest last.

    Returns
    -------
    list of str
        A name a column; equal parts are said once.
    """
    width = max((len(row) for row in rows), default=0)
    parts: list[list[str]] = [[] for _ in range(width)]
    for depth, row in enumerate(rows):
        left = ""
        for i in range(width):
            cell = with_plain_blanks(row[i]) if i < len(row) else ""
            left = cell or (left if depth < len(rows) - 1 else "")
            if left and left not in parts[i][-1:]:
                parts[i].append(left)
    return [" ".join(names) for names in parts]


def header_guess(rows: Sequence[Row]) -> tuple[int, ...]:
    """Guess where the header stands: the first wide row of words, with the row that heads groups of its columns.

    Parameters
    ----------
    rows : sequence of (line, cells)
        First filled rows of the file.

    Returns
    -------
    tuple of int
        Lines of the header; empty where every row looks like data.
    """
    filled = [[cell.strip() for cell in cells] for _, cells in rows[:LOOKED_AT]]
    widths = [sum(map(bool, cells)) for cells in filled]
    common = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
    for i, cells in enumerate(filled):
        words = [cell for cell in cells if cell and (_YEAR.fullmatch(cell) or not _NUMBER.fullmatch(cell))]
        wide = widths[i] >= max(1, 0.7 * common) and (common == 1 or widths[i] > 1)
        if not wide or len(words) < widths[i] or len(set(words)) < 0.7 * len(words):
            continue
        if any(_NUMBER.fullmatch(cell) for below in filled[i + 1 :] for cell in below) or i + 1 < len(filled):
            above = (rows[i - 1][0],) if i and _spans(filled[i - 1], cells) else ()
            below = _next_part(filled, i)
            return (*above, rows[i][0], *((rows[i + 1][0],) if below else ()))
    return ()


def _spans(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Tell whether a row heads groups of columns: several words with gaps between them, over filled cells."""
    filled = [i for i, cell in enumerate(upper) if cell]
    words = all(not _NUMBER.fullmatch(upper[i]) or _YEAR.fullmatch(upper[i]) for i in filled)
    return len(filled) > 1 and words and len(filled) < len([c for c in lower if c]) + 1 and filled[-1] < len(lower)


def _next_part(filled: Sequence[Sequence[str]], i: int) -> bool:
    """Tell whether the row after a header with gaps is its lower part: words alone, repeated or filling the gaps."""
    if i + 1 >= len(filled) or all(filled[i]):
        return False
    lower = [cell for cell in filled[i + 1] if cell]
    gaps = {k for k, cell in enumerate(filled[i]) if not cell}
    fills = any(cell and k in gaps for k, cell in enumerate(filled[i + 1]))
    return bool(lower) and fills and not any(_NUMBER.fullmatch(cell) for cell in lower)
