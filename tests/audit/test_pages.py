"""Every number of a finished page is looked up in the file beside it; a planted one of any kind is found, sound pages pass."""

import base64
import json
import re
import shutil
import struct
import zlib
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from docx import Document
from lxml import etree

from analysis.__main__ import main
from analysis.audit.accounts import unaccounted as not_accounted_for
from analysis.audit.axes import axis_texts
from analysis.audit.beside import NOTHING, beside_of
from analysis.audit.listed import listed, telling_words
from analysis.audit.pages import read_entries, read_files, read_page, read_pages
from analysis.audit.places import Place
from analysis.audit.statements import Statement, statements
from analysis.evidence import COLUMNS

K = 5
TABLE = (("plan_marginal", 42), ("support_places", 6), ("support_need", 6), ("price", 6), ("attainment", 1))
PAGE = "public/20_municipality/D003.html"


def unaccounted(path: Path) -> list[tuple[str, str]]:
    return [(one.place.kind, one.place.text[one.start : one.end]) for one in read_page(path, K)[1]]


@pytest.fixture
def page(reports, tmp_path) -> Path:
    """A finished page with its file of figures, free to be spoilt."""
    target = tmp_path / PAGE
    target.parent.mkdir(parents=True)
    for name in (PAGE, PAGE.replace(".html", ".csv")):
        shutil.copy(reports / "out" / name, tmp_path / name)
    return target


def plant(page: Path, before: str, text: str) -> None:
    """Put text in front of the first place that reads so."""
    source = page.read_text("utf-8")
    assert before in source
    page.write_text(source.replace(before, text + before, 1), "utf-8")


