"""Where a text document has words: paragraphs, table cells, pictures' descriptions, comments, properties."""

import io
import re
from collections.abc import Iterator
from zipfile import ZipFile

from lxml import etree

from analysis.audit.places import Place, png_texts

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORDS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments\w*|settings)\.xml")
_PROPERTIES = re.compile(r"(docProps|customXml)/.*\.xml")
_TOLD = ("descr", "title", f"{_W}author", f"{_W}initials")


def document_places(content: bytes) -> Iterator[Place]:
    """Go through everything in a DOCX that can be read; markup, styles and fonts are no words."""
    with ZipFile(io.BytesIO(content)) as file:
        for name in file.namelist():
            if _WORDS.fullmatch(name):
                yield from _part(etree.fromstring(file.read(name)), name)
            elif _PROPERTIES.fullmatch(name):
                texts = etree.fromstring(file.read(name)).itertext()
                yield from (Place("docx properties", text.strip()) for text in texts if text.strip())
            elif name.endswith(".png"):
                yield from (Place("png", text) for text in png_texts(file.read(name)))


def _part(root: etree._Element, name: str) -> Iterator[Place]:
    in_cells: set[etree._Element] = set()
    for number, table in enumerate(root.iter(f"{_W}tbl"), 1):
        heads: dict[int, str] = {}
        for row, line in enumerate(table.iter(f"{_W}tr")):
            cells = [(cell, _said(cell)) for cell in line.iter(f"{_W}tc")]
            is_head = row == 0 or line.find(f".//{_W}tblHeader") is not None
            for column, (cell, text) in _placed(cells):
                in_cells |= set(cell.iter(f"{_W}p"))
                if is_head:
                    heads[column] = text
                kind = "docx table heading" if is_head or column == 0 else "docx table cell"
                yield Place(kind, text, (cells[0][1], heads.get(column, ""), ""), number, row, column)
    kind = "docx paragraph" if name == "word/document.xml" else f"docx {name[5:-4].rstrip('0123456789')}"
    for paragraph in root.iter(f"{_W}p"):
        if paragraph not in in_cells:
            yield Place(kind, _said(paragraph))
    for node in root.iter():
        for attribute, value in node.attrib.items():
            if attribute in _TOLD or str(node.tag).endswith("}docVar"):
                yield Place("alt", str(value))


def _placed(cells: list[tuple[etree._Element, str]]) -> Iterator[tuple[int, tuple[etree._Element, str]]]:
    column = 0
    for cell, text in cells:
        yield column, (cell, text)
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        column += int(span.get(f"{_W}val", "1")) if span is not None else 1


def _said(node: etree._Element) -> str:
    """Return the words of a paragraph or cell; a break is a space."""
    words = []
    for part in node.iter(f"{_W}t", f"{_W}br", f"{_W}tab", f"{_W}p", f"{_W}delText", f"{_W}instrText"):
        words.append(part.text or "" if part.tag in (f"{_W}t", f"{_W}delText", f"{_W}instrText") else " ")
    return re.sub(r"[ \n\t\r]+", " ", "".join(words)).strip(" ")
