"""What the nested mixed model costs beside its rivals: chem97, 31,022 pupils in 2,410 schools in 131 authorities.

Three sides fit ``score ~ prior + gender + age + (1 | authority/school)`` by REML in turn, each in a process of its own on one
core and one thread, which measures the CPU seconds of the fit alone (data read, libraries loaded and a first fit done
before, so that nobody pays for loading): this project (sums and fit), statsmodels ``MixedLM`` with ``vc_formula``, and
lme4 where R has it. The estimates are compared too: a fast wrong figure wins nothing.

Usage: ``python benchmarks/mixed_model.py [--runs 3]``; the data lie in ``data/chem97`` of ``BURTNICA_SHARED`` or ``../shared``.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("BURTNICA_SHARED", ROOT.parent / "shared")) / "data" / "chem97" / "Chem97.csv"
#: How many times as fast at least, in CPU seconds.
AIMS = {"statsmodels": 50.0, "lme4": 8.0}
#: Variance between schools, lme4 1.1-31; every side has to come so near.
SCHOOL_VARIANCE, NEAR = 1.1318, 0.01
WARM = {"own": 3, "statsmodels": 0, "lme4": 1}
R = """
suppressMessages(library(lme4))
d <- read.csv(commandArgs(TRUE)[1]); d$lea <- factor(d$lea); d$school <- factor(d$school)
fit <- function() lmer(score ~ gcsecnt + gender + age + (1 | lea/school), d, REML = TRUE)
m <- fit()
t <- system.time(m <- fit())
v <- as.data.frame(VarCorr(m))
cat(t[["user.self"]] + t[["sys.self"]], v$vcov[v$grp == "school:lea"])
"""


def main() -> None:
    """Run the sides in turn, print what each took, and end with 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", default=3, type=int)
    parser.add_argument("--side", choices=["own", "statsmodels"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        print(*one_side(options.side))
        return
    if not DATA.is_file():
        sys.exit("chem97 is not here: set BURTNICA_SHARED")
    sides = ["own", "statsmodels", *(["lme4"] if has_lme4() else [])]
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(options.runs):
        for side in sides:
            seconds[side].append(measured(side))
    print(f"{'side':14}{'CPU s, median':>15}{'lowest':>10}{'highest':>10}{'times':>8}")
    for side, runs in seconds.items():
        times = np.median(runs) / np.median(seconds["own"])
        print(f"{side:14}{np.median(runs):15.4f}{min(runs):10.4f}{max(runs):10.4f}{times:8.1f}")
    said = summary(seconds)
    print(json.dumps(said))
    sys.exit(0 if said["holds"] else 1)


def has_lme4() -> bool:
    """Look for R and lme4; say where they are missing."""
    rscript = shutil.which("Rscript")
    found = rscript is not None and not subprocess.run([rscript, "-e", "library(lme4)"], capture_output=True).returncode
    if not found:
        print("lme4 is not here: that side is left out (apt-get install r-cran-lme4)")
    return found


def measured(side: str) -> float:
    """Run one side in a process of its own; return the CPU seconds of its fit."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    environment = os.environ | threads | {"PYTHONPATH": str(ROOT / "src")}
    command = ["Rscript", "-e", R, str(DATA)] if side == "lme4" else [sys.executable, __file__, "--side", side]
    ran = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    if ran.returncode:
        sys.exit(f"{side} failed:\n{ran.stderr}")
    cpu, variance = map(float, ran.stdout.split())
    if abs(variance - SCHOOL_VARIANCE) > NEAR:
        sys.exit(f"{side} is wrong: variance between schools {variance}")
    return cpu


def one_side(side: str) -> tuple[float, float]:
    """Fit in this process; return CPU seconds and the variance between schools."""
    frame = pd.read_csv(DATA)
    fit = own(frame) if side == "own" else statsmodels_side(frame)
    for _ in range(WARM[side]):
        fit()
    started = time.process_time()
    variance = fit()
    return time.process_time() - started, variance


def own(frame: pd.DataFrame) -> Callable[[], float]:
    """Prepare this project's fit, from rows: the sums are part of what is measured."""
    from analysis.stats.mixed import fit_nested

    columns = [np.ones(len(frame)), frame["gcsecnt"], frame["gender"] == "F", frame["age"]]
    x = np.column_stack(columns).astype("float64")
    return lambda: fit_nested(frame["score"], x, frame["school"], frame["lea"]).variance_inner


def statsmodels_side(frame: pd.DataFrame) -> Callable[[], float]:
    """Prepare the fit of statsmodels: a random intercept by authority, schools as a variance component."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    model = MixedLM.from_formula(
        "score ~ gcsecnt + gender + age", frame, groups="lea", re_formula="1", vc_formula={"school": "0 + C(school)"}
    )

    def fit() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return float(model.fit(reml=True).vcomp[0])

    return fit


def summary(seconds: dict[str, list[float]]) -> dict[str, object]:
    """Compare the medians with the aims; ``ratio`` is the rival that comes nearest to its aim, over that aim."""
    middle = {side: float(np.median(runs)) for side, runs in seconds.items()}
    times = {side: middle[side] / middle["own"] for side in middle if side != "own"}
    return {
        "bench": "mixed_model",
        "ratio": round(min(times[side] / AIMS[side] for side in times), 2),
        "aim": 1.0,
        "holds": all(times[side] >= AIMS[side] for side in times),
        "n": len(seconds["own"]),
        "spread": [round(run, 4) for runs in seconds.values() for run in runs],
        **{f"{side}_cpu": round(value, 4) for side, value in middle.items()},
        **{f"times_{side}": round(value, 1) for side, value in times.items()},
    }


if __name__ == "__main__":
    main()
