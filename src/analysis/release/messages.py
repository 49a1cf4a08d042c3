"""What a page may repeat of a fault: its place and its rule, never a pupil's value, never a small number of pupils."""

import re
from collections.abc import Iterable
from dataclasses import replace

from analysis.faults import Fault
from analysis.params import Params
from analysis.words.numbers import WITHHELD

# What these speak of is files, letters, columns, places, maps and parameters. Every other class, and every new one, may
# be about rows of pupils and tells no small number.
_OF_FILES = re.compile(r"[SECNPU]\d+|D0[1-3]|D1[0-2]|M0[124678]")
_CELLS, _COUNTS = ("value", "lines"), ("count", "filled", "rows", "different")


def released_faults(faults: Iterable[Fault], params: Params) -> tuple[Fault, ...]:
    """Return faults as a page may tell them.

    Parameters
    ----------
    faults : iterable of Fault
        As reading found them.
    params : Params
        ``smallest_group_sensitive``: numbers below it are withheld, for a message does not say what it counts.

    Returns
    -------
    tuple of Fault
        The same, without values of cells and small counts where the class is about rows of pupils.
    """
    return tuple(_released(fault, params.smallest_group_sensitive) for fault in faults)


def _released(fault: Fault, smallest: int) -> Fault:
    if _OF_FILES.fullmatch(fault.code):
        return fault
    told = {name: WITHHELD if _tells(name, fact, smallest) else fact for name, fact in fault.facts.items()}
    return replace(fault, facts=told)


def _tells(name: str, fact: object, smallest: int) -> bool:
    """A list of lines counts as well as a number does; of what is no number nobody knows how many it is."""
    return name in _CELLS or (name in _COUNTS and not (_is_number(fact) and int(str(fact)) >= smallest))


def _is_number(fact: object) -> bool:
    return isinstance(fact, int) and not isinstance(fact, bool)
