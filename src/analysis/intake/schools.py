"""Which municipality and which schools a delivery is about."""

import pandas as pd

from analysis.faults import Fault
from analysis.intake.maps import Map
from analysis.intake.provenance import BY_NAME, FILE, LINE
from analysis.intake.register import find, municipalities, successor_names
from analysis.intake.schoolnames import school_key

_PUBLIC = ("school_results", "school_bands")


def own_municipality(settings: Map) -> tuple[str | None, list[Fault]]:
    """Find the board's own municipality in the register; an id of the delivery's own table is taken as it is."""
    if settings.scope != "board":
        return None, []
    if not settings.municipality:
        todo = "delivery.yml: municipality: …"
        return None, [Fault("D01", "delivery.yml", facts={"missing": "municipality", "todo": todo})]
    match = find(settings.municipality)
    if match.municipality_id and match.abolished and settings.abolished == "refuse":
        facts = {"value": settings.municipality, "successors": successor_names(match)}
        return None, [Fault("N07", "delivery.yml", facts=facts)]
    return match.municipality_id or settings.municipality, []


def places(tables: dict[str, pd.DataFrame], own: str | None) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the municipalities of a delivery: its own table, or the register; a board has one."""
    faults = []
    if "municipalities" in tables:
        table = tables["municipalities"]
    else:
        table = municipalities().assign(region=None)
        table = table.drop(columns=[c for c in ("iso", "name_en") if c in table])
        faults = _unknown_places(tables["schools"], table)
    if own is not None:
        if own not in set(table["municipality_id"]):
            match = find(own)
            facts = {"value": own, "nearest": match.nearest or "–"}
            faults.append(Fault("N09", "delivery.yml", column="municipality", facts=facts))
        table = table[table["municipality_id"] == own]
    return table.reset_index(drop=True), faults


def _unknown_places(schools: pd.DataFrame, register: pd.DataFrame) -> list[Fault]:
    strangers = schools[~schools["municipality_id"].isin(register["municipality_id"])].drop_duplicates(
        "municipality_id"
    )
    faults = []
    for value, file, line in zip(strangers["municipality_id"], strangers[FILE], strangers[LINE], strict=True):
        match = find(value)
        code = "N07" if match.abolished else "N09"
        facts = {"value": value, "nearest": match.nearest or "–", "successors": successor_names(match)}
        faults.append(Fault(code, file, int(line), column="municipality_id", facts=facts))
    return faults


def board_schools(tables: dict[str, pd.DataFrame], settings: Map) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """Find schools that a file knows by name alone; of a file of the whole country keep the board's own schools.

    A name is looked for among the names of the table ``schools``; one that is not there belongs to another board
    (N11, counted) where the file holds the country, and stays as it is otherwise (an unknown school is then a fault).
    """
    ids: dict[str, str] = {}
    for school_id, name in zip(tables["schools"]["school_id"], tables["schools"].get("name", ""), strict=False):
        ids.setdefault(school_key(str(name)), school_id)
    out, faults = dict(tables), []
    for table, rows in tables.items():
        if table == "schools" or not rows[BY_NAME].any():
            continue
        own = rows[BY_NAME].to_numpy()
        matched = rows["school_id"].map(ids)
        rows = rows.assign(school_id=rows["school_id"].where(~own | matched.isna(), matched))
        if table in _PUBLIC and any(rule.known_schools_only for rule in settings.files):
            strangers = own & matched.isna().to_numpy()
            kept = rows.loc[~strangers, "school_id"].nunique()
            facts = {"count": int(strangers.sum()), "kept": kept, "own": len(ids)}
            faults.append(Fault("N11", str(rows[FILE].iloc[0]), facts=facts))
            rows = rows[~strangers].reset_index(drop=True)
        out[table] = rows
    return {t: r.drop(columns=BY_NAME) for t, r in out.items()}, faults
