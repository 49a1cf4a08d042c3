"""The sweep itself: a copy planted in any form is found, and only what was planted."""

import base64
import gzip
import html
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest
from tests.canaries.sweeping import found_in

CANARIES = ["Žanete Ķīvīte 07", "37.2839", "161175-20008", 'skola "A" & <B>']
OTHERS = ["Zelma", "37.28", "161175-20009"]
_64: Callable[[bytes], bytes] = base64.b64encode


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(kind: bytes, body: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0" * 13) + chunk(kind, body) + chunk(b"IEND", b"")


def zipped(name: str, text: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


def entities(text: str) -> str:
    return "".join(f"&#x{ord(letter):x};" for letter in text)


FORMS: dict[str, Callable[[str], bytes]] = {
    "raw": lambda text: text.encode(),
    "capitals": lambda text: text.upper().encode(),
    "html": lambda text: html.escape(text).encode(),
    "html by number": lambda text: "".join(f"&#{ord(letter)};" for letter in text).encode(),
    "html in hexadecimal": lambda text: entities(text).encode(),
    "html twice": lambda text: html.escape(entities(text)).encode(),
    "json": lambda text: json.dumps(text).encode(),
    "json in html": lambda text: html.escape(json.dumps(text)).encode(),
    "url": lambda text: quote(text).encode(),
    "url in html": lambda text: html.escape(quote(text)).encode(),
    "utf-16-le": lambda text: b"\0\1" + text.encode("utf-16-le"),
    "utf-16-be": lambda text: b"\1" + text.encode("utf-16-be"),
    "base64": lambda text: _64(b"<svg><text>" + text.encode() + b"</text></svg>"),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(b"\xff\xfe?" + text.encode() + b"\xfb\xef?"),
    "base64 in base64": lambda text: _64(b'<image href="data:;base64,' + _64(text.encode() + b" " * 9) + b'">'),
    "html in base64": lambda text: _64(b"<svg><text>" + entities(text).encode() + b"</text></svg>"),
    "base64 quoted for addresses": lambda text: quote(_64(b"<svg><text>" + text.encode() + b"\xfb\xef\xff</text>")).encode(),
    "document": lambda text: zipped("word/document.xml", html.escape(text).encode()),
    "name of a member": lambda text: zipped(f"word/{text}.xml", b""),
    "document in base64": lambda text: _64(zipped("xl/sharedStrings.xml", text.encode())),
    "picture": lambda text: png(b"tEXt", b"Comment\0" + text.encode()),
    "compressed text of a picture": lambda text: png(b"zTXt", b"Comment\0\0" + zlib.compress(text.encode())),
    "international text of a picture": lambda text: png(b"iTXt", b"C\0\1\0\0\0" + zlib.compress(text.encode())),
    "picture in base64": lambda text: _64(png(b"tEXt", b"Comment\0" + text.encode())),
    "picture in a document": lambda text: zipped("word/media/1.png", png(b"tEXt", b"Comment\0" + text.encode())),
    "gzip": lambda text: gzip.compress(text.encode()),
}  # fmt: skip
WHOLE = {"document", "name of a member", "picture", "compressed text of a picture", "international text of a picture",
         "picture in a document", "gzip", "utf-16-le", "utf-16-be"}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("canary", CANARIES)
def test_a_planted_copy_is_found_in_each_form(form, canary):
    copy = FORMS[form](canary)
    data = copy if form in WHOLE else b'<html><p title="a &amp; b">100 %</p><img alt="' + copy + b'"></html>'
    assert list(found_in(data, [*OTHERS, canary])) == [canary]


def test_numbers_are_not_found_inside_longer_ones():
    assert found_in(b'<path d="M 137.2839 37.28391 L 1.37.2839"/>', ["37.2839"]) == {}
    assert found_in(b'<path d="M 37.2839 0"/>', ["37.2839"]) == {"37.2839": {"raw"}}


def test_words_that_look_like_base64_give_no_canary():
    assert found_in(b"content-security-policy " * 50 + bytes(range(256)), CANARIES) == {}
