"""What the notebook on methods shows: a sentence whose figures fit the picture, and controls where a person sits."""

import re

import numpy as np
import pytest
from markupsafe import Markup

from analysis.desk import method_worlds, methods
from analysis.params import load_params
from analysis.report.html import Section


@pytest.fixture(scope="module")
def params():
    return load_params()


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("shown", [methods.one_group, methods.same_total])
def test_a_section_says_a_sentence_and_draws_it_in_the_readers_language(shown, language):
    html = str(shown(language).html)
    assert f'lang="{language}"' in html
    assert re.search(r'<p class="answer"><b>.+</b>', html)
    assert html.count("<svg") == html.count('role="img"') >= 1
    assert "{" not in re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)


def test_where_nothing_changed_percent_says_improved_and_position_does_not(params):
    rows = method_worlds.difficulty(params)
    claimed = {name: (rows[name].abs() > 1.96 * rows[f"{name}_se"]).mean() for name in ("percent", "position")}
    assert claimed["percent"] > 0.7
    assert claimed["position"] < 0.3
    html = str(methods.percent_or_position(params, "en").html)
    assert "Nothing changed" in html
    assert html.count("<svg") == 2


def test_shrunken_school_means_are_nearer_to_the_truth(params):
    schools, sd = method_worlds.schools("schools", params)
    error = {name: np.sqrt(((schools[name] - schools["true"]) ** 2).mean()) for name in ("raw", "shrunken")}
    assert error["shrunken"] < error["raw"]
    assert schools["lowest"].sum() == 10
    assert 0.8 < sd < 1


def test_a_single_skill_shows_against_pupils_of_the_same_total_alone():
    rows = method_worlds.same_total().set_index(["who", "skill"])
    assert (rows.loc["all", "raw"] < -5).all()
    assert (rows.loc["all", "same"].abs() < 3 * rows.loc["all", "same_se"]).all()
    assert rows.loc[("one", method_worlds.WEAK), "same"] < -8


def test_the_usual_call_fails_where_schools_do_not_differ_and_the_exact_model_does_not():
    usual, exact, said = method_worlds.fits_without_differences(12)
    assert (np.abs(exact - 60) < 6).all()
    assert len(usual) == len(exact) == 12
    assert 0 <= said <= (np.abs(usual - 60) > 6).sum()


def test_moving_a_control_changes_what_is_shown(monkeypatch):
    monkeypatch.setattr(methods, "has_front_end", lambda: True)
    widget = methods.one_group("en")
    _, controls, shown = widget.children
    before = shown.value
    assert "40 pupils" in before
    controls.children[0].value = 200
    assert "200 pupils" in shown.value != before


def test_a_choice_of_country_is_drawn_once(monkeypatch):
    monkeypatch.setattr(methods, "has_front_end", lambda: True)
    asked = []

    def make(setting):
        asked.append(setting)
        return Section(Markup(f"<p>{setting}</p>"))

    widget = methods._chosen(("none", "effects"), "lv", make)
    control, shown = widget.children[1].children[0], widget.children[2]
    for setting in ("effects", "none", "effects"):
        control.value = setting
        assert setting in shown.value
    assert asked == ["none", "effects"]
