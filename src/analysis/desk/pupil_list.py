"""The pupil list: pseudonyms and results of one cell, for the eyes of the board's analyst alone."""

from types import SimpleNamespace
from typing import Any

import ipywidgets
import pandas as pd
from markupsafe import Markup

from analysis.desk.live import in_jupyterlab
from analysis.intake.unit import Unit
from analysis.report import naming
from analysis.report.html import PUPILS_MARK, PUPILS_TYPE
from analysis.report.tables import table
from analysis.stats.scale import main_session
from analysis.words.catalogue import capitalised, counted, say
from analysis.words.numbers import number

_SHOWN = 12  # digits of a pseudonym, enough to tell the pupils of a country apart


class ListRefused(Exception):
    """The pupil list is not made here; the text says why, in both languages, and stands in place of a traceback."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{say(key, 'lv')} · {say(key, 'en')}")

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class PupilList:
    """A list that can be looked at and nothing else; a class because Jupyter asks an object for its own form.

    Its rows reach the browser as a widget, so that the notebook's file holds a mark that there was a list, and no row.
    """

    def __init__(self, html: Markup, language: str) -> None:
        self._html, self._language = html, language

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        _require_person()
        widget = ipywidgets.HTML(str(self._html))
        bundle: dict[str, Any] = {PUPILS_TYPE: {}, "text/plain": repr(self)}
        view = "application/vnd.jupyter.widget-view+json"
        return bundle | {view: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}}

    def __repr__(self) -> str:
        return str(say("pupils_not_stored", self._language))

    def __reduce__(self) -> Any:
        raise TypeError("a pupil list cannot be stored")


def pupil_list(
    unit: Unit, *, grade: str, test: str, domain: str, level: str = "", school_year: int | None = None,
    group: str = "", school_id: str = "",
) -> PupilList:  # fmt: skip
    """List the pupils of one cell under their pseudonyms, with their results.

    It says first what it is and that it must not leave. No notebook of the project calls it, and the batch refuses a
    notebook that does.

    Parameters
    ----------
    unit : Unit
        The municipality, opened for the edition ``board``.
    grade, test, domain, level : str
        The test, by the codes of the data contract.
    school_year : int, optional
        The newest where none is given.
    group : str
        ``attribute=value``, several joined by ``&``; empty: all pupils.
    school_id : str
        One school; empty: all.

    Raises
    ------
    ListRefused
        In the public edition, and wherever no person sits at a notebook in JupyterLab.
    """
    _require_person()
    if unit.edition != "board":
        raise ListRefused("pupils_refused_public")
    keys = {"grade": grade, "test": test, "domain": domain, "level": level}
    keys |= {"school_id": school_id} if school_id else {}
    keys |= dict(part.split("=", 1) for part in group.split("&")) if group else {}
    rows = main_session(unit.results)
    for column, value in keys.items():
        rows = rows[rows[column].astype("str") == value] if column in rows else rows.iloc[:0]
    if len(rows):
        rows = rows[rows["school_year"] == (school_year or int(rows["school_year"].max()))]
    return PupilList(_listed(unit, rows, SimpleNamespace(**(keys | {"level": level}))), unit.language)


def _require_person() -> None:
    if not in_jupyterlab():
        raise ListRefused("pupils_refused_not_live")


def _listed(unit: Unit, rows: pd.DataFrame, test: Any) -> Markup:
    language = unit.language
    warning = say("pupils_what", language), say("pupils_warning", language)
    head = Markup('<p class="comment {}"><b>{}.</b> {}</p>').format(PUPILS_MARK, *warning)
    if rows.empty:
        return head + Markup("<p>{}</p>").format(say("pupils_none", language))
    names = dict(naming.alphabetical(unit))
    ordered = rows.sort_values("pupil", kind="stable")
    body = [
        (str(pupil)[:_SHOWN], names.get(str(school), str(school)), number(value, language, 1))
        for pupil, school, value in zip(ordered["pupil"], ordered["school_id"], ordered["value"], strict=True)
    ]
    what = capitalised(naming.what(unit, test))
    caption = say("pupils_caption", language, what=what, n=counted("pupils", len(rows), language))
    columns = [say("pupils_column_pupil", language), say("column_school", language), say("column_band", language)]
    return head + table(language, str(caption.unescape()), columns, body)
