"""What tables say of each other and cannot both be true: points above an item's maximum, an item asked of another role."""

from collections.abc import Mapping

import pandas as pd

from analysis.faults import Fault
from analysis.intake.checking.modelfaults import plain
from analysis.intake.checking.placed import at_rows
from analysis.intake.contracts import KEYS

Tables = Mapping[str, pd.DataFrame]


def cross_faults(table: str, tables: Tables) -> list[Fault]:
    """Check the rows of a table against what another table says of them.

    Parameters
    ----------
    table : str
        Table to check.
    tables : mapping
        All typed tables of the delivery.

    Returns
    -------
    list of Fault
        V19 points above the item's maximum, I10 an item of a survey answered by another role.
    """
    if table == "items" and "item_map" in tables:
        return _above_maximum(tables["items"], tables["item_map"])
    if table == "wellbeing" and "wellbeing_items" in tables:
        return _other_role(tables["wellbeing"], tables["wellbeing_items"])
    return []


def _above_maximum(items: pd.DataFrame, item_map: pd.DataFrame) -> list[Fault]:
    """Ask each item once for its highest points; only rows of an item that has too many are looked at one by one."""
    key = list(KEYS["item_map"])
    most = items.groupby(key, sort=False)["points"].max()
    allowed = item_map.drop_duplicates(key).set_index(key)["max_points"].reindex(most.index)
    over = allowed[most > allowed].rename("_most")
    if over.empty:
        return []
    rows = items.merge(over.reset_index(), on=key, how="left")
    rows = rows[rows["points"] > rows["_most"]]
    pairs = zip(rows["points"], rows["_most"], strict=True)
    said = [{"value": plain(points), "high": plain(limit)} for points, limit in pairs]
    return at_rows("V19", rows, "points", said.__getitem__)


def _other_role(answers: pd.DataFrame, items: pd.DataFrame) -> list[Fault]:
    roles = items.drop_duplicates("item").set_index("item")["role"]
    asked = answers["item"].map(roles)
    rows = answers[asked.notna() & answers["role"].notna() & (asked != answers["role"])]
    said = [{"other": "wellbeing_items", "role": role} for role in asked[rows.index]]
    return at_rows("I10", rows, "item", said.__getitem__)
