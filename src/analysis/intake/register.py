"""Tell which of today's 42 municipalities a name or code means.

Exports spell municipalities in many ways and with codes of three dates (before 1 July 2021, after it, and
since 1 July 2025). The register and the dated crosswalk under ``data/reference`` hold the facts; this file
reads a text against them. "novads" is never dropped from a text: Jelgava, Rēzekne and Ventspils exist as
city and as county.
"""

import difflib
import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reference"

# State cities inside a county, no municipalities of their own: code, nominative, genitive, county.
CITIES_INSIDE = (
    ("0031010", "Jēkabpils", "Jēkabpils", "0031000"),
    ("0040010", "Ogre", "Ogres", "0040000"),
    ("0054010", "Valmiera", "Valmieras", "0054000"),
)
# A column with the place of a school names the village or town, not always the parish.
PART_SHORT_NAMES = {
    "Aglonas pagasts": "Aglona",
    "Grāveru pagasts": "Grāveri",
    "Kastuļinas pagasts": "Kastuļina",
    "Šķeltovas pagasts": "Šķeltova",
    "Inčukalna pagasts": "Inčukalns",
    "Vangažu pilsēta": "Vangaži",
}
CITY_ENDINGS = (
    "valstspilsēta",
    "valstspilsētas pašvaldība",
    "valstspilsētas dome",
    "pilsēta",
    "pilsētas pašvaldība",
    "pilsētas dome",
)
COUNTY_ENDINGS = (
    "novada",
    "novadā",
    "novada pašvaldība",
    "novada dome",
    "nov.",
    "n.",
    "municipality",
    "county",
)
NEAREST_RATIO = 0.85  # below it, any two names ending in "novads" look alike
CODE = re.compile(r"(?:lv)?([0-9]{7})")
JOINTS = re.compile(r"[\s_.\"'`´‘-‟«»‐-―\-\u200b\ufeff]+")


@dataclass(frozen=True)
class Match:
    """What a text means in today's register.

    Attributes
    ----------
    municipality_id : str or None
        ATVK code of 2025 when exactly one municipality is meant, else ``None``.
    candidates : tuple of str
        Codes the text may mean: exactly one when resolved, several when nothing decides, none when unknown.
    successors : tuple of str
        Names of both successors when the text means an old unit that was split and no part decides.
    nearest : str or None
        For an unknown text the most similar known name, for a code that lost its zeros the full code.
    abolished : bool
        True when the text means a unit that is no municipality now: an old unit, or a state city inside a
        county. Reading it as its successor merges rows, so a caller may demand consent (fault N07). A changed
        code of an unchanged territory is not abolished; a name shared by old and new is read as the new.
    """

    municipality_id: str | None
    candidates: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    nearest: str | None = None
    abolished: bool = False


@dataclass(frozen=True)
class _Unit:
    """A unit of any date: its name, the municipalities it leads to, and by which part if it was split."""

    name: str
    targets: tuple[str, ...]
    abolished: bool
    parts: tuple[tuple[str, str], ...] = ()


def municipalities() -> pd.DataFrame:
    """Read the 42 municipalities of 1 July 2025.

    Returns
    -------
    pandas.DataFrame
        Text columns ``municipality_id`` (ATVK, leading zeros), ``iso``, ``name``, ``name_genitive``,
        ``name_locative``, ``kind`` (``state_city`` or ``county``), ``name_en``. A copy: safe to change.
    """
    return _read("municipalities.csv").copy()


def crosswalk() -> pd.DataFrame:
    """Read the dated crosswalk of the 119 units before July 2021 to the municipalities of 2021 and 2025.

    Returns
    -------
    pandas.DataFrame
        Text columns ``code_2020``, ``name_2020``, ``part`` (empty, or the parish or town of a split unit, a
        row each), ``code_2021``, ``name_2021``, ``code_2025``. A copy: safe to change.
    """
    return _read("municipality_crosswalk.csv").copy()


def find(text: str, *, part: str | None = None) -> Match:
    """Find the municipality a name in any spelling, or a code of any date, means.

    Case, blanks, underscores, hyphens, quotes, full stops and missing diacritics do not matter. A bare
    "Jelgava" is the city, "Jelgavas novads" the county; a form that fits both ("Jelgavas pašvaldība") stays
    undecided.

    Parameters
    ----------
    text : str
        Name, or ATVK code of 2020, 2021 or 2025 (with or without "LV"), or ISO 3166-2 code.
    part : str, optional
        Parish, town or an address with commas; it decides only where an old unit was split.

    Returns
    -------
    Match
        Never raises: an unknown text gives no id, with the nearest known name if there is one.
    """
    key = _key(text)
    code = CODE.fullmatch(key)
    units = _codes().get(code[1] if code else key) or _names().get(key)
    if not units:
        return Match(None, nearest=_nearest(key))
    targets = tuple(dict.fromkeys(target for unit in units for target in _targets(unit, part)))
    abolished = all(unit.abolished for unit in units)
    if len(targets) == 1:
        return Match(targets[0], targets, abolished=abolished)
    is_split = len(units) == 1
    return Match(None, targets, _titles(targets) if is_split else (), abolished=abolished)


@functools.cache
def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(REFERENCE / name, dtype=str, keep_default_na=False, encoding="utf-8")


def _key(text: str) -> str:
    """Fold case, diacritics and joints away; other signs stay, so that paths and markup never match."""
    marked = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return JOINTS.sub("", "".join(sign for sign in marked if not unicodedata.combining(sign)))


