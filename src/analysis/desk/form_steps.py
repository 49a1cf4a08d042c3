"""The smaller steps: what the file lacks, rows to leave out, the delivery as a whole."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ipywidgets as widgets

from analysis.desk.form_answers import accept_all, accept_constant, accept_rows, with_constant, with_rows
from analysis.desk.form_rules import fed, wide_value_target
from analysis.desk.form_state import Decision, FormState, wide_columns
from analysis.desk.form_text import accepting, constant_options, paragraph, plain, rows_text, standing, target_name
from analysis.desk.form_widgets import box, button, checkbox, combobox, dropdown, html, on_change, row, text
from analysis.intake.contracts import codes, columns
from analysis.intake.proposals.synonyms import table_name
from analysis.words.catalogue import say

Change = Callable[[FormState], None]
#: Not required, and worth asking for all the same: without a range results of different tests cannot be shown as percent.
_ASKED = ("score_max",)
_SCHOOL = ("school_id", "name")


class ConstantsStep:
    """Values for what the file does not say. A field appears once and stays, so that typing is never interrupted."""

    def __init__(self, state: FormState, language: str, change: Change) -> None:
        self.language, self.change, self.state = language, change, state
        self.fields: dict[str, tuple[Any, widgets.Checkbox, widgets.HTML, widgets.Widget]] = {}
        self.help = html()
        self.list = box()
        self.empty_cell = self._empty_cell()
        self.widget = box(self.help, self.list, self.empty_cell)
        self._busy = False
        self.show(state)

    def wanted(self) -> list[str]:
        """Return the targets that no column fills: required ones, and a few that are asked for."""
        state = self.state
        have = {one.value for one in state.columns.values() if one.value}
        have |= {f"{state.table.value}.domain"} if len(wide_columns(state, wide_value_target(state))) > 1 else set()
        out = []
        for table in fed(accept_all(state)):
            names = columns(table)
            needed = [
                c for c, required in names.items() if required or c in _ASKED or f"{table}.{c}" in state.constants
            ]
            shared = (
                {f"{state.table.value}.{c}" for c in columns(state.table.value)}
                if table != state.table.value
                else set()
            )
            out += [
                f"{table}.{c}" for c in needed
                if c not in _SCHOOL and f"{table}.{c}" not in have and f"{state.table.value}.{c}" not in shared
            ]  # fmt: skip
        return out

    def show(self, state: FormState) -> None:
        """Show how the answers stand now."""
        self.state, wanted, self._busy = state, self.wanted(), True
        for target in wanted:
            if target not in self.fields:
                self.fields[target] = self._field(target)
            _, accepted, stands, _ = self.fields[target]
            decision = state.constants.get(target)
            stands.value = str(standing(decision, self.language)) if decision else ""
            accepted.value = bool(decision and decision.accepted)
            accepted.layout.display = "" if decision and decision.reason else "none"
        shown = tuple(self.fields[target][3] for target in wanted)
        if shown != self.list.children:
            self.list.children = shown
        several = len(wide_columns(state, wide_value_target(state))) > 1
        self.empty_cell.layout.display = "" if several else "none"
        key = "form_constants_help" if wanted or several else "form_constants_none"
        self.help.value = str(paragraph(say(key, self.language), "help"))
        self._busy = False

    def _field(self, target: str) -> tuple[Any, widgets.Checkbox, widgets.HTML, widgets.Widget]:
        options = constant_options(target, self.state.raw.file, self.language)
        given = self.state.constants.get(target, Decision("")).value
        names = {value: words for words, value in options.items()}
        label = target_name(target, self.language)
        choose = plain("form_choose", self.language)
        if codes(target.partition(".")[0]).get(target.partition(".")[2]):
            field = dropdown(label, {choose: ""} | options, given)
        else:
            field = combobox(label, options, names.get(given, given), choose) if options else text(label, given)
        accepted = checkbox(accepting(label, self.language))
        stands = html()
        on_change(
            field,
            lambda words: self._say(lambda now: with_constant(now, target, options.get(words, words.strip()))),
        )
        on_change(accepted, lambda yes: self._say(lambda now: accept_constant(now, target, yes)))
        return field, accepted, stands, box(row(field, stands, accepted), name="b-column")

    def _say(self, answer: Callable[[FormState], FormState]) -> None:
        if not self._busy:
            self.change(answer(self.state))

    def _empty_cell(self) -> widgets.Dropdown:
        options = {plain("form_choose", self.language): ""}
        options |= {plain(f"form_empty_{what}", self.language): what for what in ("drop", "keep")}
        field = dropdown(plain("form_empty_means", self.language), options, self.state.empty)
        on_change(field, lambda what: self._say(lambda now: replace(now, empty=what)))
        return field


class RowsStep:
    """Rows that are no data, each kind with its reason."""

    def __init__(self, state: FormState, language: str, change: Change) -> None:
        self.language, self.change, self.state = language, change, state
        self.list = box()
        names = {plain("form_choose", language): ""} | {str(n): str(n) for n in state.raw.frame.columns}
        self.column = dropdown(plain("form_rows_column", language), names, "")
        self.value = text(plain("form_rows_value", language), hint=plain("form_rows_value_help", language))
        self.reason = text(plain("form_rows_reason", language))
        self.told = html()
        self.add = button(plain("form_rows_add", language), self._add)
        help_ = html(paragraph(say("form_rows_help", language), "help"))
        self.widget = box(help_, self.list, self.column, self.value, self.reason, row(self.add, self.told))
        self.boxes: list[widgets.Checkbox] = []
        self._busy = False
        self.show(state)

    def show(self, state: FormState) -> None:
        """Show how the answers stand now."""
        self.state, self._busy = state, True
        for place in range(len(self.boxes), len(state.rows)):
            self.boxes.append(self._box(place))
        for ticked, choice in zip(self.boxes, state.rows, strict=False):
            ticked.value = choice.accepted
        none = html(paragraph(say("form_rows_none", self.language), "help"))
        shown = tuple(self.boxes[: len(state.rows)]) or (none,)
        if not state.rows or shown != self.list.children:
            self.list.children = shown
        self._busy = False

    def _box(self, place: int) -> widgets.Checkbox:
        ticked = checkbox(rows_text(self.state.rows[place], self.language), self.state.rows[place].accepted)
        on_change(ticked, lambda yes: None if self._busy else self.change(accept_rows(self.state, place, yes)))
        return ticked

    def _add(self) -> None:
        if not self.column.value or not self.reason.value.strip():
            self.told.value = str(paragraph(say("form_rows_why", self.language), "bad"))
            return
        self.told.value = ""
        changed = with_rows(self.state, self.column.value, (self.value.value.strip(),), self.reason.value.strip())
        self.value.value = self.reason.value = ""
        self.change(changed)


class DeliveryStep:
    """What no file says: one municipality or the country, and which; what to do about repeated keys."""

    def __init__(self, state: FormState, language: str, change: Change, places: dict[str, str]) -> None:
        self.language, self.change, self.state = language, change, state
        options = {plain("form_choose", language): ""}
        options |= {plain(f"form_scope_{scope}", language): scope for scope in ("board", "country")}
        self.scope = dropdown(plain("form_scope", language), options, state.scope)
        self.municipality = dropdown(
            plain("form_municipality", language), {plain("form_choose", language): ""} | places, state.municipality
        )
        self.policies = box()
        self.widget = box(self.scope, self.municipality, self.policies)
        self._boxes: dict[str, widgets.Checkbox] = {}
        on_change(self.scope, lambda scope: self.change(replace(self.state, scope=scope)))
        on_change(self.municipality, lambda place: self.change(replace(self.state, municipality=place)))
        self.show(state)

    def show(self, state: FormState) -> None:
        """Show how the answers stand now."""
        self.state = state
        self.municipality.layout.display = "" if state.scope == "board" else "none"

    def ask_policies(self, tables: list[str]) -> None:
        """Offer to keep the last of repeated rows, for the tables in which a check found some."""
        for table in tables:
            if table not in self._boxes:
                label = plain("form_keep_last", self.language, table=table_name(table, self.language))
                self._boxes[table] = checkbox(label, table in self.state.duplicates)
                on_change(self._boxes[table], self._policy_of(table))
        self.policies.children = tuple(self._boxes.values())

    def _policy_of(self, table: str) -> Callable[[bool], None]:
        def decide(keep: bool) -> None:
            kept = self.state.duplicates | {table} if keep else self.state.duplicates - {table}
            self.change(replace(self.state, duplicates=kept))

        return decide
