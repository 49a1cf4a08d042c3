"""The step in which every column of the file gets a meaning, its values their codes, and a person says yes to each."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from analysis.desk.form_answers import accept, with_code, with_form, with_part, with_target
from analysis.desk.form_state import UNKNOWN, Decision, FormState, choices, is_wide, wide_columns
from analysis.desk.form_text import accepting, code_options, paragraph, plain, standing, target_name, values_line
from analysis.desk.form_widgets import box, button, checkbox, combobox, dropdown, html, on_change, row
from analysis.intake.contracts import codes, columns, numeric
from analysis.intake.proposals.profile import sampled
from analysis.intake.proposals.valuelists import OPEN
from analysis.words.catalogue import say

Change = Callable[[FormState], None]
_EXAMPLES = 3
_NOT_REPEATED = ("personal_code", "person", "contact", "birth_date", "free_text")
_LIST_OPEN_UP_TO = 8


class ColumnRow:
    """One column of the file on the screen. Fields stay where they are while answers change, and so does the focus."""

    def __init__(self, name: str, state: FormState, language: str, change: Change) -> None:
        self.name, self.language, self.change = name, language, change
        self.state = state
        options = {plain("form_not_read", language): ""} | {target_name(t, language): t for t in choices(state)}
        self.target = dropdown(name, options, state.columns[name].value)
        self.accepted = checkbox("")
        self.standing = html()
        self.summary = html(self._examples())
        self.more = box(name="b-values")
        self.widget = box(row(self.target, self.standing, self.accepted), self.summary, self.more, name="b-column")
        self._shown: Any = None
        self._busy = False
        on_change(self.target, lambda target: self._say(lambda now: with_target(now, self.name, target)))
        on_change(self.accepted, lambda yes: self._say(lambda now: accept(now, self.name, yes)))
        self.show(state)

    def _say(self, answer: Callable[[FormState], FormState]) -> None:
        if not self._busy:
            self.change(answer(self.state))

    def _examples(self) -> str:
        if self.state.left_out.get(self.name) in _NOT_REPEATED:
            return ""
        cells = dict.fromkeys(sampled(self.state.raw.frame[self.name]))
        shown = " · ".join(list(cells)[:_EXAMPLES])
        return str(paragraph(say("form_examples", self.language, values=shown), "help")) if shown else ""

    def show(self, state: FormState) -> None:
        """Show how the answers stand now."""
        self.state, decision = state, state.columns[self.name]
        self._busy = True
        self.target.value = decision.value
        self.accepted.value = bool(decision.value) and decision.accepted
        what = target_name(decision.value, self.language) if decision.value else ""
        self.accepted.description = accepting(f"{self.name}, {what}", self.language)
        self.accepted.layout.display = "" if decision.value else "none"
        self._busy = False
        why_out = state.left_out.get(self.name)
        self.standing.value = str(standing(decision, self.language, why_out))
        line = values_line(dict(state.codes.get(self.name, {})), self._options(), self.language)
        values = paragraph(Markup("{}: {}").format(say("form_values", self.language), line)) if line else ""
        self.summary.value = self._examples() + str(values)
        self._show_more()

    def _options(self) -> dict[str, str]:
        target = self.state.columns[self.name].value
        table, _, column = target.partition(".")
        if not target:
            return {}
        if column in numeric(table):
            statuses = code_options("results.status", self.language) if target == "results.score" else {}
            own = {words: code for words, code in statuses.items() if code != "present"}
            return {plain("form_empty_cell", self.language): "@empty"} | own
        own = code_options(target, self.language)
        return own if columns(table)[column] else own | {plain("form_unknown", self.language): UNKNOWN}

    def _show_more(self) -> None:
        """Rebuild the fields below only when there are others than before: what a person is at work on stays."""
        state = self.state
        target = state.columns[self.name].value
        is_part = bool(target) and is_wide(target) and len(wide_columns(state, target)) > 1
        needed = (target, tuple(state.codes.get(self.name, ())), self.name in state.forms, is_part)
        if needed == self._shown:
            return
        self._shown = needed
        fields = [self._part()] if is_part else []
        fields += [self._form()] if self.name in state.forms else []
        fields += self._values() if self.name in state.codes else []
        self.more.children = tuple(fields)

    def _part(self) -> widgets.Widget:
        table = self.state.columns[self.name].value.partition(".")[0]
        given = self.state.parts.get(self.name, Decision("")).value
        kind = "item" if table in ("items", "wellbeing", "staff_survey") else "domain"
        label, options = plain(f"form_part_{kind}", self.language), {}
        if kind == "domain":
            options = code_options(f"{table}.domain", self.language)
        names = {code: words for words, code in options.items()}
        field = combobox(label, options, names.get(given, given))
        on_change(
            field, lambda words: self._say(lambda now: with_part(now, self.name, options.get(words, words.strip())))
        )
        return field

    def _form(self) -> widgets.Widget:
        given = self.state.forms[self.name].value
        if given in ("ends", "starts"):
            options = {plain(f"form_year_{end}", self.language): end for end in ("ends", "starts")}
            label = plain("form_year", self.language)
        else:
            forms = {"dots": "%d.%m.%Y", "slashes": "%d/%m/%Y"}
            options = {plain(f"form_date_{key}", self.language): form for key, form in forms.items()}
            label = plain("form_date", self.language)
        field = dropdown(label, options, given)
        on_change(field, lambda form: self._say(lambda now: with_form(now, self.name, form)))
        return field

    def _values(self) -> list[widgets.Widget]:
        state, values = self.state, self.state.codes[self.name]
        fields = [self._value(value, one) for value, one in values.items()]
        listed = box(html(paragraph(say("form_values_help", self.language), "help")), *fields)
        if left := state.more.get(self.name):
            listed.children = (*listed.children, html(paragraph(say("form_values_more", self.language, n=left), "bad")))
        is_clear = all(one.value for one in values.values())
        if len(values) <= _LIST_OPEN_UP_TO and not is_clear:
            return [listed]
        listed.layout.display = "none"
        show = button(self._turning(listed, len(values)), lambda: None, about=self.name)
        show.on_click(lambda _: self._turn(listed, show, len(values)))
        return [show, listed]

    def _turning(self, listed: widgets.Box, count: int) -> str:
        key = "form_show_values" if listed.layout.display == "none" else "form_hide_values"
        return plain(key, self.language, n=count)

    def _turn(self, listed: widgets.Box, show: widgets.Button, count: int) -> None:
        listed.layout.display = "" if listed.layout.display == "none" else "none"
        show.description = self._turning(listed, count)

    def _value(self, value: str, given: Decision) -> widgets.Widget:
        options = self._options()
        names = {code: words for words, code in options.items()}
        table, _, column = self.state.columns[self.name].value.partition(".")
        if column in OPEN and not codes(table).get(column):
            field = combobox(value, options, names.get(given.value, given.value))
        else:
            field = dropdown(value, {plain("form_as_it_is", self.language): ""} | options, given.value, narrow=False)
        on_change(
            field,
            lambda words: self._say(lambda now: with_code(now, self.name, value, options.get(words, words.strip()))),
        )
        return field


def columns_step(state: FormState, language: str, change: Change) -> dict[str, ColumnRow]:
    """Make a row for every column of the file."""
    return {str(name): ColumnRow(str(name), state, language, change) for name in state.raw.frame.columns}
