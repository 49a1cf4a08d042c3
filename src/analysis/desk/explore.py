"""The exploration of ``60_explore``: six linked choices, and the view that they ask for."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import ipywidgets
from markupsafe import Markup

from analysis.batch.open import open_unit
from analysis.desk.keep import keep, line_for
from analysis.desk.keyboard import styled
from analysis.desk.live import has_front_end
from analysis.desk.shelf import Shelf, at_hand, fetch_ahead, open_shelf, take
from analysis.faults import InputFaults, tell
from analysis.intake.store import slug
from analysis.intake.unit import Unit
from analysis.params import View
from analysis.report import naming
from analysis.report.drawing import WIDE, as_svg, canvas
from analysis.report.explore.choosing import ALL, Choices, settled
from analysis.report.explore.views import Shown, show, stage_of
from analysis.report.frame import lab_style
from analysis.report.html import TEMPLATES, Section, render
from analysis.words.catalogue import capitalised, label, say
from analysis.words.numbers import school_year

CONTROLS = ("municipality", "measure", "stage", "domain", "attribute", "year")
_NO_CHOICE = {"measure": "place", "attribute": "", "year": 0}  # for a dropdown nothing means that it is blank
_FIRST = View(measure="place")
# The words' own box becomes a live region once: what is put into it later is read aloud.
_LIVE = Markup("<style onload=\"this.parentElement.setAttribute('role','status')\"></style>")


class Explorer:
    """The choices, the view and what can be kept of it; a class because widgets call back and remember.

    Parameters
    ----------
    shelf : Shelf
        The municipalities.
    municipality_id : str
        The first one.
    """

    def __init__(self, shelf: Shelf, municipality_id: str) -> None:
        self.shelf, self.language, self._settling = shelf, shelf.language, False
        self.known, self.view = take(shelf, municipality_id), _FIRST
        self.controls = {name: self._dropdown(name) for name in CONTROLS}
        self.status, self.shown = ipywidgets.HTML(), ipywidgets.HTML()
        self.button = ipywidgets.Button(description=str(say("explore_keep", self.language)))
        self.kept = ipywidgets.HTML()
        line = str(say("explore_line", self.language))
        self.line = ipywidgets.Textarea(description=line, rows=2)
        self.keeping = ipywidgets.VBox([self.button, self.kept])
        self.widget = self._laid_out()
        self._offer("municipality", [(name, i) for i, name in shelf.names.items()], municipality_id)
        self._refresh()
        self.button.on_click(lambda _: self._guarded(self._keep))
        for control in self.controls.values():
            control.observe(lambda _: self._guarded(self._changed), "value")

    def _dropdown(self, name: str) -> Any:
        return ipywidgets.Dropdown(
            description=str(say(f"explore_{name}", self.language)), style={"description_width": "auto"}
        )

    def _laid_out(self) -> Any:
        style = ipywidgets.HTML(str(lab_style().html + styled(_css(), ".bx")))
        choices = ipywidgets.Box(list(self.controls.values()))
        for widget, name in ((choices, "bx-controls"), (self.status, "bx-status"), (self.keeping, "bx-keep")):
            widget.add_class(name)
        whole = ipywidgets.VBox([style, choices, self.status, self.shown, self.keeping])
        whole.add_class("bx")
        return whole

    def _changed(self) -> None:
        if self._settling:
            return
        place = self.controls["municipality"].value
        if not at_hand(self.shelf, place):
            self._say("explore_computing", "busy", place=self.shelf.names[place])
        self.known = take(self.shelf, place)
        self.view = _wished(self.controls)
        self._refresh()

    def _refresh(self) -> None:
        """Offer what exists and show the nearest view to the one wished for."""
        self.view, choices = settled(self.known, self.view)
        for name, options in _options(self.known.unit, self.view, choices).items():
            self._offer(name, options, _value(self.view, name))
        shown = show(self.known, self.view)
        self.shown.value = _html(self.known.unit, shown)
        self.kept.value, self.keeping.children = "", (self.button, self.kept)
        place = self.known.unit.name
        self._say("explore_shown", "", place=place, title=shown.title, behind=shown.behind or shown.sentence)

    def _offer(self, name: str, options: list[tuple[str, Any]], value: Any) -> None:
        control, self._settling = self.controls[name], True
        try:
            if tuple(control.options) != tuple(options):
                with control.hold_sync():
                    control.options = options
                    control.value = value
                    control.disabled = len(options) < 2
            elif control.value != value:
                control.value = value
        finally:
            self._settling = False

    def _keep(self) -> None:
        unit, shown = self.known.unit, show(self.known, self.view)
        try:
            files = keep(unit, self.view, shown)
        except OSError:
            self.kept.value = _paragraph(say("explore_not_kept", self.language, folder="reports/explore"))
            return
        names = ", ".join(path.name for path in files)
        help_text = say("explore_line_help", self.language, file=f"params/{slug(unit.municipality_id)}.yml")
        self.kept.value = (
            _LIVE
            + _paragraph(say("explore_kept", self.language, folder="reports/explore", names=names))
            + _paragraph(help_text)
        )
        self.line.value, self.keeping.children = line_for(unit, self.view), (self.button, self.kept, self.line)

    def _guarded(self, act: Callable[[], None]) -> None:
        """Say what went wrong where the reader looks; no traceback and no value of the data."""
        try:
            act()
        except InputFaults as found:
            self._status(Markup(" ").join(tell(found.faults, self.language)), "busy")
        except Exception as error:
            self._say("explore_failed", "busy", kind=type(error).__name__)

    def _say(self, key: str, css: str, **facts: object) -> None:
        self._status(say(key, self.language, **facts), css)

    def _status(self, words: Markup, css: str) -> None:
        self.status.value = str(_LIVE + Markup('<p class="{}">{}</p>').format(css, words))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:
        return self.widget._repr_mimebundle_(include=include, exclude=exclude)


def explore(
    municipality: str, params_file: str = "", store: str = "", edition: str = "public", language: str = "lv"
) -> Explorer | Section:
    """Open the exploration with the string parameters of a notebook.

    Where no front end is attached (papermill, nbconvert), the first view stands still.

    Parameters
    ----------
    municipality, params_file, store, edition, language : str
        As for :func:`analysis.batch.open_unit`; the parameter file holds for this municipality, others have their own.

    Raises
    ------
    InputFaults
        P01–P07: what was given is not a parameter, or the store has no such municipality.
    """
    open_unit(municipality, params_file, store, edition, language, rows=False)
    shelf = open_shelf(store, edition, language)
    if params_file:
        shelf.params_files[municipality] = params_file
    if not has_front_end():
        known = take(shelf, municipality)
        view, _ = settled(known, _FIRST)
        style = lab_style().html + Markup("<style>{}</style>").format(Markup(_css()))
        return Section(style + Markup(_html(known.unit, show(known, view))))
    explorer = Explorer(shelf, municipality)
    with canvas(*WIDE) as (figure, axes):
        axes.plot([0, 1])
        as_svg(figure, "first", "")  # the first figure of a kernel takes longest: not one that a person waits for
    fetch_ahead(shelf, municipality)
    return explorer


def _css() -> str:
    return (TEMPLATES / "explore.css").read_text("utf-8")


def _html(unit: Unit, shown: Shown) -> str:
    demo = Markup('<p class="demo">{}</p>').format(say("page_demo", unit.language)) if unit.facts["demo"] else ""
    language = Markup('<div class="bx" lang="{}">{}{}</div>')
    return str(language.format(unit.language, demo, render("view.html.j2", shown=shown, level=2)))


def _paragraph(words: Markup) -> Markup:
    return Markup("<p>{}</p>").format(words)


def _wished(controls: dict[str, Any]) -> View:
    stage, domain = controls["stage"].value or ALL, controls["domain"].value or ALL
    return View(
        measure=controls["measure"].value, grade=stage[0], test=stage[1], domain=domain[0], level=domain[1],
        attribute=controls["attribute"].value or "", year=controls["year"].value or None,
    )  # fmt: skip


def _value(view: View, name: str) -> Any:
    pairs = {"stage": (view.grade, view.test), "domain": (view.domain, view.level)}
    return pairs[name] if name in pairs else getattr(view, name) or _NO_CHOICE[name]


def _options(unit: Unit, view: View, choices: Choices) -> dict[str, list[tuple[str, Any]]]:
    """Name what can be chosen, in the reader's language."""
    language, own = unit.language, unit.facts["labels"]
    stages = {pair: _stage(unit, view.measure, pair) for pair in choices.stages}
    domains = {pair: _domain(unit, pair) for pair in choices.domains}
    every = "explore_all_groups" if view.measure in ("gaps", "support") else "explore_all_pupils"
    groups = {a: label("attribute", a, language, own=own) if a else say(every, language) for a in choices.attributes}
    newest = "explore_all_years" if view.measure == "moves" else "explore_newest"
    years = {y or 0: school_year(y, language) if y else say(newest, language) for y in choices.years}
    measures = {m: label("measure", m, language) for m in choices.measures}
    named: dict[str, dict[Any, Any]] = {
        "measure": measures,
        "stage": stages,
        "domain": domains,
        "attribute": groups,
        "year": years,
    }
    return {name: [(capitalised(str(words)), value) for value, words in found.items()] for name, found in named.items()}


def _stage(unit: Unit, measure: str, pair: tuple[str, str]) -> str:
    return str(say("explore_all_stages", unit.language)) if pair == ALL else stage_of(unit, measure, *pair)


def _domain(unit: Unit, pair: tuple[str, str]) -> str:
    if pair == ALL:
        return str(say("explore_all_domains", unit.language))
    row = SimpleNamespace(domain=pair[0], level=pair[1])
    return naming.domain(unit, row) + naming.level(unit, row)
