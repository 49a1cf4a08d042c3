"""Is there a person at the notebook? Asked by what is only for a person."""

import os

from analysis.batch.engine import BATCH_MARK


def in_batch() -> bool:
    """Tell whether the batch runs this kernel: the engine marks its environment."""
    return bool(os.environ.get(BATCH_MARK))


def has_front_end() -> bool:
    """Tell whether the running cell was sent by a front end that can ask its user something.

    JupyterLab says so with every cell; nbclient, and with it papermill, nbconvert and nbval, says the opposite.
    """
    kernel = getattr(_shell(), "kernel", None)
    return bool(getattr(kernel, "_allow_stdin", False)) and not in_batch()


def in_jupyterlab() -> bool:
    """Tell whether a person runs the cell in a notebook that a Jupyter server opened."""
    return has_front_end() and bool(os.environ.get("JPY_SESSION_NAME"))


def _shell() -> object:
    from IPython.core.getipython import get_ipython

    return get_ipython()
