"""The import form: a file of unknown layout becomes a map and a delivery file, step by step, without code."""

import asyncio
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from analysis.desk.form_answers import accept_all, waiting
from analysis.desk.form_check import LIVE_ROWS, check_delivery, gaps, live_faults
from analysis.desk.form_columns import ColumnRow, columns_step
from analysis.desk.form_file import FileStep, shown_folder
from analysis.desk.form_folder import delivery_folder, existing_delivery, places
from analysis.desk.form_rules import fed
from analysis.desk.form_save import write, writing
from analysis.desk.form_state import FormState, with_table
from analysis.desk.form_steps import ConstantsStep, DeliveryStep, RowsStep
from analysis.desk.form_text import (
    accepting,
    block,
    checked_block,
    fault_block,
    gaps_block,
    live_block,
    paragraph,
    plain,
    standing,
    unexpected_block,
)
from analysis.desk.form_widgets import CSS, box, button, checkbox, dropdown, heading, html, on_change, row
from analysis.desk.keyboard import styled
from analysis.faults import InputFaults, rejected
from analysis.intake.contracts import TABLES
from analysis.intake.proposals.synonyms import table_name
from analysis.words.catalogue import say
from analysis.words.columns import about_table
from analysis.words.numbers import listed

_PAUSE = 0.4  # seconds without a change before the rows are checked again


def import_form(folder: str = "", language: str = "lv") -> "ImportForm":
    """Show the form for the files of a delivery.

    Parameters
    ----------
    folder : str
        The delivery's folder, relative to the project; ``data/raw`` without one.
    language : {"lv", "en"}
        Language of the form; a fault of its own is told in both.

    Returns
    -------
    ImportForm
        A widget; what it shows is the analyst's own screen and no part of any page.
    """
    return ImportForm(delivery_folder(folder), language)


