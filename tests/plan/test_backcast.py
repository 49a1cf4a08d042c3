"""The exam of 2025 at a mark of 15 %, from published figures, and what docs/thresholds.md says of it."""

import runpy
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "backcast.py"), run_name="backcast")
PAGE = (ROOT / "docs" / "thresholds.md").read_text("utf-8")


def test_the_shape_of_a_year_meets_every_published_figure_of_it() -> None:
    for number in (2023, 2024):
        year, shape = TOOL["YEARS"][number], TOOL["shape"](TOOL["YEARS"][number])
        assert shape[9] * year.takers == pytest.approx(year.below_10, abs=0.5)
        assert (shape[19] - shape[9]) * year.takers == pytest.approx(year.at_10, abs=0.5)
        assert 1 - shape[89] == pytest.approx(year.from_90, abs=1e-4)
        assert np.diff(shape, prepend=0) @ TOOL["PERCENT"] == pytest.approx(year.mean, abs=1e-4)
        assert (np.diff(shape, prepend=0) >= 0).all()


def test_one_year_foretells_the_next_band_of_the_other_within_a_tenth() -> None:
    for _, _, told, true in TOOL["checks"]():
        assert told == pytest.approx(true, rel=0.10)


def test_2025_at_15_percent_is_half_of_what_was_said_before_and_that_is_what_2024_would_have_given() -> None:
    estimate, low, high = TOOL["backcast"]()
    assert (round(estimate, -1), round(low, -1), round(high, -1)) == (760, 620, 970)
    assert TOOL["YEARS"][2025].below_10 < low < high < TOOL["MINISTRY"]
    assert round(TOOL["as_before"]()[2024], -1) == 1460


def test_the_page_says_what_the_tool_finds() -> None:
    tens = [round(x, -1) for x in (*TOOL["backcast"](), *TOOL["as_before"]().values(), *TOOL["backcast"](20))]
    for figure in tens:
        assert f"{figure:,.0f}" in PAGE, figure
    for _, _, told, true in TOOL["checks"]():
        assert f"{told:,.0f} for {true:,.0f}" in PAGE
