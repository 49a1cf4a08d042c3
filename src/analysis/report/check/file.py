"""The questions as a table: the file that goes to the schools, and the analyst's own look at exact numbers."""

import base64
import csv
import io
from collections.abc import Iterable

import pandas as pd
from markupsafe import Markup

from analysis.intake.findings.checked import Checked
from analysis.intake.store import slug
from analysis.release import Released
from analysis.report.check.lines import Block, Line, Place, blocks
from analysis.report.html import render
from analysis.words.catalogue import label, say
from analysis.words.cells import held
from analysis.words.numbers import WITHHELD

_COLUMNS = ("school", "school_id", "finding", "where", "years", "count", "of", "ask", "table", "file", "method", "code")
# Excel in a Latvian Windows takes semicolons for columns, and UTF-8 only with its mark; both are standard elsewhere too.
DELIMITER, MARK = ";", "\ufeff"


def findings_csv(checked: Checked, released: Released) -> str:
    """Return the questions as CSV: a row a place, schools one after the other; UTF-8 with its mark, semicolons.

    Numbers are those of the page: what is withheld there has the same sign here. Text that a spreadsheet would run as a
    formula gets a leading apostrophe.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=DELIMITER, lineterminator="\r\n")
    writer.writerow([str(say(f"file_{column}", checked.language).unescape()) for column in _COLUMNS])
    for row in _rows(checked, blocks(checked, released)):
        writer.writerow([held(text) for text in row])
    return MARK + buffer.getvalue()


def _rows(checked: Checked, found: Iterable[Block]) -> Iterable[list[str]]:
    for block in found:
        for line in block.lines:
            for place in line.places:
                yield _row(checked, block, line, place)


def _row(checked: Checked, block: Block, line: Line, place: Place) -> list[str]:
    table = str(place.row.part).split(":")[1] if ":" in place.row.part else ""
    counts = ["", ""] if not place.number else [WITHHELD, WITHHELD]
    if place.number and not pd.isna(place.row.n):
        counts = [str(int(place.row.estimate)), str(int(place.row.n))]
    named = label("table", table, checked.language) if table else ""
    texts = [block.name, block.school_id, line.found, place.where, place.years, *counts]
    return [*texts, line.ask, named, place.file, place.row.method, line.code]


def download(checked: Checked, released: Released) -> Markup:
    """Return the link that holds the file itself: it works in a page that stands alone, and in JupyterLab."""
    data = base64.b64encode(findings_csv(checked, released).encode("utf-8")).decode("ascii")
    name = f"{slug(checked.municipality_id or 'findings')}-findings.csv"
    words = (say(key, checked.language) for key in ("check_download", "check_send"))
    return render("check_download.html.j2", data=data, name=name, words=next(words), note=next(words))


class LabTable:
    """A table for the analyst's own screen: plain text alone, so that no page can be made of it; hence a class."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.rows = rows

    def __repr__(self) -> str:
        with pd.option_context("display.max_colwidth", 70, "display.width", 250):
            return str(self.rows.to_string(index=False)) if len(self.rows) else "–"


def findings_table(checked: Checked, released: Released, *, exact: bool = False) -> LabTable:
    """Return the questions as a table for JupyterLab.

    Parameters
    ----------
    checked : Checked
        The delivery.
    released : Released
        Its released findings.
    exact : bool
        Show exact numbers, small ones too: for the board's own eyes. They are displayed as plain text, which no page takes.
    """
    rows = []
    for block in blocks(checked, released):
        rows += [
            [block.name, line.found, p.where, p.years, p.number or ""] for line in block.lines for p in line.places
        ]
    heads = [
        str(say(f"file_{c}", checked.language).unescape()) for c in ("school", "finding", "where", "years", "count")
    ]
    if exact:
        shown = checked.findings[["code", "school_id", "grade", "test", "domain", "column", "group", "count", "of"]]
        return LabTable(shown)
    return LabTable(pd.DataFrame(rows, columns=heads))
