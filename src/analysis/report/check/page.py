"""The page on the data: what arrived, what is missing, faults by file, what schools should be asked; results are not on it."""

import datetime
from collections.abc import Sequence

from markupsafe import Markup

from analysis import __version__
from analysis.evidence import each
from analysis.faults import shown_name, tell
from analysis.intake.findings.checked import Checked
from analysis.release import Released, released_faults
from analysis.report.check.file import download
from analysis.report.check.lines import blocks
from analysis.report.html import Section, render, require_released
from analysis.report.tables import details
from analysis.words.catalogue import capitalised, counted, label, say, sentences
from analysis.words.columns import about_column
from analysis.words.numbers import WITHHELD, date, number, school_year

_MOST = 10
_ORDER = ("findings", "faults", "missing", "arrived")
_FILES_NAMED = 3
_ASKED = ("D05", "D06", "D07", "D09")  # told as questions, school by school


def check_header(checked: Checked, released: Released, *sections: Section) -> Section:
    """Make the header: edition, place, what came, contents of the sections that are there."""
    require_released(released)
    language, facts = checked.language, checked.facts
    files = len({name for one in facts["arrived"] for name in one["files"]})
    n = len(facts["arrived"])
    meta = [str(say("check_meta_tables", language, count=n, n=n, files=files))] if n else []
    if facts["data_date"]:
        meta.append(
            str(say("page_data_date", language, date=date(datetime.date.fromisoformat(facts["data_date"]), language)))
        )
    meta += (
        [str(say("check_meta_source", language, source=facts["source"][language]).unescape())]
        if facts["source"]
        else []
    )
    present = [key for key in _ORDER if any(f'<section id="{key}"' in section.html for section in sections)]
    html = render(
        "header.html.j2",
        over=say("check_over", language, edition=label("edition", checked.edition, language)),
        place=_place(checked),
        meta=" · ".join(meta),
        nav_label=say("nav_label", language),
        contents=[(key, say(f"nav_{key}", language)) for key in present],
        demo=say("check_demo", language) if facts["demo"] else "",
        watermark=say("page_watermark", language) if facts["demo"] else "",
    )
    return Section(html, {"title": _title(checked), "language": language})


def _place(checked: Checked) -> str:
    return checked.name or str(say("check_all", checked.language))


def _title(checked: Checked) -> str:
    return str(say("check_title", checked.language, place=_place(checked)).unescape())


def check_footer(checked: Checked) -> Section:
    """Make the footer: maker, version, whom to ask, how to cite."""
    parts = [say("page_footer", checked.language, version=__version__)]
    parts += [say("page_contact", checked.language, contact=checked.params.contact)] if checked.params.contact else []
    parts.append(say("page_cite", checked.language, title=_title(checked)))
    return Section(Markup("<footer><p>{}</p></footer>").format(Markup(" ").join(parts)))


def check_short(checked: Checked, released: Released) -> Section:
    """Say the state of the delivery in at most four sentences, each with its way to the section."""
    require_released(released)
    language = checked.language
    found = blocks(checked, released)
    items: list[tuple[Markup, str]] = []
    if checked.rejected:
        n = len(checked.rejected)
        items.append((say("check_item_rejected", language, count=n, n=number(n, language)), "faults"))
    if checked.unread and checked.rejected:
        n = len(checked.unread)
        items.append((say("check_item_unread", language, count=n, n=n, list=_named(checked.unread)), "faults"))
    if not checked.rejected:
        items += [(_asks(checked, released), "findings")]
        lacks = _costs(checked)
        items += [(say("check_item_missing", language, count=len(lacks), n=len(lacks)), "missing")] if lacks else []
        repaired = len({(f.file, f.code) for f in checked.faults if f.answer == "repair"})
        items += [(say("check_item_repaired", language, count=repaired, n=repaired), "faults")] if repaired else []
    heading = "rejected" if checked.rejected else "asks" if found else "clean"
    links = [(words, link, say(f"nav_{link}", language)) for words, link in items]
    body = render("short.html.j2", items=links)
    return _section(
        checked, "short", say(f"check_short_{heading}", language), "", [body], say("check_short_question", language)
    )


def _named(files: Sequence[str]) -> str:
    more = " …" if len(files) > _FILES_NAMED else ""
    return ", ".join(shown_name(file) for file in files[:_FILES_NAMED]) + more


def _asks(checked: Checked, released: Released) -> Markup:
    """Say how many questions there are, about how many schools, and the most important one."""
    language = checked.language
    found = blocks(checked, released)
    if not found:
        return say("check_item_clean", language)
    lines = [line for block in found for line in block.lines]
    schools = sum(1 for block in found if block.school_id)
    where = counted("schools", schools, language) if schools else str(say("check_whole", language))
    first = min(lines, key=lambda line: sentences()[f"finding_{line.code}"]["priority"])
    text = first.found[:1].lower() + first.found[1:]
    return say("check_item_asks", language, count=len(lines), n=len(lines), where=where, first=text)


