"""A plan is solved once for a municipality; whatever decides it has it solved anew."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.batch import kept_plan, open_unit
from analysis.batch.kept import keep, kept_path
from analysis.batch.kept_plan import shown_plan
from analysis.batch.planned import planned


@pytest.fixture(scope="module")
def unit(demo_store):
    return open_unit("D004", "", str(demo_store))


def test_what_is_read_is_what_was_solved(unit, monkeypatch):
    first = shown_plan(unit)
    monkeypatch.setattr(kept_plan, "planned", lambda _: pytest.fail("solved again"))
    pd.testing.assert_frame_equal(shown_plan(unit), first)
    assert first["indicator"].eq("plan_served").any()


def test_both_editions_and_languages_have_the_same_plan(unit, demo_store):
    for edition, language in (("board", "lv"), ("public", "en")):
        other = open_unit("D004", "", str(demo_store), edition, language)
        assert kept_path(other, "plan-") == kept_path(unit, "plan-")
        pd.testing.assert_frame_equal(planned(other).shown, planned(unit).shown)


def test_other_parameters_and_other_limits_are_solved_anew(unit, tmp_path, monkeypatch):
    stricter = replace(unit, params=unit.params.model_copy(update={"smallest_group": 7}))
    assert kept_path(stricter, "plan-") != kept_path(unit, "plan-")
    before = kept_path(unit, "plan-")
    limits = tmp_path / "D004.yml"
    limits.write_text("budget_eur_per_year: 1000\n", "utf-8")
    monkeypatch.setattr("analysis.batch.open.own_paths", lambda _: (limits,))
    assert kept_path(unit, "plan-") != before


def test_a_plan_that_is_kept_leaves_other_evidence_of_the_municipality(unit):
    others = kept_path(unit, edition="board")
    keep(shown_plan(unit), others)
    kept_path(unit, "plan-").unlink()
    shown_plan(unit)
    assert others.exists()
    others.unlink()


def test_without_a_store_there_is_no_place_to_keep_it(unit):
    assert kept_path(replace(unit, store=None), "plan-") is None
