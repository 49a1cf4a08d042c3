"""What a person answers, one pure function an answer: each returns the state that follows."""

from collections.abc import Mapping
from dataclasses import replace

from analysis.desk.form_state import Decision, FormState, RowsChoice, is_wide, wide_columns, with_values
from analysis.intake.contracts import codes
from analysis.intake.proposals.proposing import subject, wide_name


def with_target(state: FormState, column: str, target: str) -> FormState:
    """Take a person's answer what a column means; the empty text leaves it unread."""
    parts = {name: part for name, part in state.parts.items() if name != column}
    if target and len(wide_columns(state, target) | {column}) > 1 and is_wide(target):
        for name in wide_columns(state, target) | {column}:
            parts.setdefault(name, _part(target, name))
    constants = {name: one for name, one in state.constants.items() if name != target}
    columns = {**state.columns, column: Decision(target)}
    changed = replace(state, columns=columns, parts=parts, constants=constants)
    return with_values(changed, column)


def _part(target: str, name: str) -> Decision:
    part = (subject(name) or "") if wide_name(target.partition(".")[0]) == "domain" else name
    return Decision(part, "name", 0.8, accepted=False)


def with_code(state: FormState, column: str, value: str, code: str) -> FormState:
    """Take a person's answer what a value means; the empty text leaves it as it is."""
    codes_ = {**state.codes[column], value: Decision(code, accepted=bool(code))}
    return replace(state, codes={**state.codes, column: codes_})


def with_part(state: FormState, column: str, part: str) -> FormState:
    """Take a person's answer which subject or item a column is about."""
    return replace(state, parts={**state.parts, column: Decision(part)})


def with_form(state: FormState, column: str, form: str) -> FormState:
    """Take a person's answer how years or dates are written."""
    return replace(state, forms={**state.forms, column: Decision(form)})


def with_constant(state: FormState, target: str, value: str) -> FormState:
    """Take a person's value for a column that the file lacks; the empty text takes it back."""
    others = {name: decision for name, decision in state.constants.items() if name != target}
    return replace(state, constants=others | ({target: Decision(value)} if value.strip() else {}))


def with_rows(state: FormState, column: str, values: tuple[str, ...], reason: str) -> FormState:
    """Leave out the rows in which a column holds one of some values, for a person's reason."""
    count = int(state.raw.frame[column].str.strip().isin(values).sum())
    choice = RowsChoice(column, values, {"lv": reason, "en": reason}, count, accepted=True)
    return replace(state, rows=(*state.rows, choice))


def accept_rows(state: FormState, place: int, accepted: bool) -> FormState:
    """Accept, or take back, one exclusion of rows."""
    rows = tuple(replace(one, accepted=accepted) if i == place else one for i, one in enumerate(state.rows))
    return replace(state, rows=rows)


def accept(state: FormState, column: str, accepted: bool = True) -> FormState:
    """Accept what is proposed for a column, or take that back: its target, codes, form and subject."""
    return replace(
        state,
        columns={**state.columns, column: replace(state.columns[column], accepted=accepted)},
        codes=_accepted_within(state.codes, column, accepted),
        forms=_accepted_in(state.forms, accepted, column),
        parts=_accepted_in(state.parts, accepted, column),
    )


def accept_constant(state: FormState, target: str, accepted: bool = True) -> FormState:
    """Accept a proposed value for a column that the file lacks, or take that back."""
    return replace(state, constants=_accepted_in(state.constants, accepted, target))


def accept_all(state: FormState) -> FormState:
    """Accept every proposal that has a value; what is undecided stays so."""
    accepted = replace(
        state,
        table=replace(state.table, accepted=True),
        header=replace(state.header, accepted=True),
        constants=_accepted_in(state.constants),
        rows=tuple(replace(one, accepted=True) for one in state.rows),
    )
    for column in state.columns:
        accepted = accept(accepted, column)
    return accepted


def _accepted_in(
    decisions: Mapping[str, Decision], accepted: bool = True, key: str | None = None
) -> dict[str, Decision]:
    return {
        name: replace(one, accepted=accepted) if one.value and key in (None, name) else one
        for name, one in decisions.items()
    }


def _accepted_within(
    codes_: Mapping[str, Mapping[str, Decision]], column: str, accepted: bool
) -> dict[str, Mapping[str, Decision]]:
    own = codes_.get(column)
    if own is None:
        return dict(codes_)
    same = {v: one if v == one.value else replace(one, accepted=accepted and bool(one.value)) for v, one in own.items()}
    return {**codes_, column: same}


def waiting(state: FormState) -> int:
    """Count the proposals that nobody has accepted yet."""
    single = [state.table, state.header, *state.columns.values(), *state.forms.values(), *state.constants.values()]
    single += [one for column in state.codes.values() for one in column.values()]
    single += list(state.parts.values())
    return sum(bool(one.value) and not one.accepted for one in single) + sum(not row.accepted for row in state.rows)


def undecided(state: FormState) -> dict[str, list[str]]:
    """Return the values, by column, that need a code and have none, not even a proposed one."""
    found = {
        column: [value for value, one in values.items() if not one.value and value not in _allowed(state, column)]
        for column, values in state.codes.items()
    }
    return {column: values for column, values in found.items() if values and _closed(state, column)}


def _allowed(state: FormState, column: str) -> tuple[str, ...]:
    table, _, target = state.columns[column].value.partition(".")
    return codes(table).get(target, ())


def _closed(state: FormState, column: str) -> bool:
    return bool(_allowed(state, column))
