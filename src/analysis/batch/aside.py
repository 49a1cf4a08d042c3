"""What everybody knows of a municipality's results without its pages of today: public numbers of schools, earlier issues."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from analysis.audit.aside import OUTSIDE, Aside
from analysis.audit.published import published_rows
from analysis.batch.issues import earlier_issues
from analysis.evidence import COLUMNS, no_evidence
from analysis.faults import Fault, InputFaults
from analysis.intake.issues import Issue, issues
from analysis.intake.store import Store, slug
from analysis.intake.unit import Unit
from analysis.params import Params

_NEEDED = [*OUTSIDE[:5], "n"]


def outside_of(store: Store, municipality_id: str) -> pd.DataFrame:
    """Return the public numbers of a municipality's schools that were delivered: who sat a test, and by band.

    Parameters
    ----------
    store : Store
        What was prepared.
    municipality_id : str
        Whose schools.

    Returns
    -------
    pd.DataFrame
        :data:`OUTSIDE`.
    """
    sizes, bands = (store.slice(table, municipality_id) for table in ("school_results", "school_bands"))
    return outside_rows([sizes.drop(columns="band", errors="ignore"), bands])


def outside_rows(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Put tables of public numbers of schools together: columns that one lacks are missing values, levels are texts."""
    kept = [part.reindex(columns=OUTSIDE).dropna(subset="n") for part in parts]
    kept = [part for part in kept if len(part)]
    rows = pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=OUTSIDE)
    texts = {name: rows[name].astype("object").where(rows[name].notna(), "").astype("str") for name in OUTSIDE[2:6]}
    return _with_sums(rows.assign(school_id=rows["school_id"].astype("str"), **texts))


def _with_sums(rows: pd.DataFrame) -> pd.DataFrame:
    """Add how many pupils sat a test at a school of which bands alone are known."""
    of = OUTSIDE[:6]
    banded, whole = rows[rows["band"].notna()], rows[rows["band"].isna()]
    sums = banded.groupby(of, as_index=False)["n"].sum().assign(band=float("nan"))
    known = pd.MultiIndex.from_frame(sums[of]).isin(pd.MultiIndex.from_frame(whole[of]))
    return pd.concat([rows, sums[~known].reindex(columns=OUTSIDE)], ignore_index=True) if (~known).any() else rows


def read_outside(path: Path) -> pd.DataFrame:
    """Read a file of public numbers of schools: CSV, columns as in the tables ``school_results`` or ``school_bands``.

    Raises
    ------
    InputFaults
        C02: no such table can be read. S04: a column is missing. V05: ``n``, ``band`` or the year is no whole number, or a
        mean no number.
    """
    try:
        rows = pd.read_csv(path, dtype="str")
    except (OSError, ValueError):
        raise InputFaults([Fault("C02", path.name, facts={"found": "CSV"})]) from None
    lacking = [name for name in _NEEDED if name not in rows]
    if lacking:
        facts = {"table": "school_results", "name": lacking[0], "found": ", ".join(map(str, rows.columns))}
        raise InputFaults([Fault("S04", path.name, facts=facts)])
    rows = rows.reindex(columns=OUTSIDE)
    numbers = {
        name: _number(rows[name], path.name, whole=name not in OUTSIDE[-2:]) for name in ["school_year", *OUTSIDE[6:]]
    }
    return outside_rows([rows.assign(**numbers)])


def _number(column: "pd.Series[str]", file: str, *, whole: bool) -> "pd.Series[float]":
    numbers = pd.to_numeric(column, errors="coerce")
    odd = column.notna() & ~((numbers >= 0) & ((numbers % 1 == 0) | (not whole)))
    if odd.any():
        line = int(odd.to_numpy().argmax())
        raise InputFaults(
            [Fault("V05", file, line=line + 2, column=str(column.name), facts={"value": column.iloc[line]})]
        )
    return numbers


def told_in(folder: Path) -> pd.DataFrame:
    """Return what a folder of reports, or a frozen issue, published, in both editions."""
    evidence = folder / "evidence"
    return published_rows(evidence if evidence.is_dir() else folder, ("public", "board"))


