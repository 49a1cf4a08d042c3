"""Which earlier issue a page compares itself with, and its slice of it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from analysis.evidence import no_evidence
from analysis.intake.issues import (
    Earlier,
    Issue,
    evidence_path,
    issues,
    sums_path,
)
from analysis.intake.store import Store
from analysis.params import SAYS_NO_FIGURE, Params

NOTEBOOK, STAFF = "20_municipality", "45_staff"


def decided(params: Mapping[str, Any]) -> str:
    """Return the digest of a municipality's parameters that decide figures."""
    figures = {name: value for name, value in params.items() if name not in SAYS_NO_FIGURE}
    return hashlib.sha256(json.dumps(figures, sort_keys=True).encode()).hexdigest()[:16]


def earlier_issue(store: Store, municipality_id: str, params: Mapping[str, Any]) -> Issue | None:
    """Return the issue that a municipality's page compares itself with.

    The newest one that was made of other data or by other parameters, and is older than the first made of these: so a page
    is the same before and after its own issue is frozen, and needs no parameter to say which issue it is.

    Raises
    ------
    InputFaults
        D41, D42: the issues beside the store cannot be read.
    """
    before = earlier_issues(store, municipality_id, params)
    return before[-1] if before else None


def earlier_issues(store: Store, municipality_id: str, params: Mapping[str, Any]) -> list[Issue]:
    """Return the issues made of other data or by other parameters before the first made of these; the oldest first."""
    found, decides = issues(store.folder.parent), decided(params)
    same = [i for i in found if i.facts["store"] == store.key and i.facts["params"].get(municipality_id) == decides]
    first = min((s.facts["order"] for s in same), default=1e9)
    return [i for i in found if i not in same and i.facts["order"] < first]


def earlier_for(store: Store, municipality_id: str, params: Params, edition: str) -> Earlier | None:
    """Return a municipality's slice of that issue; None where there is none, or it did not publish this edition.

    A board's page reads the board's edition of the issue, or the public one; a public page reads what was public.
    """
    issue = earlier_issue(store, municipality_id, params.model_dump(mode="json"))
    if issue is None:
        return None
    homes = {str(s): str(m) for s, m in issue.read("schools.csv").itertuples(index=False)}
    schools = (
        store.table("schools")[["school_id", "municipality_id"]].astype("str").set_index("school_id")["municipality_id"]
    )
    here = frozenset(schools.index[schools == municipality_id])
    known = sorted(({homes[school] for school in here & set(homes)} | {municipality_id}) & set(issue.facts["places"]))
    frozen = _stacked(known, lambda m: issue.read(sums_path(m)) if issue.has(sums_path(m)) else pd.DataFrame())
    then = municipality_id if municipality_id in issue.facts["places"] else _most(frozen, here)
    read = next((e for e in (edition, "public") if issue.has(evidence_path(e, NOTEBOOK, then))), None)
    if read is None:
        return None
    paths = [evidence_path(read, NOTEBOOK, m) for m in known]
    told = _stacked(paths, lambda path: issue.read(path) if issue.has(path) else no_evidence())
    staff = evidence_path("board", STAFF, then)
    mine = {school for school, home in homes.items() if home == then}
    return Earlier(
        name=issue.name, digest=issue.facts["digest"], municipality_id=then,
        places={m: issue.facts["places"][m] for m in known}, homes=homes, here=here, left=frozenset(mine - set(schools.index)),
        sums=frozen, evidence=told, away=_away(store, municipality_id, schools[schools.index.isin(mine)]),
        staff=issue.read(staff) if edition == "board" and issue.has(staff) else pd.DataFrame(),
    )  # fmt: skip


def _stacked(names: Iterable[str], read: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    parts = [part for name in names if len(part := read(name))]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _most(frozen: pd.DataFrame, here: frozenset[str]) -> str:
    """Return the municipality then from which most results of today's schools came; empty where none did."""
    if frozen.empty:
        return ""
    came = frozen[frozen["school_id"].isin(here)]
    counts = came.groupby("municipality_id", sort=True)["n"].sum()
    return str(counts.idxmax()) if len(counts) else ""


def _away(store: Store, municipality_id: str, schools: "pd.Series[str]") -> pd.DataFrame:
    """Read today's results of schools that belonged to the municipality then and do not now."""
    elsewhere = schools[schools != municipality_id]

    def of(other: str) -> pd.DataFrame:
        rows = store.slice("results", other)
        return rows[rows["school_id"].isin(elsewhere.index)] if len(rows) else rows

    return _stacked(sorted(elsewhere.unique()), of)
