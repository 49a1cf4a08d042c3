"""Text of the page as runs of a document: words and whether they are strong; links to other parts of the page stay out."""

from collections.abc import Iterator
from typing import Any

from docx.text.paragraph import Paragraph

_STRONG = ("b", "strong", "th")
_NEW_LINE = ("ci", "ask", "v")


def hidden(element: Any) -> bool:
    """Tell whether an element is there for the screen alone."""
    return (element.get("aria-hidden") == "true" and element.tag != "svg") or "axis" in element.get("class", "").split()


def runs(element: Any, strong: bool = False) -> Iterator[tuple[str, bool]]:
    """Give the text of an element piece by piece, with whether it is strong; small print begins a new line."""
    if element.text:
        yield element.text, strong
    for child in element:
        yield from _child(child, strong)
        if child.tail:
            yield child.tail, strong


def _child(child: Any, strong: bool) -> Iterator[tuple[str, bool]]:
    if not isinstance(child.tag, str) or hidden(child) or child.tag == "svg":
        return
    if child.tag == "a" and child.get("href", "").startswith("#"):
        return  # "↓": on paper there is nothing to follow
    if child.tag == "br" or set(child.get("class", "").split()) & set(_NEW_LINE):
        yield "\n", False
    yield from runs(child, strong or child.tag in _STRONG)


def plain(element: Any) -> str:
    """Return all the text of an element in one line; a no-break space stays."""
    return _collapsed(element.text_content()).strip(" ")


def write_runs(paragraph: Paragraph, pieces: Iterator[tuple[str, bool]]) -> None:
    """Write pieces of text into a paragraph; white space counts as in HTML, a no-break space stays."""
    space = True
    for text, strong in pieces:
        words = text if text == "\n" else _collapsed(text)
        words = words.lstrip(" ") if space else words
        if words and (words != "\n" or paragraph.runs):
            paragraph.add_run(words).bold = strong or None
            space = words[-1] in " \n"


def _collapsed(text: str) -> str:
    kept = " ".join(part for part in text.replace("\n", " ").replace("\t", " ").split(" ") if part)
    return (" " if text[:1] in " \n\t" else "") + kept + (" " if kept and text[-1:] in " \n\t" else "")
