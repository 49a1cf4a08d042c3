"""The rules of a page that its text alone can break: numbers, marks, verdicts, names, what it may not claim."""

import csv
import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.batch.open import open_unit
from analysis.batch.prepare import prepare
from analysis.faults import has_personal_code
from analysis.intake.demo import cut_board
from analysis.words.catalogue import say
from analysis.words.numbers import NBSP, WITHHELD

CSP = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'"
)
NUMBER = r"[−+]?\d[\d\u00a0]*(?:,\d+)?"
HOSTILE = ["<img src=x onerror=alert(1)>", "{oops}", "$x$", "</svg><script>alert(1)</script>", '" onload="alert(1)']


@pytest.fixture(scope="module", params=["D001", "D005"])
def published(request, reports):
    """The Latvian page of the largest and the smallest municipality."""
    return (reports / "out" / "public" / "20_municipality" / f"{request.param}.html").read_text("utf-8")


@pytest.fixture
def lv(published, read):
    return read(published)


def without_versions(text: str) -> str:
    """Leave out the program's version and the numbers of EU measures (4.2.2.1.), which are names."""
    return re.sub(r"Burtnīca”? \d+\.\d+(\.\d+)*|\b\d(\.\d){3}\.", "", text)


class TestChecklist:
    """Lines 1–7 of the checklist for reports."""

    def test_1_language_title_and_one_heading(self, published, lv):
        assert lv.all("html") == [{"lang": "lv"}]
        assert len(lv.all("h1")) == 1
        assert re.search(r"<title>[^<]*\d{4}\./\d{4}\.[^<]*</title>", published)

    def test_2_every_table_has_a_caption_and_scoped_headings(self, lv):
        assert len(lv.all("table")) == len(lv.all("caption")) > 0
        assert {a.get("scope") for a in lv.all("th")} <= {"col", "row", "rowgroup"}

    def test_3_nothing_is_fetched_and_nothing_runs(self, published, lv):
        assert not lv.all("script")
        for tag, attributes in lv.tags:
            assert not [name for name in attributes if name.startswith("on")], tag
            for name in ("src", "srcset", "data", "poster", "xlink:href", "action"):
                assert not re.match(r"(https?:)?//", attributes.get(name, "")), tag
            if tag == "a":
                assert re.fullmatch(r"#[\w-]+|[\w./-]+\.html", attributes["href"])
            assert tag != "link"
        assert not re.search(r"@import|url\((?!#|['\"]?data:)", published)
        assert [a["content"] for a in lv.all("meta") if "http-equiv" in a] == [CSP]
        assert len(published.encode()) <= 2_000_000

    def test_4_numbers_are_latvian(self, lv):
        text = without_versions(lv.words)
        assert re.findall(r".{0,20}\d\.\d.{0,10}", text) == []
        assert re.findall(r".{0,20}[\d][ ]?%", text.replace(f"{NBSP}%", "")) == []
        assert re.findall(r".{0,20}(?<![\w–])-\d.{0,10}", text) == []
        assert re.findall(r".{0,20}\b(?:nan|None|NaN|inf)\b.{0,10}", text) == []
        assert f"{NBSP}%" in text

    def test_4_there_is_nothing_like_a_personal_code(self, published, lv):
        assert not has_personal_code(lv.words)

    def test_5_paper_has_rules_of_its_own(self, lv):
        css = "".join(lv.css)
        assert "@page{size:A4" in css
        assert "thead{display:table-header-group}" in css
        assert "details::details-content{content-visibility:visible" in css

    def test_6_the_sign_of_a_withheld_figure_is_explained_beside_each_table_that_uses_it(self, published):
        for table, after in re.findall(r"<table(.*?)</table>(.{0,200})", published, re.DOTALL):
            if WITHHELD in table:
                assert f"{WITHHELD} nav rādīts" in after

    def test_7_the_end_says_how_from_what_and_when(self, lv):
        text = lv.words.replace("\u00a0", " ")
        for word in ("Metode", "Parametri", "Izcelsme", "Faili", "results.csv", "intervāl", "2026. gada 15. augus"):
            assert word in text, word


