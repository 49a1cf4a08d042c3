"""What a zip archive is, by its directory alone: nothing of it is unpacked before that."""

import zipfile
from pathlib import Path

from analysis.faults import Fault, InputFaults
from analysis.intake.reading.encoding import HIGHEST_RATIO, SMALL

LARGEST_UNPACKED = 100_000_000
_OTHER = {"lv": "cits zip arhīvs", "en": "another zip archive"}
_BINARY = {"lv": "bināra darbgrāmata (.xlsb)", "en": "a binary workbook (.xlsb)"}
_OPEN_DOCUMENT = {"lv": "OpenDocument tabula (.ods)", "en": "an OpenDocument sheet (.ods)"}
_NUMBERS = {"lv": "Apple Numbers tabula", "en": "an Apple Numbers sheet"}
_LOCKED = {"lv": "ar paroli slēgts arhīvs", "en": "an archive locked by a password"}


def check_archive(path: Path, file: str) -> None:
    """Refuse what is no workbook, and one that is far larger than it looks.

    Raises
    ------
    InputFaults
        C01 another archive, C02 damaged, C05 too large when unpacked, C13 another kind of workbook.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise InputFaults([Fault("C02", file, facts={"found": "xlsx"})]) from None
    names = {member.filename for member in members}
    for mark, kind in (("xl/workbook.bin", _BINARY), ("content.xml", _OPEN_DOCUMENT), ("Index/Document.iwa", _NUMBERS)):
        if mark in names:
            raise InputFaults([Fault("C13", file, facts={"found": kind})])
    size = sum(member.file_size for member in members)
    ratio = size / max(path.stat().st_size, 1)
    if size > LARGEST_UNPACKED or (size > SMALL and ratio > HIGHEST_RATIO):
        raise InputFaults([Fault("C05", file, facts={"ratio": round(ratio), "size": size // 1_000_000})])
    if any(member.flag_bits & 1 for member in members):
        raise InputFaults([Fault("C13", file, facts={"found": _LOCKED})])
    if "xl/workbook.xml" not in names:
        raise InputFaults([Fault("C01", file, facts={"found": _OTHER})])
