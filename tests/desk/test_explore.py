"""The exploration shows what the page shows: only what exists can be chosen, n is always there, what is withheld stays so."""

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pandas as pd
import pytest

from analysis import report
from analysis.desk import explore as desk
from analysis.desk.explore import Explorer
from analysis.desk.keep import keep, line_for, name_of
from analysis.desk.shelf import at_hand, open_shelf, take
from analysis.faults import InputFaults
from analysis.params import View, load_params
from analysis.release import release
from analysis.report.explore.choosing import KINDS, available, rows_of, settled
from analysis.report.explore.views import show
from analysis.report.frame import evidence_csv
from analysis.report.html import Section

PLACES = ["D001", "D005"]  # the largest, and one so small that much is withheld


def every_view(known):
    """Every view that the choices lead to, one choice after the other as a person makes them."""
    found = {}
    _, first = settled(known, View(measure="place"))
    for measure in first.measures:
        _, by_measure = settled(known, View(measure=measure))
        for grade, test in by_measure.stages:
            wish = View(measure=measure, grade=grade, test=test)
            _, by_stage = settled(known, wish)
            for domain, level in by_stage.domains:
                wish = View(measure=measure, grade=grade, test=test, domain=domain, level=level)
                view, last = settled(known, wish)
                found[view] = wish
                for attribute in last.attributes:
                    for year in last.years:
                        one = wish.model_copy(update={"attribute": attribute, "year": year})
                        found[settled(known, one)[0]] = one
    return found


@pytest.fixture(scope="module", params=PLACES)
def known(request, shelf):
    return take(shelf, request.param)


@pytest.fixture(scope="module")
def views(known):
    return every_view(known)


def test_every_choice_that_is_offered_exists_and_is_kept_as_it_was_made(known, views):
    assert len(views) > 50
    for view, wish in views.items():
        assert view == wish
        assert rows_of(known, view) is not None


@pytest.mark.parametrize("wish", [
    View(measure="failed", grade="3", test="diagnostic"), View(measure="spread"), View(measure="published"),
    View(measure="place", grade="99", test="x", domain="y", level="z", attribute="sex", year=1900),
])  # fmt: skip
def test_what_does_not_exist_gives_way_to_what_does(wish, shelf):
    known = take(shelf, "D001")
    view, choices = settled(known, wish)
    assert view != wish
    assert view.measure in choices.measures
    assert rows_of(known, view) is not None


def test_every_row_of_every_view_says_what_the_page_says(known, views, page_csv):
    """Same figure, letter by letter; compared with the CSV that the page's own notebook makes.

    A view is a part of a table, so that it may list blank rows that are one row of the whole table, or count other ones.
    """
    page = set(page_csv(known.unit.municipality_id).splitlines())
    seen = {line for view in views for line in evidence_csv(rows_of(known, view)).splitlines()}
    seen = {line for line in seen if not line.startswith("table_rows,")}
    told = {line for line in seen if not re.search(r",(pupils|papers|schools),,,,,", line)}
    assert len(told) > 100
    assert told <= page
    assert seen - told  # withheld ones are among them


def test_the_whole_of_a_place_goes_through_the_door_as_on_its_page(shelf, page_csv):
    """The list of statistics is that of the page's notebook: one more or less would change what is withheld."""
    from analysis.batch.nation import pattern_of
    from analysis.desk.shelf import _open, evidence_of

    unit = _open(shelf, "D005")
    assert evidence_csv(release(evidence_of(unit), unit.params, pattern_of(unit))) == page_csv("D005")


def test_how_many_stand_behind_a_view_is_always_said(known, views):
    one_of_each = {
        (view.measure, bool(view.grade), bool(view.domain), view.attribute, bool(view.year)): view for view in views
    }
    for view in one_of_each.values():
        shown = show(known, view)
        frame = shown.rows.rows
        own = frame[frame["municipality_id"] != ""]
        own = own if len(own) else frame  # early signs that were refused: the pupils they were tried on
        n = own["n"].dropna().astype(int)
        digits = [int(re.sub(r"\s", "", number)) for number in re.findall(r"\d[\d\u00a0]*", shown.behind)]
        withheld = int((own["n"].isna() & own["estimate"].isna()).sum())
        expected = sorted({int(n.min()), int(n.max())}) if len(n) else []
        assert digits == expected + ([withheld] if withheld else []), (view, shown.behind)


def test_an_empty_view_says_why_and_draws_nothing(shelf):
    known = take(shelf, "D005")
    view, _ = settled(known, View(measure="low"))
    shown = show(known, view)
    assert shown.bodies == ()
    assert "mazāk par 5 skolēniem" in shown.sentence
    nowhere = show(known, View(measure="published"))
    assert (nowhere.rows, nowhere.bodies) == (None, ())
    assert "nav" in nowhere.sentence


