"""What a person has decided about a file, and what is still only proposed: frozen, changed by pure functions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.intake.contracts import dated, numeric
from analysis.intake.proposals.profile import Profile, profile
from analysis.intake.proposals.proposing import Proposal, propose, targets_of, wide_value
from analysis.intake.proposals.valuelists import is_list, proposed_codes
from analysis.intake.reading.rawtable import RawTable, ReadOptions

_DATES = {"%d.%m.%Y": r"\d{1,2}\.\d{1,2}\.\d{4}\.?", "%d/%m/%Y": r"\d{1,2}/\d{1,2}/\d{4}"}
UNKNOWN = "@unknown"
"""A value whose meaning nobody knows: it counts as an empty cell."""
_ABSENT_SIGNS = {"n": "absent", "a": "exempt"}


@dataclass(frozen=True)
class Decision:
    """One answer: its value, what it rests on, and whether a person has accepted it.

    ``reason`` is empty for an answer that a person gave; otherwise what a proposal rests on (``name``, ``synonym``,
    ``similar``, ``content``, ``score``, ``file``, ``delivery``, ``percent``).
    """

    value: str
    reason: str = ""
    certainty: float = 1.0
    accepted: bool = True

    @property
    def held(self) -> str:
        """The value where it is accepted, otherwise nothing: a proposal is never applied."""
        return self.value if self.accepted else ""


@dataclass(frozen=True)
class RowsChoice:
    """Rows to leave out: where a column holds one of some values (the empty text: an empty cell), and why."""

    column: str
    values: tuple[str, ...]
    reason: Mapping[str, str]
    count: int
    accepted: bool = False


@dataclass(frozen=True)
class FormState:
    """Everything that the form knows about one file.

    Attributes
    ----------
    raw : RawTable
        The file as read.
    options : ReadOptions
        How it was read.
    header : Decision
        Lines of the column names (``"3"``, ``"3, 4"``).
    table : Decision
        Table of the contract that it feeds.
    columns : dict of str to Decision
        Column of the file → ``table.column``, empty where it is not read.
    left_out : dict of str to str
        Column of the file → why it is proposed not to be read.
    codes : dict of str to dict of str to Decision
        Column → value → code; of numbers: sign of an absent value → status, or ``@empty``.
    more : dict of str to int
        Column → values that are too many to be listed.
    forms : dict of str to Decision
        Column → form of its years (``ends``, ``starts``) or dates (``%d.%m.%Y``).
    parts : dict of str to Decision
        Column → its subject or item, where several columns mean the same target.
    constants : dict of str to Decision
        ``table.column`` → the same value for all rows; ``@score``, ``@file``, ``@delivery`` say where it comes from.
    rows : tuple of RowsChoice
        Rows left out.
    empty : str
        What an empty cell of columns with subjects means: ``keep`` (a row without a result) or ``drop`` (no row).
    scope, municipality : str
        What ``delivery.yml`` will say.
    duplicates : frozenset of str
        Tables of which the last of several rows with one key is kept.
    elsewhere : frozenset of str
        Tables that other files of the folder feed.
    profiles : dict of str to Profile
        What was seen in each column.
    """

    raw: RawTable
    options: ReadOptions
    table: Decision
    columns: Mapping[str, Decision]
    header: Decision = Decision("1")
    left_out: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, Decision]] = field(default_factory=dict)
    more: Mapping[str, int] = field(default_factory=dict)
    forms: Mapping[str, Decision] = field(default_factory=dict)
    parts: Mapping[str, Decision] = field(default_factory=dict)
    constants: Mapping[str, Decision] = field(default_factory=dict)
    rows: tuple[RowsChoice, ...] = ()
    empty: str = ""
    scope: str = ""
    municipality: str = ""
    duplicates: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    profiles: Mapping[str, Profile] = field(default_factory=dict)


def opened(
    raw: RawTable, options: ReadOptions, header: Decision | None = None, elsewhere: frozenset[str] = frozenset()
) -> FormState:
    """Start with a file that was just read: everything is a proposal.

    Parameters
    ----------
    raw : RawTable
        The file.
    options : ReadOptions
        How it was read.
    header : Decision, optional
        Lines of the header, proposed or a person's own.
    elsewhere : frozenset of str
        Tables that other files of the folder feed.
    """
    proposal = propose(raw)
    table = Decision(proposal.table, "content", proposal.tables[proposal.table], accepted=False)
    state = FormState(raw, options, table, {}, header or Decision("1"), elsewhere=elsewhere)
    return _from_proposal(state, proposal)


def with_table(state: FormState, table: str) -> FormState:
    """Take a person's answer what the file holds; columns are proposed anew where that changes anything."""
    decided = replace(state, table=Decision(table))
    return decided if table == state.table.value else _from_proposal(decided, propose(state.raw, table))


