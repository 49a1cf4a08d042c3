"""The places and schools of the demo set.

Every name is invented: none is a municipality, town, parish or school of Latvia. Identifiers and names of
municipalities depend on their position only, so `D001` is the same place for every seed and size.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Size = Literal["small", "medium", "country"]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

PLACES = tuple(
    """
    Vidzare Zeltupe Silkrasti Sauldruva Mirdzene Ābelzare Rītdruva Bērzlauks Dzērvkalne Vējmala Kļavzare
    Egļzare Stirnkalne Pūpolene Smilgaine Vizbulene Dzeņkalni Cīruļmala Vālodzene Ozolzare Kadiķene
    Paeglaine Vītolzare Madarene Lūškalne Avotzare Strautzare Miglaine Akmeņkrasti Atvarzare Gaismala
    Salnaine Zvaigzare Varavene Rudzaine Miežlauks Auzlauks Linzare Āboldruva Bitaine Krauklaine Vanagzare
    Zīlaine Vecdruvas Gaiļkalni Lakstene Sniegzare Dadzaine
    """.split()  # noqa: SIM905 - a list would take a line a name
)
REGIONS = ("Ziemeļu reģions", "Dienvidu reģions", "Rietumu reģions", "Austrumu reģions")

_ENDINGS = {"as": ("u", "ās"), "a": ("as", "ā"), "e": ("es", "ē"), "i": ("u", "os"), "s": ("a", "ā")}
_ROOTS = tuple(
    """
    Ozol Dzērv Kļav Cīruļ Vītol Dzeņ Ābel Stirn Kadiķ Vanag Paegļ Zīļ Pūpol Lūš Sermuļ Dzilnas Madar Bites
    Rudz Āpš Miež Vālodz Griķ Dadž Linu Rīt Vēj Miglas Sudrab Zelt Akmeņ Sūnu Lazd Salnas Vizbuļ Mēnes
    Pērkon Mellen Rasas Gaiļ
    """.split()  # noqa: SIM905 - a list would take a line a name
)
_ENDS = (
    "kalnu",
    "druvu",
    "pļavu",
    "krastu",
    "lauku",
    "gravas",
    "leju",
    "avotu",
    "tīrumu",
    "noru",
    "birzes",
    "zaru",
)
# Compounds of the two lists that are, or sound like, a parish, village or school that exists.
_REAL = frozenset(
    """
    Vējavotu Lazdkalnu Akmeņkalnu Zeltkalnu Sudrabkalnu Gaiļkalnu Dzeņkalnu Akmeņkrastu Ozolbirzes Ozollauku
    Kļavkalnu Rītkalnu Vējkalnu
    """.split()  # noqa: SIM905 - a list would take a line a name
)

_SMALL = (340, 130, 95, 40, 8)
_COHORT = {"medium": 6_100, "country": 16_200}
_FIRST_CITY = {"medium": 0.27, "country": 0.352}
_DENSITY = {"small": 1.0, "medium": 1.0, "country": 1.08}
_CITIES = (0, 5, 6, 7, 8, 9, 10)
_PATTERN = ("pamatskola", "vidusskola", "pamatskola", "sākumskola")
_GRADES = {"sākumskola": (0, 6), "pamatskola": (0, 9), "vidusskola": (0, 12), "ģimnāzija": (7, 12)}


def case_forms(name: str) -> tuple[str, str]:
    """Return the genitive and the locative of an invented place name.

    Parameters
    ----------
    name : str
        Nominative ending in `-a`, `-e`, `-s` (singular), `-i` or `-as` (plural), with a stem that does not
        soften: the pool holds no other.

    Raises
    ------
    ValueError
        The name has another ending.
    """
    for ending, (genitive, locative) in _ENDINGS.items():
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            return stem + genitive, stem + locative
    raise ValueError(f"no case forms for {name!r}")


def cohort_sizes(size: Size, count: int | None) -> list[int]:
    """Return the pupils a cohort has in each municipality, municipality by municipality.

    Parameters
    ----------
    size : {"small", "medium", "country"}
        `small` has 5 municipalities and about 600 pupils a cohort, `medium` 42 and 6,100, `country` 42 and
        16,200, a third of them in the first city: 180,000 pupils in grades 1 to 12.
    count : int or None
        Another number of municipalities, 1 to the number of invented places.

    Raises
    ------
    ValueError
        `count` is out of range.
    """
    count = count if count is not None else (len(_SMALL) if size == "small" else 42)
    if not 1 <= count <= len(PLACES):
        raise ValueError(f"municipalities must be 1 to {len(PLACES)}, not {count}")
    if size == "small":
        middle = [110 - 10 * (i % 5) for i in range(max(0, count - len(_SMALL)))]
        return ([*_SMALL[:3], *middle, *_SMALL[3:]] if count >= len(_SMALL) else [*_SMALL[:count]])[:count]
    weight = np.geomspace(0.035, 0.008, max(1, count - 2))
    weight[0] = _FIRST_CITY[size]
    small = [40, 8][: max(0, count - 1)]
    sizes = weight / weight.sum() * (_COHORT[size] - sum(small))
    return ([int(n) for n in np.maximum(sizes.round(), 20)] + small)[:count]


def municipalities(count: int) -> pd.DataFrame:
    """Return the contract's `municipalities` table of `count` invented places, cities and counties."""
    rows = []
    for i, place in enumerate(PLACES[:count]):
        genitive, locative = case_forms(place)
        city = i in _CITIES and (count > 11 or i == 0)
        novads = tuple(f"{genitive} {form}" for form in ("novads", "novada", "novadā"))
        forms = (place, genitive, locative) if city else novads
        rows.append((f"D{i + 1:03d}", forms[0], "state_city" if city else "county", REGIONS[i % 4], *forms[1:]))
    columns = ["municipality_id", "name", "kind", "region", "name_genitive", "name_locative"]
    return pd.DataFrame(rows, columns=columns)


