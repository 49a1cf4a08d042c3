"""Widgets that work by keyboard inside JupyterLab, which otherwise takes their keys for commands of the notebook."""

from markupsafe import Markup

_KEYS = (
    "const own = this.closest('{root}'); window.addEventListener('keydown', e => own.contains(e.target) && "
    "e.target.toggleAttribute('data-lm-suppress-shortcuts', !(e.ctrlKey || e.metaKey || e.altKey)), true)"
)


def styled(css: str, root: str) -> Markup:
    """Return a style sheet that, once it is there, also keeps plain keys for the widgets around it.

    While a list or button of a widget has the focus, arrows, Enter and single letters are commands of the notebook (move on,
    edit, copy or delete a cell): a list could not be opened without a mouse. An element marked like this is left alone;
    Ctrl+S and other combinations stay JupyterLab's.

    Parameters
    ----------
    css : str
        Rules of the style sheet.
    root : str
        Selector of the widget that holds it (``.b-form``).
    """
    return Markup('<style onload="{}">{}</style>').format(Markup(_KEYS.format(root=root)), Markup(css))
