"""How many places each programme offers: what a plan has to work with, whether or not anybody knows the need."""

from typing import Any

import pandas as pd

from analysis.evidence import evidence, no_evidence


def offered(capacity: pd.DataFrame, municipality_id: str) -> pd.DataFrame:
    """Count the places of the newest school year.

    Parameters
    ----------
    capacity : pd.DataFrame
        ``support_capacity`` of one municipality.
    municipality_id : str
        Whose places.

    Returns
    -------
    pd.DataFrame
        Evidence ``support_places``: ``part`` is the programme, and the programme with its specialist; of the municipality,
        and by school where places belong to one. Missing where an entry of the sum knows minutes alone.
    """
    if capacity.empty:
        return no_evidence()
    year = int(capacity["school_year"].max())
    rows = capacity[capacity["school_year"] == year].astype({"programme": "str"})
    school, specialist = (rows[name].astype("object").fillna("").astype("str") for name in ("school_id", "specialist"))
    alone = rows.assign(part=rows["programme"], school_id=school)
    named = alone.assign(part=rows["programme"] + "/" + specialist)[specialist != ""]
    both = pd.concat([alone, named])
    at_schools = both[both["school_id"] != ""]
    sums = [_row(part, "", own) for part, own in both.groupby("part", sort=True)]
    sums += [_row(part, at, own) for (part, at), own in at_schools.groupby(["part", "school_id"], sort=True)]
    found = pd.DataFrame(sums)
    return evidence(
        found, indicator="support_places", municipality_id=municipality_id, school_year=year, unit="pupils",
        method="count",
    )  # fmt: skip


def _row(part: Any, school_id: Any, own: pd.DataFrame) -> dict[str, Any]:
    return {"part": part, "school_id": school_id, "estimate": own["places"].sum(skipna=False)}
