"""What the data say of a board's targets before any is judged: which results each is about, and what they contradict."""

import pandas as pd

from analysis.aims import Target
from analysis.faults import Fault
from analysis.params import nearest


def data_faults(targets: tuple[Target, ...], results: pd.DataFrame, attributes: list[str], file: str) -> list[Fault]:
    """Tell what of the targets the data contradict.

    Parameters
    ----------
    targets : tuple of Target
        Checked.
    results : pd.DataFrame
        The municipality's results.
    attributes : list of str
        Group attributes that the delivery holds.
    file : str
        Name of the file of targets.

    Returns
    -------
    list of Fault
        P44 (the aim's year is past and was not measured; accepted, its state is "not measurable") and P46 (the group
        names an attribute or a value that the data do not hold).
    """
    newest = int(results["school_year"].max()) if len(results) else 0
    faults = []
    for target in targets:
        of_results = not target.indicator.startswith("support_")
        if of_results and target.year <= newest and target.year not in set(of_series(target, results)["school_year"]):
            faults.append(Fault("P44", file, facts={"id": target.id, "year": target.year}))
        for part in filter(None, target.group.split("&")):
            values = known_values(results, attributes)
            if part not in values:
                facts = {"id": target.id, "group": part, "nearest": nearest(part, values)}
                faults.append(Fault("P46", file, facts=facts))
    return faults


def known_values(results: pd.DataFrame, attributes: list[str]) -> list[str]:
    """List the groups of one attribute that the data hold, as ``attribute=value``."""
    return [f"{name}={value}" for name in attributes if name in results for value in results[name].dropna().unique()]


def of_series(target: Target, results: pd.DataFrame) -> pd.DataFrame:
    """Keep the results that a target is about."""
    rows = results
    for key in ("domain", "grade", "test", "level"):
        rows = rows[rows[key] == getattr(target, key)]
    for name, _, value in (part.partition("=") for part in target.group.split("&") if part):
        rows = rows[rows[name] == value] if name in rows else rows.iloc[:0]
    return rows
