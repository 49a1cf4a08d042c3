"""From the sections of a page to a text document that a board can edit and file: the same words, tables and figures."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from lxml import etree, html

from analysis.report.document.annex import Annex
from analysis.report.document.tables import quiet_lines, write_table
from analysis.report.document.text import hidden, plain, runs, write_runs

_LANGUAGES = {"lv": "lv-LV", "en": "en-GB"}
_HEADINGS = {"h1": 0, "h2": 1, "h3": 2, "h4": 3, "h5": 4}
_STYLES = {"figsub": "Caption", "source": "Caption", "key": "Caption", "comment": "Quote", "demo": "Intense Quote"}
_LISTS = {"ol": "List Number", "ul": "List Bullet"}
_EPOCH = (2020, 1, 1, 0, 0, 0)  # the same bytes on every run
_FULL, _PANEL = Cm(13), Cm(8)


def document(page: str, language: str, title: str, pictures: Mapping[str, bytes]) -> bytes:
    """Write the sections of a page as DOCX.

    Parameters
    ----------
    page : str
        HTML of the page's sections, made of released values.
    language : {"lv", "en"}
        Language of the text; a screen reader and a spelling checker go by it.
    title : str
        Title in the document's properties.
    pictures : mapping of str to bytes
        PNG of each drawn figure, by its alternative text.

    Returns
    -------
    bytes
        Headings are headings, table heads repeat on each page, figures carry their alternative text. What the page folds
        stands in an annex at the end, with a reference in its place. Equal input gives equal bytes.
    """
    made, annex = docx.Document(), Annex(language)
    _prepare(made, language, title)
    for element in html.fromstring(f"<div>{page}</div>"):
        _write(made, element, pictures, annex)
    for folded in annex.opened(made):
        for child in folded:
            _write(made, child, pictures, None)
    return _stable(made)


def _prepare(made: Document, language: str, title: str) -> None:
    """Set language, paper, type and properties; nobody is named as author, and no clock is read."""
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.2)
    normal = made.styles["Normal"]
    normal.font.size, normal.font.name = Pt(10.5), "Calibri"
    defaults = made.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    spoken = defaults.find(qn("w:lang"))
    spoken.set(qn("w:val"), _LANGUAGES[language])
    for name in ("Caption", "Quote", "Intense Quote"):
        made.styles[name].font.color.rgb = RGBColor(0x59, 0x61, 0x6B)
    properties = made.core_properties
    properties.title, properties.language, properties.author = title, _LANGUAGES[language], ""
    properties.comments = properties.last_modified_by = ""
    properties.revision = 1
    quiet_lines(made)
    _number_pages(section.footer.paragraphs[0])


def _number_pages(paragraph: Paragraph) -> None:
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text or None
        run._r.append(part)


def _write(made: Document, element: Any, pictures: Mapping[str, bytes], annex: Annex | None) -> None:
    """Write one element of the page and what is in it; what is folded goes to the annex, unless that is being written."""
    if not isinstance(element.tag, str) or hidden(element) or element.tag == "nav":
        return
    kind = element.get("class", "").split(" ")[0]
    if annex is not None and annex.takes(element):
        annex.refer(made, element)
    elif element.tag in _HEADINGS:
        _heading(made, element)
    elif element.tag == "table":
        write_table(made, element)
    elif element.tag == "svg":
        _picture(made, element, pictures)
    elif element.tag in _LISTS:
        for item in element.iterchildren("li"):
            write_runs(made.add_paragraph(style=_LISTS[element.tag]), runs(item))
    elif element.tag == "dl":
        _terms(made, element)
    elif element.tag in ("p", "summary", "figcaption"):
        paragraph = made.add_paragraph(style=_STYLES.get(kind))
        write_runs(paragraph, _bold(element, kind))
        paragraph.paragraph_format.keep_with_next = element.tag != "p" or kind in ("figtitle", "figsub")
    else:
        for child in element:
            _write(made, child, pictures, annex)


def _bold(element: Any, kind: str) -> Iterator[tuple[str, bool]]:
    strong = element.tag in ("summary", "figcaption") or kind in ("answer", "figtitle")
    for text, bold in runs(element):
        yield text, bold or strong


def _heading(made: Document, element: Any) -> None:
    """Write a heading; the question that stands over a section's message goes before it in the same line."""
    question = element.find_class("q")
    over, text = plain(question[0]) if question else "", plain(element)
    mark = ":" if over and over[-1].isalnum() else ""
    made.add_heading(f"{over}{mark} {text.removeprefix(over).strip()}".strip(), _HEADINGS[element.tag])


def _terms(made: Document, element: Any) -> None:
    for child in element:
        text = plain(child)
        paragraph = made.add_paragraph()
        paragraph.add_run(text).bold = child.tag == "dt"
        if child.tag == "dd":
            paragraph.paragraph_format.left_indent = Cm(0.8)


def _picture(made: Document, element: Any, pictures: Mapping[str, bytes]) -> None:
    """Put a figure with its alternative text; one that was not kept as a picture is told in that text alone."""
    alt = element.get("aria-label", "")
    if alt not in pictures:
        if alt:
            made.add_paragraph(alt, style="Caption")
        return
    small = any(parent.get("class") == "panel" for parent in element.iterancestors())
    shape = made.add_picture(io.BytesIO(pictures[alt]), width=_PANEL if small else _FULL)
    shape._inline.docPr.set("descr", alt)
    shape._inline.docPr.set("name", f"figure {len(made.inline_shapes)}")


def _stable(made: Document) -> bytes:
    """Return the file with fixed times, parts in the order of their names."""
    written, stable = io.BytesIO(), io.BytesIO()
    made.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(stable, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            data = old.read(name)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, _undated(data) if name == "docProps/core.xml" else data)
    return stable.getvalue()


def _undated(data: bytes) -> bytes:
    """Take out when a file was made: it would differ from run to run, and the text says the date of the data."""
    tree = etree.fromstring(data)
    for element in [e for e in tree if etree.QName(e).localname in ("created", "modified", "lastPrinted")]:
        tree.remove(element)
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))
