"""The published pages as a reader meets them: in a browser, on a phone, on paper, through a screen reader."""

from itertools import pairwise
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = [
    "20_municipality/D001.html",
    "20_municipality/D001.en.html",
    "20_municipality/D005.html",
    "20_municipality/D005.en.html",
    "index.html",
]
REPORTS = PAGES[:-1]


@pytest.fixture(scope="module")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def visits(browser, reports):
    """Open each page once; what it asked for and complained about is kept beside it."""
    seen: dict[str, Any] = {}

    def visit(name: str):
        if name not in seen:
            page = browser.new_page(viewport={"width": 1200, "height": 900})
            page.asked, page.complaints = [], []
            page.on("request", lambda request: page.asked.append(request.url))
            page.on("console", lambda message: page.complaints.append(message.text))
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            page.goto((reports / "out" / "public" / name).as_uri(), wait_until="load")
            seen[name] = page
        return seen[name]

    yield visit
    for page in seen.values():
        page.close()


@pytest.fixture(params=PAGES)
def page(request, visits):
    return visits(request.param)


@pytest.fixture(params=REPORTS)
def report(request, visits):
    return visits(request.param)


def test_a_page_asks_for_nothing_but_itself_and_complains_of_nothing(page):
    assert page.asked == [page.url]
    assert page.complaints == []
    assert page.locator("script").count() == 0


def test_axe_finds_nothing_serious(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    told = [(one["id"], one["impact"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]
    assert [one for one in told if one[1] in ("serious", "critical")] == []


def test_a_page_fits_a_phone(page):
    page.set_viewport_size({"width": 320, "height": 640})
    try:
        width = page.evaluate("document.documentElement.scrollWidth")
        wide = page.evaluate(
            """[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 321
               && !e.closest('.wide, .watermark') && e.checkVisibility() && getComputedStyle(e).position !== 'absolute')
               .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
        )
        assert (width, wide) == (320, [])
    finally:
        page.set_viewport_size({"width": 1200, "height": 900})


def test_what_is_folded_on_the_screen_is_open_on_paper(report):
    hidden = """[...document.querySelectorAll('details > :not(summary)')].filter(
        e => !e.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true})
             || e.getBoundingClientRect().height === 0).length"""
    assert report.locator("details:not([open])").count() > 0
    report.emulate_media(media="print")
    try:
        report.wait_for_function(f"{hidden} === 0", timeout=10_000)  # laid out anew for paper, not at once
        assert report.evaluate(hidden) == 0
        assert len(report.pdf()) > 20_000
    finally:
        report.emulate_media(media="screen")
    assert report.evaluate(hidden) > 0


def test_tables_are_tables_to_a_screen_reader(report):
    assert report.locator("table").count() > 0
    assert (
        report.evaluate("[...document.querySelectorAll('table')].filter(t => !t.caption?.textContent.trim()).length")
        == 0
    )
    assert report.locator("th:not([scope])").count() == 0
    empty = "[...document.querySelectorAll('th')].filter(h => !h.textContent.trim()).length"
    assert report.evaluate(empty) == 0


def test_every_drawing_has_words_of_its_own(report):
    drawings = "[...document.querySelectorAll('svg')].map(s => [s.getAttribute('role'), s.getAttribute('aria-label')])"
    said = report.evaluate(drawings)
    assert said
    assert {role for role, _ in said} == {"img"}
    for _, words in said:
        assert words
        assert words.strip()
        assert words.strip().lower() not in ("attēls", "diagramma", "chart", "image", "figure", "none", "nan")
        assert not words.lower().startswith(("attēls ar", "image of", "picture of"))
    figures = report.evaluate("[...document.querySelectorAll('svg.fig')].map(s => s.getAttribute('aria-label'))")
    assert len(set(figures)) == len(figures)


def test_headings_step_down_without_a_gap(page):
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_link_within_a_page_leads_somewhere(page):
    lost = """[...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1))
        .filter(id => !document.getElementById(id))"""
    assert page.evaluate(lost) == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(set(ids)) == len(ids)


def test_every_link_out_of_a_page_leads_to_a_published_page(page, reports):
    links = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.href.split('#')[0])")
    published = {path.as_uri() for path in (reports / "out" / "public").rglob("*.html")}
    assert set(links) - published == set()


@pytest.mark.parametrize(("name", "language", "year"), [
    (name, "en" if ".en." in name else "lv", "2025/26" if ".en." in name else "2025./2026.") for name in REPORTS
])  # fmt: skip
def test_title_and_language_say_whose_page_it_is(name, language, year, visits):
    page = visits(name)
    assert page.locator("html").get_attribute("lang") == language
    assert page.title().startswith(page.locator("h1").inner_text())
    assert year in page.title()


def test_a_page_is_small(page, reports):
    path = next(path for path in (reports / "out").rglob("*.html") if path.as_uri() == page.url)
    assert path.stat().st_size <= 2_000_000


def test_invented_data_are_called_so_once_and_marked_on_every_screen(report):
    assert report.locator(".demo").count() == 1
    assert len(report.locator(".demo").inner_text()) > 20
    assert report.locator(".watermark").count() == 1
    assert report.locator(".watermark").get_attribute("aria-hidden") == "true"
    assert report.evaluate("getComputedStyle(document.querySelector('.watermark')).position") == "fixed"