def village_names() -> list[str]:
    """Return all invented village names in the genitive, in their fixed order, none twice."""
    number, ends = len(_ROOTS), len(_ENDS)
    # Both indices move at once so that neighbours in the list share neither root nor ending.
    names = [_ROOTS[k % number] + _ENDS[(k + k // number) % ends] for k in range(number * ends)]
    taken = {case_forms(place)[0] for place in PLACES}
    return [name for name in dict.fromkeys(names) if name not in _REAL | taken]


def _kinds(cohort: int, density: float = 1.0) -> list[str]:
    """Return the kinds of a municipality's schools, `density` for 20 (big city: 38) pupils of a cohort."""
    if cohort < 15:
        return ["pamatskola", "sākumskola"]
    number = max(3, round(density * cohort / min(18 + 0.03 * cohort, 38)))
    head = ["vidusskola", "ģimnāzija"] if number >= 8 else ["vidusskola"]
    return head + [_PATTERN[i % 4] for i in range(number - len(head))]


def schools(towns: pd.DataFrame, sizes: list[int], rng: np.random.Generator, size: Size = "small") -> pd.DataFrame:
    """Return the demo's schools: the contract's `schools` columns and what the pupils' careers need.

    Parameters
    ----------
    towns : pandas.DataFrame
        `municipalities(...)`.
    sizes : list of int
        Pupils of a cohort per municipality.
    rng : numpy.random.Generator
        Source of places and weights.
    size : {"small", "medium", "country"}
        Of the demo: a country has more schools for its pupils, about 580.

    Returns
    -------
    pandas.DataFrame
        Contract columns and `place` (row of the municipality), `weight` (share of the municipality's pupils
        drawn), `lowest` and `highest` grade taught (0: preschool group).
    """
    village = iter(village_names())
    rows = []
    for place, (cohort, kind) in enumerate(zip(sizes, towns["kind"], strict=True)):
        genitive = case_forms(PLACES[place])[0]
        for i, school in enumerate(kinds := _kinds(cohort, _DENSITY[size])):
            in_town = i == 0 or school == "ģimnāzija" or (len(kinds) >= 6 and i == kinds.index("pamatskola"))
            if kind == "state_city":
                name = f"{genitive} ģimnāzija" if school == "ģimnāzija" else f"{genitive} {i + 1}. {school}"
                rows.append((place, name, "city", school, 1.0))
            elif in_town:
                rows.append((place, f"{genitive} {school}", "town", school, 1.6))
            else:
                rows.append((place, f"{next(village)} {school}", "rural", school, 0.7))
    frame = pd.DataFrame(rows, columns=["place", "name", "settlement", "kind", "weight"])
    frame["weight"] *= np.exp(rng.normal(0, 0.3, len(frame)))
    return _finish(frame, towns, np.asarray(sizes), rng)


def _finish(frame: pd.DataFrame, towns: pd.DataFrame, sizes: Integers, rng: np.random.Generator) -> pd.DataFrame:
    """Add identifiers, grades taught, staff and coordinates (WGS 84, inside Latvia)."""
    place = frame["place"].to_numpy()
    lowest = np.array([_GRADES[kind][0] for kind in frame["kind"]])
    highest = np.array([_GRADES[kind][1] for kind in frame["kind"]])
    share = frame["weight"] / frame.groupby("place")["weight"].transform("sum")
    grades = highest - lowest + 1
    columns = 8
    centre_lat = 56.1 + 0.24 * (np.arange(len(sizes)) // columns) + rng.uniform(0, 0.1, len(sizes))
    centre_lon = 21.6 + 0.72 * (np.arange(len(sizes)) % columns) + rng.uniform(0, 0.3, len(sizes))
    return frame.assign(
        school_id=[f"S{i + 1:03d}" for i in range(len(frame))],
        municipality_id=towns["municipality_id"].to_numpy()[place],
        language=np.where(np.arange(len(frame)) % 40 == 17, "latviešu un poļu", "latviešu"),
        staff_total=(share * sizes[place] * grades / 10 + 4).round().astype(int),
        lat=(centre_lat[place] + rng.uniform(-0.1, 0.1, len(frame))).round(4),
        lon=(centre_lon[place] + rng.uniform(-0.15, 0.15, len(frame))).round(4),
        lowest=lowest,
        highest=highest,
    )
