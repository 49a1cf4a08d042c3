"""Only a whole notebook becomes a page, and only what was displayed to be published is in it."""

import json

import nbformat
import pytest

from analysis.report.allowed import CSP
from analysis.report.export import NotWhole, PageExporter, broken_rules, page_of
from analysis.report.html import DONE_TYPE, EVIDENCE_TYPE

FACTS = {"text/html": {"title": "Ādaži, 2025./2026.", "language": "lv"}}


def output(data, metadata=None):
    return nbformat.v4.new_output("execute_result", data, metadata=metadata or {}, execution_count=1)


def cell(name, *outputs, publish=False, count=1, source="x"):
    metadata = {"tags": ["publish"]} if publish else {}
    return nbformat.v4.new_code_cell(source, id=name, outputs=list(outputs), execution_count=count, metadata=metadata)


def notebook(*extra, header="<h1>Ādaži</h1>", done=True, evidence=True):
    cells = [cell("header", output({"text/html": header}, FACTS), publish=True), *extra]
    cells += [cell("evidence", output({EVIDENCE_TYPE: "a,b\n1,2\n"}))] if evidence else []
    cells += [cell("done", output({DONE_TYPE: json.dumps({"key": "k1"})}))] if done else []
    return nbformat.v4.new_notebook(cells=cells)


def test_a_whole_notebook_becomes_page_evidence_and_key():
    page = page_of(notebook())
    assert (page.title, page.language, page.key, page.csv) == ("Ādaži, 2025./2026.", "lv", "k1", "a,b\n1,2\n")
    assert "<h1>Ādaži</h1>" in page.html
    assert page.html.startswith('<!DOCTYPE html>\n<html lang="lv">')
    assert page.html.endswith("</html>\n")
    assert broken_rules(page.html) == []


def test_the_other_language_is_linked_only_if_it_is_in_the_run():
    assert 'href="D001.en.html"' in page_of(notebook(), "D001.en.html").html
    assert "hreflang" not in page_of(notebook()).html


POLICY = f'<meta http-equiv="Content-Security-Policy" content="{CSP}">'
ERROR = nbformat.v4.new_output("error", ename="ValueError", evalue="a child's name", traceback=["a child's name"])


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (notebook(done=False), "stopped_early"),
        (notebook(evidence=False), "stopped_early"),
        (notebook(cell("late", count=None)), "stopped_early"),
        (notebook(cell("failed", ERROR)), "cell_error"),
        (notebook(header="<h1>a</h1><h1>b</h1>"), "h1: 2"),
        (notebook(header="<p>a</p>"), "h1: 0"),
        (notebook(header="<h1>a</h1><script>1</script>"), "<script>"),
        (notebook(header='<h1 onclick="1">a</h1>'), "h1 onclick"),
        (notebook(header="<h1>a</h1><table><tr><td>1</table>"), "table without caption"),
    ],
)
def test_what_is_not_whole_is_refused_without_a_word_of_data(made, why):
    with pytest.raises(NotWhole) as refused:
        page_of(made)
    assert str(refused.value) == why
    assert "child" not in str(refused.value)


def test_a_notebook_that_never_ran_is_refused():
    empty = nbformat.v4.new_notebook(cells=[cell("open", count=None)])
    with pytest.raises(NotWhole):
        page_of(empty)


def test_nothing_but_published_html_leaves_the_notebook():
    canary = "Bērziņa 49.1234"
    extra = [
        cell("untagged", output({"text/html": f"<p>{canary}</p>", "text/plain": canary})),
        cell("stream", nbformat.v4.new_output("stream", name="stdout", text=canary), publish=True),
        cell("plain", output({"text/plain": canary}), publish=True),
        cell("markdown-out", output({"text/markdown": canary}), publish=True),
        cell("widget", output({"application/vnd.jupyter.widget-view+json": {"model_id": canary}}), publish=True),
        cell("script", output({"application/javascript": canary}), publish=True),
        cell("source", source=f"name = '{canary}'", publish=True),
        nbformat.v4.new_markdown_cell(canary, id="text"),
        nbformat.v4.new_raw_cell(canary, id="raw"),
    ]
    made = notebook(*extra)
    made.metadata["papermill"] = {"parameters": canary}
    made.metadata["widgets"] = {"state": canary}
    made.cells[0].metadata["note"] = canary
    page = page_of(made)
    assert canary not in page.html
    assert canary not in page.csv