def aside_of(unit: Unit, outside: Iterable[pd.DataFrame] = (), earlier: Iterable[pd.DataFrame] = ()) -> Aside:
    """Return what a reader knows of a municipality without its pages of today.

    Parameters
    ----------
    unit : Unit
        The municipality; what was delivered with its data and the issues beside its store are known.
    outside, earlier : iterable of pd.DataFrame
        More of the same, as :func:`read_outside` and :func:`told_in` give it.
    """
    assert unit.store is not None
    before = told_before(unit.store, unit.municipality_id, unit.params).assign(file="issue")
    return aside([outside_of(unit.store, unit.municipality_id), *outside], [before, *earlier], unit.municipality_id)


def aside(outside: Iterable[pd.DataFrame], earlier: Iterable[pd.DataFrame], municipality_id: str) -> Aside:
    """Put together what is known of a municipality."""
    named = [rows if "issue" in rows else rows.assign(issue=f"folder {number}") for number, rows in enumerate(earlier)]
    own, country = (_of(named, whose) for whose in (municipality_id, ""))
    return Aside(outside_rows(list(outside)).drop_duplicates(), own, country)


def _of(earlier: list[pd.DataFrame], municipality_id: str) -> pd.DataFrame:
    found = [own for rows in earlier if len(own := rows[rows["municipality_id"] == municipality_id])]
    return pd.concat(found, ignore_index=True) if found else no_evidence().assign(file="", issue="")


def told_before(store: Store, municipality_id: str, params: Params) -> pd.DataFrame:
    """Return what all earlier issues published of a municipality, in any edition and notebook, and of the whole country.

    Returns
    -------
    pd.DataFrame
        Evidence, and ``issue``; the newest issue last. Rows of the country have no municipality, whoever's page they stood on.

    Raises
    ------
    InputFaults
        D41, D42: an issue beside the store cannot be read.
    """
    found = [
        _of_issue(issue, municipality_id)
        for issue in earlier_issues(store, municipality_id, params.model_dump(mode="json"))
    ]
    found = [rows for rows in found if len(rows)]
    return pd.concat(found, ignore_index=True) if found else no_evidence()


def _of_issue(issue: Issue, municipality_id: str) -> pd.DataFrame:
    homes = issue.read("schools.csv")
    mine = homes.loc[homes["municipality_id"] == municipality_id, "school_id"]
    stems = {slug(name) for name in (municipality_id, *mine)}
    own = [path for path in _told_files(issue) if Path(path).stem in stems or "/80_country/" in path]
    parts = [rows[rows["municipality_id"] == municipality_id] for path in own if len(rows := issue.read(path))]
    told = pd.concat([*parts, _of_country(issue.folder, issue.facts["digest"])], ignore_index=True)
    return told.drop_duplicates(list(COLUMNS)).assign(issue=issue.name)


def _told_files(issue: Issue) -> list[str]:
    return [path for path in sorted(issue.facts["files"]) if path.startswith("evidence/")]


def country_before(store: Store) -> pd.DataFrame:
    """Return what the issues of other data beside a store told of the whole country, with ``issue``."""
    others = [one for one in issues(store.folder.parent) if one.facts["store"] != store.key]
    found = [_of_country(one.folder, one.facts["digest"]).assign(issue=one.name) for one in others]
    return pd.concat(found, ignore_index=True) if found else no_evidence().assign(issue="")


@lru_cache(maxsize=8)
def _of_country(folder: Path, digest: str) -> pd.DataFrame:
    """Return what an issue told of the whole country on any page; read once for all municipalities."""
    issue = next(one for one in issues(folder.parent.parent) if one.folder == folder)
    found = no_evidence()
    for path in _told_files(issue):
        rows = issue.read(path)
        found = pd.concat([found, rows[rows["municipality_id"] == ""]], ignore_index=True).drop_duplicates(
            list(COLUMNS)
        )
    return found
