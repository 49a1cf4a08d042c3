"""The index: one page that lists the pages of an edition, in Latvian alphabetical order, never by result."""

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from analysis.intake.store import slug
from analysis.report.html import TEMPLATES, render
from analysis.words.catalogue import LANGUAGES, label, say
from analysis.words.collation import latvian_key

Links = dict[str, str]
WHOLE = "*"
"""Of whom a page of the whole country is; no slug has such a letter."""


def who(item: dict[str, Any]) -> str:
    """Return whom a page is about: a municipality's slug, or its slug and the school's, or all."""
    if not item["municipality_id"]:
        return WHOLE
    return f"{slug(item['municipality_id'])}/{item['slug']}" if item.get("school_id") else str(item["slug"])


def index_page(edition: str, items: Iterable[dict[str, Any]], names: dict[str, str], missing: Iterable[str]) -> str:
    """Make the index of an edition: pages of the country first, then municipalities, each with the pages of its schools below it.

    Parameters
    ----------
    edition : str
        Whose pages.
    items : iterable of dict
        Manifest entries of this edition that are done.
    names : dict of str to str
        Names of municipalities and schools, by :func:`who`.
    missing : iterable of str
        Those whose page failed this time.
    """
    rows: dict[tuple[str, str], Links] = {}
    places: dict[str, str] = {}
    for item in items:
        link = f"{item['notebook']}/{item['slug']}{'' if item['language'] == 'lv' else '.en'}.html"
        rows.setdefault((item["notebook"], who(item)), {})[item["language"]] = link
        places |= {slug(item["municipality_id"]): item["place"]} if item.get("school_id") else {}
    of_all = [links for (_, stem), links in sorted(rows.items()) if stem == WHOLE]
    rows = {key: links for key, links in rows.items() if key[1] != WHOLE}
    of_schools = {key: links for key, links in rows.items() if "/" in key[1]}
    of_places = {key: links for key, links in rows.items() if key not in of_schools}
    bare: dict[tuple[str, str], Links] = {("", stem): {} for stem in set(places) - {stem for _, stem in of_places}}
    ordered = _ordered(of_places | bare, names | {stem: places[stem] for _, stem in bare})
    below = {stem: [row[1:] for row in _ordered(_of(of_schools, stem), names)] for _, stem in of_places | bare}
    listed = [*of_all, *rows.values()]
    language = "lv" if any("lv" in links for links in listed) or not listed else "en"
    names = names | {WHOLE: str(say("country_name", language))}
    lacking = ", ".join(names.get(stem, stem) for stem in sorted(missing))
    return str(
        render(
            "index.html.j2",
            language=language,
            css=(TEMPLATES / "burtnica" / "style.css").read_text("utf-8"),
            over=label("edition", edition, language),
            title=say("index_title", language),
            intro=Markup(" ").join(_intro(len(of_places), len(of_schools), language, len(of_all))),
            rows=[(names[WHOLE], links, []) for links in of_all]
            + [(name, links, below.pop(stem, [])) for stem, name, links in ordered],
            missing=say("index_not_made", language, list=lacking) if lacking else "",
        )
    )


def _of(rows: dict[tuple[str, str], Links], stem: str) -> dict[tuple[str, str], Links]:
    return {key: links for key, links in rows.items() if key[1].startswith(f"{stem}/")}


def _ordered(rows: dict[tuple[str, str], Links], names: dict[str, str]) -> list[tuple[str, str, Links]]:
    """Return whom, name and links, by name in Latvian order, languages in theirs."""
    by_name = sorted(rows.items(), key=lambda row: (latvian_key(names[row[0][1]]), row[0]))
    return [(key[1], names[key[1]], {c: links[c] for c in LANGUAGES if c in links}) for key, links in by_name]


def _intro(places: int, schools: int, language: str, country: int = 0) -> list[Markup]:
    told = [say("index_intro", language, count=places, n=places)] if places or not (schools or country) else []
    return told + ([say("index_intro_schools", language, count=schools, n=schools)] if schools else [])