def value(text: str) -> float:
    return float(text.replace("−", "-").replace("+", "").replace(NBSP, "").replace(",", "."))


def rows_of_dots(html: str) -> list[dict[str, str]]:
    """Rows of the dots tables: figure, interval, number behind, verdict, all as printed."""
    found = []
    for table in re.findall(r'<table class="dots grouped">(.*?)</table>', html, re.DOTALL):
        places = str(say("column_places_then", "lv")) in table  # steps of a plan: no pupils stand behind a place
        for row in re.findall(r"<tr>(.*?)</tr>", table.split("</thead>")[1], re.DOTALL):
            cell = re.search(r'<td class="n" data-head="[^"]*">([^<]*)(?:<span class="ci">([^<]*)</span>)?', row)
            count = re.search(r'<td class="n count"(?: data-unit="[^"]*")?>([^<]*)</td>', row)
            verdict = re.search(r'class="v (\w+)"', row)
            label = re.search(r'aria-label="([^"]*)"', row)
            assert cell
            assert count
            found.append(
                {"text": cell[1], "interval": cell[2] or "", "n": "0" if places else count[1],
                 "verdict": verdict[1] if verdict else "",
                 "label": label[1] if label else ""}
            )  # fmt: skip
    return found


class TestNoBareNumber:
    """Promise 3: n, interval, unit; a verdict never contradicts the interval beside it."""

    def test_every_estimate_has_an_interval_and_a_number_behind(self, published):
        rows = rows_of_dots(published)
        assert rows
        for row in rows:
            if row["text"] not in (WITHHELD, "–"):  # "–": today's state, from which a plan's steps are counted
                assert re.search(rf"no{NBSP}{NUMBER} līdz{NBSP}{NUMBER}", row["interval"]), row
                assert re.fullmatch(NUMBER, row["n"]), row

    def test_a_verdict_agrees_with_the_printed_interval(self, published):
        for row in rows_of_dots(published):
            if row["verdict"] in ("low", "high", "same"):
                low, high = map(value, re.findall(NUMBER, row["interval"]))
                assert row["verdict"] == ("low" if high < 0 else "high" if low > 0 else "same"), row
                assert low <= value(row["text"]) <= high

    def test_a_drawing_says_the_numbers_beside_it(self, published):
        for row in rows_of_dots(published):
            assert row["label"] == ", ".join(filter(None, (row["text"], row["interval"])))

    def test_the_alternative_texts_of_figures_hold_released_numbers(self, reports, published, lv):
        """The first and the last year of each line are rows of the evidence beside the page."""
        place = re.search(r"<h1>([^<]*)</h1>", published)
        assert place
        folder = reports / "out" / "public" / "20_municipality"
        page = next(p for p in folder.glob("D00?.html") if f"<h1>{place[1]}</h1>" in p.read_text("utf-8"))
        rows = list(csv.DictReader(io.StringIO(page.with_suffix(".csv").read_text("utf-8"))))
        keys = {"indicator": "attainment", "unit": "sd", "reference": "country", "school_id": "", "group": ""}
        own = [row for row in rows if keys.items() <= row.items()]
        known = {(r["school_year"], round(float(r["estimate"]), 2)) for r in own if r["estimate"]}
        lines = [a["aria-label"] for a in lv.all("svg") if a.get("aria-label", "").startswith("Līniju diagramma")]
        for words in lines:
            years = re.findall(rf"\d{{4}}\./(\d{{4}})\.: ({NUMBER})", words)
            assert len(years) == 2, words
            assert {(year, value(text)) for year, text in years} <= known