def test_what_was_kept_beside_the_store_is_what_was_computed(shelf):
    first = take(shelf, "D002")
    again = replace(shelf, known={})
    assert not at_hand(again, "D002")
    second = take(again, "D002")
    for measure in first.rows:
        pd.testing.assert_frame_equal(first.rows[measure].rows, second.rows[measure].rows)
    folder = shelf.path / "explore"
    assert folder.stat().st_mode & 0o077 == 0
    assert len(list(folder.glob("D002.*"))) == 1


def test_units_on_the_shelf_hold_no_pupil(shelf):
    assert list(take(shelf, "D001").unit.results.columns) == ["school_year"]
    assert len(take(shelf, "D001").unit.results) == 1


@pytest.fixture
def explorer(shelf):
    return Explorer(shelf, "D001")


def test_a_changed_choice_changes_view_words_and_the_choices_after_it(explorer):
    before = explorer.shown.value
    explorer.controls["measure"].value = "gaps"
    assert explorer.shown.value != before
    assert "<table" in explorer.shown.value
    assert "grupu starpības" in explorer.status.value
    assert len(explorer.controls["attribute"].options) > 3
    explorer.controls["attribute"].value = "sex"
    assert "Meitenes" in explorer.shown.value
    assert "latviski" not in explorer.shown.value
    explorer.controls["measure"].value = "low"
    assert explorer.controls["attribute"].options == (("Visi skolēni", ""),)
    assert explorer.controls["attribute"].disabled


def test_choices_that_still_exist_stay_when_another_place_is_chosen(explorer):
    explorer.controls["stage"].value = ("9", "CE")
    explorer.controls["domain"].value = ("mathematics", "")
    explorer.controls["municipality"].value = "D003"
    assert explorer.view == View(measure="place", grade="9", test="CE", domain="mathematics")
    assert explorer.known.unit.municipality_id == "D003"


def test_a_place_that_has_to_be_computed_is_announced_before(explorer, shelf, monkeypatch):
    shelf.known.pop("D004", None)
    said = []
    monkeypatch.setattr(desk, "take", lambda shelf, place: said.append(explorer.status.value) or take(shelf, place))
    explorer.controls["municipality"].value = "D004"
    assert "Rēķina" in said[0]
    assert "Parādīts" in explorer.status.value


def test_what_goes_wrong_is_said_in_words_without_the_value(explorer, monkeypatch):
    def fail(*_):
        raise ValueError("Bērziņa 49.1234")

    monkeypatch.setattr(desk, "show", fail)
    explorer.controls["measure"].value = "low"
    assert "ValueError" in explorer.status.value
    assert "Bērziņa" not in explorer.status.value


def test_controls_have_labels_and_changes_a_live_region(explorer):
    names = [control.description for control in explorer.controls.values()]
    assert names == ["Pašvaldība", "Rādītājs", "Posms", "Joma", "Skolēnu grupas", "Mācību gads"]
    assert "setAttribute('role','status')" in explorer.status.value


def test_without_a_front_end_the_first_view_stands_still(shelf):
    shown = desk.explore("D001", "", str(shelf.path), "board", "en")
    assert isinstance(shown, Section)
    assert "Place in the country" in shown.html
    assert "onload" not in shown.html


def test_a_wrong_parameter_is_a_fault_in_words(shelf):
    with pytest.raises(InputFaults, match="P05"):
        desk.explore("D999", "", str(shelf.path))
    with pytest.raises(InputFaults) as refused:
        desk.explore("D001", "", str(shelf.path), "secret")
    assert all("P03" in line for line in refused.value._render_traceback_())


@pytest.mark.parametrize("measure", [
    "place", "low", "spread", "moves", "gaps", "support", "early", "schools", "effects", "skills",
])  # fmt: skip
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_kept_view_reopens_in_every_form(measure, shelf, tmp_path):
    from PIL import Image

    known = take(shelf, "D001")
    wish = View(measure=measure, grade="6", test="CE") if measure == "early" else View(measure=measure)
    view, _ = settled(known, wish)
    shown = show(known, view)
    svg, png, csv = keep(known.unit, view, shown, tmp_path)
    assert [path.suffix for path in (svg, png, csv)] == [".svg", ".png", ".csv"]
    root = ET.fromstring(svg.read_bytes())
    words = " ".join(root.itertext())
    assert root.tag.endswith("svg")
    assert "Vidzare" in words
    assert "PARAUGS" in words
    assert "skolēn" in words
    assert b"/tmp" not in svg.read_bytes()
    with Image.open(png) as picture:
        picture.load()
        assert picture.size[0] > 1000
    rows = pd.read_csv(csv)
    own, tabled = rows[rows["indicator"] != "table_rows"], rows[rows["indicator"] == "table_rows"]
    assert len(own) + tabled["estimate"].sum() == len(shown.rows)
    assert own["n"].sum() == shown.rows.rows["n"].sum()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_view_kept_twice_is_the_same_file_byte_by_byte(shelf, tmp_path):
    known = take(shelf, "D001")
    view, _ = settled(known, View(measure="moves"))
    first = [path.read_bytes() for path in keep(known.unit, view, show(known, view), tmp_path / "a")]
    assert first == [path.read_bytes() for path in keep(known.unit, view, show(known, view), tmp_path / "b")]


