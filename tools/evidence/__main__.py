"""Measure the methods on invented countries and write docs/evidence.md: ``make evidence``."""

import time
from datetime import date
from pathlib import Path

from tools.evidence.bars import bars
from tools.evidence.measured import Seeds, measure
from tools.evidence.page import page

from analysis.params import load_params

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"


def main() -> None:
    """Measure, write the page, and print what was promised and not held."""
    began = time.process_time()
    found = measure(load_params(), Seeds())
    PAGE.write_text(page(found, date.today().isoformat(), time.process_time() - began), encoding="utf-8")
    for bar in bars(found):
        if not bar.held:
            print(f"not held: {bar.what}: {bar.value:.3f}, promised {bar.low:g} to {bar.high:g}")
    print(PAGE)


main()
