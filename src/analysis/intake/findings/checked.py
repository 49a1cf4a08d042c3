"""A delivery as the page on the data sees it: what arrived, what it lacks, its faults, what a school may be asked."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.faults import Fault
from analysis.intake.contracts import TABLES, columns
from analysis.intake.delivery import Delivery
from analysis.intake.findings.all import findings
from analysis.intake.findings.shape import nothing
from analysis.intake.provenance import FILE
from analysis.intake.store import Store
from analysis.params import Params

# Their rows are places, tests or published figures: nobody is recognised by their number.
_NO_PUPILS = ("municipalities", "schools", "published", "item_map", "school_results", "school_bands", "wellbeing_items",
              "staff_survey_items", "competences", "board_survey", "self_evaluation", "lesson_hours")  # fmt: skip
_KEPT = 25  # faults a file and class: more are told as a number


@dataclass(frozen=True)
class Checked:
    """What the page on the data is made of.

    Attributes
    ----------
    municipality_id, name : str
        The municipality; empty where the whole delivery is meant, or nothing could be read.
    params : Params
        Limits of what may be shown.
    edition, language : str
        For whom.
    facts : dict
        ``demo``, ``data_date``, ``labels``, ``source``, ``files`` (name → sha256), ``arrived`` (rows and years of each table),
        ``lacking`` (tables and ``table.column`` that did not come).
    faults : tuple of Fault
        Everything found while reading.
    findings : pd.DataFrame
        What is odd, with exact counts.
    schools : pd.DataFrame
        ``school_id`` and ``name``.
    key : str
        Digest of everything that decides the page.
    """

    municipality_id: str
    name: str
    params: Params
    edition: str
    language: str
    facts: dict[str, Any]
    faults: tuple[Fault, ...]
    findings: pd.DataFrame
    schools: pd.DataFrame
    key: str

    @property
    def rejected(self) -> list[Fault]:
        """Faults that forbid the delivery, or this municipality's part of it."""
        mine = (None, self.municipality_id) if self.municipality_id else (None,)
        return [fault for fault in self.faults if fault.answer == "reject" and fault.municipality_id in mine]

    @property
    def unread(self) -> list[str]:
        """Files that nothing names: they need a map."""
        return sorted({fault.file for fault in self.faults if fault.code == "D02"})

    @property
    def evidence(self) -> list[pd.DataFrame]:
        """Findings and numbers of rows as evidence, for ``release()``; nothing of a delivery that is rejected."""
        arrived = [] if self.rejected else self.facts["arrived"]
        found = nothing() if self.rejected else self.findings
        return [finding_evidence(found), received_evidence(arrived)]

    def __repr__(self) -> str:
        return f"Checked({self.municipality_id or '*'}, {self.language}, {self.edition})"


def check_facts(delivery: Delivery) -> dict[str, Any]:
    """Return what the store keeps for the page on the data: what arrived, what is lacking, faults accepted and repaired."""
    kept: list[Fault] = []
    seen: dict[tuple[str, str], int] = {}
    for fault in delivery.faults:
        seen[fault.file, fault.code] = seen.get((fault.file, fault.code), 0) + 1
        kept += [fault] if fault.answer != "reject" and seen[fault.file, fault.code] <= _KEPT else []
    return {
        "arrived": arrived(delivery.tables),
        "lacking": lacking(delivery.tables),
        "faults": [asdict(fault) | {"facts": dict(fault.facts)} for fault in kept],
    }


def arrived(tables: Mapping[str, pd.DataFrame]) -> list[dict[str, Any]]:
    """Return each table that came in files: their names, its rows, its first and last school year."""
    found = []
    for table in (t for t in TABLES if t in tables and FILE in tables[t]):
        rows = tables[table]
        years = pd.to_numeric(rows.get("school_year", pd.Series(dtype="float64")), errors="coerce").dropna()
        ends = {"first": int(years.min()), "last": int(years.max())} if len(years) else {"first": None, "last": None}
        found.append({"table": table, "files": sorted(rows[FILE].unique()), "rows": len(rows)} | ends)
    return found


