"""Municipalities of a file by name or old code; where an old one was split, the parish decides, or the map."""

import pandas as pd

from analysis.faults import Fault
from analysis.intake.mapping.misses import code_of_miss, facts_of_miss
from analysis.intake.mapping.rules import ColumnRule
from analysis.intake.reading.rawtable import RawTable
from analysis.intake.register import find


def municipality_ids(
    values: "pd.Series[str]", raw: RawTable, column: ColumnRule, abolished: str
) -> tuple["pd.Series[str]", list[Fault]]:
    """Look municipalities up in the register.

    Returns
    -------
    pd.Series of str
        Today's ids; empty where there is none.
    list of Fault
        N05, N07, N09, each value once with its first line.
    """
    part = raw.frame[column.part].str.strip() if column.part in raw.frame else ""
    pairs = pd.DataFrame({"value": values, "part": part, "line": raw.lines})
    resolved: dict[tuple[str, str], str] = {}
    faults = []
    for value, place, line in pairs.drop_duplicates(["value", "part"]).itertuples(index=False):
        match = find(value, part=place or None)
        decided = match.municipality_id or column.parts.get(value)
        if value and (decided is None or (match.abolished and abolished == "refuse")):
            facts = facts_of_miss(value, match) | {"count": int((values == value).sum())}
            code, name = code_of_miss(value, match), next(iter(column.columns), None)
            faults.append(Fault(code, raw.file, int(line), column=name, facts=facts))
        resolved[value, place] = decided or ""
    made = [resolved[pair] for pair in zip(pairs["value"], pairs["part"], strict=True)]
    return pd.Series(made, index=values.index, dtype="str"), faults
