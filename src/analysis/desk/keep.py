"""Keeping a view: SVG, PNG and CSV beside the reports, and the line that puts it into a municipality's page."""

import hashlib
import re
from pathlib import Path

import yaml

from analysis.intake.store import write_atomically
from analysis.intake.unit import Unit
from analysis.params import ROOT, View
from analysis.report.explore.pictures import picture
from analysis.report.explore.views import Shown
from analysis.report.frame import evidence_csv

FOLDER = ROOT / "reports" / "explore"


def keep(unit: Unit, view: View, shown: Shown, folder: Path | None = None) -> list[Path]:
    """Write what is shown as files that go together.

    Parameters
    ----------
    unit : Unit
        The municipality.
    view : View
        What is shown.
    shown : Shown
        The view as it is shown; a view that shows nothing has no picture, its rows are still written.
    folder : Path, optional
        Where to; :data:`FOLDER` where none is given.

    Returns
    -------
    list of Path
        The files, named after municipality, view and language by an allow-list of characters; a view kept twice is
        written over.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    folder = folder or FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{name_of(unit, view)}"
    files: dict[Path, str | bytes] = {}
    if shown.rows is not None and shown.bodies:
        drawn = picture(unit, view, shown)
        files |= {stem.with_name(f"{stem.name}.svg"): drawn.svg, stem.with_name(f"{stem.name}.png"): drawn.png}
    if shown.rows is not None:
        files[stem.with_name(f"{stem.name}.csv")] = evidence_csv(shown.rows)
    for path, content in files.items():
        write_atomically(path, content)
    return list(files)


def name_of(unit: Unit, view: View) -> str:
    """Return the stem of a view's files: codes alone, through an allow-list of characters."""
    codes = [
        unit.municipality_id,
        view.measure,
        view.grade,
        view.test,
        view.domain,
        view.level,
        view.attribute,
        view.year,
    ]
    given = [str(code) for code in codes if code]
    words = [re.sub(r"[^A-Za-z0-9_-]", "_", word)[:40] for word in given]
    if words != given:  # two codes may now be one word
        words.append(hashlib.sha256("\0".join(given).encode()).hexdigest()[:6])
    return ".".join([*words, *(["en"] if unit.language == "en" else [])])


def line_for(unit: Unit, view: View) -> str:
    """Return the line for the municipality's parameters: the views that they name already, and this one."""
    views = list(dict.fromkeys([*unit.params.views, view]))
    given = [one.model_dump(exclude_defaults=True) for one in views]
    flow = yaml.safe_dump(given, default_flow_style=True, width=10**6, allow_unicode=True, sort_keys=False)
    return f"views: {flow.strip()}"