class TestNamesAreNeverMarkup:
    @pytest.fixture(scope="class")
    @classmethod
    def hostile(cls, large):
        """Every text that comes from data or from a board is hostile."""
        names = [HOSTILE[i % len(HOSTILE)] for i in range(len(large.schools))]
        text = " ".join(HOSTILE)
        labels = {f"domain={domain}": {"lv": text, "en": text} for domain in large.results["domain"].unique()}
        facts = large.facts | {
            "labels": labels,
            "notes": [{"lv": text, "en": text}],
            "source": {"lv": text, "en": text},
            "files": {f"{text}.csv": "0" * 64},
            "failed": [text],
            "excluded": [{"count": 3, "reason": {"lv": text, "en": text}}],
        }
        own = {"comments": dict.fromkeys(("where", "moves", "groups", "schools", "data"), text), "contact": text}
        return replace(
            large, name=text, genitive=None, locative=None, facts=facts, schools=large.schools.assign(name=names),
            params=large.params.model_copy(update=own),
        )  # fmt: skip

    def test_no_tag_or_handler_comes_to_life_and_every_name_is_read_as_written(self, hostile, page_for, read):
        page = page_for(hostile)
        seen = read(page.html)
        assert not seen.all("img")
        assert not seen.all("script")
        assert not [name for _, attributes in seen.tags for name in attributes if name.startswith("on")]
        for name in HOSTILE:
            assert name in seen.words
        assert page.title.startswith(HOSTILE[0])
        assert "<img" not in page.html

    def test_the_header_alone_holds_too(self, hostile):
        from analysis import report
        from analysis.evidence import no_evidence
        from analysis.release import release

        html = report.header(hostile, release(no_evidence(), hostile.params)).html
        assert "<img" not in html
        assert "&lt;img src=x onerror=alert(1)&gt;" in html
        assert "{oops}" in html


def board(demo: Path, folder: Path, *, with_published: bool):
    delivery = cut_board(demo, "D003", folder / "delivery", with_published=with_published)
    prepare(delivery, (), folder / "store")
    return open_unit("D003", store=str(folder / "store"))


def evidence(page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.csv)))


class TestBoardDelivery:
    """Promise 4: the nation is never made of the board's own pupils."""

    def test_without_published_figures_nothing_is_compared_with_the_country_and_the_page_says_why(
        self, demo, page_for, read, tmp_path
    ):
        page = page_for(board(demo, tmp_path, with_published=False))
        rows, text = evidence(page), read(page.html).words
        assert [row for row in rows if row["reference"] == "country"] == []
        assert [row for row in rows if row["municipality_id"] == "" and row["indicator"] != "roster"] == []
        assert "Valsts vidējais nav zināms" in text
        for claim in (
            "zemāk par valsti",
            "augstāk par valsti",
            "Vieta valsts rezultātu sadalījumā (SD)",
            "līnija – valsts",
        ):
            assert claim not in text
        assert any(row["indicator"] == "attainment" and row["estimate"] for row in rows)

    def test_with_published_figures_the_country_is_the_published_one(self, demo, page_for, read, tmp_path):
        page = page_for(board(demo, tmp_path, with_published=True))
        text = read(page.html).words
        compared = [row for row in evidence(page) if row["reference"] == "country"]
        assert compared
        assert "Valsts vidējais ir tāds, kāds publicēts" in text
        assert "Valsts vidējais nav zināms" not in text


def test_a_municipality_without_any_result_has_a_page_that_says_so(demo_store, page_for, read, tmp_path):
    store = Path(shutil.copytree(demo_store, tmp_path / "store"))
    for table in ("results", "school_results", "school_bands", "modelled"):
        for path in store.glob(f"*/{table}/D005.parquet"):
            path.unlink()
    page = page_for(open_unit("D005", store=str(store)))
    seen = read(page.html)
    assert len(seen.all("h1")) == 1
    assert 'id="data"' in page.html
    assert "Par šo pašvaldību rezultātu datos nav" in seen.words
    assert "datos ir tikai skolu vidējie" not in seen.words
    of_support = ("support_", "plan_", "audit_")  # who is enrolled and what is offered is known without any result
    told = [row for row in evidence(page) if not row["indicator"].startswith(of_support)]
    assert not [row for row in told if row["estimate"] and row["municipality_id"]]
