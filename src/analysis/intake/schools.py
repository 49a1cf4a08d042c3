"""Which municipality and which schools a delivery is about."""

import pandas as pd

from analysis.faults import Fault
from analysis.intake.mapping.maps import Map
from analysis.intake.mapping.misses import code_of_miss, facts_of_miss
from analysis.intake.provenance import BY_NAME, FILE, LINE
from analysis.intake.register import find, municipalities, successor_names
from analysis.intake.schoolnames import school_key
from analysis.intake.store import slug

_PUBLIC = ("school_results", "school_bands")
_DELIVERY = "delivery.yml"


def own_municipality(settings: Map) -> tuple[str | None, list[Fault]]:
    """Find the board's own municipality in the register; an id of the delivery's own table is taken as it is."""
    if settings.scope != "board":
        return None, []
    if not settings.municipality:
        todo = "delivery.yml: municipality: …"
        return None, [Fault("D01", _DELIVERY, facts={"missing": "municipality", "todo": todo})]
    match = find(settings.municipality)
    if match.abolished and (settings.abolished == "refuse" or not match.municipality_id):
        facts = {"value": settings.municipality, "successors": successor_names(match)}
        return None, [Fault("N07", _DELIVERY, column="municipality", facts=facts)]
    return match.municipality_id or settings.municipality, []


def places(tables: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the municipalities of a delivery: its own table, or the register; schools elsewhere are N07 or N09."""
    if "municipalities" in tables:
        table = tables["municipalities"]
        return table, _one_file_name(table)
    register = municipalities().drop(columns=["iso", "name_en"]).assign(region=None)
    return register, _unknown_places(tables["schools"], register) if "schools" in tables else []


def own_place(table: pd.DataFrame, own: str | None) -> tuple[pd.DataFrame, list[Fault]]:
    """Keep a board's own municipality alone (N05, N09 where it is not there); a country keeps all."""
    if own is None:
        return table, []
    mine = table[table["municipality_id"] == own].reset_index(drop=True)
    if len(mine):
        return mine, []
    match = find(own)
    facts = facts_of_miss(own, match) | {"count": 1}
    return mine, [Fault(code_of_miss(own, match), _DELIVERY, column="municipality", facts=facts)]


def _one_file_name(table: pd.DataFrame) -> list[Fault]:
    """Two ids that differ in signs which no file name may hold would share a page (N06)."""
    ids = table.dropna(subset="municipality_id").drop_duplicates("municipality_id")
    names = ids["municipality_id"].map(slug)
    faults = []
    for position in names.index[names.duplicated()]:
        first = ids.loc[names.index[names == names[position]][0]]
        facts = {
            "value": ids.loc[position, "municipality_id"],
            "other": first["municipality_id"],
            "first": int(first[LINE]),
        }
        file, line = str(ids.loc[position, FILE]), int(ids.loc[position, LINE])
        faults.append(Fault("N06", file, line, column="municipality_id", facts=facts))
    return faults


def _unknown_places(schools: pd.DataFrame, register: pd.DataFrame) -> list[Fault]:
    strangers = schools[
        schools["municipality_id"].notna() & ~schools["municipality_id"].isin(register["municipality_id"])
    ]
    faults = []
    for (file, value), rows in strangers.groupby([FILE, "municipality_id"], sort=False):
        match = find(str(value))
        facts = facts_of_miss(str(value), match) | {"count": len(rows)}
        code, line = code_of_miss(str(value), match), int(rows[LINE].iloc[0])
        faults.append(Fault(code, str(file), line, column="municipality_id", facts=facts))
    return faults


def board_schools(
    tables: dict[str, pd.DataFrame], settings: Map
) -> tuple[dict[str, pd.DataFrame], dict[str, list[Fault]]]:
    """Find schools that a file knows by name alone; of a file of the whole country keep the board's own schools.

    A name is looked for among the names of the table ``schools``; one that is not there belongs to another board
    (N11, counted) where the file holds the country, and stays as it is otherwise (an unknown school is then a fault). A name
    that two schools share decides nothing (N12). Faults are given by table.
    """
    schools = tables.get("schools", pd.DataFrame())
    if not {"school_id", "name"} <= set(schools):
        return tables, {}
    schools = _without_doubles(schools)
    named = schools.assign(key=schools["name"].map(school_key)).drop_duplicates(["key", "school_id"])
    shared = set(named.loc[named["key"].duplicated(), "key"])
    ids = dict(zip(named["key"], named["school_id"], strict=True))
    known_only = any(rule.known_schools_only for rule in settings.files)
    out: dict[str, pd.DataFrame] = tables | {"schools": schools}
    faults: dict[str, list[Fault]] = {}
    for table, rows in tables.items():
        if table == "schools" or "school_id" not in rows or not rows[BY_NAME].any():
            continue
        by_name = rows[BY_NAME]
        faults[table] = _ambiguous(rows[by_name & rows["school_id"].isin(shared)])
        matched = rows["school_id"].map(ids).where(by_name)
        strangers = by_name & matched.isna()
        rows = rows.assign(school_id=matched.where(matched.notna(), rows["school_id"]))
        if known_only and table in _PUBLIC:
            facts = {"count": int(strangers.sum()), "kept": matched.nunique(), "own": len(set(ids.values()))}
            faults[table].append(Fault("N11", str(rows[FILE].iloc[0]), facts=facts))
            rows = rows[~strangers].reset_index(drop=True)
        out[table] = rows
    return out, faults


def _without_doubles(schools: pd.DataFrame) -> pd.DataFrame:
    """Drop a school that a file of results knows by its name alone where the table of schools has it under its id."""
    keys = schools["name"].map(school_key)
    made = schools["school_id"] == keys
    return schools[~(made & keys.isin(keys[~made]))].reset_index(drop=True)


def _ambiguous(rows: pd.DataFrame) -> list[Fault]:
    first = rows.drop_duplicates([FILE, "school_id"])
    named = zip(first[FILE], first[LINE], first["school_id"], strict=True)
    return [Fault("N12", file, int(line), column="school_id", facts={"value": name}) for file, line, name in named]
