"""What the form says: reasons of proposals, what is missing, faults by file, the first rows; pure words and HTML."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from markupsafe import Markup, escape

from analysis.desk.form_check import Gaps
from analysis.desk.form_rules import year_in_name
from analysis.desk.form_state import Decision, FormState, RowsChoice
from analysis.faults import Fault, rejected, render, shown_name, tell
from analysis.intake.contracts import codes, columns
from analysis.intake.proposals.synonyms import code_name, column_name, table_name, value_key, words
from analysis.intake.proposals.valuelists import OPEN
from analysis.intake.reading.preview import Preview
from analysis.words.catalogue import counted, say
from analysis.words.numbers import listed

_SURE, _LIKELY = 0.85, 0.6
_WIDEST = 14  # columns of the preview
_LONGEST = 40  # letters of a cell in the preview


def plain(key: str, language: str, **facts: object) -> str:
    """Say a sentence as plain text: labels of widgets are no HTML."""
    return str(say(key, language, **facts).unescape())


def block(*parts: object, role: str = "") -> Markup:
    """Put parts into one element; ``role="status"`` lets a screen reader tell what changed."""
    opening = Markup('<div role="{}" aria-live="polite">').format(role) if role else Markup("<div>")
    return opening + Markup("").join(map(escape, parts)) + Markup("</div>")


def paragraph(text: object, kind: str = "") -> Markup:
    """Return one paragraph; ``kind`` is a class of the style sheet (``help``, ``good``, ``bad``)."""
    return Markup('<p class="{}">{}</p>').format(kind, text)


def bullets(lines: Iterable[object]) -> Markup:
    """Return a list, nothing where there are no lines."""
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup("<ul>{}</ul>").format(items) if items else Markup("")


def target_name(target: str, language: str) -> str:
    """Say what a target means, with a star where it is required."""
    table, _, column = target.partition(".")
    return column_name(table, column, language) + (" *" if columns(table).get(column) else "")


def standing(decision: Decision, language: str, why_out: str | None = None) -> Markup:
    """Say how an answer stands: a proposal with its reason, accepted, a person's own, or not read."""
    if not decision.value:
        why = f" ({say(f'form_out_{why_out}', language)})" if why_out else ""
        return Markup('<span class="unread">{}{}</span>').format(say("form_unread", language), Markup(why))
    if decision.accepted:
        key = "form_accepted" if decision.reason else "form_decided"
        return Markup('<span class="good">{}</span>').format(say(key, language))
    sure = (
        "form_sure"
        if decision.certainty >= _SURE
        else "form_likely"
        if decision.certainty >= _LIKELY
        else "form_unsure"
    )
    reason = say(f"form_reason_{decision.reason or 'content'}", language)
    words_ = f"{reason}, {say(sure, language)}"
    return Markup('<span class="proposal">{}</span> {}').format(say("form_proposal", language), words_)


def code_options(target: str, language: str) -> dict[str, str]:
    """Return what a value of a list may mean: words → code."""
    table, _, column = target.partition(".")
    allowed = codes(table).get(column, ())
    key = value_key(table, column, allowed) or column
    if not allowed and column in OPEN:
        allowed = tuple(code for code in words()["values"][column] if code != "ambiguous")
    return {code_name(key, code, language): code for code in allowed}


def values_line(values: dict[str, Decision], options: dict[str, str], language: str) -> Markup:
    """Say in one line what the values of a column become."""
    names = {code: name for name, code in options.items()} | {"@empty": str(say("form_empty_cell", language))}
    told = [
        f"{shown_name(value, _LONGEST)} → {names.get(one.value, one.value) or say('form_undecided', language)}"
        for value, one in values.items()
        if value != one.value or one.value not in options.values()
    ]
    return Markup(" · ").join(map(escape, told[:8])) + (Markup(" · …") if len(told) > 8 else Markup(""))


def gap_lines(state: FormState, gaps: Gaps, language: str) -> list[Markup]:
    """Say what a person has not answered yet."""
    lines = []
    for target in gaps.missing:
        table, _, column = target.partition(".")
        what = say("form_missing_school", language) if column == "school_id" else column_name(table, column, language)
        lines.append(say("form_missing", language, what=what, table=table_name(table, language)))
    for target, names in gaps.clashes.items():
        lines.append(say("form_clash", language, what=target_name(target, language), columns=listed(names, language)))
    for column, values in gaps.undecided.items():
        lines.append(say("form_values_open", language, column=column, n=len(values)))
    lines += [say("form_wide_open", language)] if gaps.wide_open else []
    lines += [say("form_no_scope", language)] if gaps.scope else []
    lines += [say("form_no_municipality", language)] if gaps.municipality else []
    lines += [say("form_waiting", language, count=gaps.waiting, n=gaps.waiting)] if gaps.waiting else []
    return lines


