"""The plan panel: a change solves the plan alone, agrees with the curve, shows what may be shown, and writes nothing."""

import time
from dataclasses import replace

import pandas as pd
import pytest

from analysis.batch.open import open_unit
from analysis.batch.planned import planned, rows_of
from analysis.desk import plan_desk
from analysis.desk.plan_basis import basis_of, curve, now_of, solve
from analysis.desk.plan_desk import PlanDesk
from analysis.desk.plan_shown import all_parts, marks_table
from analysis.desk.plan_wish import lines_of, step_of, with_places
from analysis.evidence import COLUMNS
from analysis.faults import InputFaults
from analysis.plan_limits import load_limits
from analysis.release import release
from analysis.report.html import Section
from analysis.words.catalogue import LANGUAGES

PLACE = "D001"  # has limits of its own in params/plan
READING, PSYCHOLOGIST = "reading/teacher", "counselling/psychologist"


@pytest.fixture(scope="module")
def unit(demo_store):
    return open_unit(PLACE, "", str(demo_store), "board", "lv")


@pytest.fixture(scope="module")
def basis(unit):
    return basis_of(unit)


def served(shown):
    rows = shown.where(indicator="plan_served", school_id="", grade="").rows
    return rows.set_index("part")["estimate"]


def test_a_wish_that_changes_nothing_is_the_plan_of_the_file(basis, unit):
    solved = solve(basis, now_of(basis, READING))
    assert solved.step == 0
    pd.testing.assert_frame_equal(solved.shown.rows, basis.before.rows)
    known = planned(unit)
    pd.testing.assert_frame_equal(
        solved.shown.rows, _of_plan(release([known.need, rows_of(unit, known.plan)], unit.params))
    )


def test_what_is_shown_here_is_no_more_than_a_page_shows(basis, unit):
    """The need decides what of the plan is withheld: a plan released alone would show more."""
    solved = solve(basis, now_of(basis, PSYCHOLOGIST))
    rows = rows_of(unit, solved.plan)
    pd.testing.assert_frame_equal(solved.shown.rows, _of_plan(release([basis.need, rows], unit.params)))
    alone = release(rows, unit.params).rows
    assert alone["estimate"].isna().sum() < solved.shown.rows["estimate"].isna().sum()


def _of_plan(released):
    return released.rows[~released.rows["indicator"].str.startswith("support_")].reset_index(drop=True)


@pytest.mark.parametrize(("part", "change"), [
    (READING, {"places": -20}), (PSYCHOLOGIST, {"places": 5}),
    (PSYCHOLOGIST, {"posts": 1.0}), (READING, {"places": 7, "budget": None}), (PSYCHOLOGIST, {"places": 4, "floor": 30.0}),
])  # fmt: skip
def test_the_plan_gains_what_the_curve_says_of_the_same_step(part, change, basis):
    """Two ways to one number: the plan with the places standing somewhere, and the curve that places them by itself.

    Curves compare plans of most children, so nothing is given up here for a more even one.
    """
    basis = replace(basis, limits=basis.limits.model_copy(update={"give_up_percent": 0.0}))
    wish = replace(now_of(basis, part), **change)
    solved = solve(basis, wish)
    assert solved.step == step_of(basis.task, wish) != 0
    today = solve(basis, replace(wish, places=0, posts=0.0))
    bought = curve(basis, wish, solved).rows
    own = bought[bought["part"].isin([f"{part}|{solved.step:+d}", f"{part}|{solved.step:+d}|post"])]
    assert len(own) == 1
    assert solved.plan.worth - today.plan.worth == own["estimate"].iloc[0]


@pytest.mark.parametrize("step", [1, 5, 15, -1, -5, -121])
def test_places_are_moved_as_many_as_were_asked_for_and_bring_the_minutes_of_a_child(step, basis):
    before = basis.task.capacity
    after = with_places(basis.task, READING, step).capacity
    moved = (after["places"] - before["places"])[before["part"] == READING]
    assert moved.sum() == max(step, -before.loc[moved.index, "places"].sum())
    assert (moved >= 0).all() if step > 0 else (moved <= 0).all()
    assert (after["places"].dropna() >= 0).all()
    pd.testing.assert_series_equal((after["minutes"] - before["minutes"])[moved.index], moved * 60, check_names=False)
    others = before["part"] != READING
    pd.testing.assert_frame_equal(after[others], before[others])


