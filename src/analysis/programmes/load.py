"""Reading the common list of programmes, and a board's own entries over it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from analysis.faults import Fault, InputFaults
from analysis.params import ROOT, load_yaml, type_faults
from analysis.programmes.checks import overlapping, wrong
from analysis.programmes.model import LowResult, Name, Need, Programme, Programmes, Rule

PROGRAMMES = ROOT / "params" / "programmes.yml"


def load_programmes(
    own: Sequence[dict[str, Any]] = (), columns: Iterable[str] | None = None, *, own_file: str = "params/plan",
    path: Path = PROGRAMMES,
) -> Programmes:  # fmt: skip
    """Read the common programmes and, over them, those of a board.

    Parameters
    ----------
    own : sequence of dict
        The key ``programmes`` of ``params/plan/<slug>.yml``, as YAML gives it: new entries in the same shape, or, with the
        code of a common one, only what differs (``{code: reading, eligible: {second_semester_only: [1]}}``).
    columns : iterable of str, optional
        Columns that rules may name (``where``); None: not looked at.
    own_file : str
        Name of that file, for messages.
    path : Path
        The common list.

    Raises
    ------
    InputFaults
        P03, P04, P06 and P20–P25, all at once.
    """
    loaded = load_yaml(path)
    known = {code: Name.model_validate(name) for code, name in loaded["specialists"].items()}
    given = [(path.name, entry) for entry in loaded["programmes"]]
    if not (isinstance(own, list | tuple) and all(isinstance(entry, dict) for entry in own)):
        facts = {"key": "programmes", "found": "–", "expected": {"lv": "ierakstu saraksts", "en": "a list of entries"}}
        raise InputFaults([Fault("P03", own_file, facts=facts)])
    faults: list[Fault] = []
    placed = []
    for number, (file, entry) in enumerate(merged(given, own, own_file), start=1):
        try:
            placed.append((file, Programme.model_validate(entry)))
        except ValidationError as error:
            faults += _of_entry(error, file, str(entry.get("code", number)))
    faults += [fault for file, entry in placed for fault in wrong(file, entry, known, columns)]
    faults += overlapping(placed)
    faults += _twice(own, {entry.get("code") for entry in loaded["programmes"]}, own_file)
    if faults:
        raise InputFaults(faults)
    return Programmes(tuple(entry for _, entry in placed), known)


def _twice(own: Sequence[dict[str, Any]], common: set[str | None], own_file: str) -> list[Fault]:
    """A board that changes a common entry twice leaves open which change holds when."""
    changed = [str(entry.get("code")) for entry in own if entry.get("code") in common]
    again = sorted({code for code in changed if changed.count(code) > 1})
    return [Fault("P20", own_file, facts={"code": code, "period": "… – …"}) for code in again]


def merged(
    common: Sequence[tuple[str, dict[str, Any]]], own: Sequence[dict[str, Any]], own_file: str
) -> list[tuple[str, dict[str, Any]]]:
    """Put a board's entries over the common ones.

    An entry with the code of common ones changes each of them by the keys it gives (those of ``eligible`` one by one);
    any other is added as it stands, with ``measure: own`` where it gives none.

    Returns
    -------
    list of (str, dict)
        Name of the file that a fault is told of, and the entry.
    """
    changes = {entry.get("code"): entry for entry in own}
    codes = {entry.get("code") for _, entry in common}
    found = [
        (own_file, _over(entry, changes[code])) if (code := entry.get("code")) in changes else (file, entry)
        for file, entry in common
    ]
    return found + [(own_file, {"measure": "own"} | entry) for entry in own if entry.get("code") not in codes]


def _over(common: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    rules = (common.get("eligible"), own.get("eligible"))
    both = {"eligible": rules[0] | rules[1]} if all(isinstance(rule, dict) for rule in rules) else {}  # type: ignore[operator]
    return common | own | both


def _of_entry(error: ValidationError, file: str, code: str) -> list[Fault]:
    known = [*Programme.model_fields, *Rule.model_fields, *Need.model_fields, *LowResult.model_fields]
    faults = type_faults(error, file, known)
    return [replace(f, facts={**f.facts, "key": f"{code}: {f.facts['key']}"}) for f in faults]
