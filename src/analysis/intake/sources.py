"""Reading one file as text, whatever its container, delimiter and encoding, and saying what was found."""

import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path

from analysis.faults import Fault, InputFaults
from analysis.intake.containers import read_parquet, read_workbook
from analysis.intake.rawtable import RawTable, ReadOptions
from analysis.intake.textfile import read_text

SUFFIXES = (".csv", ".csv.gz", ".xlsx", ".parquet")
PICKLES = (".pkl", ".pickle", ".joblib")
_LARGEST_TEXT = 1_000_000_000
_LINK = {"lv": "saite", "en": "a link"}
_SPECIAL = {"lv": "cauruļvads vai ierīce", "en": "a pipe or device"}
_UNREADABLE = {"lv": "nav lasīšanas tiesību", "en": "not allowed to be read"}
_OLD_WORKBOOK = {
    "lv": "vecās Excel formas vai ar paroli slēgts fails",
    "en": "an old Excel file or one with a password",
}
_KINDS = (
    (b"<", {"lv": "HTML vai XML teksts", "en": "HTML or XML text"}),
    (b"", {"lv": "teksts vai cits fails", "en": "text or another kind of file"}),
)


def read_source(path: Path, file: str, options: ReadOptions | None = None, expected: Sequence[str] = ()) -> RawTable:
    """Read one file by its content, not by its name.

    Parameters
    ----------
    path : Path
        Where it lies.
    file : str
        Its name as the analyst knows it.
    options : ReadOptions, optional
        What a map says about reading it.
    expected : sequence of str
        Column names that a map or the contract looks for.

    Raises
    ------
    InputFaults
        S01–S03, S05, S09, S13, E07, C01, C02, C05, C12, C14, C16: the file cannot be read as a table.
    """
    options = options or ReadOptions()
    head = _head(path, file)
    if not head:
        raise InputFaults([Fault("S01", file)])
    if path.suffix in PICKLES or (head[0] == 0x80 and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")):
        raise InputFaults([Fault("C12", file)])
    if head.startswith(b"PAR1"):
        return read_parquet(path, file, expected)
    if head.startswith(b"PK"):
        return read_workbook(path, file, options, expected)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputFaults([Fault("C01", file, facts={"found": _OLD_WORKBOOK})])
    if path.suffix == ".xlsx":
        found = next(words for mark, words in _KINDS if head.startswith(mark))
        raise InputFaults([Fault("C01", file, facts={"found": found})])
    if path.suffix == ".parquet":
        raise InputFaults([Fault("C02", file, facts={"found": "Parquet"})])
    return read_text(_unpacked(path, file, head), file, options, expected)


def _head(path: Path, file: str) -> bytes:
    """Return the first bytes of an ordinary file; anything else is refused without waiting for it."""
    if path.is_symlink() or not path.is_file():
        raise InputFaults([Fault("C14", file, facts={"kind": _LINK if path.is_symlink() else _SPECIAL})])
    try:
        with path.open("rb") as opened:
            return opened.read(8)
    except OSError:
        raise InputFaults([Fault("C14", file, facts={"kind": _UNREADABLE})]) from None


def _unpacked(path: Path, file: str, head: bytes) -> bytes:
    if not head.startswith(b"\x1f\x8b"):
        return path.read_bytes()
    try:
        with gzip.open(path) as opened:
            raw = opened.read(_LARGEST_TEXT + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise InputFaults([Fault("C02", file, facts={"found": "gzip"})]) from None
    if len(raw) > _LARGEST_TEXT:
        ratio = round(len(raw) / path.stat().st_size)
        raise InputFaults([Fault("C05", file, facts={"ratio": ratio, "size": len(raw) // 1_000_000})])
    return raw
