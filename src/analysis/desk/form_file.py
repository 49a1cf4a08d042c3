"""The first two steps: choose a file, see its first rows, say how it is to be read."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from analysis.desk.form_folder import files_in, header_decision, header_lines, look, read
from analysis.desk.form_state import Decision, FormState
from analysis.desk.form_text import accepting, block, bullets, paragraph, plain, preview_table, standing
from analysis.desk.form_widgets import box, button, checkbox, dropdown, heading, html, on_change, row, text
from analysis.faults import InputFaults, tell
from analysis.intake.reading.preview import Preview
from analysis.intake.reading.rawtable import ReadOptions
from analysis.intake.store import write_atomically
from analysis.params import ROOT
from analysis.words.catalogue import counted, say

_DELIMITERS = {";": "form_semicolon", ",": "form_comma", "\t": "form_tab", "|": "form_bar"}
_ENCODINGS = {"UTF-8": "utf-8", "Windows-1257": "cp1257", "UTF-16": "utf-16"}
_FOUND = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 (BOM)", "cp1257": "Windows-1257", "utf-16": "UTF-16"}
_MOST_FILES = 500


class FileStep:
    """Choosing and reading; ``opened`` is called with what was read, or with None, ``changed`` with a new answer."""

    def __init__(
        self,
        folder: Path,
        language: str,
        opened: Callable[[FormState | None], None],
        changed: Callable[[FormState], None],
        guarded: Callable[..., Any],
    ) -> None:
        self.folder, self.language, self.opened, self.changed = folder, language, opened, changed
        self.options = ReadOptions()
        self.header: Decision | None = None
        self._state: FormState | None = None
        self._guarded, self._busy = guarded, False
        self.file = dropdown(plain("form_file", language), {plain("form_choose", language): ""}, "")
        self.upload = widgets.FileUpload(
            description=plain("form_upload", language), tooltip=plain("form_upload", language), layout={"width": "auto"}
        )
        self.told, self.rows, self.told_read = html(), html(), html()
        self._make_options()
        on_change(self.file, guarded(self._choose))
        self.upload.observe(lambda change: guarded(self._keep)(change["new"]), names="value")
        refresh = button(plain("form_refresh", language), guarded(self.list_files))
        self.reading = box()
        place = paragraph(say("form_folder", language, folder=shown_folder(folder)), "help")
        self.widget = box(
            heading(say("form_step_file", language)),
            html(place),
            self.file,
            row(refresh, self.upload),
            self.told,
            self.reading,
        )
        self.list_files()

    def _make_options(self) -> None:
        language, auto = self.language, {plain("form_found_out", self.language): ""}
        delimiters = {plain(key, language): sign for sign, key in _DELIMITERS.items()}
        self.delimiter = dropdown(plain("form_delimiter", language), auto | delimiters, "", narrow=True)
        self.encoding = dropdown(plain("form_encoding", language), auto | _ENCODINGS, "", narrow=True)
        self.sheet = dropdown(plain("form_sheet", language), auto, "", narrow=True)
        self.lines = text(plain("form_header", language), "1", "1")
        self.lines.continuous_update = False
        self.header_ok, self.header_standing = checkbox(""), html()
        on_change(self.delimiter, lambda value: self._read_as(delimiter=value or None))
        on_change(self.encoding, lambda value: self._read_as(encoding=value or None))
        on_change(self.sheet, lambda value: self._read_as(sheet=value or None))
        on_change(self.lines, self._header_given)
        on_change(self.header_ok, self._header_accepted)

    def list_files(self) -> None:
        """Look into the folder again; the chosen file stays chosen."""
        if not self.folder.is_dir():
            self.told.value = str(
                paragraph(say("form_no_folder", self.language, folder=shown_folder(self.folder)), "bad")
            )
            return
        names = files_in(self.folder)[:_MOST_FILES]
        chosen, self._busy = self.file.value, True
        self.file.options = [(plain("form_choose", self.language), ""), *((name, name) for name in names)]
        self.file.value = chosen if chosen in names else ""
        self._busy = False
        self.told.value = "" if names else str(paragraph(say("form_no_files", self.language), "bad"))

    def _keep(self, files: Any) -> None:
        """Put an uploaded file into the folder under its own name, never over another; the widget forgets its bytes."""
        for file in files:
            name = Path(str(file["name"]).replace("\\", "/")).name.lstrip(".")
            target = self.folder / name
            key = "form_upload_exists" if target.exists() else "form_uploaded"
            if not target.exists():
                write_atomically(target, bytes(file["content"]))
            self.list_files()
            self.told.value = str(
                paragraph(say(key, self.language, file=name), "good" if key == "form_uploaded" else "bad")
            )
        if files:
            self.upload.value = ()

    def _choose(self, file: str) -> None:
        if self._busy:
            return
        self.options, self.header = ReadOptions(), None
        self.reading.children = ()
        if not file:
            self.opened(None)
            return
        self._busy = True
        for field in (self.delimiter, self.encoding, self.sheet):
            field.value = ""
        self._busy = False
        self._read()

    def _read_as(self, **changed: Any) -> None:
        if not self._busy:
            self.options = self.options.model_copy(update=changed)
            self.header = None if changed.keys() & {"sheet", "delimiter"} else self.header
            self._guarded(self._read)()

    def _header_given(self, given: str) -> None:
        if not self._busy:
            self.header = Decision(", ".join(map(str, header_lines(given))))
            self._guarded(self._read)()

    def _header_accepted(self, accepted: bool) -> None:
        state = self._state
        if not self._busy and state is not None and accepted != state.header.accepted:
            self.header = replace(state.header, accepted=accepted)
            self.changed(replace(state, header=self.header))

    def _read(self) -> None:
        """Look at the first rows, take or propose the header, and read the file under it."""
        self._state = None
        seen = look(self.folder, self.file.value, self.options)
        self.header = self.header or header_decision(seen)
        self.told_read.value = str(block(paragraph(say("form_at_work", self.language), "help"), role="status"))
        self._show_reading(seen, self.header)
        try:
            state = read(self.folder, self.file.value, self.options, self.header)
        except InputFaults as found:
            self.told_read.value = str(block(bullets(tell(found.faults, self.language)), role="alert"))
            self.opened(None)
            return
        rows = counted("rows", len(state.raw.frame), self.language)
        read_ = say("form_rows_read", self.language, rows=rows, columns=len(state.raw.frame.columns))
        notes = bullets(tell([note for note in state.raw.notes if note.answer != "accept"], self.language))
        self.told_read.value = str(block(paragraph(read_, "good"), notes, role="status"))
        self._state = state
        self.opened(state)

    def _show_reading(self, seen: Preview, header: Decision) -> None:
        language = self.language
        self._busy = True
        self.lines.value = header.value
        if seen.sheets:
            self.sheet.options = [(name, name) for name in seen.sheets]
            self.sheet.value = seen.sheet
        self._busy = False
        self._say_found(
            self.delimiter, plain(_DELIMITERS[seen.delimiter], language) if seen.delimiter in _DELIMITERS else ""
        )
        self._say_found(self.encoding, _FOUND.get(seen.encoding or "", ""))
        fields = [self.sheet] if len(seen.sheets) > 1 else []
        fields += [self.delimiter, self.encoding] if seen.delimiter or seen.encoding else []
        self.rows.value = str(preview_table(seen, header_lines(header.value), language))
        self.reading.children = (
            heading(say("form_step_reading", language)), self.rows, *fields,
            row(self.lines, self.header_standing, self.header_ok),
            html(paragraph(say("form_header_help", language), "help")), self.told_read,
        )  # fmt: skip

    def _say_found(self, field: widgets.Dropdown, what: str) -> None:
        """Say in a list's first line, "found out", what was found."""
        words = plain("form_found_out_as", self.language, what=what) if what else plain("form_found_out", self.language)
        chosen, self._busy = field.value, True
        field.options = [(words, ""), *((name, value) for name, value in field.options if value)]
        field.value, self._busy = chosen, False

    def show_header(self, state: FormState) -> None:
        """Show how the answer about the header stands."""
        self._state, self._busy = state, True
        self.header_ok.value = state.header.accepted
        self.header_ok.description = accepting(plain("form_header", self.language), self.language)
        self.header_ok.layout.display = "" if state.header.reason else "none"
        self.header_standing.value = str(standing(state.header, self.language)) if state.header.reason else ""
        self._busy = False


def shown_folder(folder: Path) -> str:
    """Name a folder without the place of the project on this machine."""
    return folder.relative_to(ROOT).as_posix() if folder.is_relative_to(ROOT) else folder.name
