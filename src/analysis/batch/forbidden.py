"""What no notebook of a batch may call: the pupil list, by whatever name or way."""

import ast
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from analysis.faults import Fault

NAME = "pupil_list"


def forbidden_calls(notebook: Any, file: str) -> list[Fault]:
    """Find the cells of a notebook that name the pupil list.

    The name counts in any form: called, imported under another one, as an attribute, as a text for ``getattr`` or
    ``importlib``, or inside a magic. Comments do not count. What is put together at run time is met by the list itself,
    which refuses a kernel that the batch runs.

    Parameters
    ----------
    notebook : NotebookNode
        As read.
    file : str
        Its name in messages.

    Returns
    -------
    list of Fault
        P08, one a cell.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and _names_it(cell.source)]
    return [Fault("P08", file, facts={"cell": str(cell.get("id", ""))}) for cell in cells]


def _names_it(source: str) -> bool:
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError):
        return NAME in source  # what is no Python is judged by its letters
    return any(NAME in text for node in ast.walk(tree) for text in _texts(node))


def _texts(node: ast.AST) -> list[str]:
    """Return the names and texts of a node itself."""
    fields = (getattr(node, name, None) for name in ("id", "attr", "name", "asname", "module", "value", "arg"))
    return [text for text in fields if isinstance(text, str)]
