"""One page by hand: an executed notebook becomes the files that a batch would write of it."""

from pathlib import Path

import click

from analysis.batch.notebooks import read_notebook
from analysis.intake.store import write_atomically
from analysis.report.export import ListInside, NotWhole, page_of


def write_page(notebook: Path, out: Path | None = None) -> int:
    """Write page and CSV (and the text document, if there is one) of an executed notebook; return the exit code.

    Parameters
    ----------
    notebook : Path
        As papermill left it.
    out : Path, optional
        Where the page goes; beside the notebook where not given.

    Returns
    -------
    int
        0: written; 1: the notebook did not run to its end; 3: it holds a pupil list.

    Raises
    ------
    InputFaults
        The file is no notebook.
    """
    try:
        made = page_of(read_notebook(notebook))
    except ListInside:
        text = "Burtnīcā ir skolēnu saraksts; lapa netiek veidota · The notebook holds a pupil list; no page is made."
        click.echo(text, err=True)
        return 3
    except NotWhole as error:
        click.echo(f"Burtnīca nav izpildīta līdz galam · The notebook did not run to its end: {error}", err=True)
        return 1
    target = out or notebook.with_suffix(".html")
    write_atomically(target, made.html)
    write_atomically(target.with_suffix(".csv"), made.csv)
    if made.document:
        write_atomically(target.with_suffix(".docx"), made.document)
    click.echo(target)
    return 0
