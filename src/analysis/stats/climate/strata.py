"""Means of those who could have answered, from those who did: schools and grades weigh as the roster says."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.stats.climate.answers import Answers

STRATUM = ["school_year", "municipality_id", "school_id", "grade"]


def strata(answers: Answers, roster: pd.DataFrame, home: "pd.Series[str]") -> pd.DataFrame:
    """Count and sum up each school's grade: who could answer, who did, and what.

    Parameters
    ----------
    answers : Answers
        Of one role.
    roster : pd.DataFrame
        ``school_year, school_id, grade, eligible``; may be empty.
    home : pd.Series of str
        Municipality by school.

    Returns
    -------
    pd.DataFrame
        By scale and stratum: ``eligible`` (at least those who answered; they alone where the roster lacks the stratum),
        ``known`` (whether the roster has it), ``answered`` (any scale), ``n, mean, ss`` (squares about the mean) of the scale.
    """
    scores = answers.scores()
    keys = ["school_year", "school_id", "grade"]
    grouped = scores.groupby(keys, sort=True)
    answered = grouped.size().rename("answered")
    eligible = _eligible(roster)
    parts = []
    for scale in answers.scales:
        own = grouped[scale].agg(["count", "mean", "var"])
        own = pd.concat([own, answered, eligible], axis=1)
        parts.append(own.assign(scale=scale))
    found = pd.concat(parts).rename_axis(keys).reset_index()
    found["n"] = found.pop("count").fillna(0).astype("int64")
    found["ss"] = (found.pop("var") * (found["n"] - 1)).fillna(0.0)
    found["answered"] = found["answered"].fillna(0).astype("int64")
    found["known"] = found["eligible"].notna()
    found["eligible"] = np.fmax(found["eligible"], found["answered"])
    found["municipality_id"] = found["school_id"].map(home)
    return found.dropna(subset="municipality_id").reset_index(drop=True)


def _eligible(roster: pd.DataFrame) -> "pd.Series[float]":
    keys = {"school_year": "int64", "school_id": "str", "grade": "str"}
    rows = roster.reindex(columns=[*keys, "eligible"])
    rows = rows.assign(grade=rows["grade"].astype("object").fillna("").astype("str")).astype(keys)
    summed: pd.Series[float] = rows.astype({"eligible": "float64"}).groupby(list(keys))["eligible"].sum()
    return summed


def means(cells: pd.DataFrame, by: Sequence[str], between: "pd.Series[float]") -> pd.DataFrame:
    """Mean of each area as if everybody who could had answered.

    Post-stratification: a stratum weighs as many as could answer in it; one where nobody answered is stood for by the same
    grade of the area's other schools, and what schools differ by then goes into the error. The variance within strata
    is pooled over the area. That those who answer are as well as those of the same school and grade who do not remains
    an assumption.

    Parameters
    ----------
    cells : pd.DataFrame
        Of :func:`strata`.
    by : sequence of str
        Columns that make an area, beside scale and year.
    between : pd.Series
        Variance between schools, by scale.

    Returns
    -------
    pd.DataFrame
        By area, scale and year: ``n, answered, eligible, known, estimate, variance, df``; areas without any score are left out.
    """
    keys = ["scale", "school_year", *by]
    cells = cells.sort_values([*keys, "grade", "school_id"], kind="stable").reset_index(drop=True)
    area, grade = [cells[key] for key in keys], [cells[key] for key in dict.fromkeys([*keys, "grade"])]
    there = cells["n"] > 0
    of_grade = cells["eligible"].groupby(grade).transform("sum")
    reached = cells["eligible"].where(there, 0.0).groupby(grade).transform("sum")
    weight = (cells["eligible"] * of_grade / reached.where(reached > 0)).where(there, 0.0)
    total = weight.groupby(area).transform("sum")
    share = (weight / total.where(total > 0)).fillna(0.0)
    silent = (cells["eligible"] / total.where(total > 0)).where(~there & (reached > 0), 0.0).fillna(0.0)
    silent = silent.groupby([*area, cells["school_id"]]).transform("sum") ** 2 * ~cells.duplicated([*keys, "school_id"])
    freedom = (cells["n"] - 1).clip(lower=0)
    found = pd.DataFrame(
        {
            "estimate": share * cells["mean"].fillna(0.0), "spread": share**2 / cells["n"].where(there), "ss": cells["ss"],
            "df": freedom, "silent": silent, "n": cells["n"], "answered": cells["answered"], "eligible": cells["eligible"],
            "unknown": (~cells["known"]).astype("int64"),
        }
    ).groupby(area).sum()  # fmt: skip
    found = found[(found["n"] > 0)]
    within = found["ss"] / found["df"].where(found["df"] > 0)
    differ = pd.Series(found.index.get_level_values("scale"), index=found.index).map(between).fillna(0.0)
    found["variance"] = within * found["spread"] + differ.astype("float64") * found["silent"]
    found["known"] = found["unknown"] == 0
    return found[["n", "answered", "eligible", "known", "estimate", "variance", "df"]].reset_index()


def with_interval(rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Add Student's interval of ``estimate`` from ``variance`` and ``df``; none without either."""
    told = (rows["df"] > 0) & (rows["variance"] > 0)
    half = stats.t.ppf((1 + confidence) / 2, rows["df"].clip(lower=1)) * np.sqrt(rows["variance"].clip(lower=0))
    half = pd.Series(half, index=rows.index).where(told)
    return rows.assign(low=rows["estimate"] - half, high=rows["estimate"] + half)
