"""Where a page has words: every place that a reader, a search engine or a screen reader finds text in, and what is around it."""

import base64
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from lxml import etree, html

from analysis.audit.axes import axis_texts

_INLINE = re.compile(
    "a|abbr|b|bdi|br|code|data|dfn|em|i|kbd|label|mark|q|s|samp|small|span|strong|sub|sup|time|u|var|wbr"
)
_SILENT = frozenset(("style", "script", "svg"))
_GEOMETRY = re.compile(
    "colspan|cx|cy|d|fill|fill-opacity|font-size|height|opacity|points|preserveaspectratio|r|rowspan|rx|ry|stop-opacity|stroke|"
    "stroke-dasharray|stroke-dashoffset|stroke-linejoin|stroke-opacity|stroke-width|tabindex|transform|viewbox|width|x|x1|x2|y|y1|y2"
)
"""Attributes that place a mark: decision 38 says what a drawn mark gives away."""
_DRAWN = re.compile(
    r"#?[\da-fA-F]*|[-+\dMmLlHhVvCcSsQqTtAaZze.,%\s]*|(?:(?:translate|scale|rotate|matrix|rgba?)\([^()]*\)\s*)*"
)
_NAMED = re.compile(
    r"#?[mp]?[0-9a-f]{8,}|url\(#[mp]?[0-9a-f]{8,}\)|(?:\.\./)?(?:\d\d_[a-z_]+/)?[A-Z]\d+(?:\.en)?\.(?:html|csv|docx)(?:#\w*)?"
)
"""What drawings call their parts (digests), and addresses of pages."""
_STYLE = re.compile(r"\s*(?:--[a-z-]+|[a-z-]+)\s*:\s*[^:;\"']*;?\s*")
_SPOKEN = {"th": "table heading", "td": "table cell", "caption": "caption", "title": "title", "summary": "summary"}

_Where = tuple[tuple[str, ...], int, int, int]  # what stands around; table, row, column


@dataclass(frozen=True)
class Place:
    """A piece of text of a page.

    Attributes
    ----------
    kind : str
        ``sentence``, ``table cell``, ``caption``, ``alt``, ``title=``, ``aria-label``, ``comment`` …
    text : str
        As read.
    around : tuple of str
        What says whose numbers these are: headings of the row, of the column, caption of the table.
    table, row, column : int
        Number of the table (0 outside tables), of its row and column.
    """

    kind: str
    text: str
    around: tuple[str, ...] = ()
    table: int = 0
    row: int = 0
    column: int = 0


def html_places(source: str) -> Iterator[Place]:
    """Go through everything in a page that can be read, drawn marks excepted."""
    document = html.document_fromstring(source)
    around = _tables(document)
    on_axes: set[etree._Element] = set()
    for drawing in document.iter("svg", "td"):
        for marks, text in axis_texts(drawing):
            on_axes |= set(marks)
            yield Place("axis", text, *_context(drawing, around))
    for node in document.getroottree().iter():
        if isinstance(node, etree._Comment | etree._ProcessingInstruction):
            yield Place("comment", str(node.text or ""))
            continue
        tag = str(node.tag)
        context = _context(node, around)
        if node in on_axes:
            continue
        if tag == "style":
            yield from _sheet(node.text or "")
        elif not _INLINE.fullmatch(tag) and not _drawn(node):
            yield from (Place(_SPOKEN.get(tag, "sentence"), text, *context) for text in _own_text(node, on_axes))
        elif _drawn(node) and (node.text or "").strip():
            yield Place(f"svg {tag}", " ".join(node.itertext()), *context)
        for name, value in node.attrib.items():
            yield from _attribute(tag, str(name).lower(), str(value), context)


def _drawn(node: etree._Element) -> bool:
    return node.tag == "svg" or any(True for _ in node.iterancestors("svg"))


def _own_text(node: etree._Element, left_out: Collection[etree._Element]) -> Iterator[str]:
    """Yield the runs of text of a block, with the words of its inline parts; other blocks inside it speak for themselves."""
    run = [node.text or ""]
    for child in node:
        if isinstance(child.tag, str) and not _INLINE.fullmatch(child.tag):
            yield from _whole(run)
            run = []
        elif isinstance(child.tag, str):
            run.append(" " if child.tag in ("br", "span", "i") else "")
            run += list(_own_text(child, left_out)) if child not in left_out else []
            run.append(" " if child.tag in ("br", "span", "i") else "")
        run.append(child.tail or "")
    yield from _whole(run)


