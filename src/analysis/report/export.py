"""From an executed notebook to the page and the evidence beside it: only what was displayed to be published."""

import base64
import json
import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any

import nbformat
from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets.config import Config

from analysis.faults import has_personal_code
from analysis.report.allowed import CSP, not_allowed
from analysis.report.html import DOCUMENT_TYPE, DONE_TYPE, EVIDENCE_TYPE, PUPILS_MARK, PUPILS_TYPE, TEMPLATES
from analysis.words.catalogue import say

PUBLISH = "publish"


class NotWhole(Exception):
    """The notebook did not run to its end, or its page breaks the rules of pages; the text holds no data."""


class ListInside(NotWhole):
    """The notebook holds a pupil list: whatever else it holds, no page is made of it."""


@dataclass(frozen=True)
class Page:
    """A page, its evidence, its title and language, the key that its last cell vouched for, and its text document if any."""

    html: str
    csv: str
    title: str
    language: str
    key: str
    document: bytes = b""


class PageExporter(TemplateExporter):
    """nbconvert exporter ``burtnica``: our own small template, no script, no request, nothing but published outputs."""

    export_from_notebook = "Burtnīca page"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def _template_name_default(self) -> str:
        return "burtnica"

    @property
    def default_config(self) -> Config:
        """Look for the template beside this file first."""
        return Config({"TemplateExporter": {"extra_template_basedirs": [str(TEMPLATES)]}})

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> Any:
        """Make the page of an executed notebook.

        ``resources["burtnica"]["other"]`` is the file name of the page in the other language, if that is in the run.
        """
        _require_no_list(nb)
        facts = _facts(nb)
        css = (TEMPLATES / "burtnica" / "style.css").read_text("utf-8")
        given = {"other": "", **(resources or {}).get("burtnica", {}), **facts, "css": css, "say": say}
        html, out = super().from_notebook_node(_published(nb), {**(resources or {}), "burtnica": given}, **options)
        return re.sub(r"\n\s*\n+", "\n", html).strip() + "\n", out


def _facts(nb: Any) -> dict[str, str]:
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            facts = output.get("metadata", {}).get("text/html", {})
            if "title" in facts:
                return {"title": facts["title"], "language": facts["language"]}
    raise NotWhole("no header")


def _published(nb: Any) -> Any:
    """Keep the HTML of cells tagged ``publish`` and nothing else: no input, stream, error, metadata or widget."""
    cells: list[Any] = []
    for cell in nb.cells:
        if cell.cell_type != "code" or PUBLISH not in cell.metadata.get("tags", []):
            continue
        html = [o["data"]["text/html"] for o in cell.outputs if o.output_type in ("display_data", "execute_result")
                and "text/html" in o.get("data", {})]  # fmt: skip
        outputs = [nbformat.v4.new_output("display_data", {"text/html": "".join(text)}) for text in html]
        cells.append(nbformat.v4.new_code_cell(outputs=outputs, id=f"published-{len(cells)}"))
    return nbformat.v4.new_notebook(cells=cells)


def page_of(nb: Any, other: str = "") -> Page:
    """Make page and evidence of an executed notebook, if it ran to its end.

    Parameters
    ----------
    nb : NotebookNode
        As papermill left it.
    other : str
        File name of the page in the other language, if it is in the same run.

    Raises
    ------
    ListInside
        The notebook holds a pupil list.
    NotWhole
        A cell failed or did not run, the last one gave no sign, or the page breaks a rule of pages.
    """
    _require_no_list(nb)
    _require_whole(nb)
    html, _ = PageExporter().from_notebook_node(nb, {"burtnica": {"other": other}})
    evidence = _single(nb, EVIDENCE_TYPE)
    broken = broken_rules(html) + (["personal code in the file beside"] if has_personal_code(evidence) else [])
    if broken:
        raise NotWhole("; ".join(broken))
    facts = _facts(nb)
    done = json.loads(_single(nb, DONE_TYPE))
    written = base64.b64decode(_single(nb, DOCUMENT_TYPE)) if _shown(nb, DOCUMENT_TYPE) else b""
    return Page(html, evidence, facts["title"], facts["language"], done["key"], written)


def _require_no_list(nb: Any) -> None:
    """Refuse a notebook with the mark of a pupil list in an output, or with the list itself in a saved widget."""
    outputs = [output for cell in nb.cells for output in cell.get("outputs", [])]
    if any(PUPILS_TYPE in output.get("data", {}) for output in outputs):
        raise ListInside("pupil_list")
    if PUPILS_MARK in json.dumps(nb, ensure_ascii=False):
        raise ListInside("pupil_list")


def _require_whole(nb: Any) -> None:
    for cell in (c for c in nb.cells if c.cell_type == "code" and c.source.strip()):
        if any(output.output_type == "error" for output in cell.outputs):
            raise NotWhole("cell_error")
        if cell.execution_count is None:
            raise NotWhole("stopped_early")


def _single(nb: Any, mime: str) -> str:
    found = _shown(nb, mime)
    if len(found) != 1:
        raise NotWhole("stopped_early")
    text = found[0]
    return json.dumps(text) if isinstance(text, dict) else "".join(text)


def _shown(nb: Any, mime: str) -> list[Any]:
    return [o["data"][mime] for c in nb.cells for o in c.get("outputs", []) if mime in o.get("data", {})]


class _Rules(HTMLParser):
    """Collects what a page must not have, and what it must."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: list[str] = []
        self.seen: list[str] = []
        self.policies: list[tuple[str | None, str | None]] = []
        self.style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.broken += not_allowed(tag, attrs)
        for name, value in attrs:
            outside = (tag, name) in (("img", "src"), ("use", "xlink:href"))
            if outside and not (value or "").startswith(("data:", "#")):
                self.broken.append(f"{tag} {name} outside")
        if "http-equiv" in dict(attrs):
            self.policies.append((dict(attrs)["http-equiv"], dict(attrs).get("content")))
        self.style = tag == "style"

    def handle_data(self, data: str) -> None:
        """Inside a drawing a browser reads markup in a style, where this parser does not."""
        self.broken += ["< in style"] if self.style and "<" in data else []
        self.style = False

    def handle_comment(self, data: str) -> None:
        self.broken.append("comment")

    def unknown_decl(self, data: str) -> None:
        self.broken.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.broken.append("instruction")


def broken_rules(html: str) -> list[str]:
    """Return the rules of pages that a page breaks.

    Nothing but the tags and attributes of :mod:`analysis.report.allowed` (so no script and no handler), no request, one
    policy that forbids both, one h1, a caption for each table, and nothing that looks like a personal code (telephone
    numbers with +371 do not).
    """
    rules = _Rules()
    rules.feed(html)
    broken = sorted(set(rules.broken))
    broken += ["url()"] if re.search(r"@import|url\(\s*['\"]?(?!#|data:)", html) else []
    broken += ["policy"] if rules.policies != [("Content-Security-Policy", CSP)] else []
    broken += [f"h1: {rules.seen.count('h1')}"] if rules.seen.count("h1") != 1 else []
    broken += ["table without caption"] if rules.seen.count("table") != rules.seen.count("caption") else []
    broken += ["personal code"] if has_personal_code(unescape(html)) else []
    broken += ["not closed"] if not html.rstrip().endswith("</html>") else []
    return broken
