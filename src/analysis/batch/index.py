"""The index: one page that lists the pages of an edition, in Latvian alphabetical order, never by result."""

from collections.abc import Iterable
from typing import Any

from analysis.report.html import TEMPLATES, render
from analysis.words.catalogue import LANGUAGES, label, say
from analysis.words.collation import latvian_key


def index_page(edition: str, items: Iterable[dict[str, Any]], names: dict[str, str], missing: Iterable[str]) -> str:
    """Make the index of an edition.

    Parameters
    ----------
    edition : str
        Whose pages.
    items : iterable of dict
        Manifest entries of this edition that are done.
    names : dict of str to str
        Names by slug.
    missing : iterable of str
        Slugs of municipalities whose page failed this time.
    """
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for item in items:
        link = f"{item['notebook']}/{item['slug']}{'' if item['language'] == 'lv' else '.en'}.html"
        rows.setdefault((item["notebook"], item["slug"]), {})[item["language"]] = link
    ordered = sorted(rows.items(), key=lambda row: (latvian_key(names[row[0][1]]), row[0]))
    language = "lv" if any("lv" in links for links in rows.values()) or not rows else "en"
    lacking = ", ".join(names.get(slug, slug) for slug in sorted(missing))
    return str(
        render(
            "index.html.j2",
            language=language,
            css=(TEMPLATES / "burtnica" / "style.css").read_text("utf-8"),
            over=label("edition", edition, language),
            title=say("index_title", language),
            intro=say("index_intro", language, count=len(ordered), n=len(ordered)),
            rows=[
                (names[slug], {code: links[code] for code in LANGUAGES if code in links})
                for (_, slug), links in ordered
            ],
            missing=say("index_not_made", language, list=lacking) if lacking else "",
        )
    )
