"""Each mark of a drawing is a released row: none stands for fewer pupils than may be told, or for what was not rounded."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release import Released, release
from analysis.report.drawing import canvas
from analysis.report.figures import draw_funnel, draw_years
from analysis.report.school.figures import draw_caterpillar, draw_effect_funnel

PARAMS = load_params()
TEST = {"municipality_id": "M1", "grade": "9", "test": "CE", "domain": "mathematics", "unit": "sd", "confidence": 0.95}
SIZES = st.lists(st.integers(1, 60), min_size=3, max_size=14).filter(lambda sizes: sum(n >= 12 for n in sizes) > 1)


def let_out(sizes: list[int], **keys: object) -> Released:
    rng = np.random.default_rng(sum(sizes))
    n = np.array(sizes)
    rows = pd.DataFrame({"n": n, "estimate": rng.normal(0, 0.3, len(n)), "half": 1.96 / np.sqrt(n)})
    rows = rows.assign(low=rows["estimate"] - rows["half"], high=rows["estimate"] + rows["half"])
    return release(evidence(rows.assign(**keys), **TEST), PARAMS)


def drawn(draw, *words: object) -> set[tuple[float, float]]:
    """Marks as they lie on the axes: x and y of every point that has a shape."""
    with canvas(300, 200) as (_, axes):
        draw(axes, *words)
        shapes = [line for line in axes.lines if line.get_marker() not in ("None", "", None)]
        points = [point for line in shapes for point in zip(line.get_xdata(), line.get_ydata(), strict=True)]
        assert not axes.collections or not any(len(c.get_offsets()) > 1 for c in axes.collections)
    return {(float(x), round(float(y), 9)) for x, y in points if not np.isnan(float(y))}


@settings(deadline=None, max_examples=25)
@given(SIZES)
def test_a_funnel_has_a_mark_a_released_school(sizes):
    schools = let_out(sizes, indicator="attainment", reference="municipality", school_year=2026,
                      school_id=[f"S{i}" for i in range(len(sizes))])  # fmt: skip
    shown = schools.rows.dropna(subset=["estimate"])
    assume(len(shown) > 1)  # a funnel of one school has no width
    assert drawn(draw_funnel, schools, 2.0, "lv", "n") == set(
        zip(shown["n"].astype(float), shown["estimate"], strict=True)
    )
    assert (shown["n"] >= PARAMS.smallest_group).all()


@settings(deadline=None, max_examples=15)
@given(SIZES)
@pytest.mark.parametrize("draw", [draw_effect_funnel, draw_caterpillar])
def test_so_have_drawings_of_effects(draw, sizes):
    schools = let_out(sizes, indicator="school_effect", reference="country", school_year=2026, part="unshrunken",
                      school_id=[f"S{i}" for i in range(len(sizes))])  # fmt: skip
    shown = schools.rows.dropna(subset=["estimate"])
    heights = sorted(y for _, y in drawn(draw, schools, 2.0, "lv", "n"))
    assert len(heights) <= (np.array(sizes) >= PARAMS.smallest_group).sum()
    assert set(heights) == set(shown["estimate"])


@settings(deadline=None, max_examples=15)
@given(SIZES)
def test_a_line_over_years_has_no_mark_where_a_year_is_withheld(sizes):
    years = [2012 + i for i in range(len(sizes))]
    yearly = let_out(sizes, indicator="attainment", reference="country", school_year=years)
    shown = yearly.rows.dropna(subset=["estimate"])
    assert drawn(draw_years, yearly, 2.0, "", "lv") == set(
        zip(shown["school_year"].astype(float), shown["estimate"], strict=True)
    )