def _whole(run: list[str]) -> Iterator[str]:
    text = re.sub(r"[ \n\t\r]+", " ", "".join(run)).strip(" ")
    if text:
        yield text


def _attribute(tag: str, name: str, value: str, context: _Where) -> Iterator[Place]:
    if value.startswith("data:"):
        yield from _embedded(value)
    elif name == "style":
        if not all(_STYLE.fullmatch(part) for part in value.split(";") if part.strip()):
            yield Place("style=", value, *context)
    elif not any(letter.isnumeric() for letter in value) or _silent(name, value):
        return
    else:
        kind = "meta" if tag == "meta" else name if name.startswith(("aria-", "data-")) else f"{name}="
        yield Place(kind, value, *context)


def _silent(name: str, value: str) -> bool:
    if name in ("id", "href", "xlink:href", "{http://www.w3.org/1999/xlink}href", "clip-path"):
        return _NAMED.fullmatch(value) is not None
    return _GEOMETRY.fullmatch(name) is not None and _DRAWN.fullmatch(value) is not None


def _embedded(uri: str) -> Iterator[Place]:
    """Read what a data: address holds: pictures as text where they are SVG, text chunks where they are PNG."""
    head, _, body = uri.partition(",")
    content = base64.b64decode(body + "===") if head.endswith(";base64") else unquote_to_bytes(body)
    if "svg" in head or "html" in head:
        yield from html_places(content.decode("utf-8", "replace"))
    elif "image/png" in head:
        yield from (Place("png", text) for text in png_texts(content))
    elif "font/" not in head:
        yield Place("data:", content.decode("utf-8", "replace"))


def png_texts(content: bytes) -> Iterator[str]:
    """Yield the text chunks of a PNG."""
    at = 8
    while at + 8 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf"):
            yield content[at + 8 : at + 8 + size].decode("latin-1")
        at += size + 12


def _sheet(text: str) -> Iterator[Place]:
    """Of a style sheet: comments, and words that it puts on the page."""
    yield from (Place("comment", found) for found in re.findall(r"/\*(.*?)\*/", text, re.S))
    yield from (Place("style content", found) for found in re.findall(r"content\s*:\s*([^;}]*)", text))


_Around = dict[etree._Element, _Where]


def _context(node: etree._Element, around: _Around) -> _Where:
    cell: etree._Element | None = node
    while cell is not None and cell not in around:
        cell = cell.getparent()
    return ((), 0, 0, 0) if cell is None else around[cell]


def _tables(document: etree._Element) -> _Around:
    """Return for each cell the headings of its row and column and the caption, with rows and columns spanned as drawn."""
    around: _Around = {}
    for number, table in enumerate(document.iter("table"), 1):
        caption = " ".join(said(part) for part in table.iter("caption"))
        grid: dict[tuple[int, int], etree._Element] = {}
        for row, line in enumerate(table.iter("tr")):
            column = 0
            for cell in line.iter("th", "td"):
                while (row, column) in grid:
                    column += 1
                down, right = (int(cell.get(name) or 1) for name in ("rowspan", "colspan"))
                grid |= {(row + i, column + j): cell for i in range(down) for j in range(right)}
                column += right
        around |= _headings(grid, caption, number)
    return around


def _headings(grid: dict[tuple[int, int], etree._Element], caption: str, number: int) -> _Around:
    heads: dict[int, list[str]] = {}
    rows: dict[int, list[str]] = {}
    for (row, column), cell in sorted(grid.items(), key=lambda item: item[0]):
        if cell.tag == "th" and cell.get("scope") in ("row", "rowgroup"):
            rows.setdefault(row, []).append(said(cell))
        elif cell.tag == "th":
            heads.setdefault(column, []).append(said(cell))
    return {
        cell: ((" · ".join(rows.get(row, ())), " · ".join(heads.get(column, ())), caption), number, row, column)
        for (row, column), cell in sorted(grid.items(), key=lambda item: item[0], reverse=True)
    }  # fmt: skip


def said(node: etree._Element) -> str:
    """Return the words of a part, pictures left out."""
    return re.sub(r"\s+", " ", " ".join(_spoken(node))).strip()


def _spoken(node: etree._Element) -> Iterator[str]:
    if node.tag not in _SILENT:
        yield node.text or ""
        for child in node:
            yield from _spoken(child)
            yield child.tail or ""
