"""One key for the spellings of a school's name, so that two exports of the same school meet."""

import re
import unicodedata

_QUOTES = "\"'„”“«»’‘‚‛‹›`´″′"


def school_key(name: str) -> str:
    """Return the key of a school's name: letters case-folded, quotes and extra blanks gone, hyphens and dots tidy.

    ``"1.internātpamatskola"`` and ``"1. internātpamatskola "`` meet, as do ``A – B`` and ``A-B``; a shift in
    brackets (``(maiņu)``) stays, for it may be another school.
    """
    text = unicodedata.normalize("NFC", name).casefold()
    text = text.translate({ord(quote): None for quote in _QUOTES})
    text = re.sub(r"\s*[-–—]\s*", "-", text)
    text = re.sub(r"(\d)\.\s*(?=\S)", r"\1. ", text)
    return re.sub(r"\s+", " ", text).strip()