def test_an_empty_view_is_kept_as_rows_without_a_picture(shelf, tmp_path):
    known = take(shelf, "D005")
    view, _ = settled(known, View(measure="low"))
    (csv,) = keep(known.unit, view, show(known, view), tmp_path)
    rows = pd.read_csv(csv)
    assert set(rows["indicator"]) == {"table_rows"}
    assert set(rows["method"]) == {"table left out"}


@pytest.mark.parametrize("code", ["../../etc/passwd", "a/b", "=1+1", "ķīmija", "x" * 300, ".."])
def test_names_of_files_hold_nothing_but_plain_letters(code, shelf):
    unit = take(shelf, "D001").unit
    name = name_of(unit, View(measure="place", domain=code))
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,120}", name)
    assert ".." not in name
    assert name != name_of(unit, View(measure="place", domain=code + "x"))


def test_the_line_is_a_parameter_and_the_page_shows_the_view(shelf, tmp_path, demo_store):
    from analysis.batch.open import open_unit

    known = take(shelf, "D001")
    first, _ = settled(known, View(measure="gaps", grade="9", test="CE", attribute="sex"))
    path = tmp_path / "D001.yml"
    path.write_text(f"smallest_group: 6\n{line_for(known.unit, first)}\n", "utf-8")
    params = load_params(path)
    assert params.views == (first,)
    second = View(measure="low")
    both = line_for(replace(known.unit, params=params), second)
    assert "\n" not in both
    path.write_text(both + "\n", "utf-8")
    assert load_params(path).views == (first, second)

    unit = open_unit("D001", str(path), str(demo_store))
    from analysis.desk.shelf import evidence_of

    released = release(evidence_of(unit), unit.params)
    section = str(report.kept_views(unit, released).html)
    assert "Skatīts tuvāk" in section
    assert "Meitenes" in section
    assert section.count('class="view"') == 2
    header = report.header(unit, released, report.kept_views(unit, released))
    assert 'href="#closer"' in header.html


def test_without_kept_views_the_page_has_no_such_section(shelf):
    known = take(shelf, "D001")
    assert not report.kept_views(known.unit, known.rows["place"]).html


@pytest.mark.parametrize(("line", "code"), [
    ("views: [{measure: league}]", "P03"), ("views: [{measure: low, grade: 9}]", "P03"), ("views: low", "P03"),
    ("views: [{measure: low, grades: '9'}]", "P04"), ("views: [{grade: '9'}]", "P03"),
])  # fmt: skip
def test_a_line_that_was_changed_by_hand_is_told_from_a_sound_one(line, code, tmp_path):
    path = tmp_path / "D001.yml"
    path.write_text(line + "\n", "utf-8")
    with pytest.raises(InputFaults) as refused:
        load_params(path)
    assert {fault.code for fault in refused.value.faults} == {code}


def test_a_view_that_the_data_do_not_hold_any_more_says_so_on_the_page(shelf):
    known = take(shelf, "D001")
    unit = replace(
        known.unit,
        params=known.unit.params.model_copy(update={"views": (View(measure="place", grade="99", test="x"),)}),
    )
    assert "Šāda skata nav" in report.kept_views(unit, known.rows["place"]).html


def test_only_released_values_can_be_looked_at(shelf):
    known = take(shelf, "D001")
    with pytest.raises(TypeError, match="Released"):
        available(known.unit, known.rows["place"].rows)
    with pytest.raises(TypeError, match="Released"):
        report.kept_views(known.unit, known.rows["place"].rows)


def test_every_measure_has_its_name_and_is_an_indicator(shelf):
    from analysis.indicators import INDICATORS
    from analysis.words.catalogue import labels

    assert set(KINDS) == set(labels()["measure"])
    named = [kind.keys["indicator"] for kind in KINDS.values()]
    assert {i for name in named for i in (name if isinstance(name, list) else [name])} <= set(INDICATORS)


def test_a_second_language_shows_the_same_figures(shelf):
    english = replace(open_shelf(str(shelf.path), "board", "en"), known={})
    lv, en = take(shelf, "D001"), take(english, "D001")
    for measure in lv.rows:
        pd.testing.assert_frame_equal(lv.rows[measure].rows, en.rows[measure].rows)
    view, _ = settled(en, View(measure="place"))
    assert "Behind" in show(en, view).behind
    assert not math.isnan(en.rows["place"].rows["estimate"].iloc[0])
