"""A text file seen once from end to end: its size, its encoding, its line ends, and whether its letters need care."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from analysis.faults import Fault, InputFaults
from analysis.intake.reading.letters import is_composed, is_marked

LARGEST_TEXT = 1_000_000_000
HIGHEST_RATIO, SMALL = 100, 1_000_000
_BLOCK = 1 << 20
_HELD = 128 * _BLOCK  # up to here the unpacked file is kept, beyond it is unpacked a second time
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig", "E03"), (b"\xff\xfe", "utf-16", "E02"), (b"\xfe\xff", "utf-16", "E02"))


@dataclass(frozen=True)
class TextFile:
    """A text file whose bytes were looked at.

    Attributes
    ----------
    encoding : str
        Encoding in which all of it can be read.
    notes : tuple of Fault
        What is to be said of it.
    careful : bool
        Decomposed letters, control or direction characters are in it: its cells have to be looked at one by one.
    ends : dict of str to int
        How often each kind of line end occurs, inside cells too.
    """

    path: Path
    encoding: str
    notes: tuple[Fault, ...]
    careful: bool
    ends: dict[str, int]
    held: bytes | None

    def lines(self) -> Iterator[str]:
        """Give the lines with their ends as they are; decoded on the way, which keeps memory small."""
        stream = io.BytesIO(self.held) if self.held is not None else _opened(self.path)
        return io.TextIOWrapper(stream, encoding=self.encoding, newline="")


@dataclass
class _Seen:
    careful: bool = False
    ends: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("CRLF", "LF", "CR"), 0))
    size: int = 0
    blocks: list[bytes] | None = field(default_factory=list)

    def take(self, text: str, follows: bool) -> None:
        self.careful = self.careful or (bool(text) and (not is_composed(text) or is_marked(text)))
        both, feeds, returns = text.count("\r\n"), text.count("\n"), text.count("\r")
        between = follows and text.startswith("\n")  # a line end cut in two by the end of a block
        self.ends["CRLF"] += both + between
        self.ends["LF"] += feeds - both - between
        self.ends["CR"] += returns - both - between

    def hold(self, block: bytes) -> None:
        self.size += len(block)
        if self.blocks is not None:
            self.blocks.append(block)
            self.blocks = self.blocks if self.size <= _HELD else None


def look_at(path: Path, file: str, given: str | None = None, largest: int = LARGEST_TEXT) -> TextFile:
    """Read a text file once, packed (gzip) or not.

    Parameters
    ----------
    path : Path
        The file.
    file : str
        Its name as the analyst knows it.
    given : str, optional
        Encoding that a map names; a file that is not in it is tried in Windows-1257 like any other.
    largest : int
        Bytes up to which a file is read.

    Returns
    -------
    TextFile
        In UTF-8 with (E03) or without a mark, UTF-16 with one (E02), else Windows-1257 (E01).

    Raises
    ------
    InputFaults
        C02 a damaged archive, C05 one that unpacks to far more than it is, E07 not text.
    """
    try:
        with _opened(path) as opened:
            mark = opened.read(4)
        notes = [Fault("C20", file)] if _is_packed(path) else []
        for bom, encoding, code in _BOMS:
            if mark.startswith(bom):
                return _read(path, file, encoding, [*notes, Fault(code, file)], largest)
        try:
            return _read(path, file, given or "utf-8", notes, largest)
        except InputFaults as fault:
            if fault.faults[0].code != "E07" or fault.faults[0].facts.get("nul"):
                raise
        return _read(path, file, "cp1257", [*notes, Fault("E01", file)], largest)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise InputFaults([Fault("C02", file, facts={"found": "gzip"})]) from None


def _is_packed(path: Path) -> bool:
    with path.open("rb") as opened:
        return opened.read(2) == b"\x1f\x8b"


def _opened(path: Path) -> BinaryIO:
    return io.BufferedReader(gzip.open(path), _BLOCK) if _is_packed(path) else path.open("rb")


def _read(path: Path, file: str, encoding: str, notes: list[Fault], largest: int) -> TextFile:
    seen, packed_size = _Seen(), max(path.stat().st_size, 1)
    decoder = codecs.getincrementaldecoder(encoding)()
    returned = False
    with _opened(path) as opened:
        for block in iter(lambda: opened.read(_BLOCK), b""):
            before, pending = seen.size, len(decoder.getstate()[0])
            seen.hold(block)
            _not_too_large(seen.size, packed_size, file, largest)
            text = _decoded(decoder, block, before - pending, file)
            if "\x00" in text:
                offset = before + block.index(b"\x00")
                raise InputFaults([Fault("E07", file, facts={"offset": offset, "nul": True})])
            seen.take(text, returned)
            returned = text.endswith("\r") if text else returned
    _decoded(decoder, b"", seen.size, file, final=True)
    held = b"".join(seen.blocks) if seen.blocks is not None else None
    return TextFile(path, encoding, tuple(notes), seen.careful, seen.ends, held)


def _decoded(decoder: codecs.IncrementalDecoder, block: bytes, before: int, file: str, *, final: bool = False) -> str:
    try:
        return decoder.decode(block, final)
    except UnicodeDecodeError as error:
        raise InputFaults([Fault("E07", file, facts={"offset": before + error.start})]) from None


def _not_too_large(size: int, packed_size: int, file: str, largest: int) -> None:
    ratio = round(size / packed_size)
    if size > largest or (size > SMALL and ratio > HIGHEST_RATIO):
        raise InputFaults([Fault("C05", file, facts={"ratio": ratio, "size": size // 1_000_000})])
