"""What the country demo costs: making it and preparing it, each in a process of its own on one core.

Prints a table and one last line of JSON. Not part of the tests: a run takes some minutes. Figures are CPU seconds
(they move less than wall seconds on a shared machine) and the largest resident memory of the process.

Usage: ``python benchmarks/country_demo.py [--size country] [--runs 1]``
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Step: (CPU seconds, megabytes) at most; preparing has no promise for time.
AIMS: dict[str, tuple[float | None, float]] = {"make": (300.0, 3000.0), "prepare": (None, 4000.0)}


def main() -> None:
    """Run the steps, tell what they cost, and end with 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="country", choices=["small", "medium", "country"])
    parser.add_argument("--runs", default=1, type=int)
    options = parser.parse_args()
    measured: dict[str, list[dict[str, float]]] = {step: [] for step in AIMS}
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            demo, store = Path(folder) / "demo", Path(folder) / "store"
            measured["make"].append(cost("demo", "--size", options.size, "--out", demo))
            measured["prepare"].append(cost("prepare", demo, "--store", store))
    print(f"{'step':10}{'CPU s':>10}{'wall s':>10}{'peak MB':>10}")
    for step, runs in measured.items():
        for run in runs:
            print(f"{step:10}{run['cpu']:10.1f}{run['wall']:10.1f}{run['peak']:10.0f}")
    said = summary(measured, options.size)
    print(json.dumps(said))
    sys.exit(0 if said["holds"] else 1)


def cost(*arguments: object) -> dict[str, float]:
    """Run one command of the workbook on one core; return CPU and wall seconds and peak memory in MB."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    started = time.monotonic()
    core = {min(os.sched_getaffinity(0))}
    child = subprocess.Popen(
        [sys.executable, "-m", "analysis", *map(str, arguments)],
        env=environment,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, core),
    )
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{arguments[0]} failed: {os.waitstatus_to_exitcode(status)}")
    return {
        "cpu": used.ru_utime + used.ru_stime,
        "wall": time.monotonic() - started,
        "peak": used.ru_maxrss / 1024,
    }


def summary(measured: dict[str, list[dict[str, float]]], size: str) -> dict[str, object]:
    """Compare the worst run of each step with its aim; ``ratio`` is the worst figure over its aim."""
    worst = {
        step: {key: max(run[key] for run in runs) for key in ("cpu", "wall", "peak")} for step, runs in measured.items()
    }
    ratios = [worst[step]["cpu"] / seconds for step, (seconds, _) in AIMS.items() if seconds]
    ratios += [worst[step]["peak"] / megabytes for step, (_, megabytes) in AIMS.items()]
    spread = [round(run["cpu"], 1) for runs in measured.values() for run in runs]
    figures = {f"{step}_{key}": round(value, 1) for step, of_step in worst.items() for key, value in of_step.items()}
    return {
        "bench": f"country_demo_{size}",
        "ratio": round(max(ratios), 2),
        "aim": 1.0,
        "holds": max(ratios) <= 1,
        "n": len(measured["make"]),
        "spread": spread,
        **figures,
    }


if __name__ == "__main__":
    main()
