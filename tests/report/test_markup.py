"""What is safe is made in few places: from words of our own, from templates that escape, from drawings of numbers."""

import ast
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from tests.report.conftest import Read

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release import release
from analysis.report.allowed import CSP
from analysis.report.export import broken_rules
from analysis.report.figures import published_dots
from analysis.report.html import TEMPLATES
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, details, dots, table
from analysis.words.catalogue import capitalised

SRC = TEMPLATES.parents[1]
MADE = {
    # of files of our own
    "desk/explore.py": {"_css()", "_html(known.unit, show(known, view))"},
    "desk/plan_desk.py": {"_css()", "_html(basis, Markup('').join(parts))"},
    "desk/methods.py": {"css", "_CSS"},
    "desk/keyboard.py": {"css", "_KEYS.format(root=root)"},
    "report/frame.py": {"screen", "screen.replace('&{', ':scope{')"},
    # of what was escaped before
    "desk/form_text.py": {"why", "kind"},
    "report/html.py": {"_environment().get_template(template).render(**values)"},
    "report/review.py": {"re.sub('<(/?)h([23])\\\\b', lambda found: f'<{found[1]}h{int(found[2]) + 2}', plain)"},
    "report/support/page.py": {
        "listed([str(item) for item in items], language)",
        "re.sub('(class=\"q\">)\\\\d+\\\\s·\\\\s', '\\\\1', str(one.html))",
    },
    "words/catalogue.py": {"words", "tied(Markup(words).format(**facts))"},
    # of numbers, and of matplotlib's drawing, in which text is escaped
    "report/drawing.py": {"opening + _tight(body)"},
    "report/expected.py": {"hollow_tick(7)"},
    "report/strips.py": {"drawing", "''.join(parts)"},
}
NAMES = [
    "<img src=x onerror=alert(1)>", '" onload="alert(1)', "' onfocus='alert(1)", "</svg><script>alert(1)</script>",
    "</style><script>1</script>", "<!-- ", "]]>", "{oops}", "{0.__class__}", "{{ 7*7 }}", "{% raw %}", "%s %(x)s", "$x^2$",
    "$\\frac{", "a_b^c", "&lt;b&gt;", "&amp;", "\\u003cb\\u003e", "javascript:alert(1)", "skola\u202e\u0000",
]  # fmt: skip
HOSTILE = st.sampled_from(NAMES) | st.lists(
    st.sampled_from([*"<>&\"'${}%\\/=", "script", "a ", "&lt;"]), max_size=9
).map("".join)


def calls_of(name: str):
    for path in sorted(SRC.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name:
                yield path.relative_to(SRC).as_posix(), node


def test_a_text_becomes_markup_where_this_list_says_and_nowhere_else():
    """``Markup("…")`` is a text of ours; its ``format`` escapes what is filled in."""
    found: dict[str, set[str]] = {}
    for file, call in calls_of("Markup"):
        if call.args and not isinstance(call.args[0], ast.Constant):
            found.setdefault(file, set()).add(ast.unparse(call.args[0]))
    assert found == MADE


def test_nothing_else_takes_text_for_markup():
    """No ``%`` on markup, no display of HTML or Markdown, no safe filter but for our own style."""
    shown = [call.func for name in ("HTML", "Markdown", "SafeString") for _, call in calls_of(name)]
    widgets = [
        f for f in shown if isinstance(f, ast.Attribute) and getattr(f.value, "id", "") in ("ipywidgets", "widgets")
    ]
    assert shown == widgets
    assert [file for file, call in calls_of("to_html")] == []
    templates = {path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8") for path in TEMPLATES.rglob("*.j2")}
    safe = {name: re.findall(r"\{\{[^}]*\|\s*safe[^}]*\}\}", text) for name, text in templates.items()}
    assert {name: uses for name, uses in safe.items() if uses} == {"index.html.j2": ["{{ css | safe }}"]}
    assert not any("autoescape" in text for text in templates.values())


def test_every_page_has_the_policy():
    """The one template of pages, and that of the index, say it as the rules of pages expect it."""
    for path in (TEMPLATES / "burtnica" / "index.html.j2", TEMPLATES / "index.html.j2"):
        assert f'<meta http-equiv="Content-Security-Policy" content="{CSP}">' in path.read_text("utf-8")


def page(body: object) -> str:
    policy = f'<meta http-equiv="Content-Security-Policy" content="{CSP}">'
    return f"<html><head>{policy}<title>t</title></head><body><h1>a</h1>{body}</body></html>"


def shown_as_text(body: object, name: str) -> None:
    html = page(body)
    assert broken_rules(html) == []
    read = Read(html)
    shown = "\n".join([*read.text, *(v for _, a in read.tags for v in a.values())]).replace("\u00a0", " ")
    assert name.replace("\x00", "\ufffd").strip() in shown.replace("\x00", "\ufffd")


@settings(deadline=None, max_examples=60)
@given(HOSTILE)
def test_a_name_stays_text_in_sentences_tables_and_rows(name):
    row = DotRow(name, name, Markup(""), (Figure(name, name, ("●", "same", name)),), name, note=name)
    axis = Scale(-1, 1, (-1, 0, 1))
    shown_as_text(table("lv", name, [name, name], [[name, Figure(name)]]), name)
    shown_as_text(dots("lv", name, [name, name], [(name, name)], axis, name, [row]), name)
    shown_as_text(capitalised(Markup("<p>x {}</p>").format(name)), name)
    shown_as_text(details(name, Markup("<p>{}</p>").format(name)), name)
    shown_as_text(strip(axis, 0.1, 0.0, 0.2, "same", name), name)


ROW = {
    "indicator": "attainment", "municipality_id": "D001", "school_year": 2026, "grade": "9", "test": "CE", "n": 40,
    "domain": "mathematics", "estimate": 50.0, "low": 45.0, "high": 55.0, "confidence": 0.95, "unit": "percent",
    "reference": "country", "verdict": "differs",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES[:-1])
def test_a_name_stays_text_in_a_figure(name):
    """As a label inside the drawing and as its alternative text: no formula is set, no brace is filled, no tag is opened."""
    rows = release(evidence(pd.DataFrame([ROW])), load_params())
    shown_as_text(published_dots(rows, rows, {"mathematics": "x"}, "lv", "key", name), name)
    drawn = Read(page(published_dots(rows, rows, {"mathematics": name}, "lv", "key", "alt")))
    assert re.sub(r"\s", "", name) in re.sub(r"\s", "", "".join(drawn.text))
