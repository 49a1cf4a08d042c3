"""What stands around the sections: header, footer, the evidence beside the page, and the mark that a page is whole."""

import base64
import datetime
import io
import json
from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from analysis import __version__
from analysis.evidence import COLUMNS, each
from analysis.intake.findings.checked import Checked
from analysis.intake.unit import Unit
from analysis.release import Released, designed
from analysis.report.html import DOCUMENT_TYPE, DONE_TYPE, EVIDENCE_TYPE, TEMPLATES, Section, render, require_released
from analysis.words.catalogue import counted, label, say
from analysis.words.cells import held_column
from analysis.words.numbers import date, school_year

_ORDER = (
    "where", "moves", "groups", "early", "schools", "skills", "climate", "support", "thresholds", "targets", "hours", "changed",
    "closer", "data",
)  # fmt: skip


def header(unit: Unit, released: Released, *sections: Section) -> Section:
    """Make the header: edition, place, year, counts, contents of the sections that are there.

    Parameters
    ----------
    unit : Unit
        The municipality.
    released : Released
        Evidence with the roster.
    *sections : Section
        The page's sections; those without content are left out of the contents.
    """
    require_released(released)
    present = [key for key in _ORDER if any(f'<section id="{key}"' in section.html for section in sections)]
    return header_of(unit, released, "page", [(key, str(say(f"nav_{key}", unit.language))) for key in present])


def header_of(
    unit: Unit, released: Released, kind: str, contents: Sequence[tuple[str, str]], meta: Sequence[str] | None = None
) -> Section:
    """Make the header of a kind of page (``page``, ``review``, …: its words stand in the catalogue) with its contents.

    ``meta`` is the line below the name; without it the municipality's counts.
    """
    language = unit.language
    html = render(
        "header.html.j2",
        over=say(f"{kind}_over", language, edition=label("edition", unit.edition, language)),
        place=unit.name,
        meta=" · ".join(_meta(unit, released) if meta is None else meta),
        nav_label=say("nav_label", language),
        contents=contents,
        demo=say("page_demo", language) if unit.facts["demo"] else "",
        watermark=say("page_watermark", language) if unit.facts["demo"] else "",
    )
    return Section(html, {"title": title(unit, released, kind), "language": language})


def _year(released: Released) -> int | None:
    years = released.where(indicator="roster").rows["school_year"].dropna()
    return int(years.max()) if len(years) else None


def title(unit: Unit, released: Released, kind: str = "page") -> str:
    """Return the title of a kind of page: place and school year."""
    year = _year(released)
    if year is None:
        return unit.name
    return str(say(f"{kind}_title", unit.language, place=unit.name, year=school_year(year, unit.language)).unescape())


def _meta(unit: Unit, released: Released) -> list[str]:
    language, year = unit.language, _year(released)
    parts = [] if year is None else [str(say("page_year", language, year=school_year(year, language)))]
    roster = {row.population: row for row in each(released.where(indicator="roster").rows)}
    if "schools" in roster:
        schools = counted("schools", int(roster["schools"].n), language)
        if "pupils" in roster and not pd.isna(roster["pupils"].n):
            pupils = counted("pupils", int(roster["pupils"].n), language)
            parts.append(str(say("page_with_results", language, schools=schools, pupils=pupils)))
        else:
            parts.append(str(say("page_with_schools", language, schools=schools)))
    if unit.facts["data_date"]:
        day = datetime.date.fromisoformat(unit.facts["data_date"])
        parts.append(str(say("page_data_date", language, date=date(day, language))))
    return parts


def footer(unit: Unit, released: Released, kind: str = "page") -> Section:
    """Make the footer: maker, version, whom to ask, how to cite."""
    require_released(released)
    language = unit.language
    parts = [say("page_footer", language, version=__version__)]
    parts += [say("page_contact", language, contact=unit.params.contact)] if unit.params.contact else []
    parts.append(say("page_cite", language, title=title(unit, released, kind)))
    return Section(Markup("<footer><p>{}</p></footer>").format(Markup(" ").join(parts)))


def lab_style() -> Section:
    """Return the page's style for JupyterLab, bound to outputs; shown by a cell that is not published.

    Nested, so that it is stronger than JupyterLab's own rules for headings and lists; only scoped inside widgets, which
    have rules of their own.
    """
    css = (TEMPLATES / "burtnica" / "style.css").read_text("utf-8")
    screen = css[: css.index("@media print")]
    for root in (":root{", "html{", "body{"):
        screen = screen.replace(root, "&{")
    nested = Markup("<style>.jp-OutputArea-output.jp-RenderedHTML{{{}}}").format(Markup(screen))
    scoped = Markup("@scope (.jp-OutputArea-output:has(.bx)){{{}}}</style>").format(
        Markup(screen.replace("&{", ":scope{"))
    )
    return Section(nested + scoped)


class TextDocument:
    """A text document as the file beside the page; a class because Jupyter asks an object for its own form."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        size = f"{len(self._content) // 1024} KiB"
        return {DOCUMENT_TYPE: base64.b64encode(self._content).decode("ascii"), "text/plain": size}


class Download:
    """The released evidence as the file beside the page; a class because Jupyter asks an object for its own form."""

    def __init__(self, csv: str) -> None:
        self._csv = csv

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {EVIDENCE_TYPE: self._csv, "text/plain": f"{self._csv.count(chr(10)) - 1} rows"}


def evidence_file(released: Released) -> Download:
    """Return the released evidence as the file beside the page."""
    return Download(evidence_csv(released))


def evidence_csv(released: Released) -> str:
    """Return released rows as CSV: UTF-8, comma, decimal point, the evidence columns, withheld figures empty.

    Blank rows of a table of results that has many of them are one row (:mod:`analysis.release.suppression.design`).
    Text that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    require_released(released)
    rows = designed(released.rows)[list(COLUMNS)]
    text = [str(c) for c in rows if pd.api.types.is_string_dtype(rows[c])]
    safe = rows.assign(**{c: held_column(rows[c]) for c in text})
    buffer = io.StringIO()
    safe.to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue()


class Done:
    """The mark of a page that ran to its end; a class because Jupyter asks an object for its own form."""

    def __init__(self, key: str) -> None:
        self._key = key

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {DONE_TYPE: json.dumps({"key": self._key}), "text/plain": "✓"}


def done(unit: Unit | Checked) -> Done:
    """Return the mark that the last cell displays: without it a page is never published."""
    return Done(unit.key)