def test_a_post_is_as_many_places_as_its_minutes_serve(basis):
    now = now_of(basis, PSYCHOLOGIST)
    assert step_of(basis.task, replace(now, posts=1.0)) == 1200 // 22
    assert step_of(basis.task, replace(now, posts=0.5)) == 600 // 22
    assert step_of(basis.task, replace(now, posts=-0.5, places=2)) == 2 - 600 // 22
    assert step_of(basis.task, replace(now, posts=-10.0)) == -112  # not more than there are


def test_more_money_serves_no_fewer_and_a_lower_budget_no_more(basis):
    now = now_of(basis, READING)
    worth = [solve(basis, replace(now, budget=euro)).plan.worth for euro in (110_000.0, 132_000.0, None)]
    assert worth == sorted(worth)
    assert worth[0] < worth[1] < worth[2]


def test_kept_lines_are_limits_that_give_the_plan_that_was_shown(basis, unit, tmp_path):
    wish = replace(now_of(basis, READING), budget=140_000.0, floor=20.0, minutes=45.0)
    solved = solve(basis, wish)
    lines = lines_of(basis.limits, solved.limits)
    keys = [line.split(":")[0] for line in lines.splitlines()]
    assert keys == ["budget_eur_per_year", "floor_percent", "minutes_per_child"]
    own = (plan_desk.plan_file(PLACE)).read_text("utf-8").splitlines()
    file = tmp_path / "D001.yml"
    file.write_text("\n".join(line for line in own if line.split(":")[0] not in keys) + "\n" + lines, "utf-8")
    assert load_limits(file) == solved.limits
    again = planned(unit, load_limits(file))
    assert again.plan.worth == solved.plan.worth
    assert lines_of(basis.limits, basis.limits) == ""
    assert lines_of(basis.limits, solve(basis, replace(wish, budget=None)).limits).startswith(
        "budget_eur_per_year: null\n"
    )


def test_limits_that_no_plan_keeps_are_told_by_name(basis):
    with pytest.raises(InputFaults) as refused:
        solve(basis, replace(now_of(basis, READING), floor=95.0))
    assert [fault.code for fault in refused.value.faults] == ["P36"]


def test_the_numbers_below_marks_are_those_that_a_page_would_show(basis, unit):
    """Released beside the rates of the same tests alone, or beside all that a page is made of: the same."""
    from analysis.desk.shelf import evidence_of
    from analysis.plan.thresholds import stress

    found = stress(unit.results, unit.modelled, unit.reference_bands, unit.params)
    whole = release([*evidence_of(unit), found], unit.params)
    whole = whole.where(indicator=["fail_count_at", "fail_count_coming"]).rows
    pd.testing.assert_frame_equal(basis.marks.rows, whole)
    assert whole["estimate"].isna().any()  # some are told by a bound


def test_need_is_not_worked_out_again(basis, monkeypatch):
    monkeypatch.setattr("analysis.batch.planned.support_need", None)
    assert solve(basis, replace(now_of(basis, READING), budget=100_000.0)).plan.worth > 0


def test_a_basis_holds_no_pupil(basis):
    assert len(basis.unit.results) == 0
    assert set(basis.need.columns) == set(COLUMNS)


@pytest.fixture
def panel(basis):
    made = PlanDesk(basis)
    made.fields.part.value = PSYCHOLOGIST
    return made


def test_a_moved_control_changes_numbers_words_and_the_marked_point(panel):
    before = panel.shown.value, panel.status.value, panel.curve.value
    panel.fields.places.value = 5
    after = panel.shown.value, panel.status.value, panel.curve.value
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert "saņem atbalstu: 108" in panel.status.value
    assert "setAttribute('role','status')" in panel.status.value
    rows = [row for row in panel.curve.value.split("</tr>") if '"ci">● jūsu izvēle' in row]
    assert [row.rsplit('<th scope="row"', 1)[1].split(">", 1)[1].split("<")[0] for row in rows] == ["+5"]


def test_another_part_starts_from_what_it_has_and_the_way_back_is_one_button(panel):
    panel.fields.places.value, panel.fields.floor.value = 5, 20
    panel.fields.part.value = READING
    assert (panel.fields.places.value, panel.fields.minutes.value, panel.fields.floor.value) == (0, 60, 20)
    assert "tagad 121" in panel.fields.places.description
    assert "900" in panel.fields.posts.description
    panel.again.click()
    assert panel.fields.wish() == now_of(panel.basis, READING)