def _targets(unit: _Unit, part: str | None) -> tuple[str, ...]:
    """Municipalities a unit leads to, narrowed by the part where the unit was split."""
    if not unit.parts or part is None:
        return unit.targets
    known = dict(unit.parts)
    keys = [_key(piece) for piece in re.split("[,;]", part)]
    decided = {known[key] for key in keys if key in known}
    return tuple(decided) if len(decided) == 1 else unit.targets


def _titles(codes: tuple[str, ...]) -> tuple[str, ...]:
    names = _read("municipalities.csv").set_index("municipality_id")["name"]
    return tuple(names[code] for code in codes)


@functools.cache
def _current() -> dict[str, _Unit]:
    table = _read("municipalities.csv")
    pairs = zip(table["municipality_id"], table["name"], strict=True)
    return {code: _Unit(name, (code,), abolished=False) for code, name in pairs}


@functools.cache
def _codes() -> dict[str, tuple[_Unit, ...]]:
    """Every code known, folded; the newest meaning last, so that it wins."""
    table, links = _read("municipalities.csv"), _read("municipality_crosswalk.csv")
    units: dict[str, _Unit] = {}
    for date in ("2020", "2021"):
        for code, rows in links.groupby(f"code_{date}"):
            units[str(code)] = _old_unit(rows, f"name_{date}")
    for code, name, _, county in CITIES_INSIDE:
        units[code] = _Unit(name, (county,), abolished=True)
    units |= _current()
    units |= {_key(iso): _current()[code] for iso, code in zip(table["iso"], table["municipality_id"], strict=True)}
    return {code: (unit,) for code, unit in units.items()}


def _old_unit(rows: pd.DataFrame, name: str) -> _Unit:
    """Old unit from its crosswalk rows; abolished unless it alone makes up its successor."""
    links = _read("municipality_crosswalk.csv")
    column = name.replace("name", "code")
    targets = tuple(rows["code_2025"].drop_duplicates())
    merged = links.loc[links["code_2025"].isin(targets), column].nunique() > 1
    is_split = len(targets) > 1
    parts = tuple(_part_keys(rows)) if is_split else ()
    return _Unit(str(rows[name].iloc[0]), targets, abolished=merged or is_split, parts=parts)


def _part_keys(rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    for part, target in zip(rows["part"], rows["code_2025"], strict=True):
        genitive, kind = part.rsplit(" ", 1)
        for spelling in (part, genitive, f"{genitive} {kind[:3]}", PART_SHORT_NAMES[part]):
            yield _key(spelling), target


@functools.cache
def _names() -> dict[str, tuple[_Unit, ...]]:
    """Every spelling known, folded, with the units it means at its best rank."""
    ranked: dict[str, dict[int, dict[_Unit, None]]] = {}
    for rank, spelling, unit in _spellings():
        ranked.setdefault(_key(spelling), {}).setdefault(rank, {})[unit] = None
    return {key: tuple(by_rank[min(by_rank)]) for key, by_rank in ranked.items()}


def _spellings() -> Iterator[tuple[int, str, _Unit]]:
    """Rank, spelling, unit: 0 the plain name, 1 forms naming the kind, 2 and 3 forms that leave it open."""
    table, links = _read("municipalities.csv"), _read("municipality_crosswalk.csv")
    columns = (table[column] for column in ("municipality_id", "name", "name_genitive", "kind", "name_en"))
    for code, name, genitive, kind, english in zip(*columns, strict=True):
        unit = _current()[code]
        yield 1, english, unit
        if kind == "state_city":
            yield from _city_spellings(unit, name, genitive)
        else:
            yield from _county_spellings(unit)
            yield 3, english.removesuffix(" municipality"), unit
    for code, name, genitive, _ in CITIES_INSIDE:
        yield from _city_spellings(_codes()[code][0], name, genitive)
    for date in ("2020", "2021"):
        for name, rows in links.groupby(f"name_{date}"):
            if str(name).endswith(" novads") and name not in set(table["name"]):
                yield from _county_spellings(_old_unit(rows, f"name_{date}"))


def _city_spellings(unit: _Unit, name: str, genitive: str) -> Iterator[tuple[int, str, _Unit]]:
    yield 0, name, unit
    for ending in CITY_ENDINGS:
        yield 1, f"{genitive} {ending}", unit
    yield from ((1, f"{name} {ending}", unit) for ending in ("pilsēta", "valstspilsēta", "city"))
    yield from ((2, spelling, unit) for spelling in (genitive, f"{genitive} pašvaldība", f"{name} municipality"))


def _county_spellings(unit: _Unit) -> Iterator[tuple[int, str, _Unit]]:
    genitive = unit.name.removesuffix(" novads")
    yield 0, unit.name, unit
    for ending in COUNTY_ENDINGS:
        yield 1, f"{genitive} {ending}", unit
    yield from ((2, spelling, unit) for spelling in (genitive, f"{genitive} pašvaldība"))


@functools.lru_cache(maxsize=1024)
def _nearest(key: str) -> str | None:
    if key.isdecimal():
        return key.zfill(7) if key.zfill(7) in _codes() else None
    if any(sign.isdigit() for sign in key):
        return None
    close = difflib.get_close_matches(key, _names(), n=1, cutoff=NEAREST_RATIO)
    return _names()[close[0]][0].name if close else None


def successor_names(match: Match) -> str:
    """Return the names of what took an abolished unit's place, for a message."""
    if match.successors:
        return " / ".join(match.successors)
    names = municipalities().set_index("municipality_id")["name"]
    return " / ".join(names[code] for code in match.candidates)


def looks_like_path(text: str) -> bool:
    """Tell whether a name or code holds what a file's path is made of."""
    return re.search(r"[/\\]|\.\.", text) is not None
