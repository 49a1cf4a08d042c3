"""The folder of a delivery as the form sees it: its files, what else feeds tables, the first rows of a file."""

import re
from pathlib import Path
from typing import Any

from analysis.desk.form_rules import MAP_SUFFIX
from analysis.desk.form_state import Decision, FormState, opened
from analysis.faults import InputFaults
from analysis.intake.contracts import TABLES
from analysis.intake.files import DELIVERY_FILE
from analysis.intake.mapping.maps import load_map
from analysis.intake.reading.preview import Preview, preview
from analysis.intake.reading.rawtable import ReadOptions
from analysis.intake.reading.sources import read_source
from analysis.intake.register import municipalities
from analysis.params import ROOT, load_yaml

ROWS_SHOWN = 12
_PLACES = "municipalities"


def delivery_folder(folder: str) -> Path:
    """Return the folder of the delivery: the one given, relative to the project, or ``data/raw``."""
    return ROOT / (folder or Path("data", "raw"))


def files_in(folder: Path) -> list[str]:
    """List the files that may be data: neither hidden, nor the delivery file, nor maps beside the data."""
    names = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    shown = [name.as_posix() for name in names if not any(part.startswith(".") for part in name.parts)]
    return sorted(name for name in shown if name != DELIVERY_FILE and not name.endswith(MAP_SUFFIX))


def existing_delivery(folder: Path) -> dict[str, Any]:
    """Read what ``delivery.yml`` says so far; raises ``InputFaults`` where it cannot be read."""
    path = folder / DELIVERY_FILE
    return load_yaml(path) if path.is_file() else {}


def tables_elsewhere(folder: Path, file: str) -> frozenset[str]:
    """Return the tables that other files of the folder feed, by their names or by maps."""
    others = [name for name in files_in(folder) if name != file]
    named = {name.partition("/")[0].split(".")[0] for name in others} & set(TABLES)
    try:
        maps = existing_delivery(folder).get("maps", {})
        rules = [rule for pattern, name in maps.items() if pattern != file for rule in load_map(name, folder).files]
    except InputFaults:
        rules = []
    return frozenset(named | {table for rule in rules for table in rule.tables})


def places(folder: Path) -> dict[str, str]:
    """Return the municipalities to choose from, name → what ``delivery.yml`` will say: the folder's own, or the register's."""
    own = next((name for name in files_in(folder) if name.split(".")[0] == _PLACES), None)
    if own is not None:
        try:
            frame = read_source(folder / own, own, expected=("municipality_id", "name")).frame
            return dict(zip(frame["name"], frame["municipality_id"], strict=True))
        except (InputFaults, KeyError):
            pass  # its faults are told by the check; the register is better than no choice
    names = sorted(municipalities()["name"])
    return dict(zip(names, names, strict=True))


def look(folder: Path, file: str, options: ReadOptions) -> Preview:
    """Show the first rows as they stand; raises ``InputFaults`` where the file cannot be opened."""
    return preview(folder / file, file, options, ROWS_SHOWN)


def read(folder: Path, file: str, options: ReadOptions, header: Decision) -> FormState:
    """Read a file under a header and propose what it means; raises ``InputFaults`` where it cannot be read."""
    lines = header_lines(header.value)
    asked = options.model_copy(update={"header": lines[0] if len(lines) == 1 else lines})
    raw = read_source(folder / file, file, asked)
    return opened(raw, asked, header, tables_elsewhere(folder, file))


def header_lines(text: str) -> tuple[int, ...]:
    """Read ``3`` or ``3, 4``; anything else means the first line.

    >>> header_lines("3, 4")
    (3, 4)
    """
    lines = tuple(sorted({int(digits) for digits in re.findall(r"\d{1,4}", text) if int(digits) > 0}))
    return lines or (1,)


def header_decision(seen: Preview) -> Decision:
    """Propose where the header stands; the first line of a file needs no asking."""
    lines = seen.header_guess or (1,)
    text = ", ".join(map(str, lines))
    return Decision(text) if lines == (1,) else Decision(text, "content", 0.7, accepted=False)