def gaps_block(state: FormState, gaps: Gaps, language: str) -> Markup:
    """Say what is still to be decided, or that nothing is."""
    lines = gap_lines(state, gaps, language)
    if not lines:
        return block(paragraph(say("form_no_gaps", language), "good"), role="status")
    return block(paragraph(say("form_gaps", language), "bad"), bullets(lines), role="status")


def live_block(faults: Sequence[Fault], rows: int, language: str) -> Markup:
    """Say the faults of the first rows, as they stand now; of no rows that there is nothing to check yet."""
    if not rows:
        return block(paragraph(say("form_live_nothing", language), "help"), role="status")
    checked = counted("rows", rows, language)
    wrong = rejected(faults)
    if not wrong:
        return block(paragraph(say("form_live_none", language, n=checked), "good"), role="status")
    return block(paragraph(say("form_live", language, n=checked), "bad"), bullets(tell(wrong, language)), role="status")


def checked_block(faults: Sequence[Fault], language: str) -> Markup:
    """Say what the check of the whole delivery found, file by file; then what is no fault and good to know."""
    wrong = sorted(rejected(faults), key=lambda fault: fault.file)
    others = [fault for fault in faults if fault.answer != "reject"]
    parts: list[Markup] = [
        paragraph(say("form_checked_faults", language, n=len(wrong)), "bad")
        if wrong
        else paragraph(say("form_checked_sound", language), "good")
    ]
    for file, own in groupby(wrong, key=lambda fault: fault.file):
        parts.append(Markup("<h4>{}</h4>").format(say("form_checked_file", language, file=shown_name(file))))
        parts.append(bullets(tell(own, language)))
    if others:
        summary = say("form_notes", language)
        parts.append(
            Markup("<details><summary>{}</summary>{}</details>").format(summary, bullets(tell(others, language)))
        )
    return block(*parts, role="status")


def fault_block(faults: Iterable[Fault], language: str) -> Markup:
    """Say faults that keep a file from being read or written."""
    return block(bullets(tell(faults, language)), role="alert")


def unexpected_block(error: Exception, place: str) -> Markup:
    """Say an unexpected error in one sentence, in both languages, by its place in the code: never its own words."""
    fault = Fault("U01", "import_form", facts={"place": f"{type(error).__name__}, {place}"})
    return block(bullets([render(fault, "lv"), render(fault, "en")]), role="alert")


def preview_table(seen: Preview, header: Sequence[int], language: str) -> Markup:
    """Show the first rows as they stand, each with its line; the lines of the header say so in words."""
    rows = []
    for line, cells in zip(seen.lines, seen.rows, strict=True):
        mark = Markup(" <b>{}</b>").format(say("form_header_mark", language)) if line in header else ""
        shown = [cell if len(cell) <= _LONGEST else cell[: _LONGEST - 1] + "…" for cell in cells[:_WIDEST]]
        tag = Markup("<td>{}</td>")
        body = Markup("").join(tag.format(cell) for cell in shown) + (tag.format("…") if len(cells) > _WIDEST else "")
        kind = ' class="header"' if line in header else ""
        rows.append(Markup('<tr{}><th scope="row">{}.{}</th>{}</tr>').format(Markup(kind), line, mark, body))
    caption = say("form_first_rows", language)
    table = Markup("<table><caption>{}</caption><tbody>{}</tbody></table>").format(caption, Markup("").join(rows))
    return Markup('<div class="rows" tabindex="0" role="region" aria-label="{}">{}</div>').format(caption, table)


def accepting(what: str, language: str) -> str:
    """Label a box that accepts a proposal: one word on the screen, for a screen reader also what is accepted."""
    words_ = Markup('{}<span class="vh">: {}</span>')
    return str(words_.format(say("form_accept", language), what.rstrip(" *")))


def rows_text(choice: RowsChoice, language: str) -> str:
    """Say which rows an exclusion leaves out, as the label of its check box."""
    empty = say("form_rows_empty", language)
    mark = "„{}”" if language == "lv" else "“{}”"
    values = listed([mark.format(shown_name(v, _LONGEST)) if v else str(empty) for v in choice.values[:5]], language)
    reason = choice.reason[language]
    return str(say("form_rows_choice", language, column=choice.column, values=values, n=choice.count, reason=reason))


def constant_options(target: str, file: str, language: str) -> dict[str, str]:
    """Return what a value for all rows may be: words → value; other text is a value of its own."""
    column = target.partition(".")[2]
    own: dict[str, str] = {}
    if column == "status":
        own = {plain("form_from_score", language): "@score"}
    elif column == "school_year" and (year := year_in_name(file)):
        own = {plain("form_from_file", language, year=year): "@file"}
    elif column == "municipality_id":
        own = {plain("form_from_delivery", language): "@delivery"}
    return own | code_options(target, language)
