"""The annex of a text document: what the page folds away stands at the end, each under a heading, with a link from its place."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from analysis.report.document.text import plain
from analysis.words.catalogue import say


@dataclass(frozen=True)
class Annex:
    """What the page folds, in its order."""

    language: str
    folded: list[Any] = field(default_factory=list)

    @staticmethod
    def takes(element: Any) -> bool:
        """Tell whether something is folded that holds a table or a figure; a folded text is read where it stands."""
        return element.tag == "details" and any(True for _ in element.iter("table", "svg"))

    def refer(self, made: Document, details: Any) -> None:
        """Keep something folded for the end, and write in its place where it stands."""
        self.folded.append(details)
        number = len(self.folded)
        paragraph = made.add_paragraph(style="Caption")
        words = say("review_annex_refer", self.language, part=self._name(number), title=plain(details.find("summary")))
        run = paragraph.add_run(str(words.unescape()))
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), _anchor(number))
        link.append(run._r)
        paragraph._p.append(link)

    def opened(self, made: Document) -> Iterator[Any]:
        """Begin the annex, and each of its parts; yields the part, without what it was folded behind, to be written."""
        if self.folded:
            made.add_page_break()
            made.add_heading(str(say("review_annex", self.language)), 1)
        for number, details in enumerate(self.folded, 1):
            summary = details.find("summary")
            heading = f"{self._name(number)} · {plain(summary)}"
            details.remove(summary)
            _mark(made.add_heading(heading, 2), number)
            if over := _over(details):
                made.add_paragraph(over, style="Caption").paragraph_format.keep_with_next = True
            yield details

    def _name(self, number: int) -> str:
        return str(say("review_annex_part", self.language, n=number))


def _over(details: Any) -> str:
    """Return the headings that something folded stands under: of the part and of the section; empty outside of any."""
    sections = [parent.find("h3") if parent.find("h3") is not None else parent.find("h4")
                for parent in details.iterancestors("section")]  # fmt: skip
    heads = [head for head in reversed(sections) if head is not None]
    asked = [(head.find_class("q") or [head])[0] for head in heads]
    return " · ".join(plain(one) for one in asked)


def _anchor(number: int) -> str:
    return f"annex_{number}"


def _mark(heading: Paragraph, number: int) -> None:
    """Make a heading the goal of its reference."""
    for kind, at in (("w:bookmarkStart", 0), ("w:bookmarkEnd", len(heading._p))):
        mark = OxmlElement(kind)
        mark.set(qn("w:id"), str(number))
        if not at:
            mark.set(qn("w:name"), _anchor(number))
        heading._p.insert(at + (kind == "w:bookmarkEnd"), mark)
