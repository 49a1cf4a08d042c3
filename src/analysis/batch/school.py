"""Opening a municipality for the page of one of its schools."""

import hashlib
from dataclasses import replace

from analysis.batch.open import open_unit
from analysis.faults import Fault, InputFaults
from analysis.intake.unit import Unit
from analysis.params import nearest


def open_school(
    municipality: str, params_file: str = "", store: str = "", edition: str = "board", language: str = "lv",
    school: str = "",
) -> Unit:  # fmt: skip
    """Open a municipality with the string parameters of a school's notebook.

    Parameters
    ----------
    municipality, params_file, store, language : str
        As in :func:`analysis.batch.open.open_unit`.
    edition : {"board"}
        A school's page is for its leadership and the board.
    school : str
        Its id in the store.

    Returns
    -------
    Unit
        The whole municipality, for evidence and what is withheld are decided for all its schools together;
        ``school_id`` says whose page it is.

    Raises
    ------
    InputFaults
        P03 the school is no text, P70 another edition, P71 no such school in the municipality; and as ``open_unit``.
    """
    if not isinstance(school, str):
        facts = {"key": "school", "found": type(school).__name__, "expected": "str"}
        raise InputFaults([Fault("P03", "parameters", facts=facts)])
    if edition == "public":
        raise InputFaults([Fault("P70", "parameters", facts={"key": "school", "found": edition})])
    unit = open_unit(municipality, params_file, store, edition, language)
    known = [str(school_id) for school_id in unit.schools["school_id"]]
    if school not in known:
        facts = {"value": school, "key": municipality, "nearest": nearest(school, known)}
        raise InputFaults([Fault("P71", "parameters", facts=facts)])
    # What the board says of a section of the municipality's page is not said of each of its schools.
    params = unit.params.model_copy(update={"comments": {}})
    return replace(unit, params=params, school_id=school, key=school_key(unit.key, school))


def school_key(unit_key: str, school_id: str) -> str:
    """Return the digest of all that decides a school's page, given that of its municipality; without a school the same."""
    return hashlib.sha256(f"{unit_key}{school_id}".encode()).hexdigest()[:16] if school_id else unit_key
