"""There is one door, and what comes out of it agrees with itself."""

import pandas as pd
import pytest

from analysis import report
from analysis.batch import open_unit
from analysis.evidence import COLUMNS, evidence
from analysis.release import Released, release
from analysis.release.door import DECIMALS
from analysis.report import figures

FIGURES = ["n", "estimate", "low", "high"]


def gap(low: float, high: float, verdict: str = "differs", n: int = 50, unit: str = "sd") -> pd.DataFrame:
    row = pd.DataFrame({"n": [n], "estimate": [(low + high) / 2], "low": [low], "high": [high], "verdict": [verdict]})
    return evidence(row, indicator="attainment", municipality_id="M1", unit=unit, reference="country", confidence=0.95)


def test_nobody_else_makes_a_released_value() -> None:
    frame = gap(0.1, 0.3)
    with pytest.raises(TypeError, match=r"release\(\)"):
        Released(frame, door=object())
    with pytest.raises(TypeError):
        Released(frame)


def test_what_came_out_cannot_be_changed_through_a_copy(params) -> None:
    released = release(gap(0.1, 0.3), params)
    rows = released.rows
    rows.loc[0, ["estimate", "n"]] = 9
    assert released.rows.loc[0, "estimate"] == 0.2
    with pytest.raises(AttributeError):
        released.note = "x"


@pytest.mark.parametrize(
    "section",
    ["in_short", "where_we_are", "how_it_moves", "who_needs_support", "schools", "about_data", "header", "footer"],
)
@pytest.mark.parametrize("language", ["lv", "en"])
def test_no_section_shows_a_plain_frame(section: str, language: str, demo_store) -> None:
    unit = open_unit("D001", store=str(demo_store), language=language)
    with pytest.raises(TypeError, match="Released"):
        getattr(report, section)(unit, gap(0.1, 0.3))


def test_no_file_or_figure_is_made_of_a_plain_frame(params) -> None:
    frame, released = gap(0.1, 0.3), release(gap(0.1, 0.3), params)
    calls = [
        lambda: report.evidence_file(frame),
        lambda: figures.position_by_year(frame, 1.0, "up", "lv", "k", "a"),
        lambda: figures.spread(released, frame, "lv", "k", "a"),
        lambda: figures.spread(frame, released, "lv", "k", "a"),
        lambda: figures.funnel(frame, 1.0, "lv", "x", "k", "a"),
        lambda: figures.published_dots(released, frame, {}, "lv", "k", "a"),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="Released"):
            call()


def test_figures_are_rounded_as_they_are_printed(params) -> None:
    rows = pd.concat([gap(0.1149, 0.3351), gap(1.04, 3.06, unit="points")])
    assert release(rows, params).rows[["low", "estimate", "high"]].to_numpy().tolist() == [
        [0.11, 0.22, 0.34],
        [1.0, 2.0, 3.1],
    ]


def test_every_unit_has_its_decimals() -> None:
    from analysis.evidence import UNITS

    assert set(DECIMALS) == set(UNITS)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.004, 0.3, "not_distinguishable"),
        (0.006, 0.3, "differs"),
        (-0.3, -0.004, "not_distinguishable"),
        (-0.3, -0.006, "differs"),
    ],
)
def test_a_verdict_agrees_with_the_interval_as_it_is_printed(low: float, high: float, verdict: str, params) -> None:
    assert release(gap(low, high), params).rows["verdict"].tolist() == [verdict]


def test_no_negative_zero_leaves(params) -> None:
    row = release(gap(-0.004, 0.0, "not_distinguishable"), params).rows.iloc[0]
    assert [str(row[c]) for c in ("low", "estimate", "high")] == ["0.0"] * 3


def test_a_withheld_row_has_lost_everything_whatever_the_reason(params, groups) -> None:
    rows = release(groups("sex", {"boy": 4, "girl": 60}), params).rows
    assert rows[FIGURES].isna().all(axis=None)
    assert set(rows["verdict"]) == {""}
    assert rows["group"].tolist() == ["sex=boy", "sex=girl"]


def test_too_few_to_judge_stands_beside_a_number_that_is_shown(params) -> None:
    rows = release(gap(-0.5, 0.5, "too_few", n=7), params).rows
    assert rows[["n", "verdict"]].to_numpy().tolist() == [[7, "too_few"]]


def test_several_frames_go_in_and_come_out_in_order(params) -> None:
    released = release([gap(0.1, 0.3), gap(0.2, 0.4)], params)
    assert released.rows["estimate"].tolist() == [0.2, 0.3]
    assert tuple(released.rows.columns) == COLUMNS
    assert (len(released.where(indicator="trend")), len(released.at([1])), len(released.where(unit=["sd"]))) == (
        0,
        1,
        2,
    )


def test_the_newest_rows_of_each_test(params, places) -> None:
    rows = pd.concat([places({2025: 40, 2026: 50}), places({2024: 30}, domain="latvian")])
    assert release(rows, params).newest().rows["n"].tolist() == [50, 30]
