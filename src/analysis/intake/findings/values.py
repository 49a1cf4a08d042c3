"""Suspicious identical values: one score for a whole school, placeholders in place of scores, equal answer sheets."""

import numpy as np
import pandas as pd

from analysis.intake.findings.shape import SCHOOL, Tables, main_results, nothing, shaped
from analysis.intake.findings.tests import too_frequent

METHOD = "binomial with the value's share elsewhere, Holm 5%"
_TEST = ["school_year", "grade", "test", "domain"]
_PLACEHOLDER = {"n": 50, "count": 10, "share": 0.05, "times": 5}
_FEWEST_ITEMS = 8
_NEARLY_ALL = 0.95


def _present(tables: Tables) -> pd.DataFrame:
    results = main_results(tables)
    if results.empty:
        return results
    present = results[results["status"] == "present"]
    level = present["level"].fillna("") if "level" in present else ""
    keyed = present.assign(level=level)
    return keyed.assign(code=keyed.groupby([*_TEST, "level"], observed=True, sort=True).ngroup())


def _told(found: pd.DataFrame, rows: pd.DataFrame, code: str, table: str, **more: str) -> pd.DataFrame:
    """Name test and place of what was found by their numbers."""
    if found.empty:
        return nothing()
    tests = rows[["code", *_TEST]].drop_duplicates("code")
    homes = rows[SCHOOL].drop_duplicates("school_id")
    named = found.merge(tests, on="code").merge(homes, on="school_id")
    named = named.assign(year_from=named["school_year"])
    return shaped(named.drop(columns="code"), code=code, table=table, population="papers", method=METHOD, **more)


def same_score(tables: Tables) -> pd.DataFrame:
    """Find schools where at least half of a test's ten or more papers have one score that is rare elsewhere.

    At an end of the scale nearly all of them must have it: strong schools meet the ceiling, weak ones the floor.
    """
    rows = _present(tables)
    if rows.empty:
        return nothing()
    found = too_frequent(rows, "school_id", "code", "score", smallest_n=10, share=0.5, most=4)
    scores = rows.groupby("code", observed=True)["score"]
    ends = found["score"].eq(found["code"].map(scores.min())) | found["score"].eq(found["code"].map(scores.max()))
    found = found[~ends | (found["count"] >= _NEARLY_ALL * found["of"])]
    return _told(found, rows, "same_score", "results", column="score", group="score=same")


def placeholder(tables: Tables) -> pd.DataFrame:
    """Find values far more frequent in a municipality than their neighbours on the scale: 0, 1, 50 or 100 in place of a score.

    The value must be a whole number, for nobody types 6.442 by habit; it must be had by ten
    papers and a twentieth of the municipality's, and five times as often as the two values next to it are on average.
    """
    rows = _present(tables)
    if rows.empty:
        return nothing()
    counts = rows.groupby(["municipality_id", "code", "score"], observed=True).size().rename("count").reset_index()
    by = counts.groupby(["municipality_id", "code"], observed=True)["count"]
    neighbours = pd.concat([by.shift(1), by.shift(-1)], axis=1).mean(axis=1)  # at an end of the scale there is one
    counts = counts.assign(of=by.transform("sum"))
    limits = _PLACEHOLDER
    odd = counts[
        (counts["score"] % 1 == 0)
        & (counts["of"] >= limits["n"])
        & (counts["count"] >= limits["count"])
        & (counts["count"] >= limits["share"] * counts["of"])
        & (counts["count"] >= limits["times"] * (neighbours + 1))
    ]
    if odd.empty:
        return nothing()
    named = odd.merge(rows[["code", *_TEST]].drop_duplicates("code"), on="code")
    named = named.assign(group="score=" + named["score"].map("{:g}".format), year_from=named["school_year"])
    return shaped(named.drop(columns="code"), code="placeholder", table="results", column="score", population="papers")


def same_answers(tables: Tables) -> pd.DataFrame:
    """Find schools where three or more answer sheets of a test are the same, item by item, and rare elsewhere.

    Sheets with all points or none are left out, and tests of fewer than eight items.
    """
    rows, items = _present(tables), tables.get("items", pd.DataFrame())
    if rows.empty or items.empty:
        return nothing()
    # A number for each answer, added up: sheets with the same answers have the same sum, whatever the order of rows.
    text = items["item"].astype("str") + "=" + items["points"].astype("str")
    sheet = ["pupil_id", *_TEST]
    coded = items[sheet].assign(
        answers=pd.util.hash_array(text.to_numpy(dtype=object)), points=items["points"], items=1
    )
    sheets = coded.groupby(sheet, observed=True)[["answers", "points", "items"]].sum().reset_index()
    best = sheets.groupby(_TEST, observed=True)["points"].transform("max")
    told = sheets[(sheets["items"] >= _FEWEST_ITEMS) & (sheets["points"] > 0) & (sheets["points"] < best)]
    papers = rows[[*sheet, *SCHOOL, "code"]].merge(told, on=sheet)
    found = too_frequent(papers, "school_id", "code", "answers", smallest_n=3, share=0.0)
    per_school = found.groupby(["school_id", "code"], observed=True).agg(count=("count", "sum"), of=("of", "first"))
    return _told(per_school.reset_index(), papers, "same_answers", "items")


def nearly_constant(rows: pd.DataFrame, attributes: list[str], share: float = 0.995) -> dict[str, float]:
    """Return the attributes that have one value for nearly everybody, with the share of that value among those known."""
    shares = {a: rows[a].value_counts(normalize=True) for a in attributes if a in rows and rows[a].notna().any()}
    return {a: float(s.iloc[0]) for a, s in shares.items() if s.iloc[0] >= share and np.isfinite(s.iloc[0])}
