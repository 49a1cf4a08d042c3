"""What the tables, columns and codes of the contract mean, in words: for templates, the import form and docs."""

from functools import cache
from pathlib import Path
from typing import Any

from analysis.words.files import read_words

_FILE = Path(__file__).parent / "columns.yml"


@cache
def _words() -> dict[str, dict[str, Any]]:
    return read_words(_FILE)


def about_table(table: str, language: str) -> str:
    """Say what a table of the contract holds."""
    return str(_words()["tables"][table][language])


def about_column(table: str, column: str, language: str) -> str:
    """Say what a column means; where the same name means something else in one table, what it means there."""
    return str(_entry(table, column)[language])


def example(table: str, column: str) -> str | int | float:
    """Return the value of a column in the one example row of a table; empty where the column is usually empty."""
    value: str | int | float = _entry(table, column)["example"]
    return value


def about_code(column: str, code: str, language: str) -> str:
    """Say what a code of a closed list means; a code without words (a grade) stands for itself."""
    known = _words()["codes"]
    kinds = known.get(column, known["yes_no"])
    return str(kinds[code][language]) if code in kinds else code


def _entry(table: str, column: str) -> dict[str, Any]:
    known = _words()["columns"]
    entry: dict[str, Any] = known.get(f"{table}.{column}") or known[column]
    return entry
