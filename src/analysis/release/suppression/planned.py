"""What may be published of pupils' results, as ``plan.yml`` says it."""

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from analysis.indicators import INDICATORS

PLAN = Path(__file__).with_name("plan.yml")
INSTITUTIONS = ("schools", "boards", "rows")
"""Populations that are no people."""
COUNTS, SHOWN = ("size", "share", "part"), ("all", "school", "group", "cross", "school_group")


@cache
def plan() -> dict[str, dict[str, Any]]:
    """Read the plan: indicator → what its ``n`` counts, and of whom it may be told."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(PLAN.read_text("utf-8"))
    return found


def of_people(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which rows count people, and are not public anyway."""
    public = [name for name, entry in INDICATORS.items() if entry.public_source]
    return ~rows["population"].isin(INSTITUTIONS) & ~rows["indicator"].isin(public)


def of_results(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which rows are about the results of a municipality's pupils, and so of the plan."""
    return rows["indicator"].isin(list(plan())) & rows["municipality_id"].ne("") & rows["population"].eq("pupils")


def counts(rows: pd.DataFrame) -> "pd.Series[str]":
    """Return what ``n`` counts in rows of the plan: ``size``, ``share`` or ``part``."""
    return rows["indicator"].map({name: entry["counts"] for name, entry in plan().items()})


def is_mean(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which rows of the plan have the plain mean of their pupils' results for an estimate."""
    return rows["indicator"].map({name: bool(entry.get("mean")) for name, entry in plan().items()}).eq(True)


def unplanned(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which rows of results are of a form that the plan does not know."""
    shown = {name: frozenset(entry["shown"]) for name, entry in plan().items()}
    known = [one in shown.get(name, ()) for one, name in zip(forms(rows), rows["indicator"], strict=True)]
    return of_results(rows) & ~pd.Series(known, index=rows.index, dtype="bool")


def kept(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which rows stay where they are when they are blank, however many these are."""
    return rows["indicator"].isin([name for name, entry in plan().items() if entry.get("blank") == "stays"])


def forms(rows: pd.DataFrame) -> "pd.Series[str]":
    """Return of whom each row is told: one of :data:`SHOWN`, empty where the plan knows no such form."""
    found = [_form(school, group) for school, group in zip(rows["school_id"], rows["group"], strict=True)]
    return pd.Series(found, index=rows.index, dtype="str")


def _form(school: str, group: str) -> str:
    attributes = group.count("&") + 1 if group else 0
    if school:
        return ("school", "school_group")[attributes] if attributes < 2 else ""
    return ("all", "group", "cross")[attributes] if attributes < 3 else ""