def test_the_pages_of_a_run_are_sound_in_both_languages(reports):
    read = list(read_pages(reports / "out", lambda _: K))
    assert [(one.municipality_id, one.unaccounted) for one in read if one.unaccounted] == []
    assert {one.municipality_id for one in read} == {"", "D001", "D002", "D003", "D004", "D005"}
    assert sum(one.files for one in read) == 12  # five pages in two languages, the index, the manifest
    assert sum(one.numbers for one in read) > 10_000


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + struct.pack(">I", 9)
    + b"tEXt"
    + b"n\0"
    + b"n 3 of 4"[:7]
    + struct.pack(">I", zlib.crc32(b""))
)
SVG = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'><text x='1' y='2'>n 3</text></svg>").decode()
KINDS = {
    "sentence": ("</main>", "<p>Slieksni nesasniedza 3 skolēni.</p>"),
    "sentence, a share": ("</main>", "<p>Slieksni nesasniedza 23,07\u00a0% zēnu.</p>"),
    "sentence, in words of a list item": ("</main>", "<ul><li>Zēni: 3 skolēni</li></ul>"),
    "alt": ("</main>", '<img alt="Kopā 3 skolēni" src="data:,">'),
    "title=": ("</main>", '<p title="n 3">Zēni</p>'),
    "aria-label": ("</main>", '<p aria-label="3 skolēni">Zēni</p>'),
    "data-n": ("</main>", '<p data-n="3 skolēni">Zēni</p>'),
    "class=": ("</main>", '<p class="n3">Zēni</p>'),
    "comment": ("</main>", "<!-- n 3 -->"),
    "meta": ("</head>", '<meta name="description" content="n 3">'),
    "style content": ("</style>", 'p::after{content:"n 3"}'),
    "style=": ("</main>", "<p style='content:\"n 3\"'>Zēni</p>"),
    "summary": ("</main>", "<details><summary>Zēni, 3 skolēni</summary></details>"),
    "caption": ("</main>", "<table><caption>Zēni, 3 skolēni</caption><tr><td>–</td></tr></table>"),
    "table cell": ("</main>", '<table><tr><th scope="row">Zēni</th><td>3 skolēni</td></tr></table>'),
    "svg text": ("</main>", '<svg viewBox="0 0 9 9"><text x="1" y="2">n 3</text></svg>'),
    "svg title": ("</main>", "<svg><title>n 3</title></svg>"),
    "svg text in a data: picture": ("</main>", f'<img alt="" src="data:image/svg+xml;base64,{SVG}">'),
    "png": ("</main>", f'<img alt="" src="data:image/png;base64,{base64.b64encode(PNG).decode()}">'),
    "data: file": ("</main>", '<a href="data:text/csv;charset=utf-8,grupa%3Bn%0Az%C4%93ni%3B3%20skol%C4%93ni">lejupielāde</a>'),
    "superscript": ("</main>", "<p>Zēni: n ³</p>"),
    "interval": ("</main>", "<p>Zēniem tā ir 41,7\u00a0% (no\u00a019,3 līdz\u00a068,1\u00a0%).</p>"),
    "n of an interval": ("</main>", "<p>Zēniem tā ir 41,7\u00a0% (no\u00a019,3 līdz\u00a068,1\u00a0%; 12 skolēni).</p>"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_number_is_found_wherever_a_page_has_words(page, kind):
    sound = unaccounted(page)
    plant(page, *KINDS[kind])
    assert len(unaccounted(page)) > len(sound) == 0


@pytest.mark.parametrize(("planted", "missed"), [("3", 1), ("n\u00a03", 0), ("23,07\u00a0%", 0), ("3 skolēni", 0)])
def test_a_number_in_the_place_of_a_withheld_figure_is_found(page, planted, missed):
    """A bare number that says of nothing what it counts can stand by chance where a table is nearly all blank."""
    source = page.read_text("utf-8")
    cells = list(re.finditer(r"(?<=<td class=\"n\">)\[–\]", source))
    tried = cells[:: max(1, len(cells) // 5)][:5]
    found = 0
    for cell in tried:
        page.write_text(source[: cell.start()] + planted + source[cell.end() :], "utf-8")
        found += bool(unaccounted(page))
    assert found >= len(tried) - missed


def test_a_size_that_an_interval_gives_away_is_found_although_the_file_has_the_interval(page):
    """Wilson's interval of a share tells its n: where that is withheld, both ends must be."""
    beside = page.with_suffix(".csv")
    rows = pd.read_csv(beside, dtype="str", keep_default_na=False)
    one = rows[rows["unit"].eq("percent") & rows["method"].str.contains("Wilson") & rows["low"].ne("")].iloc[0]
    rows.loc[one.name, ["n", "estimate", "low", "high"]] = ["", "41.7", "19.3", "68.1"]
    rows.to_csv(beside, index=False)
    plant(page, "</main>", "<p>Zēniem tā ir 41,7\u00a0% (no\u00a019,3 līdz\u00a068,1\u00a0%).</p>")
    assert any("19,3" in text for _, text in unaccounted(page))


def document(page: Path, write) -> Path:
    """A text document beside the same file of figures."""
    made = Document()
    write(made)
    made.save(page.with_suffix(".docx"))
    return page.with_suffix(".docx")


def in_cell(made) -> None:
    cells = made.add_table(rows=2, cols=2)
    cells.cell(0, 1).text, cells.cell(1, 0).text, cells.cell(1, 1).text = "Skolēni", "Zēni", "3"


DOCUMENTS = {
    "docx paragraph": lambda made: made.add_paragraph("Slieksni nesasniedza 3 skolēni."),
    "docx table cell": in_cell,
    "docx header": lambda made: setattr(made.sections[0].header.paragraphs[0], "text", "n 3"),
    "docx properties": lambda made: setattr(made.core_properties, "comments", "n 3"),
    "docx comments": lambda made: made.add_comment(made.add_paragraph("Zēni").runs, "n 3", "A"),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_planted_number_is_found_in_a_text_document(page, kind):
    assert kind in {found for found, _ in unaccounted(document(page, DOCUMENTS[kind]))}


def test_a_key_without_a_letter_is_no_number():
    """One of two thousand has none; a run was refused for it."""
    assert read_entries([{"key": "9977682863609398"}]).sound
    assert not read_entries([{"reason": "9977682863609398"}, {"key": "12"}]).sound


def test_a_number_in_the_manifest_is_found(reports, tmp_path):
    manifest = json.loads((reports / "out" / "manifest.json").read_text("utf-8"))
    manifest["items"][0]["reason"] = "3 pupils"
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (read,) = read_pages(tmp_path, lambda _: K)
    assert [(one.place.kind, one.place.text) for _, one in read.unaccounted] == [("manifest reason", "3 pupils")]


def test_an_axis_is_an_axis_only_while_its_numbers_stand_evenly(page):
    source = page.read_text("utf-8")
    tick = re.search(r"(<text [^>]*>)(15)(\u00a0%</text>)", source)
    assert tick is not None
    assert not unaccounted(page)
    page.write_text(source[: tick.start(2)] + "3,07" + source[tick.end(2) :], "utf-8")
    assert unaccounted(page)


def test_audit_refuses_a_folder_with_a_number_too_many_and_says_in_what_kind_of_place(page, tmp_path):
    plant(page, "</main>", '<p title="n 3">Zēni</p>')
    detail = tmp_path / "found.json"
    ended = CliRunner().invoke(main, ["audit", str(tmp_path), "--only", "D003", "--detail", str(detail)])
    assert ended.exit_code == 3
    assert f"  {PAGE}: title= 1" in ended.output
    assert "n 3" not in ended.output
    told = [one for one in json.loads(detail.read_text("utf-8")) if one.get("place") == "title="]
    assert [(one["file"], one["number"]) for one in told] == [(PAGE, "3")]


def said(text: str, around: tuple[str, ...] = ("", "", ""), kind: str = "table cell", **rows: list[str]) -> list[bool]:
    """Whether each statement of a cell is accounted for by rows of evidence with these values."""
    size = max((len(values) for values in rows.values()), default=0)
    frame = pd.DataFrame({name: rows.get(name, [""] * size) for name in COLUMNS}, dtype="str")
    beside = beside_of(frame)
    return [bool(len(one.rows)) or one.total for one in statements(Place(kind, text, around, 1), beside, K)]


@pytest.mark.parametrize(
    ("text", "heads"),
    [("+0.10 2028", ("Numeracy", "Target", "Targets")), ("+0,10 2028.\u00a0g.", ("Lasītprasme", "Mērķis", "Mērķi"))],
)
def test_the_year_of_a_target_is_no_figure(text, heads):
    assert said(text, heads, indicator=["target_set"], estimate=["0.1"], unit=["sd"]) == [True]
    assert said(
        "+0.10 2028", ("Numeracy", "Pupils", "All"), indicator=["target_set"], estimate=["0.1"], unit=["sd"]
    ) == [
        True,
        False,
    ]


def test_what_a_post_costs_is_its_places_times_the_price_of_one():
    rows = {
        "indicator": ["plan_marginal", "plan_cost", "plan_cost"],
        "part": ["reading/teacher|+60|post", "reading/teacher|place", "reading/teacher"],
        "estimate": ["36", "178", "13094"],
        "unit": ["pupils", "eur", "eur"],
    }
    assert said("10\u00a0680 EUR gadā", kind="sentence", **rows) == [True]
    assert said("10\u00a0681 EUR gadā", kind="sentence", **rows) == [False]


def not_places(first: str, chance: str) -> list[str]:
    """What stands for nothing in a table of places: what five more change, how many there are then, need and price.

    Of the first kind neither need nor price is known; some row elsewhere in the file has a number by chance.
    """
    kinds = [f"kind{number}" for number in range(6)]
    steps = [f"{kind}|{step:+d}" for kind in kinds for step in (-10, -5, -2, -1, 1, 2, 5)]
    rows = pd.DataFrame({"part": [*steps, *kinds, *kinds, *kinds, ""]}, columns=list(COLUMNS), dtype="str").fillna("")
    rows["indicator"] = [name for name, times in TABLE for _ in range(times)]
    rows.loc[: len(steps) - 1, ["estimate", "low", "high"]] = "0"
    rows.loc[len(steps) : len(rows) - 2, "estimate"] = [
        str(x + by * n) for x, by in ((715, 100), (31, 1), (131, 1)) for n in range(6)
    ]
    rows.loc[len(rows) - 1, "n"] = chance
    beside = beside_of(rows)
    made: list[Statement] = []
    for number in range(6):
        own = ["0 no 0 līdz 0", first if number == 0 else str(720 + 100 * number)]
        own += [str(31 + number), str(131 + number)] if number else []
        for at, text in enumerate(own):
            made += statements(
                Place("table cell", text, ("a", f"column {at}", "table"), 1, number + 1, at + 1), beside, K
            )
    return [one.place.text for one in not_accounted_for(made, beside)]


def test_a_sum_that_a_row_has_by_chance_makes_nothing_else_strange():
    assert not_places("720", chance="999") == not_places("720", chance="720") == []
    assert not_places("729", chance="999") == ["729"]


def test_a_number_with_a_unit_is_not_bare():
    (minutes, pupils) = (
        next(statements(Place("table cell", text, ("", "", ""), 1), NOTHING, K)) for text in ("15 min.", "15")
    )
    assert not minutes.bare
    assert pupils.bare


def test_a_cell_of_a_table_that_does_not_say_of_whom_its_numbers_are_is_accounted_for_by_nothing():
    rows = {"indicator": ["support_places"], "estimate": ["3"], "unit": ["pupils"], "part": ["mentor"]}
    assert said("3", ("Mentori", "Vietas", "Atbalsts"), **rows) == [True]
    for around in (("", "Vietas", "Atbalsts"), ("Mentori", "", "Atbalsts"), ("Mentori", "Vietas", "")):
        assert said("3", around, **rows) == [False]


def test_a_size_below_the_smallest_group_in_a_file_of_figures_is_found_by_itself(page):
    """Also of a row that the attack cannot read; schools may be few."""
    beside, folder = page.with_suffix(".csv"), page.parents[2]
    rows = pd.read_csv(beside, dtype="str", keep_default_na=False)
    people = rows.index[rows["population"].eq("pupils") & rows["n"].eq("")][0]
    rows.loc[people, "n"] = "3"
    rows.to_csv(beside, index=False)
    found = read_files(folder, "D003", "public", [page], K).unaccounted
    assert [(name, one.place.kind) for name, one in found] == [(PAGE.replace(".html", ".csv"), "figures")]


def test_words_that_came_with_the_data_stand_where_they_stand():
    place = Place("sentence", "Avots: Authority 12, 1997 (Chem97); Authority 123 nav. bija 24; no 100 skolēniem")
    given = telling_words(["Authority 12", "Chem97", "7", "bez"])
    assert given == ("Authority 12", "Chem97")
    found = {place.text[a:b] for a, b, name in listed(place, (*given, "; no 100 skolēniem")) if name == "given"}
    assert found == {"Authority 12", "Chem97", "; no 100 skolēniem"}


@pytest.mark.parametrize(
    ("ticks", "axis"), [(("10", "15"), 1), (("15", "20"), 1), (("15", "40"), 0), (("12", "17"), 0)]
)
def test_two_numbers_alone_are_an_axis_only_as_round_ticks_are(ticks, axis):
    texts = "".join(f'<text x="{10 + 90 * i}" y="9">{tick}</text>' for i, tick in enumerate(ticks))
    assert len(list(axis_texts(etree.fromstring(f"<svg>{texts}</svg>")))) == axis
