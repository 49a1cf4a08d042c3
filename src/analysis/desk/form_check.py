"""What is still missing and what is wrong, while a person answers (first rows) and on demand (the whole delivery)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from analysis.desk.form_answers import accept_all, undecided, waiting
from analysis.desk.form_folder import existing_delivery
from analysis.desk.form_rules import clashes, delivery_values, map_name, map_of, missing, tables, wide_open
from analysis.desk.form_state import FormState
from analysis.faults import Fault, InputFaults, unique
from analysis.intake.checking.links import personal_codes
from analysis.intake.checking.typed import typed
from analysis.intake.delivery import Delivery, read_delivery
from analysis.intake.files import DELIVERY_FILE
from analysis.intake.mapping.applying import apply_rule
from analysis.intake.mapping.maps import parse_map
from analysis.intake.proposals.proposing import wide_name, wide_value

LIVE_ROWS = 2000


@dataclass(frozen=True)
class Gaps:
    """What a person has not answered yet.

    Attributes
    ----------
    missing : tuple of str
        Required ``table.column`` that nothing fills.
    clashes : dict of str to list of str
        Target → the columns that were all given it.
    undecided : dict of str to list of str
        Column → values without a code.
    wide_open : bool
        Columns of several subjects lack a subject, or the meaning of an empty cell.
    scope, municipality : bool
        ``delivery.yml`` would lack them.
    waiting : int
        Proposals that nobody has accepted.
    """

    missing: tuple[str, ...]
    clashes: dict[str, list[str]]
    undecided: dict[str, list[str]]
    wide_open: bool
    scope: bool
    municipality: bool
    waiting: int

    @property
    def none(self) -> bool:
        """Nothing is missing."""
        return not (self.missing or self.clashes or self.undecided or self.wide_open or self.scope or self.municipality)


def gaps(state: FormState) -> Gaps:
    """Find what is not answered yet; what a waiting proposal would fill counts as waiting and not as missing."""
    answered = accept_all(state)
    is_open, table = wide_open(answered), state.table.value
    told = {f"{table}.{column}" for column in (wide_name(table), wide_value(table), "status")} if is_open else set()
    return Gaps(
        tuple(target for target in missing(answered) if target not in told),
        clashes(state), undecided(state), is_open,
        not state.scope, state.scope == "board" and not state.municipality, waiting(state),
    )  # fmt: skip


def live_faults(state: FormState) -> list[Fault]:
    """Check the first 2000 rows of this file alone against the answers so far: fast enough for every change.

    Columns that are not answered yet are not told again (S04): they stand among the gaps.
    """
    raw = replace(state.raw, frame=state.raw.frame.head(LIVE_ROWS), lines=state.raw.lines[:LIVE_ROWS], notes=())
    faults = personal_codes(raw)
    try:
        rules = map_of(state).files if tables(state) and not clashes(state) else []
        for rule in rules:
            mapped = apply_rule(raw, rule, {"municipality": state.municipality})
            faults += mapped.faults
            for table, frame in mapped.tables.items():
                lacking = {(raw.file, str(fault.facts["name"])) for fault in mapped.faults if fault.code == "S04"}
                faults += _in_words_of_file(typed(table, frame, (), lacking)[1], mapped.columns[table])
    except InputFaults as found:
        faults += found.faults
    return [fault for fault in unique(faults) if fault.code not in ("S04", "D10", "D04") and not _asked(fault, state)]


def _asked(fault: Fault, state: FormState) -> bool:
    """Tell whether the fault is only that the board's municipality is not chosen yet: that stands among the gaps."""
    return fault.code == "V09" and fault.column == "municipality_id" and not state.municipality


def _in_words_of_file(faults: Iterable[Fault], columns: dict[str, str]) -> list[Fault]:
    return [replace(fault, column=columns.get(fault.column or "", fault.column)) for fault in faults]


def check_delivery(folder: Path, state: FormState, today: date | None = None) -> Delivery:
    """Check the whole folder as if the map and ``delivery.yml`` were written; raises ``InputFaults`` as the command does."""
    draft = {
        DELIVERY_FILE: parse_map(delivery_values(state, existing_delivery(folder)), DELIVERY_FILE),
        map_name(state.raw.file).rpartition("/")[2]: map_of(state),
    }
    return read_delivery(folder, (), today, draft)
