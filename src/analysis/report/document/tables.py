"""Tables of the page as tables of a document: the head repeats on every page, drawn cells stay out, numbers stay text."""

from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.table import Table, _Cell

from analysis.report.document.text import plain, runs, write_runs

_DRAWN = {"pic", "axis"}
_WIDTH, _CHARACTERS = Cm(16), 92  # of a table at most
_SHORTEST, _LONGEST = 6, 40  # of a column, in characters
_LINE = "BFC5CC"


def write_table(made: Document, element: Any) -> None:
    """Write a table with its caption above it; a cell that spans rows is written in each: a screen reader reads it there."""
    rows = [_cells(row) for row in element.iter("tr")]
    width = max((len(row) for row in _spread(rows)), default=0)
    if not width:
        return
    caption = element.find("caption")
    if caption is not None:
        said = made.add_paragraph(plain(caption), style="Caption")
        said.paragraph_format.keep_with_next = True
    table = made.add_table(rows=len(rows), cols=width, style="Table Grid")
    heads = len(list(element.iter("thead"))) and len(list(next(element.iter("thead")).iter("tr")))
    table.autofit = False
    widths = _widths(_spread(rows), width)
    for column, one in zip(table.columns, widths, strict=True):
        column.width = one
    for number, cells in enumerate(_spread(rows)):
        _fill(table, number, cells, widths, head=number < heads)
    made.add_paragraph()


def quiet_lines(made: Document) -> None:
    """Draw thin lines between rows and none between columns, as the page does."""
    style = made.styles["Table Grid"].element
    borders = style.find(qn("w:tblPr")).find(qn("w:tblBorders"))
    for side in borders:
        inner = side.tag in (qn("w:top"), qn("w:bottom"), qn("w:insideH"))
        side.set(qn("w:val"), "single" if inner else "nil")
        side.set(qn("w:color"), _LINE)


def _widths(rows: list[list[Any]], columns: int) -> list[Length]:
    """Give each column its longest word, and share what is left of the paper by what its longest line still wants."""
    word, line = [_SHORTEST] * columns, [_SHORTEST] * columns
    for cells in rows:
        for place, cell in enumerate(cells):
            lines = "".join(text for text, _ in runs(cell)).strip().split("\n")
            words = [len(word) + 3 for one in lines for word in one.split(" ")]
            word[place] = max(word[place], *words)
            line[place] = max(line[place], *(min(len(one) + 2, _LONGEST) for one in lines))
    wanted = [max(0, long - least) for long, least in zip(line, word, strict=True)]
    share = min(1.0, max(0, _CHARACTERS - sum(word)) / max(1, sum(wanted)))
    asked = [least + share * more for least, more in zip(word, wanted, strict=True)]
    return [Length(int(_WIDTH * one / max(sum(asked), _CHARACTERS))) for one in asked]


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in ("td", "th") and not _DRAWN & set(cell.get("class", "").split())]


def _spread(rows: list[list[Any]]) -> list[list[Any]]:
    """Give every row all of its cells: one that spans rows stands in each of them."""
    spread: list[list[Any]] = []
    head, left = None, 0
    for cells in rows:
        if left:
            left -= 1
            spread.append([head, *cells])
            continue
        spread.append(cells)
        if cells and int(cells[0].get("rowspan", 1)) > 1:
            head, left = cells[0], int(cells[0].get("rowspan")) - 1
    return spread


def _fill(table: Table, number: int, cells: list[Any], widths: list[Length], *, head: bool) -> None:
    row = table.rows[number]
    _mark(row, head)
    for target, width in zip(row.cells, widths, strict=True):
        target.width = width
    for target, cell in zip(row.cells, cells, strict=False):
        _write(target, cell, head)


def _write(target: _Cell, cell: Any, head: bool) -> None:
    paragraph = target.paragraphs[0]
    write_runs(paragraph, runs(cell, strong=head))
    paragraph.paragraph_format.space_after = Pt(0)
    if "n" in cell.get("class", "").split():
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for run in paragraph.runs:
        run.font.size = Pt(9)


def _mark(row: Any, head: bool) -> None:
    """Say that a row is a head, repeated on each page, and that no row breaks over two pages."""
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", "w:tblHeader") if head else ("w:cantSplit",):
        mark = OxmlElement(name)
        mark.set(qn("w:val"), "true")
        properties.append(mark)