def test_an_impossible_choice_is_told_and_leaves_no_figure(panel):
    panel.fields.floor.value = 95
    assert "P36" in panel.status.value
    assert "mazākā daļa skolai" in panel.status.value
    assert (panel.shown.value, panel.curve.value) == ("", "")
    panel.keep.click()
    assert panel.line.value == ""
    panel.fields.floor.value = 10
    assert "Parādīts" in panel.status.value


def test_keeping_shows_lines_and_writes_nothing(panel):
    file = plan_desk.plan_file(PLACE)
    before = file.read_bytes(), sorted(file.parent.iterdir())
    panel.keep.click()
    assert "nav ko ierakstīt" in panel.kept.value
    panel.fields.floor.value, panel.fields.places.value = 20, 3
    panel.keep.click()
    assert panel.line.value == "floor_percent: {school: 20}\n"
    assert "izmaiņa +3" in panel.kept.value
    assert before == (file.read_bytes(), sorted(file.parent.iterdir()))


def test_without_the_curve_none_is_worked_out(panel, monkeypatch):
    panel.fields.with_curve.value = False
    monkeypatch.setattr(plan_desk, "curve", None)
    panel.fields.places.value = 2
    assert panel.curve.value == ""
    assert "Parādīts" in panel.status.value


def test_a_threshold_changes_the_sentence(panel):
    panel.mark.value = "20"
    first = panel.marks.value
    panel.exam.value = panel.exam.options[1][1]
    assert panel.marks.value != first
    assert "20\u00a0%" in first.split("</p>")[0]
    assert "95\u00a0% intervāl" in first


def test_what_went_wrong_is_said_without_the_value(panel, monkeypatch):
    def fail(*_):
        raise RuntimeError("Bērziņa")

    monkeypatch.setattr(plan_desk, "solve", fail)
    panel.fields.places.value = 1
    assert "RuntimeError" in panel.status.value
    assert "Bērziņa" not in panel.status.value


def test_a_withheld_figure_is_not_shown(basis):
    """All programmes below the limit of a stricter board: blanks, and no number of the rows they replace."""
    strict = basis.unit.params.model_copy(update={"smallest_group": 100_000})
    unit = replace(basis.unit, params=strict)
    solved = solve(replace(basis, unit=unit), now_of(basis, READING))
    shown = all_parts(replace(basis, unit=unit), solved.shown, solved.shown)
    assert "[–]" in shown
    assert not served(solved.shown).notna().any()
    assert not any(f">{n:.0f}<" in shown for n in served(basis.before))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_place_without_capacity_says_so_and_still_has_its_pass_marks(language, demo_store, monkeypatch):
    unit = open_unit("D002", "", str(demo_store), "board", language)
    table = type(unit).table
    nothing = lambda self, name: table(self, name).head(0) if name == "support_capacity" else table(self, name)  # noqa: E731
    monkeypatch.setattr(type(unit), "table", nothing)
    panel = PlanDesk(basis_of(unit))
    assert "support_capacity" in panel.status.value
    assert panel.fields is None
    assert "<table" in panel.marks.value
    assert panel.shown.value == ""


def test_without_a_front_end_todays_plan_stands_still(demo_store):
    shown = plan_desk.plan(PLACE, "", str(demo_store), "board", "en")
    assert isinstance(shown, Section)
    assert "Pupils who are supported" in shown.html
    assert "onload" not in shown.html
    with pytest.raises(InputFaults, match="P05"):
        plan_desk.plan("D999", "", str(demo_store))


def test_only_released_values_can_be_drawn(basis):
    with pytest.raises(TypeError, match="Released"):
        all_parts(basis, None, basis.need)
    exam = ("9", "CE", "mathematics")
    with pytest.raises(TypeError, match="Released"):
        marks_table(replace(basis, marks=basis.need), exam, "10")


def test_a_change_is_quick(basis):
    """The time is told (pytest -s); the bound is far above it, for another machine is another clock."""
    solve(basis, now_of(basis, READING))
    began = time.process_time()
    solve(basis, replace(now_of(basis, PSYCHOLOGIST), places=5))
    took = time.process_time() - began
    print(f"plan solved anew: {took:.2f} CPU s")
    assert took < 5
