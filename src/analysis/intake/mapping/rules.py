"""What a map may say of columns, rows and files: the models behind every YAML in ``data/maps/``."""

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr, field_validator, model_validator

from analysis.intake.reading.rawtable import ReadOptions

Text = dict[Literal["lv", "en"], str]
Cell = StrictStr | StrictInt | StrictFloat


class Strict(BaseModel):
    """What all parts of a map share: frozen, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ColumnRule(Strict):
    """How one target column is filled; exactly one of the first six says from what.

    Attributes
    ----------
    source : str or list of str, key ``from``
        Column of the file; of several the first filled one.
    constant : str or number
        The same value in every row.
    text : str
        Words and columns: ``Authority {lea}``; empty where one of the columns is.
    row_number : bool
        The number of the row as an id: that of the file, whatever rows are left out.
    file_name : str
        Regular expression; its first group, found in the file's name, is the value.
    delivery : str
        Value of this key of ``delivery.yml`` (``municipality``).
    absent : list of str
        Signs of an absent value; they count as empty before anything else is done.
    strip_prefix, recode, default, factor, shift
        In this order: leading words taken off, values exchanged (others become ``default`` where one is given; an empty
        cell stays empty), unit conversion.
    filled : str
        Any filled cell becomes this value (``status`` out of a score); empty ones become ``default``.
    unknown : list of str
        Id values that mean *unknown*: each such row gets an id of its own.
    width : int
        Number of digits of an id: a shorter one has lost its leading zeros (I01).
    date : str
        How dates are written (``%d.%m.%Y``); others than that are left for the checks.
    school_year : {"ends", "starts"}
        Which year a single number names; forms with two years need no telling.
    school_key : bool
        The value is a school's name and is made into a key by which the same name in another spelling is found.
    lookup : {"municipality", "school"}
        The value is a name or old code, to be found in the register (with ``part``, the column of a parish or town,
        and ``parts``, decisions by value) or among the schools of the delivery.
    optional : bool
        The column may be missing from the file.
    """

    source: str | list[str] | None = Field(default=None, alias="from")
    constant: Cell | None = None
    text: str | None = None
    row_number: bool = False
    file_name: str | None = None
    delivery: str | None = None
    strip_prefix: str | list[str] = Field(default_factory=list)
    recode: dict[str, str] = Field(default_factory=dict)
    default: str | None = None
    absent: list[str] = Field(default_factory=list)
    factor: float | None = Field(default=None, allow_inf_nan=False)
    shift: float | None = Field(default=None, allow_inf_nan=False)
    filled: str | None = None
    unknown: list[str] = Field(default_factory=list)
    width: int | None = Field(default=None, ge=1, le=20)
    date: str | None = None
    school_year: Literal["ends", "starts"] | None = None
    school_key: bool = False
    lookup: Literal["municipality", "school"] | None = None
    part: str | None = None
    parts: dict[str, str] = Field(default_factory=dict)
    optional: bool = False

    @model_validator(mode="after")
    def one_origin(self) -> "ColumnRule":
        """Refuse a rule that says twice, or nowhere, what fills the column."""
        given = [self.source, self.constant, self.text, self.row_number or None, self.file_name, self.delivery]
        if sum(item is not None for item in given) != 1:
            raise ValueError("from | constant | text | row_number | file_name | delivery")
        return self

    @field_validator("file_name")
    @classmethod
    def one_group(cls, pattern: str | None) -> str | None:
        """Refuse what is no regular expression with a group."""
        try:
            if pattern is not None and re.compile(pattern).groups < 1:
                raise ValueError
        except (re.error, ValueError):
            raise ValueError(r"(\d{4})") from None
        return pattern

    @field_validator("date")
    @classmethod
    def a_whole_date(cls, form: str | None) -> str | None:
        """Refuse a form that does not say day, month and year."""
        if form is not None and not all(re.search(f"%[{letters}]", form) for letters in ("d", "mbB", "yY")):
            raise ValueError("%d.%m.%Y")
        return form

    @property
    def columns(self) -> list[str]:
        """Columns of the file that the value comes from, the first filled one of several."""
        sources = [self.source] if isinstance(self.source, str) else list(self.source or [])
        return sources + re.findall(r"{([^{}]+)}", self.text or "")


class Condition(Strict):
    """Rows by the values of a column (the empty text: empty cells), with a reason that the page states."""

    column: str
    values: list[str] = Field(alias="in", min_length=1)
    reason: Text

    @field_validator("reason")
    @classmethod
    def in_both_languages(cls, reason: Text) -> Text:
        """Refuse a reason that one of the two pages could not state."""
        if set(reason) != {"lv", "en"}:
            raise ValueError("lv, en")
        return reason


class Wide(Strict):
    """Wide to long: each of some columns of a row becomes a row of its own.

    Attributes
    ----------
    columns : list of str, or dict
        Names, with ``*`` for any letters (``item_*``); or a table of names that says what each stands for, one word
        (``mat_score: mathematics``, found in ``name``) or several (``mat_score: {domain: mathematics, max: 40}``).
    name : str
        Name of the new column with the column's name, or the word that stands for it.
    value : str
        Name of the new column with the cell.
    empty : {"drop", "keep"}
        Whether an empty cell gives no row, or one without a value. There is no default: both are common.
    """

    columns: list[str] | dict[str, str | dict[str, Cell]] = Field(min_length=1)
    name: str = "name"
    value: str = "value"
    empty: Literal["drop", "keep"]

    @field_validator("columns")
    @classmethod
    def each_says_the_same(cls, columns: Any) -> Any:
        """Refuse a table of names of which one says more than another: the rest would be empty without a word."""
        if isinstance(columns, dict):
            said = {tuple(sorted(facts)) if isinstance(facts, dict) else None for facts in columns.values()}
            if len(said) > 1:
                raise ValueError(" / ".join(sorted(", ".join(keys) if keys else "name" for keys in said)))
        return columns

    @property
    def made(self) -> list[str]:
        """Names of the columns that the file does not have and the rule's tables may take."""
        facts = next(iter(self.columns.values())) if isinstance(self.columns, dict) else None
        return list(dict.fromkeys([self.name, self.value, *(facts if isinstance(facts, dict) else ())]))