def test_a_title_is_escaped():
    facts = {"text/html": {"title": "</title><script>1</script>", "language": "lv"}}
    made = notebook()
    made.cells[0].outputs = [output({"text/html": "<h1>a</h1>"}, facts)]
    assert "<title>&lt;/title&gt;&lt;script&gt;1&lt;/script&gt;</title>" in page_of(made).html


def around(piece: str, policy: str = POLICY) -> str:
    return f"<html><head>{policy}<title>t</title></head><body><h1>a</h1>{piece}</body></html>"


@pytest.mark.parametrize(
    "policy", ["", POLICY + POLICY, POLICY.replace("'none'", "*", 1), POLICY.replace("-Policy", "")]
)
def test_a_page_has_the_one_policy_that_forbids_scripts_and_requests(policy):
    assert broken_rules(around("", policy)) == ["policy"]


@pytest.mark.parametrize(
    ("piece", "rule"),
    [
        ("<script>1</script>", "<script>"),
        ("<iframe></iframe>", "<iframe>"),
        ("<object></object>", "<object>"),
        ("<form></form>", "<form>"),
        ('<base href="/">', "<base>"),
        ('<p onmouseover="x">', "p onmouseover"),
        ('<a href="javascript:x">', "a href"),
        ('<a href=" JavaScript:x">', "a href"),
        ('<img src="https://example.org/x.png">', "img src outside"),
        ('<img src="//example.org/x.png">', "img src outside"),
        ('<img src="x.png">', "img src outside"),
        ('<link rel="stylesheet" href="https://example.org/x.css">', "<link>"),
        ('<meta http-equiv="refresh" content="0;url=https://example.org">', "policy"),
        ('<a href="https://example.org">', "a href"),
        ('<a href="data:text/html;base64,AA">', "a href"),
        ('<a href="D001.html?x=1">', "a href"),
        ("<marquee>", "<?>"),
        ("<math></math>", "<math>"),
        ("<svg><foreignObject></foreignObject></svg>", "<foreignobject>"),
        ("<svg><animate/></svg>", "<animate>"),
        ("<svg><image/></svg>", "<image>"),
        ('<td colspan="2">', "td colspan"),
        ('<p style="position:fixed">', "p style"),
        ('<p title="12 bērni">', "p title"),
        ("<p jānis>", "p ?"),
        ("<jānis-kalniņš>", "<?>"),
        ("<!-- 12 -->", "comment"),
        ("<svg><![CDATA[x]]></svg>", "declaration"),
        ("<?x y?>", "instruction"),
        ("<svg><style><img src=x onerror=1></style></svg>", "< in style"),
        ('<svg><use xlink:href="x.svg#a"/></svg>', "use xlink:href outside"),
        ("<style>@import 'x.css';</style>", "url()"),
        ("<style>p{background:url(https://example.org/x.png)}</style>", "url()"),
        ("<table></table>", "table without caption"),
        ("<h1>b</h1>", "h1: 2"),
        ("<p>161175-19997</p>", "personal code"),
        ('<svg aria-label="32345612345"></svg>', "personal code"),
        ("<p>161175&#45;19997</p>", "personal code"),
    ],
)
def test_each_rule_of_pages_is_found_broken(piece, rule):
    assert broken_rules(around(piece)) == [rule]


@pytest.mark.parametrize("piece", ['<img src="data:image/png;base64,AA" alt="a">', '<svg><use xlink:href="#a"/></svg>',
                                   '<a href="#data">d</a>', "<style>p{fill:url(#a)}</style>", "<p>+371 32345612</p>",
                                   "<p>0,16117519997</p>"])  # fmt: skip
def test_what_a_page_may_have_breaks_no_rule(piece):
    assert broken_rules(around(piece)) == []


def test_a_page_cut_short_breaks_a_rule():
    page = around("")
    assert broken_rules(page[:-1]) == ["not closed"]


def test_the_exporter_is_nbconverts(notebook_of, tiny):
    """``jupyter nbconvert --to burtnica`` and the batch make the same page."""
    made = notebook_of(tiny)
    html, resources = PageExporter().from_notebook_node(made)
    assert html == page_of(made).html
    assert resources["output_extension"] == ".html"
