"""The four-year review has every part of its skeleton, in order; what was not delivered is said, the board's words stand in."""

import io
from dataclasses import replace

import docx
import pytest
import yaml
from tests.report.conftest import ROOT, executed

from analysis.faults import InputFaults
from analysis.report.export import page_of
from analysis.report.outline import OUTLINE, load_outline

REVIEW = ROOT / "notebooks" / "40_four_year_review.ipynb"
WORDS = {"comments": {"safety": "Aptauju rīkosim rudenī."}, "previous_review": {"safety": "Aptaujas nebija."}}


@pytest.fixture(scope="module")
def made(large):
    unit = replace(large, params=large.params.model_copy(update=WORDS))
    with pytest.MonkeyPatch.context() as patched:
        return page_of(executed(unit, patched, REVIEW))


@pytest.fixture(scope="module")
def document(made):
    return docx.Document(io.BytesIO(made.document))


def titles():
    return [
        title
        for chapter in load_outline().chapters
        for title in (chapter.title.lv, *(p.title.lv for p in chapter.parts))
    ]


def places(text, wanted):
    at, found = 0, []
    for word in wanted:
        at = text.index(word, at)
        found.append(at)
    return found


def test_the_page_has_every_chapter_and_part_in_the_order_of_the_skeleton(made):
    headings = made.html[made.html.index('class="chapter"') :]
    assert len(places(headings, [f">{n}</h3>" if n in PARTS else f"{n}</h2>" for n in titles()])) == len(titles())


PARTS = {part.title.lv for chapter in load_outline().chapters for part in chapter.parts}


def test_the_document_has_the_same_headings(document):
    headings = [p.text for p in document.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    plain = [text.split(". ", 1)[1] if text[0].isdigit() else text for text in headings]
    assert plain[: len(titles())] == titles()
    annex = plain[len(titles()) :]
    assert annex[0] == "Pielikums. Tabulas un attēli"
    assert [name.split(" · ")[0] for name in annex[1:]] == [f"P{n}" for n in range(1, len(annex))]


def test_a_part_without_figures_says_that_they_were_not_delivered(made, document):
    said = "Nav piegādāts: šādu datu burtnīcā nav."
    without = [p for c in load_outline().chapters for p in c.parts if not p.shows and not p.needs]
    assert without
    assert made.html.count(said) >= len(without)
    assert sum(said in paragraph.text for paragraph in document.paragraphs) >= len(without)


def test_the_words_of_the_last_review_stand_beside_those_of_this_one(made, document):
    part = made.html[made.html.index('id="part-safety"') :].split("</section>")[0]
    assert "Iepriekšējā pārskatā" in part
    assert places(part, ["Aptaujas nebija.", "Aptauju rīkosim rudenī."])
    text = [paragraph.text for paragraph in document.paragraphs]
    assert text.index("Aptaujas nebija.") < text.index("Aptauju rīkosim rudenī.")


def test_a_headings_level_falls_with_its_part(made):
    inside = made.html[made.html.index('id="part-competences"') :].split('id="part-continuation"')[0]
    assert "<h2" not in inside
    assert '<h4 id="where-title"><span class="q">Kur mēs esam?' in inside


def test_figures_of_the_document_carry_their_alternative_texts(document):
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert described
    assert all(described)
    assert all(shape.width > 0 for shape in document.inline_shapes)


def test_the_document_shows_no_figure_that_the_page_does_not_show(made, document):
    text = " ".join(made.html.replace("\u00a0", " ").split())
    cells = {
        run.text
        for t in document.tables
        for row in t.rows
        for cell in row.cells
        for p in cell.paragraphs
        for run in p.runs
    }
    assert {c for c in cells if c.strip() and " ".join(c.replace("\u00a0", " ").split()) not in text} == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda c: c[0].update(titel="x"), "P04"),
        (lambda c: c[0]["parts"][0].update(shows=["wher"]), "P03"),
        (lambda c: c[1]["parts"].append(dict(c[0]["parts"][0])), "P03"),
    ],
)
def test_a_skeleton_that_cannot_be_read_is_refused_in_words(tmp_path, change, code):
    loaded = yaml.safe_load(OUTLINE.read_text("utf-8"))
    change(loaded["chapters"])
    path = tmp_path / "review.yml"
    path.write_text(yaml.safe_dump(loaded, allow_unicode=True), "utf-8")
    with pytest.raises(InputFaults) as found:
        load_outline(path)
    assert {fault.code for fault in found.value.faults} == {code}
