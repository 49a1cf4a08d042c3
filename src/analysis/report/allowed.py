"""What a finished page may be made of: tags, their attributes, and where a link may lead. All else is refused."""

import re

_ANY = frozenset({"class", "id", "lang", "role", "aria-label", "aria-hidden", "aria-labelledby"})
_PLAIN = (
    "body b br caption code dd defs details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 head header html i li main nav "
    "ol p section span strong summary table tbody td th thead title tr ul"
)
_DRAWN = "fill stroke stroke-width style transform clip-path opacity"
_OWN = {
    "a": "href hreflang download",
    "div": "tabindex data-words",
    "i": "style",
    "img": "src alt",
    "meta": "charset name content http-equiv",
    "style": "type",
    "td": "data-head data-unit",
    "th": "scope rowspan data-stage",
    # drawings
    "svg": "viewbox width height",
    "g": _DRAWN,
    "path": f"d {_DRAWN}",
    "rect": f"x y width height {_DRAWN}",
    "circle": f"cx cy r {_DRAWN}",
    "text": f"x y {_DRAWN}",
    "use": f"x y xlink:href {_DRAWN}",
    "clippath": "",
}
TAGS = dict.fromkeys(_PLAIN.split(), _ANY) | {tag: _ANY | set(names.split()) for tag, names in _OWN.items()}
"""Tag → its attributes, as a parser of HTML reads them (small letters)."""
_LINK = re.compile(r"#[\w-]+|(\.\./)?[\w./-]+\.html|data:text/csv;charset=utf-8;base64,[A-Za-z0-9+/=]*")
CSP = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'"
)
"""What every page says of itself: nothing is fetched, nothing runs."""


_REFUSED = (
    "script iframe object embed form base link input button video audio canvas math foreignobject image animate template "
    "src srcset href title style colspan onload onerror onclick onmouseover onfocus"
)
_NAMED = frozenset(_REFUSED.split()).union(*TAGS.values())
"""What a refusal may name: of markup that came out of data the rest could be a name."""


def not_allowed(tag: str, attributes: list[tuple[str, str | None]]) -> list[str]:
    """Return what of a tag may not be on a page: the tag, or those of its attributes; nothing of their values."""
    if tag not in TAGS:
        return [f"<{tag if tag in _NAMED else '?'}>"]
    found = [name if name in _NAMED else "?" for name, _ in attributes if name not in TAGS[tag]]
    found += [name for name, value in attributes if name == "href" and not _LINK.fullmatch(value or "")]
    return [f"{tag} {name}" for name in dict.fromkeys(found)]