def findings_by_school(checked: Checked, released: Released) -> Section:
    """List what the schools should be asked, the most important first, with the table to send."""
    require_released(released)
    language = checked.language
    if checked.rejected:
        return Section(Markup(""))
    found = blocks(checked, released)
    about = details(
        say("check_looked_for", language), Markup("<p>{}</p>").format(say("check_looked_for_text", language))
    )
    if not found:
        answer = say("check_findings_answer_none", language)
        return _section(checked, "findings", say("check_findings_none", language), answer, [about])
    n = sum(len(block.lines) for block in found)
    numbers = [place.number for block in found for line in block.lines for place in line.places if place.number]
    hidden = sum(WITHHELD in number for number in numbers)
    facts = {"k": checked.params.smallest_group, "n": hidden, "all": len(numbers)}
    listed = render(
        "check_list.html.j2",
        blocks=found,
        most=_MOST,
        more_lines=lambda more: say("check_more_lines", language, count=more, n=more),
        more_schools=lambda more: say("check_more_schools", language, count=more, n=more),
        key=Markup(". ").join(
            [say("withheld_key", language), say("check_rule", language, **facts), say("check_exact", language)]
        )
        if hidden
        else "",
    )
    heading = say("check_findings_heading", language, count=n, n=number(n, language))
    bodies = [download(checked, released), listed, about]
    return _section(checked, "findings", heading, say("check_findings_answer", language), bodies)


def faults_by_file(checked: Checked) -> Section:
    """List the faults of the files in words: to put right, repaired while reading, accepted as they are."""
    language = checked.language
    told = released_faults(checked.faults, checked.params)
    mine = [f for f in told if f.municipality_id in (None, checked.municipality_id)]
    mine = [f for f in mine if checked.rejected or f.code not in _ASKED]
    kinds = {"rejected": "reject", "repaired": "repair", "accepted": "accept"}
    groups = {kind: tell([f for f in mine if f.answer == answer], language) for kind, answer in kinds.items()}
    n = len(checked.rejected)
    heading = (
        say("check_faults_reject", language, count=n, n=number(n, language))
        if n
        else say("check_faults_none", language)
    )
    body = render(
        "check_faults.html.j2",
        groups=[(say(f"check_faults_{kind}", language), lines) for kind, lines in groups.items() if lines],
        most=_MOST,
        more=lambda more: counted("messages", more, language),
    )
    answer = say("check_faults_answer", language) if any(groups.values()) else ""
    return _section(checked, "faults", heading, answer, [body])


def what_is_missing(checked: Checked) -> Section:
    """Say which tables and columns did not come and which parts of the report are lost with them."""
    language = checked.language
    if checked.rejected:
        return Section(Markup(""))
    lacks = _costs(checked)
    if not lacks:
        return _section(checked, "missing", say("check_missing_none", language), "", [])
    heads = [str(say(f"check_column_{column}", language)) for column in ("what", "cost")]
    caption = str(say("check_missing_caption", language))
    body = render("check_text.html.j2", caption=caption, head=heads, rows=lacks[:_MOST])
    more = say("check_more_missing", language, count=len(lacks) - _MOST, n=len(lacks) - _MOST)
    rest = render("check_text.html.j2", caption=f"{caption}: {more}", head=heads, rows=lacks[_MOST:])
    bodies = [body, details(more, rest)] if len(lacks) > _MOST else [body]
    heading = say("check_missing_heading", language, count=len(lacks), n=len(lacks))
    return _section(checked, "missing", heading, say("check_missing_answer", language), bodies)


def _costs(checked: Checked) -> list[tuple[str, Markup]]:
    """Return what is lacking, in words, with its cost; what costs nothing is not told."""
    language, lacks = checked.language, checked.facts["lacking"]
    known = sentences()
    found = [
        (capitalised(label("table", name, language)), say(f"cost_{name}", language))
        for name in lacks["tables"]
        if f"cost_{name}" in known
    ]
    for name in lacks["columns"]:
        one, column = name.split(".")
        key = f"cost_{one}_{column}"
        if key in known:
            found.append((f"{capitalised(about_column(one, column, language))} ({name})", say(key, language)))
    return found


def what_arrived(checked: Checked, released: Released) -> Section:
    """List the tables with their files, rows and years, and say how the files were read."""
    require_released(released)
    language = checked.language
    rows = {row.part: row for row in each(released.where(indicator="data_received").rows)}
    arrived = [one for one in checked.facts["arrived"] if one["table"] in rows]
    if not arrived:
        return Section(Markup(""))
    heads = [str(say(f"check_column_{column}", language)) for column in ("table", "rows", "years", "files")]
    cells = [
        [
            capitalised(label("table", one["table"], language)),
            number(rows[one["table"]].n, language),
            _years(one, language),
            _files(one, language),
        ]
        for one in arrived
    ]
    caption = say("check_arrived_caption", language)
    body = render("check_text.html.j2", caption=caption, head=heads, rows=cells)
    body += (
        Markup('<p class="key">{}</p>').format(say("withheld_key", language)) if WITHHELD in str(body) else Markup("")
    )
    heading = say("check_arrived_heading", language, count=len(arrived), n=len(arrived))
    return _section(checked, "arrived", heading, "", [body])


def _years(one: dict[str, object], language: str) -> str:
    if one["first"] is None:
        return ""
    ends = dict.fromkeys(school_year(int(str(one[end])), language) for end in ("first", "last"))
    return "–".join(ends)


def _files(one: dict[str, list[str]], language: str) -> str:
    files = one["files"]
    if len(files) <= _FILES_NAMED:
        return ", ".join(shown_name(file) for file in files)
    return str(say("check_files_many", language, count=len(files), n=len(files)))


def _section(
    checked: Checked, key: str, heading: object, answer: object, bodies: Sequence[Markup], question: object = None
) -> Section:
    html = render(
        "section.html.j2",
        id=key,
        question=question if question is not None else say(f"question_{key}", checked.language),
        heading=heading,
        answer=answer,
        bodies=bodies,
        source="",
        source_link="",
        comment="",
        comment_by="",
    )
    return Section(html)
