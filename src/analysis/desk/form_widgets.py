"""The pieces that the form is built of: labelled fields of one width, headings, and the style of both."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

#: Colours are those of the person's JupyterLab theme, so that a dark one stays readable.
CSS = """
.b-form { max-width: 68rem; line-height: 1.45; }
.b-form h2 { font-size: 1.5rem; margin: .2rem 0; } .b-form h3 { font-size: 1.15rem; margin: 1.4rem 0 .3rem;
  border-top: 2px solid var(--jp-border-color1, #888); padding-top: .7rem; } .b-form h4 { margin: .6rem 0 .1rem; }
.b-form p { margin: .15rem 0; } .b-form ul { margin: .2rem 0 .4rem; padding-left: 1.3rem; }
.b-form .widget-label, .b-form .widget-label-basic { white-space: normal; overflow: visible; height: auto;
  line-height: 1.3; text-align: left; }
.b-form .jupyter-widgets.widget-inline-hbox { height: auto; align-items: center; min-height: 2rem; }
.b-form .jupyter-widgets.widget-html { height: auto; min-height: 0; margin: 0; }
.b-form .jupyter-widgets.widget-html > .widget-html-content { line-height: 1.45; height: auto; }
.b-form .jupyter-widgets.jupyter-button { height: auto; min-height: 2rem; padding: .1rem .9rem; }
.b-form .vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.b-form select, .b-form input[type=text] { min-height: 1.9rem; }
.b-form .help { color: var(--jp-ui-font-color2, #555); }
.b-form .good { color: var(--jp-success-color0, #1b5e20); font-weight: 600; }
.b-form .bad { color: var(--jp-error-color0, #b71c1c); font-weight: 600; }
.b-form .unread { color: var(--jp-ui-font-color2, #555); }
.b-form .proposal { border: 1.5px dashed currentColor; border-radius: 3px; padding: 0 .35rem; font-weight: 600; }
.b-form .rows { overflow-x: auto; max-width: 100%; } .b-form .rows table { border-collapse: collapse; font-size: .85rem;
  margin: .3rem 0; } .b-form .rows caption { text-align: left; font-weight: 600; padding: .2rem 0; }
.b-form .rows td, .b-form .rows th { border: 1px solid var(--jp-border-color2, #bbb); padding: .15rem .5rem;
  text-align: left; white-space: nowrap; font-weight: 400; }
.b-form .rows tr.header td { font-weight: 700; background: var(--jp-layout-color2, #eee); }
.b-form .b-column { border-bottom: 1px solid var(--jp-border-color2, #ccc); padding: .35rem 0; }
.b-form .b-column > div:first-child > :first-child > .widget-label { font-weight: 600; }
.b-form .b-values { margin-left: 1.5rem; padding-left: .8rem; border-left: 3px solid var(--jp-border-color2, #ccc); }
.b-form :focus-visible { outline: 3px solid var(--jp-brand-color1, #1565c0); outline-offset: 1px; }
"""
_LABEL, _FIELD, _NARROW = "14rem", "32rem", "24rem"


def html(text: object = "") -> widgets.HTML:
    """Return a place for words."""
    return widgets.HTML(str(text))


def heading(text: object, level: int = 3) -> widgets.HTML:
    """Return a heading."""
    return html(Markup("<h{}>{}</h{}>").format(level, text, level))


def dropdown(label: str, options: Mapping[str, str], value: str, narrow: bool = False) -> widgets.Dropdown:
    """Return a list to choose from; a value that the list lacks is added to it under its own name."""
    choices = list(options.items())
    if value not in options.values():
        choices.append((value, value))
    return widgets.Dropdown(
        options=choices, value=value, description=label, style={"description_width": _LABEL},
        layout={"width": _NARROW if narrow else _FIELD, "max_width": "100%"},
    )  # fmt: skip


def text(label: str, value: str = "", hint: str = "") -> widgets.Text:
    """Return a field for words; every key pressed counts."""
    return widgets.Text(
        value=value, description=label, placeholder=hint, continuous_update=True,
        style={"description_width": _LABEL}, layout={"width": _FIELD, "max_width": "100%"},
    )  # fmt: skip


def combobox(label: str, options: Iterable[str], value: str = "", hint: str = "") -> widgets.Combobox:
    """Return a field that offers words and takes others."""
    return widgets.Combobox(
        value=value, options=tuple(options), description=label, placeholder=hint, ensure_option=False,
        continuous_update=True, style={"description_width": _LABEL}, layout={"width": _FIELD, "max_width": "100%"},
    )  # fmt: skip


def checkbox(label: str, value: bool = False) -> widgets.Checkbox:
    """Return a box to tick; its label may hold words for a screen reader alone (``accepting``)."""
    return widgets.Checkbox(
        description_allow_html=True,
        value=value, description=label, indent=False, layout={"width": "auto", "max_width": "100%"}
    )  # fmt: skip


def button(label: str, action: Callable[[], object], main: bool = False, about: str = "") -> widgets.Button:
    """Return a button that does one thing; ``about`` tells what, where several have the same label."""
    made = widgets.Button(
        description=label, tooltip=about, button_style="primary" if main else "",
        layout={"width": "auto", "min_width": "9rem", "align_self": "flex-start"},
    )  # fmt: skip
    made.on_click(lambda _: action())
    return made


def box(*children: Any, name: str = "") -> widgets.VBox:
    """Put widgets one under the other."""
    made = widgets.VBox(children)
    if name:
        made.add_class(name)
    return made


def row(*children: Any) -> widgets.HBox:
    """Put widgets side by side; they wrap where the window is narrow."""
    return widgets.HBox(children, layout={"flex_flow": "row wrap", "align_items": "center", "grid_gap": ".2rem .8rem"})


def on_change(widget: Any, action: Callable[[Any], object]) -> None:
    """Do something with the new value whenever a person changes a field."""
    widget.observe(lambda change: action(change["new"]), names="value")
