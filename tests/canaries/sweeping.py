"""Reading bytes in every form in which something may hide in them: as text, unescaped, encoded, compressed, in archives."""

import base64
import binascii
import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

DEPTH = 2
"""How deep containers are opened: base64 in base64, base64 in a document, text of a picture in base64."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_JSON = re.compile(r"\\u([0-9a-fA-F]{4})|\\([\"\\/nrt])")
_PNG = b"\x89PNG\r\n\x1a\n"
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}


def found_in(data: bytes, canaries: Iterable[str]) -> dict[str, set[str]]:
    """Return the canaries that some bytes hold, each with the forms in which it was met."""
    wanted = [(canary, _pattern(canary)) for canary in canaries]
    found: dict[str, set[str]] = {}
    for form, text in readings(data):
        folded = text.casefold()
        for canary, pattern in wanted:
            if canary.casefold() in folded and pattern.search(folded):
                found.setdefault(canary, set()).add(form)
    return found


def _pattern(canary: str) -> "re.Pattern[str]":
    """A number is met only where no digit stands before or after it: coordinates of drawings have six decimals."""
    plain = re.escape(canary.casefold())
    return re.compile(rf"(?<![\d.,]){plain}(?!\d)" if re.fullmatch(r"[\d.,-]+", canary) else plain)


def readings(data: bytes, depth: int = DEPTH, inside: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text that bytes can be read as, with the way to it (``base64>html``)."""
    seen: set[str] = set()
    for form, text in _texts(data):
        if text not in seen:
            seen.add(text)
            yield inside + form, text
    if depth:
        for container, inner in _opened(data, seen):
            yield from readings(inner, depth - 1, f"{inside}{container}>")


def _texts(data: bytes) -> Iterator[tuple[str, str]]:
    raw = data.decode("utf-8", "replace")
    yield "raw", raw
    if b"\0" in data:
        for order in ("utf-16-le", "utf-16-be"):
            yield order, data.decode(order, "replace")
            yield order, data[1:].decode(order, "replace")
    once = list(_unescaped(raw))
    yield from once
    for form, text in once:
        yield from ((f"{form}>{more}", again) for more, again in _unescaped(text))


def _unescaped(text: str) -> Iterator[tuple[str, str]]:
    if "&" in text:
        yield "html", html.unescape(text)
    if "\\" in text:
        yield "json", _JSON.sub(_letter, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if "%" in text:
        yield "url", unquote(text)


def _letter(match: "re.Match[str]") -> str:
    return chr(int(match[1], 16)) if match[1] else _PLAIN.get(match[2], match[2])


def _opened(data: bytes, texts: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield what containers hold: base64 in any of the texts, members of archives, chunks of pictures, streams of zlib."""
    for run in sorted({run for text in texts for run in _BASE64.findall(text.encode("utf-8", "replace"))}):
        yield from (("base64", inner) for inner in _decoded(run))
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield "zip", "\n".join([*archive.namelist(), archive.comment.decode("utf-8", "replace")]).encode()
            yield from (("zip", archive.read(name)) for name in archive.namelist())
    if data.startswith(_PNG):
        yield from (("png", chunk) for chunk in _chunks(data))
    if data[:2] in (b"\x1f\x8b", b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        yield from (("zlib", inner) for inner in _inflated(data))


def _decoded(run: bytes) -> Iterator[bytes]:
    """Decode base64 of either alphabet; words of a text look like it too, and give nothing of use."""
    plain = run.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    try:
        yield base64.b64decode(plain[: len(plain) - (len(plain) % 4 == 1)] + b"===")
    except binascii.Error:
        return


def _chunks(data: bytes) -> Iterator[bytes]:
    """Text of a picture, compressed or not, and all other chunks but the pixels."""
    at = len(_PNG)
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        if kind != b"IDAT":
            yield body
        if kind in (b"zTXt", b"iTXt"):
            yield from (
                inner
                for start in range(len(body))
                if body[start : start + 1] == b"\x78"
                for inner in _inflated(body[start:])
            )
        at += 12 + size


def _inflated(data: bytes) -> Iterator[bytes]:
    try:
        yield zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data)
    except zlib.error:
        return
