"""The text document says what the page says: headings, table heads, alternative texts, language, and equal bytes."""

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from markupsafe import Markup

from analysis.report.document.text_document import document
from analysis.report.drawing import as_svg, canvas, pictures_kept
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, details, dots, table

SCALE = Scale(-0.4, 0.4, (-0.4, 0.0, 0.4))


def dot_row(block, name, n):
    drawing = strip(SCALE, 0.1, 0.0, 0.2, "same", "+0,10")
    return DotRow(block, name, drawing, (Figure("+0,10", "no 0,00 līdz 0,20"),), n, ("○", "same", "nav atšķirami"))


@pytest.fixture(scope="module")
def picture():
    with pictures_kept() as kept, canvas(200, 100) as (figure, axes):
        axes.plot([1, 2, 3])
        svg = as_svg(figure, "line", "Līnija no 1 līdz 3.")
    return svg, kept


@pytest.fixture(scope="module")
def page(picture):
    rows = [
        dot_row("3. klase", "lasīšana", "412"),
        dot_row("3. klase", "rēķini", "410"),
        dot_row("6. klase", "lasīšana", "9"),
    ]
    drawn = dots("lv", "Vieta", ["Posms", "Joma"], [("Starpība", "95 %")], SCALE, "valsts", rows)
    plain = details("Skaitļi", table("lv", "Tas pats skaitļos", ["Joma", "n"], [("lasīšana", "412")]))
    return Markup(
        '<header><p class="over">pārskats</p><h1>Ādaži</h1><nav><a href="#x">saturs</a></nav></header>'
        '<div class="watermark" aria-hidden="true">PARAUGS</div>'
        '<section><h2><span class="q">1 · Kur mēs esam?</span>Kā valstī</h2><p class="answer">Nav <b>atšķirami</b>.</p>'
        '<ol><li>Teikums <a href="#x">Kur ↓</a></li></ol>{}{}<figure>{}</figure><dl><dt>Dati</dt><dd>VIIS</dd></dl></section>'
    ).format(drawn, plain, picture[0])


@pytest.fixture(scope="module")
def made(page, picture):
    return document(page, "lv", "Ādaži, 2025./2026.", picture[1])


@pytest.fixture(scope="module")
def opened(made):
    return docx.Document(io.BytesIO(made))


def test_headings_of_the_page_are_headings_of_the_document(opened):
    headings = [(p.style.name, p.text) for p in opened.paragraphs if p.style.name.startswith(("Title", "Heading"))]
    assert headings == [
        ("Title", "Ādaži"), ("Heading 1", "1 · Kur mēs esam? Kā valstī"), ("Heading 1", "Pielikums. Tabulas un attēli"),
        ("Heading 2", "P1 · Skaitļi"),
    ]  # fmt: skip


def test_a_table_has_a_head_that_repeats_and_keeps_its_numbers(opened):
    first, second = opened.tables
    assert [[cell.text for cell in row.cells] for row in first.rows] == [
        ["Posms", "Joma", "Starpība\n95 %", "Skolēni", "Secinājums"],
        ["3. klase", "lasīšana", "+0,10\nno 0,00 līdz 0,20", "412", "nav atšķirami"],
        ["3. klase", "rēķini", "+0,10\nno 0,00 līdz 0,20", "410", "nav atšķirami"],
        ["6. klase", "lasīšana", "+0,10\nno 0,00 līdz 0,20", "9", "nav atšķirami"],
    ]
    for made_table in (first, second):
        marked = [
            row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in made_table.rows
        ]
        assert marked == [True] + [False] * (len(made_table.rows) - 1)
    assert second.rows[1].cells[1].text == "412"


def test_a_figure_is_a_picture_with_its_alternative_text(opened):
    assert [shape._inline.docPr.get("descr") for shape in opened.inline_shapes] == ["Līnija no 1 līdz 3."]


def test_a_figure_that_was_not_kept_is_told_in_words(page):
    bare = docx.Document(io.BytesIO(document(page, "lv", "t", {})))
    assert "Līnija no 1 līdz 3." in [p.text for p in bare.paragraphs]
    assert len(bare.inline_shapes) == 0


@pytest.mark.parametrize(("language", "spoken"), [("lv", "lv-LV"), ("en", "en-GB")])
def test_the_document_says_its_language_and_names_nobody(page, picture, language, spoken):
    properties = docx.Document(io.BytesIO(document(page, language, "Ādaži", picture[1]))).core_properties
    assert (properties.title, properties.language, properties.author) == ("Ādaži", spoken, "")
    assert properties.last_modified_by == ""


def test_default_text_is_marked_with_the_language(made):
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        assert b'w:lang w:val="lv-LV"' in file.read("word/styles.xml")


def test_what_serves_the_screen_alone_stays_out(opened):
    text = "\n".join(p.text for p in opened.paragraphs)
    assert "PARAUGS" not in text
    assert "saturs" not in text
    assert "↓" not in text


def test_what_is_folded_stands_in_an_annex_with_a_link_from_its_place(opened):
    texts = [p.text for p in opened.paragraphs]
    annex = texts.index("Pielikums. Tabulas un attēli")
    refer, part = texts.index("Pielikumā, P1: Skaitļi"), texts.index("P1 · Skaitļi")
    assert refer < annex < part
    link = opened.paragraphs[refer]._p.find(qn("w:hyperlink")).get(qn("w:anchor"))
    assert [mark.get(qn("w:name")) for mark in opened.paragraphs[part]._p.iter(qn("w:bookmarkStart"))] == [link]
    body = list(opened.element.body)
    first, second = (body.index(one._tbl) for one in opened.tables)
    assert first < body.index(opened.paragraphs[annex]._p) < second
    assert 'w:br w:type="page"' in opened.paragraphs[annex - 1]._p.xml


def test_a_folded_text_is_read_where_it_stands_and_nothing_is_folded_without_an_annex(picture):
    page = Markup("<section><h2>A</h2><details><summary>Kā lasīt</summary><p>Tā.</p></details><p>B</p></section>")
    texts = [p.text for p in docx.Document(io.BytesIO(document(page, "lv", "t", {}))).paragraphs]
    assert [text for text in texts if text] == ["A", "Kā lasīt", "Tā.", "B"]


def test_strong_words_stay_strong_and_terms_keep_their_texts(opened):
    runs = [run.text for p in opened.paragraphs for run in p.runs if run.bold]
    assert {"atšķirami", "Dati"} <= set(runs)
    assert "VIIS" in [p.text for p in opened.paragraphs]


def test_the_same_page_gives_the_same_bytes(page, picture, made):
    assert document(page, "lv", "Ādaži, 2025./2026.", picture[1]) == made
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(2020, 1, 1, 0, 0, 0)}
        assert b"created" not in file.read("docProps/core.xml")