class ImportForm(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """The form on the screen. What it knows is ``state``; everything that decides is a pure function of that."""

    def __init__(self, folder: Path, language: str = "lv") -> None:
        self.folder, self.language = folder, language
        self.state: FormState | None = None
        self.rows: dict[str, ColumnRow] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.message = html()
        self.file = FileStep(folder, language, self.opened, self.changed, self.guarded)
        self.steps = box()
        top = [
            html(styled(CSS, ".b-form")),
            heading(say("form_title", language), 2),
            html(paragraph(say("form_lead", language))),
        ]
        super().__init__([*top, self.message, self.file.widget, self.steps])
        self.add_class("b-form")

    def __repr__(self) -> str:
        """Say what it is; nothing of a file, for a notebook keeps these words with its outputs."""
        return "ImportForm()"

    def guarded(self, action: Callable[..., object]) -> Callable[..., None]:
        """Wrap what a click does: a fault is told in words, an unexpected error by its place in the code alone."""

        def act(*arguments: Any) -> None:
            try:
                self.message.value = ""
                action(*arguments)
            except InputFaults as found:
                self.message.value = str(fault_block(found.faults, self.language))
            except Exception as error:  # nothing of a traceback may reach the screen
                self.message.value = str(unexpected_block(error, _place(error)))

        return act

    def opened(self, state: FormState | None) -> None:
        """Take a file that was read, or none: the steps below are about it."""
        self.state = state
        if state is None:
            self.steps.children = ()
            return
        known = existing_delivery(self.folder)
        self.state = replace(
            state, scope=str(known.get("scope") or ""), municipality=str(known.get("municipality") or "")
        )
        self._build(self.state)
        self.changed(self.state)

    def _build(self, state: FormState) -> None:
        language, change = self.language, self.guarded(self.changed)
        names = {table_name(table, language): table for table in TABLES}
        self.table = dropdown(plain("form_table", language), names, state.table.value)
        self.table_ok = checkbox("")
        self.table_standing, self.table_help = html(), html()
        on_change(self.table, self.guarded(self._choose_table))
        on_change(self.table_ok, self.guarded(self._accept_table))
        self.accept = button(plain("form_accept_all", language, count=0, n=0), self.guarded(self._accept_all))
        self.rows = columns_step(state, language, change)
        self.columns = box(*(one.widget for one in self.rows.values()))
        self.constants = ConstantsStep(state, language, change)
        self.left_out = RowsStep(state, language, change)
        self.delivery = DeliveryStep(state, language, change, places(self.folder))
        self.gaps, self.live, self.result = html(), html(), html()
        self.may_replace = checkbox("")
        self.may_replace.layout.display = "none"
        self.check = button(plain("form_check", language), self.guarded(self._check), main=True)
        self.save = button(plain("form_save", language), self.guarded(self._save), main=True)
        self.steps.children = tuple(self._layout())

    def _layout(self) -> list[widgets.Widget]:
        language = self.language
        unread = plain("form_not_read", language)
        return [
            heading(say("form_step_table", language)),
            row(self.table, self.table_standing, self.table_ok), self.table_help,
            heading(say("form_step_columns", language)),
            html(paragraph(say("form_columns_help", language, unread=unread), "help")), self.accept, self.columns,
            heading(say("form_step_constants", language)), self.constants.widget,
            heading(say("form_step_rows", language)), self.left_out.widget,
            heading(say("form_step_delivery", language)), self.delivery.widget,
            heading(say("form_step_check", language)),
            self.gaps, self.live, row(self.check, self.save), self.may_replace, self.result,
        ]  # fmt: skip

    def _choose_table(self, table: str) -> None:
        if self.state is None or table == self.state.table.value:
            return
        state = with_table(self.state, table)
        change = self.guarded(self.changed)
        self.state = state
        self.rows = columns_step(state, self.language, change)
        self.columns.children = tuple(one.widget for one in self.rows.values())
        self.constants = ConstantsStep(state, self.language, change)
        self.steps.children = tuple(self._layout())
        self.changed(state)

    def _accept_table(self, accepted: bool) -> None:
        if self.state is not None and accepted != self.state.table.accepted:
            self.changed(replace(self.state, table=replace(self.state.table, accepted=accepted)))

    def _accept_all(self) -> None:
        if self.state is not None:
            self.changed(accept_all(self.state))

    def changed(self, state: FormState) -> None:
        """Take new answers and show them; the first rows are checked when no more changes come."""
        self.state = state
        name = table_name(state.table.value, self.language)
        self.table_ok.value = state.table.accepted
        self.table_ok.description = accepting(name, self.language)
        self.table_standing.value = str(standing(state.table, self.language))
        self.table_help.value = str(paragraph(about_table(state.table.value, self.language), "help"))
        for one in self.rows.values():
            one.show(state)
        self.constants.show(state)
        self.left_out.show(state)
        self.delivery.show(state)
        self.file.show_header(state)
        count = waiting(state)
        self.accept.description = plain("form_accept_all", self.language, count=count, n=count)
        self.gaps.value = str(gaps_block(state, gaps(state), self.language))
        self._later(self.guarded(self._show_live))

    def _later(self, action: Callable[[], object]) -> None:
        """Wait for a pause in the changes; without a running loop (no notebook) do it now."""
        if self._timer is not None:
            self._timer.cancel()
        try:
            self._timer = asyncio.get_running_loop().call_later(_PAUSE, action)
        except RuntimeError:
            action()

    def _show_live(self) -> None:
        if self.state is not None:
            rows = min(LIVE_ROWS, len(self.state.raw.frame)) if fed(self.state) else 0
            self.live.value = str(live_block(live_faults(self.state), rows, self.language))

    def _check(self) -> bool:
        if self.state is None:
            return False
        faults = check_delivery(self.folder, self.state, date.today()).faults
        self.result.value = str(checked_block(faults, self.language))
        repeated = [str(f.facts["table"]) for f in faults if f.code in ("I03", "I04")]
        self.delivery.ask_policies(list(dict.fromkeys(repeated)))
        return not rejected(faults)

    def _save(self) -> None:
        if self.state is None:
            return
        language, prepared = self.language, writing(self.folder, self.state)
        if prepared.replaced and not self.may_replace.value:
            files = listed(list(prepared.replaced), language)
            self.may_replace.description = plain("form_may_replace", language, files=files)
            self.may_replace.layout.display = ""
            self.result.value = str(block(paragraph(say("form_replaces", language, files=files), "bad"), role="status"))
            return
        write(self.folder, prepared)
        self.may_replace.value, self.may_replace.layout.display = False, "none"
        is_sound = self._check()
        folder = shown_folder(self.folder)
        said = [say("form_saved", language, folder=folder, files=listed(list(prepared.contents), language))]
        said += [say("form_extended", language, files=name) for name in prepared.extended]
        data = "" if self.folder == delivery_folder("") else f" --data {folder}"
        said.append(say("form_next_sound", language, data=data) if is_sound else say("form_next_faults", language))
        said.append(say("form_next_file", language))
        lines = [paragraph(words, "good" if place == 0 else "") for place, words in enumerate(said)]
        self.result.value = str(block(*lines, role="status")) + self.result.value


def _place(error: Exception) -> str:
    """Name the place in the project's own code where an error came from."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "analysis" in Path(f.filename).parts]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
