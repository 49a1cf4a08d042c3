"""Names of places and schools, which reach pages: no markup, no letters broken by encoding, no paths."""

import re

import pandas as pd

from analysis.faults import Fault, shown_name
from analysis.intake.checking.placed import at_rows
from analysis.intake.contracts import NAME_COLUMNS
from analysis.intake.register import looks_like_path

_HTML = re.compile(r"<[^>]*>|&#|javascript:", re.IGNORECASE)
_DOUBLE_ENCODED = re.compile(
    r"[ÃÄÅ][\u0080-\u00aa\u00ac-\u00ba\u00bc-\u00bf€‚ƒ…†‡ˆ‰ŠŒŽ˜™šœžŸ]"
)  # not before quotes and dashes


def name_faults(table: str, rows: pd.DataFrame) -> list[Fault]:
    """Find HTML (N01) and broken letters (E04) in names, and paths in names and codes of municipalities (N05)."""
    faults: list[Fault] = []
    names = NAME_COLUMNS.get(table, ())
    of_place = ("municipality_id", *names) if table == "municipalities" else ()
    for code, wanted, test in (
        ("N01", names, _HTML.search),
        ("E04", names, _broken),
        ("N05", of_place, looks_like_path),
    ):
        for column in wanted:
            bad = rows[rows[column].isin([text for text in rows[column].dropna().unique() if test(text)])]
            said = [{"value": shown_name(text), "nearest": _repaired(text) or "–"} for text in bad[column]]
            faults += at_rows(code, bad, column, said.__getitem__)
    return faults


def _broken(text: str) -> bool:
    return _DOUBLE_ENCODED.search(text) is not None or _repaired(text) is not None


def _repaired(text: str) -> str | None:
    """Return what a name was before its UTF-8 bytes were read in another encoding; None where that cannot have been."""
    for encoding in ("cp1252", "cp1257"):
        try:
            made = b"".join(c.encode("latin-1" if "\x80" <= c <= "\x9f" else encoding) for c in text).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        if made != text:
            return made
    return None
