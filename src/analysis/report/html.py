"""Markup of the page: templates with escaping on, and sections as notebooks display them."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analysis.release import Released

TEMPLATES = Path(__file__).parent / "template"
EVIDENCE_TYPE = "application/vnd.burtnica.evidence+csv"
PUPILS_TYPE = "application/vnd.burtnica.pupils+json"  # the mark of a pupil list; it holds no row
PUPILS_MARK = "burtnica-pupils"  # the class of its table
DOCUMENT_TYPE = "application/vnd.burtnica.document+docx"  # in base64, as Jupyter keeps bytes
DONE_TYPE = "application/vnd.burtnica.done+json"


@dataclass(frozen=True)
class Section:
    """A piece of a page as a notebook cell displays it; ``facts`` travel in the output's metadata (title, language)."""

    html: Markup
    facts: dict[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        return {"text/html": str(self.html)}, {"text/html": self.facts} if self.facts else {}


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, **values: object) -> Markup:
    """Fill a template of ``report/template``; text is escaped, markup made here is not."""
    return Markup(_environment().get_template(template).render(**values))


def require_released(*values: object) -> None:
    """Refuse to show anything that did not come through the door.

    Raises
    ------
    TypeError
        For any value that is not ``Released``.
    """
    for value in values:
        if not isinstance(value, Released):
            raise TypeError(f"only Released values can be shown, not {type(value).__name__}")
