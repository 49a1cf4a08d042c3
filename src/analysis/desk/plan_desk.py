"""The plan panel of ``60_explore``: move places, posts, budget, floor or a pass mark and see plan and curve change."""

import asyncio
from collections.abc import Callable
from typing import Any

import ipywidgets
from markupsafe import Markup

from analysis.batch.open import open_unit
from analysis.batch.planned import plan_file
from analysis.desk.keyboard import styled
from analysis.desk.live import has_front_end
from analysis.desk.plan_basis import Basis, Solved, basis_of, curve, solve
from analysis.desk.plan_fields import Fields
from analysis.desk.plan_shown import (
    all_parts,
    before_after,
    curve_table,
    exams_of,
    marks_table,
    part_name,
    served_and_left,
)
from analysis.desk.plan_wish import lines_of
from analysis.faults import InputFaults, tell
from analysis.report.frame import lab_style
from analysis.report.html import TEMPLATES, Section
from analysis.words.catalogue import say
from analysis.words.numbers import number, percent

_PAUSE = 0.3  # seconds without a change before the curve, which takes longest, is worked out
_LIVE = Markup("<style onload=\"this.parentElement.setAttribute('role','status')\"></style>")


class PlanDesk:
    """The choices and what the plan makes of them; a class because widgets call back and remember.

    Parameters
    ----------
    basis : Basis
        Of :func:`analysis.desk.plan_basis.basis_of`.
    """

    def __init__(self, basis: Basis) -> None:
        self.basis, self.language = basis, basis.unit.language
        self.solved: Solved | None = None
        self.waiting: asyncio.TimerHandle | None = None
        self.status, self.shown, self.curve, self.marks, self.kept = (ipywidgets.HTML() for _ in range(5))
        self.line = ipywidgets.Textarea(description=str(say("plan_desk_lines", self.language)), rows=3)
        self.again, self.keep = (
            ipywidgets.Button(description=str(say(f"plan_desk_{name}", self.language))) for name in ("again", "keep")
        )
        self.keeping = ipywidgets.VBox([self.keep, self.kept])
        self.fields = Fields(basis) if basis.task is not None else None
        self.exam, self.mark = self._mark_choices()
        self.widget = self._laid_out()
        self._start()

    def _mark_choices(self) -> tuple[Any, Any]:
        exams, language = exams_of(self.basis), self.language
        marks = [f"{mark:g}" for mark in self.basis.unit.params.pass_marks]
        found = []
        for name, options in (
            ("exam", [(words, key) for key, words in exams.items()]),
            ("mark", [(percent(float(mark), language), mark) for mark in marks]),
        ):
            found.append(ipywidgets.Dropdown(description=str(say(f"plan_desk_{name}", language)), options=options))
        return found[0], found[1]

    def _laid_out(self) -> Any:
        style = ipywidgets.HTML(str(lab_style().html + styled(_css(), ".bx")))
        intro = ipywidgets.HTML(_intro(self.basis))
        own = [] if self.fields is None else [self.fields.widget, self.again]
        marks = ipywidgets.HTML(str(Markup("<h3>{}</h3>").format(say("plan_desk_marks_heading", self.language))))
        choices = ipywidgets.Box([self.exam, self.mark])
        plan = [*own, self.status, self.shown, self.curve, *([self.keeping] if own else [])]
        below = [marks, choices, self.marks] if self.exam.options else []
        for widget, name in ((choices, "bp-controls"), (self.status, "bp-status"), (self.keeping, "bp-keep"),
                             (self.again, "bp-again"), (self.shown, "bp-plan"), (self.curve, "bp-curve"),
                             (self.marks, "bp-marks")):  # fmt: skip
            widget.add_class(name)
        whole = ipywidgets.VBox([style, intro, *plan, *below])
        whole.add_class("bx")
        whole.add_class("bp")
        return whole

    def _start(self) -> None:
        if self.exam.options:
            self._show_marks()
            for control in (self.exam, self.mark):
                control.observe(lambda _: self._guarded(self._show_marks), "value")
        if self.fields is None:
            self._status(*_why_none(self.basis), place=self.basis.unit.name)
            return
        self._guarded(self._changed)
        self.fields.on_change(lambda: self._guarded(self._changed))
        self.again.on_click(lambda _: self._guarded(self._back))
        self.keep.on_click(lambda _: self._guarded(self._keep))

    def _changed(self) -> None:
        """Solve the plan and show it; the curve follows, so that nobody waits for it."""
        fields = self._fields()
        if self.waiting is not None:
            self.waiting.cancel()
        self.kept.value, self.keeping.children, self.solved = "", (self.keep, self.kept), None
        wish = fields.wish()
        try:
            self.solved = solve(self.basis, wish)
        except InputFaults:
            self.shown.value = self.curve.value = ""
            raise
        self.shown.value = _html(self.basis, _tables(self.basis, wish.part, self.solved))
        served, left = served_and_left(self.basis, wish.part, self.solved.shown)
        self._status("", "plan_desk_shown", place=self.basis.unit.name, part=part_name(self.basis, wish.part),
                     served=served, left=left)  # fmt: skip
        self.curve.value = ""
        if fields.with_curve.value:
            self._later(lambda: self._guarded(self._draw_curve))

    def _later(self, act: Callable[[], None]) -> None:
        """Do something once no further change waits; at once where no loop runs (outside a kernel)."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            act()
        else:
            self.waiting = loop.call_later(_PAUSE, act)

    def _draw_curve(self) -> None:
        if self.solved is not None:
            wish = self._fields().wish()
            bought = curve(self.basis, wish, self.solved)
            self.curve.value = _html(self.basis, curve_table(self.basis, wish, self.solved.step, bought))

    def _back(self) -> None:
        self._fields().reset()
        self._changed()

    def _show_marks(self) -> None:
        self.marks.value = _html(self.basis, marks_table(self.basis, self.exam.value, self.mark.value))

    def _keep(self) -> None:
        """Show the limits as lines of the plan's file; nothing is written."""
        if self.solved is None:
            self._status("busy", "plan_desk_none")
            return
        file, language = f"params/plan/{plan_file(self.basis.unit.municipality_id).name}", self.language
        lines = lines_of(self.basis.limits, self.solved.limits)
        words = [say("plan_desk_kept" if lines else "plan_desk_kept_none", language, file=file)]
        if self.solved.step:
            step = number(self.solved.step, language, signed=True)
            part = part_name(self.basis, self._fields().wish().part)
            words.append(say("plan_desk_kept_places", language, part=part, step=step))
        self.kept.value = str(_LIVE + Markup("").join(Markup("<p>{}</p>").format(one) for one in words))
        self.line.value = lines
        self.keeping.children = (self.keep, self.kept, *([self.line] if lines else []))

    def _fields(self) -> Fields:
        if self.fields is None:
            raise ValueError("there is no plan")
        return self.fields

    def _guarded(self, act: Callable[[], None]) -> None:
        """Say what went wrong where the reader looks; no traceback and no value of the data."""
        try:
            act()
        except InputFaults as found:
            words = Markup(" ").join([say("plan_desk_none", self.language), *tell(found.faults, self.language)])
            self.status.value = str(_LIVE + Markup('<p class="busy">{}</p>').format(words))
        except Exception as error:
            self._status("busy", "explore_failed", kind=type(error).__name__)

    def _status(self, css: str, key: str, **facts: object) -> None:
        words = say(key, self.language, **facts)
        self.status.value = str(_LIVE + Markup('<p class="{}">{}</p>').format(css, words))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:
        return self.widget._repr_mimebundle_(include=include, exclude=exclude)


