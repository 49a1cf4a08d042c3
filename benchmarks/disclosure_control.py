"""What disclosure control costs, as ratios of CPU with it and without it: preparing a delivery, making a page, a batch.

In one run on one core: ``prepare`` of the demo without and with the patterns of what is withheld; the cells of a
municipality's page with a release that only rounds and with the real one, by turns; a batch of that page, whose gate attacks
and reads what was made. Prints a table and one last line of JSON. Not part of the tests.

Usage: ``python benchmarks/disclosure_control.py [--size small] [--place D002] [--runs 3]``
"""

import os

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})

import argparse
import ast
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
import pandas as pd
from country_demo import cost

from analysis.batch.gate import Asked, AskedOfNation, judged
from analysis.batch.manifest import read_manifest
from analysis.batch.nation import nation_of
from analysis.batch.prepare import prepare
from analysis.batch.suppressed import suppress_all
from analysis.intake.demo import write_demo
from analysis.intake.store import open_store
from analysis.release import Pattern

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "notebooks" / "20_municipality.ipynb"


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="small", choices=["small", "medium", "country"])
    parser.add_argument("--place", default="D002")
    parser.add_argument("--runs", default=3, type=int)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = of_everything(Path(folder), options.size, options.place, options.runs)
    print(f"{'step':12}{'without':>10}{'with':>10}{'ratio':>8}   CPU s")
    for step, (without, with_it) in measured.items():
        print(f"{step:12}{without:10.2f}{with_it:10.2f}{with_it / without:8.2f}")
    ratios = {step: round(with_it / without, 2) for step, (without, with_it) in measured.items()}
    seconds = {step: [round(value, 2) for value in both] for step, both in measured.items()}
    print(
        json.dumps({"bench": f"disclosure_control_{options.size}", "ratio": ratios, "cpu": seconds, "n": options.runs})
    )


def of_everything(folder: Path, size: str, place: str, runs: int) -> dict[str, tuple[float, float]]:
    """Return CPU seconds without and with disclosure control, by step."""
    demo, store, out = folder / "demo", folder / "store", folder / "out"
    write_demo(demo, size=size)
    tables = spent(lambda: prepare(demo, (), store))
    patterns = spent(lambda: (list(suppress_all(open_store(store), store, 1)), nation_of(open_store(store))))
    pages: dict[bool, list[float]] = {False: [], True: []}
    for controlled in [False, True] * runs:
        pages[controlled].append(spent(partial(page, place, store, controlled=controlled)))
    made = cost("reports", "--store", store, "--only", place, "--edition", "public", "--edition", "board", "--out", out)
    asked = Asked(place, out, store, tuple(read_manifest(out)["items"]))
    gate = spent(lambda: passed(asked))
    page_without, page_with = (statistics.median(pages[controlled]) for controlled in (False, True))
    return {
        "prepare": (tables, tables + patterns),
        "page": (page_without, page_with),
        "two pages": (made["cpu"] - gate, made["cpu"]),
    }


def spent(work: Callable[[], Any]) -> float:
    """Return the CPU seconds of this process that work takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def passed(asked: Asked) -> None:
    """Judge a municipality's pages once more, and the country's figures; they were published, so they hold."""
    if judged(asked).reason or judged(AskedOfNation(asked.folder, asked.store)).reason:
        sys.exit("the gate does not let pass what it let pass before")


def page(place: str, store: Path, *, controlled: bool) -> None:
    """Execute the cells of a page; without control nothing is withheld, coded or left out of tables."""
    names: dict[str, Any] = {}
    given = {"municipality": place, "params_file": "", "store": str(store), "edition": "public"}
    cells = [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    with contextlib.nullcontext() if controlled else uncontrolled():
        for cell in cells:
            exec(compile(ast.parse(cell.source), cell.id, "exec"), names)
            if "parameters" in cell.metadata.get("tags", []):
                names |= given


@contextlib.contextmanager
def uncontrolled() -> Iterator[None]:
    """Let everything out as it is."""
    with (
        patch("analysis.batch.pattern_of", lambda unit: Pattern(frozenset(), frozenset())),
        patch("analysis.release.door.withheld", lambda rows, *_: pd.Series(data=False, index=rows.index)),
        patch("analysis.release.door.coded", lambda rows, _: rows),
        patch("analysis.report.frame.designed", lambda rows: rows),
    ):
        yield


if __name__ == "__main__":
    main()
