"""What a file is, by its first bytes and not by its name; what is no table is refused with its true kind."""

import mmap
import re
from pathlib import Path
from typing import Literal

from analysis.faults import Fault, InputFaults

Kind = Literal["text", "workbook", "parquet"]
_READ = (".csv", ".csv.gz", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet")
_REFUSED = (".xls", ".xlsb", ".ods", ".numbers", ".html", ".htm", ".pdf", ".zip")
SUFFIXES = (*_READ, *_REFUSED)  # of a table's file: what cannot be read is refused in words, not passed over
PICKLES = (".pkl", ".pickle", ".joblib")
_CONTAINERS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".parquet")
_HTML = re.compile(rb"\s*<(!doctype|html|head|body|table|meta|style|div|\?xml|!--)|\s*mime-version:", re.IGNORECASE)
_LINK = {"lv": "saite", "en": "a link"}
_SPECIAL = {"lv": "cauruļvads vai ierīce", "en": "a pipe or device"}
_UNREADABLE = {"lv": "nav lasīšanas tiesību", "en": "not allowed to be read"}
_OLD = {"lv": "vecā Excel darbgrāmata (.xls)", "en": "an old Excel workbook (.xls)"}
_LOCKED = {"lv": "ar paroli slēgta darbgrāmata", "en": "a workbook locked by a password"}
_OFFICE = {"lv": "cits vecā Office fails", "en": "another old Office file"}
_HTML_TEXT = {"lv": "HTML vai XML lapa", "en": "an HTML or XML page"}
_OTHER = {"lv": "cita veida fails", "en": "another kind of file"}
_ARCHIVE = {"lv": "arhīvs", "en": "an archive"}
_PICTURE = {"lv": "attēls", "en": "a picture"}
_MAGIC = (
    (b"%PDF", {"lv": "PDF dokuments", "en": "a PDF document"}),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"Rar!", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"SQLite format 3", {"lv": "SQLite datubāze", "en": "an SQLite database"}),
    (b"\x89HDF", {"lv": "HDF5 fails", "en": "an HDF5 file"}),
)


def kind_of(path: Path, file: str) -> Kind:
    """Tell a text table, a workbook (any zip archive) and Parquet apart.

    Raises
    ------
    InputFaults
        S01 empty, C01 something else, C10 HTML, C11 text under the name of a container, C12 Python objects, C13 a workbook
        of another kind, C14 no ordinary file.
    """
    head = _head(path, file)
    suffix = path.suffix.lower()
    if not head:
        raise InputFaults([Fault("S01", file)])
    if suffix in PICKLES or (head[0] == 0x80 and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")):
        raise InputFaults([Fault("C12", file)])
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return "workbook"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputFaults([_office(path, file)])
    for mark, words in _MAGIC:
        if head.startswith(mark):
            raise InputFaults([Fault("C01", file, facts={"found": words})])
    if _HTML.match(head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")):
        raise InputFaults([Fault("C10", file, facts={"found": _HTML_TEXT})])
    if suffix in _CONTAINERS:
        raise InputFaults([_not_what_it_says(head, suffix, file)])
    return "text"


def _head(path: Path, file: str) -> bytes:
    """Return the first bytes of an ordinary file; anything else is refused without waiting for it."""
    if path.is_symlink() or not path.is_file():
        raise InputFaults([Fault("C14", file, facts={"kind": _LINK if path.is_symlink() else _SPECIAL})])
    try:
        with path.open("rb") as opened:
            return opened.read(512)
    except OSError:
        raise InputFaults([Fault("C14", file, facts={"kind": _UNREADABLE})]) from None


def _office(path: Path, file: str) -> Fault:
    """Look for the streams inside an old Office container: a locked workbook, an old one, or no workbook at all."""
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            return Fault("C13", file, facts={"found": _LOCKED})
        old = any(data.find(name.encode("utf-16-le")) >= 0 for name in ("Workbook\0", "Book\0"))
    named = path.suffix.lower() in (".xls", ".xlsx")
    return Fault("C13" if old or named else "C01", file, facts={"found": _OLD if old or named else _OFFICE})


def _not_what_it_says(head: bytes, suffix: str, file: str) -> Fault:
    is_text = b"\x00" not in head.replace(b"\xff\xfe", b"") or head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if suffix == ".parquet" and not is_text:
        return Fault("C02", file, facts={"found": "Parquet"})
    printable = sum(byte >= 32 or byte in (9, 10, 13) for byte in head) > 0.95 * len(head)
    if is_text and (printable or head[:2] in (b"\xff\xfe", b"\xfe\xff")):
        return Fault("C11", file, facts={"suffix": suffix})
    return Fault("C01", file, facts={"found": _OTHER})