def plan(
    municipality: str, params_file: str = "", store: str = "", edition: str = "public", language: str = "lv"
) -> PlanDesk | Section:
    """Open the plan panel with the string parameters of a notebook.

    Where no front end is attached (papermill, nbconvert), today's plan stands still.

    Parameters
    ----------
    municipality, params_file, store, edition, language : str
        As for :func:`analysis.batch.open_unit`.

    Raises
    ------
    InputFaults
        P01–P07, P20–P35: what was given is not a parameter, or limits that cannot be.
    """
    basis = basis_of(open_unit(municipality, params_file, store, edition, language))
    return PlanDesk(basis) if has_front_end() else _still(basis)


def _still(basis: Basis) -> Section:
    """Return today's plan and the first exam without a widget."""
    parts = [Markup("<style>{}</style>").format(Markup(_css())), _intro(basis)]
    css, key = _why_none(basis)[:2]
    if basis.task is None or basis.before is None:
        said = Markup(" ").join(tell(basis.faults, basis.unit.language)) if basis.task is not None else Markup("")
        parts.append(
            Markup('<p class="{}">{} {}</p>').format(css, say(key, basis.unit.language, place=basis.unit.name), said)
        )
    else:
        part = str(basis.task.capacity["part"].iloc[0])
        parts += [before_after(basis, part, basis.before, None), all_parts(basis, None, basis.before)]
    exams = exams_of(basis)
    if exams:
        mark = f"{basis.unit.params.pass_marks[0]:g}"
        heading = Markup("<h3>{}</h3>").format(say("plan_desk_marks_heading", basis.unit.language))
        parts += [heading, marks_table(basis, next(iter(exams)), mark)]
    return Section(lab_style().html + Markup(_html(basis, Markup("").join(parts))))


def _why_none(basis: Basis) -> tuple[str, str]:
    if basis.task is not None:
        return "busy", "plan_desk_none"
    return "busy", "plan_desk_no_need" if basis.need.empty else "plan_desk_no_capacity"


def _tables(basis: Basis, part: str, solved: Solved) -> Markup:
    return before_after(basis, part, basis.before, solved.shown) + all_parts(basis, basis.before, solved.shown)


def _intro(basis: Basis) -> Markup:
    language = basis.unit.language
    demo = Markup('<p class="demo">{}</p>').format(say("page_demo", language)) if basis.unit.facts["demo"] else ""
    return Markup("<h2>{}</h2>{}<p>{}</p>").format(
        say("plan_desk_heading", language), demo, say("plan_desk_answer", language)
    )


def _css() -> str:
    return "".join((TEMPLATES / name).read_text("utf-8") for name in ("explore.css", "plan.css"))


def _html(basis: Basis, body: Markup) -> str:
    return str(Markup('<div class="bx bp" lang="{}">{}</div>').format(basis.unit.language, body))
