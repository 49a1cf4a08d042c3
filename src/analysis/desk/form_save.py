"""Writing what the form made: the map and ``delivery.yml``, whole or not at all, nothing overwritten without a word."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analysis.desk.form_folder import existing_delivery
from analysis.desk.form_rules import delivery_values, map_name, map_of
from analysis.desk.form_state import FormState
from analysis.intake.files import DELIVERY_FILE
from analysis.intake.mapping.maps import parse_map
from analysis.intake.mapping.writing import dump_map
from analysis.intake.store import write_atomically

_HEADING = """\
# Piegāde: ko neviens datu fails nepasaka. Kartes (maps): faila nosaukums un tā karte. Šo failu drīkst labot ar roku.
"""


@dataclass(frozen=True)
class Writing:
    """Files to be written, and which of them would change what a person may have written by hand.

    Attributes
    ----------
    contents : dict of str to str
        File of the folder → its text.
    replaced : tuple of str
        Existing files that would say something else than before.
    extended : tuple of str
        Existing files that would say more and nothing else.
    """

    contents: dict[str, str]
    replaced: tuple[str, ...] = ()
    extended: tuple[str, ...] = ()


def writing(folder: Path, state: FormState) -> Writing:
    """Prepare the files; raises ``InputFaults`` where answers or the existing ``delivery.yml`` are not valid."""
    existing = existing_delivery(folder)
    values = delivery_values(state, existing)
    parse_map(values, DELIVERY_FILE)
    name = map_name(state.raw.file).rpartition("/")[2]
    contents = {name: dump_map(map_of(state)), DELIVERY_FILE: _HEADING + _yaml(values)}
    there = folder / name
    replaced = [name] if there.is_file() and there.read_text("utf-8") != contents[name] else []
    if _lost(existing, values):
        replaced.append(DELIVERY_FILE)
    is_longer = bool(existing) and existing != values and DELIVERY_FILE not in replaced
    return Writing(contents, tuple(replaced), (DELIVERY_FILE,) if is_longer else ())


def _yaml(values: dict[str, Any]) -> str:
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=120)


def _lost(existing: dict[str, Any], values: dict[str, Any]) -> bool:
    """Tell whether something that the delivery file says now would be gone or changed."""
    maps = existing.get("maps", {})
    return any(values.get(key) != value for key, value in existing.items() if key != "maps") or any(
        values["maps"].get(pattern) != name for pattern, name in maps.items()
    )


def write(folder: Path, prepared: Writing) -> None:
    """Write the files: the map first, so that ``delivery.yml`` never names one that is not there."""
    for name, content in prepared.contents.items():
        write_atomically(folder / name, content)