def lacking(tables: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
    """Return the contract's tables that did not come, and columns absent or wholly empty in those that did."""
    empty = [
        f"{table}.{column}"
        for table in (t for t in TABLES if t in tables and FILE in tables[t])
        for column, required in columns(table).items()
        if not required and (column not in tables[table] or tables[table][column].isna().all())
    ]
    return {"tables": [table for table in TABLES if table not in tables], "columns": empty}


def finding_evidence(found: pd.DataFrame) -> pd.DataFrame:
    """Turn findings into evidence, one row each, in their order.

    ``part`` is ``code:table:column``; ``n`` is of how many, ``estimate`` how many. A finding about a value, a sex or a status
    carries it in ``group``. The unit is ``pupils`` whatever is counted: ``population`` says what.
    """
    if found.empty:
        return no_evidence()
    part = (found["code"] + ":" + found["table"] + ":" + found["column"]).str.rstrip(":")
    first = found["year_from"].where((found["year_from"] != found["school_year"]).fillna(False))
    rows = found.assign(part=part, n=found["of"], estimate=found["count"].astype("float64"), year_from=first, level="")
    return evidence(rows, indicator="data_finding", unit="pupils")


def received_evidence(tables: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Turn numbers of rows into evidence, one row a table, named in ``part``."""
    rows = pd.DataFrame([{"part": table["table"], "n": table["rows"]} for table in tables])
    if rows.empty:
        return no_evidence()
    rows = rows.assign(population=rows["part"].map(dict.fromkeys(_NO_PUPILS, "schools")).fillna("papers"))
    rows = rows.assign(estimate=rows["n"].astype("float64"))
    return evidence(rows, indicator="data_received", unit="pupils", method="count")


def checked_store(
    store: Store, municipality_id: str, params: Params, *, edition: str, language: str, key: str
) -> Checked:
    """Take from a store what was found about one municipality when it was prepared."""
    places, schools, found = (store.table(name) for name in ("municipalities", "schools", "findings"))
    name = str(places.set_index("municipality_id").loc[municipality_id, "name"])
    own = found[found["municipality_id"].isin([municipality_id, ""])] if len(found) else nothing()
    facts = store.facts | store.facts["check"]
    faults = tuple(Fault(**fault) for fault in store.facts["check"]["faults"])
    mine = schools.loc[schools["municipality_id"] == municipality_id, ["school_id", "name"]]
    return Checked(
        municipality_id, name, params, edition, language, facts, faults,
        own.reset_index(drop=True), mine.reset_index(drop=True), key,
    )  # fmt: skip


def own_of(delivery: Delivery, municipality_id: str) -> str:
    """Return the municipality meant: the one asked for, or the delivery's only one; none where it is neither."""
    names = _names(delivery)
    return municipality_id if municipality_id in names else next(iter(names)) if len(names) == 1 else ""


def _names(delivery: Delivery) -> dict[str, str]:
    places = pd.DataFrame() if delivery.rejected else delivery.tables["municipalities"]
    return dict(zip(places["municipality_id"], places["name"], strict=True)) if len(places) else {}


def checked_delivery(delivery: Delivery, own: str, params: Params, *, edition: str, language: str) -> Checked:
    """Check a delivery that no store was made of.

    Parameters
    ----------
    own : str
        Whose page; empty: the whole delivery's.
    """
    tables, settings, names = delivery.tables, delivery.settings, _names(delivery)
    sound = not delivery.rejected
    found = findings(tables, settings, delivery.faults) if sound else nothing()
    found = found[found["municipality_id"].isin([own, ""])] if own else found
    schools = tables["schools"] if sound else pd.DataFrame({"school_id": [], "name": [], "municipality_id": []})
    schools = schools[schools["municipality_id"] == own] if own else schools
    facts = {
        "demo": settings.demo, "data_date": settings.data_date, "labels": settings.labels, "source": settings.source,
        "files": delivery.files, "arrived": arrived(tables), "lacking": lacking(tables),
    }  # fmt: skip
    return Checked(
        own, str(names.get(own, settings.title)), params, edition, language, facts, delivery.faults,
        found.reset_index(drop=True), schools[["school_id", "name"]].reset_index(drop=True),
        _key(facts, delivery.faults, own, params, edition, language),
    )  # fmt: skip


def checked_faults(faults: Iterable[Fault], params: Params, *, edition: str, language: str) -> Checked:
    """Make the page of a delivery that could not even be read: its faults alone."""
    faults = tuple(faults)
    lacks: dict[str, list[str]] = {"tables": [], "columns": []}
    facts: dict[str, Any] = {
        "demo": False,
        "data_date": None,
        "labels": {},
        "source": None,
        "files": {},
        "arrived": [],
        "lacking": lacks,
    }
    schools = pd.DataFrame({"school_id": [], "name": []})
    key = _key(facts, faults, "", params, edition, language)
    return Checked("", "", params, edition, language, facts, faults, nothing(), schools, key)


def _key(facts: dict[str, Any], faults: Iterable[Fault], *parts: Any) -> str:
    told = [asdict(fault) | {"facts": dict(fault.facts)} for fault in faults]
    given = [part.model_dump(mode="json") if isinstance(part, Params) else part for part in parts]
    text = json.dumps([facts, told, given], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
