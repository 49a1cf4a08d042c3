"""Statuses used differently: a school or board that marks almost nobody absent, or exempts far more than others do."""

import pandas as pd

from analysis.intake.findings.shape import Tables, main_results, nothing, shaped
from analysis.intake.findings.tests import unlike_others

METHOD = "exact conditional test, Holm 5%"
_MARKED = ("absent", "exempt", "certificate")
_TEST = ["school_year", "grade", "test"]
_FEWEST_UNITS = 3


def statuses(tables: Tables) -> pd.DataFrame:
    """Compare how often schools, and municipalities, give each status, within year, grade and test.

    A pupil counts once a test however many papers it has, for those of one pupil go together. Municipalities are compared
    where there are three or more; a school is one of all schools of the delivery.
    """
    results = main_results(tables)
    if results.empty or results["status"].nunique() < 2:
        return nothing()
    cells = _cells(results)
    home = results[["school_id", "municipality_id"]].drop_duplicates().set_index("school_id")["municipality_id"]
    found = []
    for unit in ("school_id", "municipality_id"):
        if cells[unit].nunique() < _FEWEST_UNITS:
            continue
        sums = cells.groupby([unit, "stratum", "kind"], observed=True)[["count", "n"]].sum().reset_index()
        far = unlike_others(sums, unit, "stratum")
        far = far.assign(municipality_id=far[unit].map(home)) if unit == "school_id" else far
        found.append(_shaped(far, results))
    return pd.concat(found, ignore_index=True) if found else nothing()


def _cells(results: pd.DataFrame) -> pd.DataFrame:
    """Count the pupils of each school and test, and those with each status."""
    rows = results[[*_TEST, "school_id", "municipality_id", "pupil_id", "status"]]
    stratum = rows.groupby(_TEST, observed=True, sort=True).ngroup().rename("stratum")
    keys = ["municipality_id", "school_id", "stratum"]
    pupils = rows.assign(stratum=stratum).drop_duplicates([*keys, "pupil_id", "status"])
    n = pupils.drop_duplicates([*keys, "pupil_id"]).groupby(keys, observed=True).size().rename("n").reset_index()
    given = [kind for kind in _MARKED if (rows["status"] == kind).any()]
    parts = []
    for kind in given:
        count = pupils[pupils["status"] == kind].groupby(keys, observed=True).size().rename("count")
        parts.append(n.merge(count.reset_index(), on=keys, how="left").fillna({"count": 0}).assign(kind=kind))
    return pd.concat(parts, ignore_index=True) if parts else n.assign(count=0, kind="")


def _shaped(far: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    if far.empty:
        return nothing()
    unit = "school_id" if "school_id" in far else "municipality_id"
    years = results.groupby(unit, observed=True)["school_year"].agg(["min", "max"])
    rows = far.assign(
        code=far["low"].map({True: "status_missing", False: "status_often"}),
        group="status=" + far["kind"].astype("str"),
        year_from=far[unit].map(years["min"]),
        school_year=far[unit].map(years["max"]),
        of=far["n"],
    )
    return shaped(rows, table="results", column="status", method=METHOD)
