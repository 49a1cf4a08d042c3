"""Which table a file most likely feeds, and what its columns, rows and gaps may mean: proposals, none of them applied."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from analysis.intake.contracts import KEYS, TABLES, columns, numeric
from analysis.intake.proposals.profile import Profile, profile
from analysis.intake.proposals.rowproposals import RowsOut, proposed_exclusions
from analysis.intake.proposals.synonyms import Reason, code_of, folded, left_out, likeness, table_hint
from analysis.intake.proposals.valuelists import closed
from analysis.intake.reading.rawtable import RawTable

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
_LONGEST_SUBJECT = 6  # words
_WIDE = {
    "results": ("score", "domain"), "marks": ("mark", "domain"), "school_results": ("mean_score", "domain"),
    "items": ("points", "item"), "wellbeing": ("value", "item"), "staff_survey": ("value", "item"),
}  # fmt: skip
_ITEM = re.compile(r"(?:uzd\w*|item|jaut\w*|q|j)[\s._]*\d+[a-z]?\.?|\d+[.\s]*(?:uzd\w*|jaut\w*)\.?", re.I)


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
    parts : dict of str to str
        Columns that all mean the same target, each for a subject or an item of its own → that subject or item.
    constants : dict of str to Constant
        ``table.column`` → proposed value where the file has no such column.
    exclusions : tuple of RowsOut
        Rows that look like totals or remarks.
    profiles : dict of str to Profile
        What was seen in each column.
    """

    table: str
    tables: Mapping[str, float]
    columns: Mapping[str, Target]
    left_out: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
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
    fits = {other: min(_fit(other, candidates) + (0.15 if other in hints else 0.0), 1.0) for other in TABLES}
    ranked = dict(sorted(fits.items(), key=lambda item: -item[1]))
    chosen = table or next(iter(ranked))
    parts = proposed_parts(chosen, candidates)
    targets = assigned(chosen, candidates)
    made = Proposal(chosen, ranked, targets, out, parts, {}, exclusions, profiles)
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
    parts = proposed_parts(table, profiles)
    wide = f"{table}.{wide_value(table)}"
    named = {f"{table}.{wide_name(table)}"} if parts else set()
    made: dict[str, Target] = {name: Target(wide, "synonym", 0.8) for name in parts}
    found = [
        (certainty, -place, name, target, reason)
        for place, (name, seen) in enumerate(profiles.items())
        for target in targets_of(table)
        for certainty, reason in [_certainty(name, seen, target, exactly)]
        if certainty >= _LEAST
    ]
    for certainty, _, name, target, reason in sorted(found, key=lambda entry: (-entry[0], -entry[1])):
        if name not in made and target not in named | {given.name for given in made.values()}:
            made[name] = Target(target, reason, round(certainty, 2))
    return {name: made[name] for name in profiles if name in made}


def wide_value(table: str) -> str | None:
    """Return the column of a table that a file may hold several times, once for each subject or item."""
    return _WIDE.get(table, (None, None))[0]


def wide_name(table: str) -> str | None:
    """Return the column that says which subject or item such a column is about."""
    return _WIDE.get(table, (None, None))[1]


def proposed_parts(table: str, profiles: Mapping[str, Profile]) -> dict[str, str]:
    """Find columns of numbers that are named after subjects, or after items: one each, at least two of them."""
    numbers = [name for name, seen in profiles.items() if "number" in seen.kinds]
    if wide_name(table) == "domain":
        found = {name: code for name in numbers if (code := subject(name))}
        found = found if len(set(found.values())) == len(found) else {}
    elif wide_name(table) == "item":
        found = {name: name for name in numbers if _ITEM.fullmatch(name.strip())}
    else:
        found = {}
    return found if len(found) > 1 else {}


def subject(name: str) -> str | None:
    """Return the subject that a column's name holds: ``Rezultāts, % Matemātika`` → ``mathematics``; the longest words win."""
    tokens = folded(name).split()
    for length in range(min(len(tokens), _LONGEST_SUBJECT), 0, -1):
        found = {code_of("domain", " ".join(tokens[i : i + length])) for i in range(len(tokens) - length + 1)} - {None}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


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
    if KEYS[table] == (column,) and "distinct" not in kinds:
        return 0.4  # a list of schools names each school once
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
    needed = [f"{table}.{c}" for c, required in columns(table).items() if required and c not in _EASY]
    if f"{table}.school_id" in needed:  # a school's name leads to its id
        sure[f"{table}.school_id"] = max(sure.get(f"{table}.school_id", 0.0), sure.pop("schools.name", 0.0))
    if f"{table}.{wide_value(table)}" in sure and proposed_parts(table, profiles):
        sure.setdefault(f"{table}.{wide_name(table)}", 0.8)
    have = sum(sure.get(target, 0.0) for target in needed)
    own = sum(value for name, value in sure.items() if name.startswith(f"{table}."))
    explained = (own + 0.5 * (sum(sure.values()) - own)) / max(len(profiles), 1)
    return round(0.6 * have / max(len(needed), 1) + 0.4 * explained, 3)


#: Required columns that a constant often fills: their absence says little about the table.
_EASY = ("test", "school_year", "status", "unit", "source")


def _constants(made: Proposal, raw: RawTable) -> dict[str, Constant]:
    """Propose values for what the file lacks; a score in percent has a known range."""
    table, have = made.table, {target.name for target in made.columns.values()}
    lacking = {column for column in columns(table) if f"{table}.{column}" not in have}
    out: dict[str, Constant] = {}
    if "status" in lacking and table == "results" and "results.score" in have:
        out["results.status"] = Constant("@score", "score", 0.7)
    if "school_year" in lacking and re.search(r"(?:19|20)\d\d", raw.file):
        out[f"{table}.school_year"] = Constant("@file", "file", 0.6)
    if "test" in lacking:
        code = next((c for c, word in _TESTS.items() if re.search(word, raw.file, re.I)), None)
        out |= {f"{table}.test": Constant(code, "file", 0.5)} if code else {}
    if "schools.municipality_id" not in have and (table == "schools" or "schools.name" in have):
        out["schools.municipality_id"] = Constant("@delivery", "delivery", 0.7)
    scores = [name for name, target in made.columns.items() if target.name == f"{table}.{wide_value(table)}"]
    if scores and "score_max" in lacking and all("percent" in made.profiles[name].kinds for name in scores):
        is_named = any(re.search(r"procent|%|percent", name, re.I) for name in scores)
        out[f"{table}.score_max"] = Constant("100", "percent", 0.8 if is_named else 0.4)
    return out


_TESTS = {"CE": r"(?<![a-z])ce(?![a-z])|eksām|eksam|exam", "diagnostic": r"diagnost", "monitoring": r"monitor"}
