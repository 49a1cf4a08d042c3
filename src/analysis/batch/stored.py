"""Rows as the store keeps them: pseudonyms for ids of persons, and the municipality that each row belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.intake.contracts import IDS, KEYS
from analysis.intake.provenance import own_columns
from analysis.intake.pseudonyms import Key, pseudonyms

SHARED = ("municipalities", "schools", "published", "item_map", "wellbeing_items", "staff_survey_items", "competences")
"""Tables that belong to all; every other one is cut by municipality."""
LEFT_OUT = ("pupils",)
"""What is known of pupils is joined to their results; a birth year is not stored."""
_OF_PUPILS = ("marks", "support_given")
_OF_SURVEYS = "respondent_id"
Tables = dict[str, pd.DataFrame]


def stored_name(column: str) -> str:
    """Return the name under which the pseudonyms of an id are stored: ``pupil`` for ``pupil_id``."""
    return column.removesuffix("_id") if column in IDS else column


def without_provenance(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep a table's own columns; empty optional keys of a test are the empty text, school years are whole numbers."""
    rows = rows[own_columns(rows)]
    text = [c for c in ("level", "session") if c in rows and not pd.api.types.is_numeric_dtype(rows[c])]
    filled = {c: rows[c].fillna("") for c in text}
    if "school_year" in rows:
        filled["school_year"] = rows["school_year"].astype("int64")
    return rows.assign(**filled)


@dataclass(frozen=True)
class Homes:
    """Where rows belong: schools to municipalities, persons in a year and pupils' tests to schools.

    `own` is a board's own municipality, for rows of which nothing else is known; empty for a country.
    """

    of_school: pd.Series
    of_year: dict[str, pd.DataFrame]
    of_test: pd.DataFrame
    own: str


def homes(tables: Tables, own: str) -> Homes:
    """Find out where rows belong that name a pupil or a teacher and no school: by year, and for items by test."""
    years = {y for name in _OF_PUPILS if name in tables for y in tables[name]["school_year"].unique()}
    enrolled = _schools(tables, ("enrolments", "results"), ["pupil_id", "school_year"], {"school_year": years})
    teaching = _schools(tables, ("teacher_evidence",), ["teacher_id", "school_year"], {})
    keys = [column for column in KEYS["items"] if column != "item"]
    asked = {c: set(tables["items"][c].unique()) if "items" in tables else set() for c in keys if c != "pupil_id"}
    of_school = tables["schools"].set_index("school_id")["municipality_id"]
    return Homes(
        of_school,
        {"pupil_id": enrolled, "teacher_id": teaching},
        _schools(tables, ("results",), keys, asked | {"session": {None, float("nan")}}),
        own,
    )


def _schools(tables: Tables, names: tuple[str, ...], keys: list[str], only: dict[str, set[Any]]) -> pd.DataFrame:
    """Return one school for each key, from the first table that knows it; `only` says which values are asked for."""
    parts = [pd.DataFrame(columns=[*keys, "school_id"])]
    for rows in (tables[name] for name in names if name in tables):
        wanted = pd.Series(True, index=rows.index)
        for column, values in only.items():
            wanted &= rows[column].isin(values)
        parts.append(rows.loc[wanted, [*keys, "school_id"]])
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return found.drop_duplicates(keys).astype({"school_year": "int64"})


def placed(rows: pd.DataFrame, known: Homes) -> pd.DataFrame:
    """Give every row its municipality, and the school where one is known; where nothing is known it is empty."""
    if "municipality_id" in rows:
        return rows
    if "school_id" not in rows:
        person = next(column for column in known.of_year if column in rows)
        of_person = known.of_test if "item" in rows else known.of_year[person]
        keys = [column for column in of_person.columns if column != "school_id"]
        rows = rows.merge(of_person, on=keys, how="left", validate="many_to_one")
    return rows.assign(municipality_id=rows["school_id"].map(known.of_school).fillna(known.own))


def partitions(tables: Tables, known: Homes, key: Key, context: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give the tables that are cut by municipality, one after the other; each is let go before the next is made.

    Parameters
    ----------
    tables : dict of str to pd.DataFrame
        Checked tables; they are taken out of it.
    known : Homes
        Where rows belong.
    key : Key
        Secret of the board.
    context : str
        Of the pupils' pseudonyms, the same as in ``results``; respondents have one for each survey, staff one for
        each kind of person, so that nothing is joined that should not be.
    """
    for name in [n for n in tables if n not in LEFT_OUT]:
        yield name, _pseudonymised(placed(without_provenance(tables.pop(name)), known), name, key, context)


def _context(context: str, table: str, column: str) -> str:
    if column == "pupil_id":
        return context
    return f"{context}\0{table if column == _OF_SURVEYS else stored_name(column)}"


def _pseudonymised(rows: pd.DataFrame, table: str, key: Key, context: str) -> pd.DataFrame:
    """Replace ids, rename their columns, keep repeated texts as categories; the order stays the delivery's."""
    text = [c for c in rows if c not in IDS and pd.api.types.is_string_dtype(rows[c])]
    rows = rows.astype(dict.fromkeys(text, "category"))
    ids = [column for column in IDS if column in rows]
    rows = rows.assign(**{c: pseudonyms(rows[c], key, _context(context, table, c)) for c in ids})
    return rows.rename(columns=stored_name)
