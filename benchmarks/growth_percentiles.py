"""Growth percentiles of the whole of sgp-long, and how even they are beside quantile regression, in one run.

Usage: python benchmarks/growth_percentiles.py [FOLDER OF PUBLIC DATA]
"""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm

from analysis.params import load_params
from analysis.stats.cohorts import Cohort, cohorts
from analysis.stats.country import Country
from analysis.stats.growth_percentiles import _splines, conditional_percentile, with_percentile
from analysis.stats.shrinking import independent

AIM_SECONDS, AIM_UNEVENNESS = 60.0, 0.03
LEVELS = np.arange(0.02, 1, 0.04)


def read(folder: Path) -> Country:
    """Take all results of the demonstration state, placed within year, grade and subject."""
    file = pd.read_csv(folder / "sgp-long" / "sgpData_LONG.csv.gz")
    file = file[file["SCALE_SCORE"].notna() & (file["VALID_CASE"] == "VALID_CASE")]
    groups = file.groupby(["CONTENT_AREA", "GRADE", "YEAR"])["SCALE_SCORE"]
    results = pd.DataFrame(
        {
            "pupil": file["ID"].astype(str), "school_id": file["SCHOOL_NUMBER"].astype(str),
            "municipality_id": file["DISTRICT_NUMBER"].astype(str), "school_year": file["YEAR"].str[-4:].astype(int),
            "grade": file["GRADE"].astype(int).astype(str), "domain": file["CONTENT_AREA"].str.lower(), "test": "state",
            "level": "", "session": "", "status": "present", "known": True, "scale": "score", "points": np.nan,
            "value": file["SCALE_SCORE"],
            "position": (file["SCALE_SCORE"] - groups.transform("mean")) / groups.transform("std"),
        }
    )  # fmt: skip
    nothing = pd.DataFrame()
    return Country(results, nothing, nothing, nothing, (), (), "country", load_params())


def unevenness(percentile: np.ndarray, start: np.ndarray) -> float:
    """Root mean square distance from 20 % of the shares of fifths of percentiles within tenths of the start."""
    tenth = pd.qcut(start, 10, labels=False, duplicates="drop")
    shares = pd.crosstab(tenth, np.clip(percentile // 20, 0, 4), normalize="index").to_numpy()
    return float(np.sqrt(((shares - 0.2) ** 2).mean()))


def rival(cohort: Cohort) -> dict[str, float]:
    """Compare with quantile regression (statsmodels) on the pupils of one test's newest year."""
    rows = cohort.rows[(cohort.rows["year"] == cohort.rows["year"].max())]
    rows = rows.dropna(subset=[cohort.columns[0], cohort.further])
    outcome, starts = rows["standing"].to_numpy(), rows[[cohort.columns[0], cohort.further]].to_numpy()
    began = time.process_time()
    own = conditional_percentile(outcome, starts)
    middle = time.process_time()
    design = independent(np.column_stack([np.ones(len(rows)), *(_splines(s) for s in starts.T)]))
    curves = np.sort([design @ sm.QuantReg(outcome, design).fit(q=q, max_iter=1000).params for q in LEVELS], axis=0)
    theirs = np.array([100 * np.interp(y, c, LEVELS, 0.01, 0.99) for y, c in zip(outcome, curves.T, strict=True)])
    ended = time.process_time()
    return {
        "n": len(rows), "r": float(np.corrcoef(own, theirs)[0, 1]), "apart": float(np.abs(own - theirs).mean()),
        "uneven_own": unevenness(own, starts[:, 0]), "uneven_rival": unevenness(theirs, starts[:, 0]),
        "ratio": (ended - middle) * 99 / len(LEVELS) / (middle - began),
    }  # fmt: skip


def main() -> None:
    """Run both sides and print a table and one last line of JSON."""
    shared = Path(os.environ.get("BURTNICA_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else shared
    if not (folder / "sgp-long").is_dir():
        print("sgp-long is not here: set BURTNICA_SHARED")
        return
    country = read(folder)
    began = time.process_time()
    found = [cohort for cohort in cohorts(country) if cohort.earlier]
    percentiles = [with_percentile(cohort) for cohort in found]
    seconds = time.process_time() - began
    pupils, uneven = sum(map(len, percentiles)), []
    for cohort, rows in zip(found, percentiles, strict=True):
        start = cohort.rows.loc[cohort.rows[cohort.columns[0]].notna(), cohort.columns[0]].to_numpy()
        if len(rows) == len(start):
            order = cohort.rows[cohort.rows[cohort.columns[0]].notna()].sort_values("year", kind="stable").index
            uneven.append(unevenness(rows["growth"].to_numpy(), cohort.rows.loc[order, cohort.columns[0]].to_numpy()))
    beside = rival(next(c for c in reversed(found) if c.further and c.key["domain"] == "mathematics"))
    print(
        f"{pupils} growth percentiles of {len(found)} tests in {seconds:.1f} CPU s; unevenness at most {max(uneven):.4f}"
    )
    print("beside QuantReg: " + ", ".join(f"{name} {value:.4g}" for name, value in beside.items()))
    holds = seconds <= AIM_SECONDS and max(uneven) <= AIM_UNEVENNESS and beside["r"] > 0.99
    line = {
        "bench": "growth_percentiles",
        "seconds": round(seconds, 2),
        "aim": AIM_SECONDS,
        "holds": bool(holds),
        "n": pupils,
    }
    print(json.dumps(line | {k: round(v, 4) for k, v in beside.items() if k != "n"}))


if __name__ == "__main__":
    main()
