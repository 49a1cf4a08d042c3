"""Which table a file most likely feeds, and what its columns, rows and gaps may mean: proposals, none of them applied."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from analysis.intake.contracts import TABLES, columns, numeric
from analysis.intake.profile import Profile, profile
from analysis.intake.rawtable import RawTable
from analysis.intake.rowproposals import RowsOut, proposed_exclusions
from analysis.intake.synonyms import Reason, left_out, likeness, table_hint
from analysis.intake.valuelists import closed

#: Tables whose columns a file about pupils, or about schools, may bring along.
COMPANIONS = {"pupil_id": ("pupils", "enrolments"), "school_id": ("schools",)}
_KEYS_OF_PUPIL = ("pupil_id", "school_year", "grade", "school_id")
_SIMILAR_NAMES_UP_TO = 120  # columns of a file; beyond them only exact names and synonyms are looked for
_KIND = {"school_year": "year", "birth_year": "year", "schools.name": "school", "municipality_id": "municipality"} | {
    name: name for name in ("sex", "grade", "domain", "test", "status")
}
_IDS = ("pupil_id", "respondent_id", "teacher_id", "school_id", "observer_id", "activity_id", "event_id")
#: What content alone may propose, and how sure it is.
_BY_CONTENT = {
    "sex": ("sex", 0.8), "school_year": ("two_years", 0.8), "schools.name": ("school", 0.75), "domain": ("domain", 0.75),
    "municipality_id": ("municipality", 0.7), "status": ("status", 0.6), "test": ("test", 0.6), "grade": ("grade", 0.45),
    "score": ("percent", 0.5), "mean_score": ("percent", 0.4), "pupil_id": ("unique", 0.45), "mark": ("mark", 0.35),
    "wellbeing.value": ("small5", 0.35), "staff_survey.value": ("small5", 0.3), "self_evaluation.level": ("small4", 0.35),
}  # fmt: skip
_LEAST = 0.3


@dataclass(frozen=True)
class Target:
    """A proposed meaning of a column.

    Attributes
    ----------
    name : str
        ``table.column`` of the contract.
    reason : {"name", "synonym", "similar", "content"}
        What it rests on.
    certainty : float
        Between 0 and 1; for ordering and for words, no probability.
    """

    name: str
    reason: Reason
    certainty: float


@dataclass(frozen=True)
class Constant:
    """A proposed value for a column that the file lacks: the same in every row, or ``@score``, ``@file``, ``@delivery``."""

    value: str
    reason: str
    certainty: float


@dataclass(frozen=True)
class Proposal:
    """What a file may mean.

    Attributes
    ----------
    table : str
        The table that it most likely feeds.
    tables : dict of str to float
        All tables with how well they fit (0–1), best first.
    columns : dict of str to Target
        Column of the file → proposed target; a column without a proposal is not there.
    left_out : dict of str to str
        Column of the file → why it is proposed to be left out (``personal_code``, ``person``, ``contact``, ``birth_date``,
        ``free_text``, ``counter``, ``empty``).
    constants : dict of str to Constant
        Column of the table → proposed value where the file has no such column.
    exclusions : tuple of RowsOut
        Rows that look like totals or remarks.
    profiles : dict of str to Profile
        What was seen in each column.
    """

    table: str
    tables: Mapping[str, float]
    columns: Mapping[str, Target]
    left_out: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Constant] = field(default_factory=dict)
    exclusions: tuple[RowsOut, ...] = ()
    profiles: Mapping[str, Profile] = field(default_factory=dict)


def propose(raw: RawTable, table: str | None = None, schools: Collection[str] = ()) -> Proposal:
    """Propose what a file means.

    Parameters
    ----------
    raw : RawTable
        The file as text.
    table : str, optional
        The table that a person has chosen; without it the best one is taken.
    schools : collection of str
        Keys of the school names that the delivery knows already.

    Returns
    -------
    Proposal
        Nothing in it is applied by anybody but a person.
    """
    exclusions = proposed_exclusions(raw)
    rows = raw.frame[~pd.Series(raw.lines, index=raw.frame.index).isin([n for e in exclusions for n in e.lines])]
    profiles = {str(name): profile(rows[name], schools) for name in rows.columns}
    out = {name: why for name, seen in profiles.items() if (why := _why_left_out(name, seen))}
    candidates = {name: seen for name, seen in profiles.items() if name not in out}
    hints = table_hint(raw.file) | table_hint(raw.sheet or "")
    fits = {other: _fit(other, candidates) + (0.15 if other in hints else 0.0) for other in TABLES}
    ranked = dict(sorted(fits.items(), key=lambda item: -item[1]))
    chosen = table or next(iter(ranked))
    targets = assigned(chosen, candidates)
    made = Proposal(chosen, ranked, targets, out, {}, exclusions, profiles)
    return replace(made, constants=_constants(made, raw))


def targets_of(table: str) -> list[str]:
    """Return everything that a column of a file may mean where the file feeds a table: its own columns and what comes along."""
    own = [f"{table}.{column}" for column in columns(table)]
    for key, others in COMPANIONS.items():
        if key in columns(table):
            taken = {*columns(table), *_KEYS_OF_PUPIL}
            own += [f"{o}.{c}" for o in others if o != table and o in TABLES for c in columns(o) if c not in taken]
    return own


def assigned(table: str, profiles: Mapping[str, Profile]) -> dict[str, Target]:
    """Give each column the likeliest target of a table, each target one column, the surest first."""
    exactly = len(profiles) > _SIMILAR_NAMES_UP_TO
    found = [
        (certainty, -place, name, target, reason)
        for place, (name, seen) in enumerate(profiles.items())
        for target in targets_of(table)
        for certainty, reason in [_certainty(name, seen, target, exactly)]
        if certainty >= _LEAST
    ]
    made: dict[str, Target] = {}
    for certainty, _, name, target, reason in sorted(found, key=lambda entry: (-entry[0], -entry[1])):
        if name not in made and target not in {given.name for given in made.values()}:
            made[name] = Target(target, reason, round(certainty, 2))
    return {name: made[name] for name in profiles if name in made}


def _certainty(name: str, seen: Profile, target: str, exactly: bool) -> tuple[float, Reason]:
    table, _, column = target.partition(".")
    kind, sure = _BY_CONTENT.get(target) or _BY_CONTENT.get(column) or ("", 0.0)
    by_content = sure if kind in seen.kinds else 0.0
    named = likeness(name, table, column, exactly=exactly)
    if named is None:
        return by_content, "content"
    certainty = named.certainty * _agreement(seen, table, column)
    return (by_content, "content") if by_content > certainty else (certainty, named.reason)


def _agreement(seen: Profile, table: str, column: str) -> float:
    """Weigh a name by the content: cells that cannot be what the name says halve it, cells that are it add a little."""
    kinds = seen.kinds
    if "empty" in kinds:
        return 0.7
    kind = _KIND.get(f"{table}.{column}") or _KIND.get(column)
    if kind == "year":
        return 1.05 if kinds & {"year", "two_years"} else 0.4
    if kind and kind in kinds:
        return 1.05
    if column in numeric(table):
        return 1.0 if "number" in kinds else 0.4
    if column in _IDS:
        return 1.03 if "id" in kinds else 0.3 if kinds & {"person"} else 0.6 if kinds & {"school", "text"} else 1.0
    if kind in ("school", "municipality"):
        return 0.7 if "number" in kinds else 0.95
    if closed(table, column) and "number" in kinds and not kinds & {"small4", "small5"}:
        return 0.5
    return 0.5 if column in ("domain", "test") and "number" in kinds else 1.0


def _why_left_out(name: str, seen: Profile) -> str | None:
    if "personal_code" in seen.kinds:
        return "personal_code"
    if "person" in seen.kinds:
        return "person"
    if "empty" in seen.kinds:
        return "empty"
    return left_out(name)


def _fit(table: str, profiles: Mapping[str, Profile]) -> float:
    """Weigh a table: the share of its required columns that the file has, and the share of the file that it explains."""
    targets = assigned(table, profiles)
    sure = {target.name: target.certainty for target in targets.values()}
    named = {f"{table}.school_id", "schools.name"}
    needed = [f"{table}.{c}" for c, required in columns(table).items() if required and c not in _EASY]
    have = sum(max(sure.get(t, 0.0), *(sure.get(n, 0.0) for n in named if t in named)) for t in needed if t not in named)
    if f"{table}.school_id" in needed:
        have += max(sure.get(n, 0.0) for n in named)
    own = sum(value for name, value in sure.items() if name.startswith(f"{table}."))
    explained = (own + 0.5 * (sum(sure.values()) - own)) / max(len(profiles), 1)
    return round(0.6 * have / max(len(needed), 1) + 0.4 * explained, 3)


#: Required columns that a constant often fills: their absence says little about the table.
_EASY = ("test", "school_year", "status", "unit", "source")


def _constants(made: Proposal, raw: RawTable) -> dict[str, Constant]:
    """Propose values for what the file lacks; a score in percent has a known range."""
    have = {target.name.partition(".")[2] for target in made.columns.values()
            if target.name.startswith(f"{made.table}.")}  # fmt: skip
    out: dict[str, Constant] = {}
    lacking = [column for column in columns(made.table) if column not in have]
    if "status" in lacking and made.table == "results" and "score" in have:
        out["status"] = Constant("@score", "score", 0.7)
    if "school_year" in lacking and re.search(r"(?:19|20)\d\d", raw.file):
        out["school_year"] = Constant("@file", "file", 0.6)
    if "test" in lacking:
        code = next((c for c, word in _TESTS.items() if re.search(word, raw.file, re.I)), None)
        out |= {"test": Constant(code, "file", 0.5)} if code else {}
    if "municipality_id" in lacking and made.table == "schools":
        out["municipality_id"] = Constant("@delivery", "delivery", 0.7)
    score = next((name for name, t in made.columns.items() if t.name.endswith((".score", ".mean_score"))), None)
    if score and "score_max" in lacking and "percent" in made.profiles[score].kinds:
        is_named = re.search(r"procent|%|percent", score, re.I) is not None
        out["score_max"] = Constant("100", "percent", 0.8 if is_named else 0.4)
    return out


_TESTS = {
    "CE": r"(?<![a-z])ce(?![a-z])|eksām|eksam|exam", "diagnostic": r"diagnost", "monitoring": r"monitor"
}  # fmt: skip
