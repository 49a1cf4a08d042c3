"""What a page may repeat of a fault: its place and its rule, never a pupil's value, never a small number of pupils."""

import re
from collections.abc import Iterable
from dataclasses import replace

from analysis.faults import Fault
from analysis.params import Params
from analysis.words.numbers import WITHHELD

# Values and ids of rows, and notes that count pupils; other classes speak of files, columns, places and parameters.
_OF_PUPILS = re.compile(r"[VI]\d+|D0[5-9]|D10")
_VALUES = ("value", "count")


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
    if not _OF_PUPILS.fullmatch(fault.code):
        return fault
    told = {
        name: WITHHELD
        if name in _VALUES and not (_is_number(fact) and name == "count" and int(str(fact)) >= smallest)
        else fact
        for name, fact in fault.facts.items()
    }
    return replace(fault, facts=told)


def _is_number(fact: object) -> bool:
    return isinstance(fact, int) and not isinstance(fact, bool)