class FileRule(Strict):
    """One reading of one kind of file: which rows and columns feed which tables. A file may have several.

    Attributes
    ----------
    pattern : str
        Names of the files.
    read : ReadOptions
        Delimiter, encoding, sheet, lines of the header; what is not said is found out.
    when : dict of str to list of str
        Column → values: the rows that this rule is about (of several columns all must fit). Rows that no rule of the
        file is about are a fault (M03).
    exclude, keep : list of Condition
        Rows left out where a column is, or is not, one of some values: counted, with a reason that the page states.
    absent : list of str
        Signs of an absent value in every column.
    wide : Wide, optional
        Columns that become rows, after rows were left out.
    tables : dict
        Table of the contract → target column → how it is filled.
    unread : list of str
        Columns (``*`` for any letters) that are left unread on purpose.
    unique : list of (str or list of str)
        Columns, or several together, that ought to be unique; if not, that is a finding and no fault (D09).
    known_schools_only : bool
        The file holds the country; the board's own schools are kept.
    public : bool
        Its figures are published already.
    """

    pattern: str
    read: ReadOptions = ReadOptions()
    when: dict[str, list[str]] = Field(default_factory=dict)
    exclude: list[Condition] = Field(default_factory=list)
    keep: list[Condition] = Field(default_factory=list)
    absent: list[str] = Field(default_factory=list)
    wide: Wide | None = None
    tables: dict[str, dict[str, ColumnRule]]
    unread: list[str] = Field(default_factory=list)
    unique: list[str | list[str]] = Field(default_factory=list)
    known_schools_only: bool = False
    public: bool = False

    @field_validator("tables", mode="before")
    @classmethod
    def short_forms(cls, tables: Any) -> Any:
        """Let ``score: Punkti`` stand for ``score: {from: Punkti}``, and ``[A, B]`` for the first filled one of both."""
        if not isinstance(tables, dict):
            return tables
        return {
            table: {target: {"from": rule} if isinstance(rule, str | list) else rule for target, rule in rules.items()}
            if isinstance(rules, dict)
            else rules
            for table, rules in tables.items()
        }

    @property
    def columns(self) -> list[str]:
        """Columns of the file that the rule names, each once; those that ``wide`` makes are not the file's."""
        made = self.wide.made if self.wide else []
        rules = [rule for table in self.tables.values() for rule in table.values()]
        taken = [name for rule in rules for name in [*rule.columns, *([rule.part] if rule.part else [])]]
        wide = [name for name in self.wide.columns if not is_pattern(name)] if self.wide else []
        conditions = [condition.column for condition in [*self.exclude, *self.keep]]
        return list(dict.fromkeys([*(n for n in taken if n not in made), *wide, *self.when, *conditions, *self.keys]))

    @property
    def keys(self) -> list[str]:
        """Columns that ought to be unique, alone or together."""
        return [name for one in self.unique for name in ([one] if isinstance(one, str) else one)]


def is_pattern(name: str) -> bool:
    """Tell whether a name of columns stands for several: ``item_*``."""
    return "*" in name


def matching(names: list[str], known: list[str]) -> list[str]:
    """Return the known columns that names or patterns mean, in the order of the file."""
    exact = {name for name in names if name in known}
    patterns = [re.escape(name).replace(r"\*", ".*") for name in names if is_pattern(name) and name not in exact]
    return [name for name in known if name in exact or any(re.fullmatch(one, name) for one in patterns)]
