"""Ids as they should be: no zeros lost, no digits rounded away, no names of people in them; columns that may hold names."""

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from analysis.faults import Fault
from analysis.intake.checking.placed import at_rows
from analysis.intake.contracts import IDS
from analysis.intake.provenance import FILE, LINE

_SCIENTIFIC = re.compile(r"\s*[-+]?\d(?:[.,]\d+)?E\+\d{2,3}\s*", re.IGNORECASE)
_WORD = r"[^\W\d_]{3,}(?:-[^\W\d_]{2,})?"
_FULL_NAME = re.compile(rf"{_WORD}(?:,? {_WORD}){{1,3}}")
_OF_NAMES = re.compile(
    r"\b(?:vārd\w*|uzvārd\w*|vard[su]?|uzvard[su]?|personvārd\w*|(?:first|last|sur|full|given|family|middle)[ _]?name"
    r"|surname|manager|vadītāj\w*|direktor\w*|skolotāj[as]|pedagog[sa]|vecāk\w+|māte|tēvs|aizbildn\w+|kontaktpersona"
    r"|e-?pasts|e-?mail|tālrun\w*|phone)\b"
)
_OF_REMARKS = re.compile(
    r"\b(?:piezīm\w*|piezim\w*|komentār\w*|komentar\w*|apraksts|paskaidrojum\w*|remarks?|comments?|notes?)\b"
)
_OF_PLACES = re.compile(
    r"\b(?:iestād\w*|skol[au]\w*|school|novad\w*|pašvaldīb\w*|municipality|test\w*|pārbaudījum\w*)\b"
)
_PLACE = re.compile(
    r"\b(?:\w*skola|ģimnāzija|valoda|pagast[sa]|novad[sa]|pilsēta|ciems|iela|lv-?\d{4})\b", re.IGNORECASE
)
_FEWEST_TEXTS = 3
_LONG_TEXT = 40


def id_faults(rows: pd.DataFrame) -> list[Fault]:
    """Find ids in scientific notation (I02) and ids of persons that look like names (I09); no id is shown."""
    faults: list[Fault] = []
    for column in (str(c) for c in rows.columns if str(c).endswith("_id")):
        texts = pd.Series(rows[column].dropna().unique(), dtype="str")
        rounded = texts[texts.str.contains("e+", case=False, regex=False)]
        faults += at_rows("I02", _with(rows, column, [t for t in rounded if _SCIENTIFIC.fullmatch(t)]), column)
        if column in IDS:
            spaced = texts[texts.str.contains(" ", regex=False)]
            faults += _names(rows, column, [t for t in spaced if _FULL_NAME.fullmatch(t)])
    return faults


def _with(rows: pd.DataFrame, column: str, texts: list[str]) -> pd.DataFrame:
    return rows[rows[column].isin(texts)] if texts else rows.iloc[:0]


def _names(rows: pd.DataFrame, column: str, texts: list[str]) -> list[Fault]:
    """A file whose ids are names is told once, with its first line and their number."""
    named = _with(rows, column, texts)
    counts = named.groupby(FILE, sort=False)[LINE].agg(["min", "size"])
    return [
        Fault("I09", str(file), int(line), column=column, facts={"count": int(count)})
        for file, line, count in counts.itertuples()
    ]


def may_hold_names(column: str, cells: "pd.Series[str]") -> bool:
    """Tell whether a column that nothing reads may hold names of people or free text about them.

    Parameters
    ----------
    column : str
        Its name: ``Vārds``, ``Piezīmes``, ``Manager`` say it by themselves.
    cells : pd.Series of str
        Its cells; most of them different, and two words each or long, say it as well.
    """
    name = re.sub(r"[_\s]+", " ", column).casefold()
    if _OF_REMARKS.search(name) or (_OF_NAMES.search(name) and not _OF_PLACES.search(name)):
        return True
    texts = [text for text in cells.str.strip().unique() if text and not _PLACE.search(text)]
    if len(texts) < _FEWEST_TEXTS or _OF_PLACES.search(name):
        return False
    wordy = sum(len(text) > _LONG_TEXT or _like_a_name(text) for text in texts)
    return wordy > len(texts) / 2 and len(texts) > (cells.str.strip() != "").sum() / 2


def _like_a_name(text: str) -> bool:
    """Tell a name, whose words all begin with a capital, from ``Latviešu valoda`` and ``Kastuļinas pagasts``."""
    return _FULL_NAME.fullmatch(text) is not None and all(word[0].isupper() for word in text.split())


def unread_columns(file: str, frame: pd.DataFrame, read: Iterable[str]) -> list[Fault]:
    """Say which columns of a file nothing reads: those that may hold names each by itself (I07), the others together (D10)."""
    named = set(read)
    unread = [str(name) for name in frame.columns if name not in named]
    personal = [name for name in unread if may_hold_names(name, frame[name])]
    plain: Mapping[str, object] = {"names": ", ".join(name for name in unread if name not in personal)}
    faults = [Fault("I07", file, column=name) for name in personal]
    return [*faults, Fault("D10", file, facts=plain)] if len(personal) < len(unread) else faults