def _from_proposal(state: FormState, proposal: Proposal) -> FormState:
    columns = {str(name): Decision("") for name in state.raw.frame.columns}
    for name, target in proposal.columns.items():
        columns[name] = Decision(target.name, target.reason, target.certainty, accepted=False)
    rows = tuple(
        RowsChoice(out.column, out.values, {"lv": out.reason["lv"], "en": out.reason["en"]}, len(out.lines))
        for out in proposal.exclusions
    )
    constants = {
        target: Decision(constant.value, constant.reason, constant.certainty, accepted=False)
        for target, constant in proposal.constants.items()
        if not (target.startswith("schools.") and "schools" in state.elsewhere)
    }
    parts = {name: Decision(part, "name", 0.8, accepted=False) for name, part in proposal.parts.items()}
    fresh = replace(
        state, columns=columns, left_out=dict(proposal.left_out), constants=constants, parts=parts, rows=rows,
        codes={}, more={}, forms={}, profiles=dict(proposal.profiles),
    )  # fmt: skip
    for name in proposal.columns:
        fresh = with_values(fresh, name)
    return fresh


def is_wide(target: str) -> bool:
    """Tell whether several columns may have this target, one for each subject or item."""
    table, _, column = target.partition(".")
    return wide_value(table) == column


def wide_columns(state: FormState, target: str) -> set[str]:
    """Return the columns with a target."""
    return {name for name, decision in state.columns.items() if decision.value == target}


def with_values(state: FormState, column: str) -> FormState:
    """Propose codes, signs and forms for a column's values, as its target needs them."""
    table, _, target = state.columns[column].value.partition(".")
    codes_, more, forms = dict(state.codes), dict(state.more), dict(state.forms)
    for old in (codes_, more, forms):
        old.pop(column, None)
    if target:
        seen = state.profiles.get(column) or profile(state.raw.frame[column])
        cells = state.raw.frame[column][~_left_out_rows(state)]
        if target in numeric(table) and seen.signs and target not in ("school_year", "birth_year"):
            codes_[column] = {sign: _sign(sign, state.columns[column].value) for sign in seen.signs}
        elif is_list(table, target):
            values = proposed_codes(table, target, cells)
            codes_[column] = {v: Decision(c, "name", 0.9, accepted=v == c) for v, c in values.codes.items()}
            open_ = {value: Decision("", accepted=False) for value in values.undecided}
            codes_[column] = {**codes_[column], **open_}
            more |= {column: values.more} if values.more else {}
        if target == "school_year":
            two = "two_years" in seen.kinds
            forms[column] = Decision("ends", "content" if two else "name", 0.9 if two else 0.4, accepted=two)
        elif target in dated(table):
            forms |= {column: form} if (form := _date_form(cells)) else {}
    return replace(state, codes=codes_, more=more, forms=forms)


def _left_out_rows(state: FormState) -> np.ndarray:
    out = np.zeros(len(state.raw.frame), bool)
    for choice in state.rows:
        out |= state.raw.frame[choice.column].str.strip().isin(choice.values).to_numpy()
    return out


def _sign(sign: str, target: str) -> Decision:
    status = _ABSENT_SIGNS.get(sign.casefold().rstrip("."), "absent") if target == "results.score" else "@empty"
    return Decision(status, "content", 0.6, accepted=False)


def _date_form(cells: "pd.Series[str]") -> Decision | None:
    some = [text for text in cells.str.strip().head(200) if text]
    for form, pattern in _DATES.items():
        if some and all(re.fullmatch(pattern, text) for text in some):
            return Decision(form, "content", 0.8, accepted=False)
    return None


def choices(state: FormState) -> list[str]:
    """Return the targets that a column may be given."""
    return targets_of(state.table.value)
