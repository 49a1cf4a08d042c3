"""Views of what models say: the figure of their section for one test, the released numbers in words, and why there is nothing."""

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from tests.report.test_early_signs import released as signs
from tests.report.test_early_signs import row as sign
from tests.report.test_early_signs import rows_of as rows_of_signs
from tests.report.test_school_sections import effects, similar

from analysis import report, stats
from analysis.evidence import evidence
from analysis.params import View
from analysis.release import Released, release
from analysis.report.explore.choosing import available, settled
from analysis.report.explore.picture_rows import lines_of
from analysis.report.explore.views import Shown, show


def shown(unit: Any, released: Released, measure: str, **keys: Any) -> Shown:
    """The view nearest to this one."""
    known = available(unit, released)
    return show(known, settled(known, View(measure=measure, **keys))[0])


def text_of(*html: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", " ".join(map(str, html)))).replace("\u00a0", " ")


@pytest.fixture(scope="module")
def groups(large: Any) -> Released:
    """What the page knows of groups in two domains of one grade."""
    results = large.results
    newest = results[(results["grade"] == "3") & results["domain"].isin(["literacy", "numeracy"])]
    return release(stats.group_evidence(newest, large.attributes, large.params), large.params)


LITERACY = {"grade": "3", "test": "diagnostic", "domain": "literacy"}


def test_the_groups_of_one_test_stand_with_the_extra_pupils_that_were_released(large, groups) -> None:
    view = shown(large, groups, "support", **LITERACY)
    named = groups.where(indicator="support_group", part="headline", unit="pupils", **LITERACY).rows
    named = named.dropna(subset=["estimate"]).sort_values("estimate", ascending=False)
    listed = re.findall(r"<tr.*?</tr>", str(view.bodies[0]), re.DOTALL)[1:]
    assert len(listed) == len(named) > 2
    for line, extra, n in zip(listed, named["estimate"], named["n"], strict=True):
        assert re.search(rf"\b{extra:.0f} no \d+ līdz \d+ .*{n}\b", text_of(line))
    assert f"{len(named)} skolēnu grup" in view.sentence
    assert "rēķinpratība" not in text_of(*view.bodies)


def test_all_groups_examined_are_folded_below_those_named(large, groups) -> None:
    view = shown(large, groups, "support", **LITERACY)
    examined = groups.where(indicator="group_gap", reference="municipality", **LITERACY).rows
    single = ~examined["group"].str.contains("&")
    assert text_of(view.bodies[1]).startswith(" 3. klase · tekstpratība:")
    assert str(view.bodies[1]).count('<svg class="strip"') == single.sum()
    assert f"Pārbaudītas {len(examined)} grupas" in text_of(view.sentence)


def test_where_no_group_is_named_it_is_said_and_the_examined_ones_are_still_there(large, groups) -> None:
    rows = groups.rows
    nobody = groups.at([i for i, name in enumerate(rows["indicator"]) if name != "support_group"])
    view = shown(large, nobody, "support", **LITERACY)
    assert text_of(view.sentence).startswith("Nevienu skolēnu grupu nevar droši nosaukt. ")
    assert len(view.bodies) == 1
    assert "<details" in view.bodies[0]
    assert len(lines_of(large, "support", view.rows).rows) > 5  # the picture draws those examined


def test_a_picture_of_named_groups_marks_the_municipality_and_tells_the_extra_pupils(large, groups) -> None:
    rows = shown(large, groups, "support", **LITERACY).rows
    lines = lines_of(large, "support", rows)
    assert len({round(mark, 1) for mark in lines.marks}) == 1  # every group's mark is the one municipality
    assert abs(lines.marks[0]) < 0.5
    assert [line.group for line in lines.rows] == [
        row.group for row in groups.where(indicator="support_group", part="headline", unit="pupils", **LITERACY).rows
        .sort_values(["estimate", "n"], ascending=False).itertuples()
    ]  # fmt: skip
    assert all(re.fullmatch(r"Papildu bērni: \d+", words) for words in lines.below)


def test_early_signs_show_counts_rates_and_their_worth_of_one_stage(large) -> None:
    view = shown(large, signs(rows_of_signs()), "early")
    assert text_of(view.sentence).startswith("Matemātikā daudz agrīno pazīmju ir 41 no 412 skolēniem 6. klasē.")
    assert view.title.replace("\u00a0", " ") == "Agrīnās pazīmes · 6. klase (vēlāk – CE) · matemātika"
    figure = text_of(view.bodies[0])
    for words in ("Pēc tam: 9. klase, CE; 412 skolēnu", "daudz pazīmju: 41", "dažas pazīmes: 80", "maz pazīmju: 291",
                  "22,4 %", "58,2 %", "91,3 %"):  # fmt: skip
        assert words in figure
    assert "no 100 skolēniem ar daudz pazīmēm zems rezultāts vēlāk bija 78" in text_of(*view.bodies[1:])


def test_signs_that_did_not_pass_their_trial_are_refused_in_words_and_drawn_never(large) -> None:
    keys = {"indicator": "risk_check", "unit": "percent", "grade": "3", "domain": "latvian"}
    refused = sign("refused_one_test", float("nan"), 900, **keys)
    released = signs([*rows_of_signs(), refused])
    known = available(large, released)
    assert settled(known, View(measure="early"))[1].stages == (("3", "CE"), ("6", "CE"))
    view = show(known, View(measure="early", grade="3", test="CE", domain="latvian"))
    assert view.bodies == ()
    assert "neparādīja vairāk par vienu tās pašas jomas darbu." in text_of(view.sentence)
    assert view.behind == "Aiz šī skata: 900 skolēnu."


def test_withheld_bands_leave_an_empty_view_though_the_country_has_its_rates(large) -> None:
    view = shown(large, signs(rows_of_signs((3, 2, 1))), "early")
    assert view.bodies == ()
    assert "mazāk par 5 skolēniem" in text_of(view.sentence)


def test_a_stage_without_own_pupils_is_not_offered(large) -> None:
    rows = [row for row in rows_of_signs() if not row.get("municipality_id")]
    assert "early" not in available(large, signs(rows)).rows


def test_value_added_draws_no_name_and_lists_schools_by_name(large) -> None:
    released = release([effects(large, [-0.4, 0.1, 0.3, 0.0])], large.params)
    view = shown(large, released, "effects")
    assert text_of(view.sentence).startswith("2 no 4 skolu salīdzinājumiem ticami atšķiras no gaidāmā.")
    assert "Ticami virs gaidāmā: 1, ticami zem gaidāmā: 1" in str(view.bodies[0])
    assert not any(name in text_of(view.bodies[0]) for name in large.schools["name"])
    names = re.findall(r'<th scope="row">(.*?)</th>', "".join(map(str, view.bodies)))
    assert names == re.findall(r'<th scope="row">(.*?)</th>', str(report.schools(large, released).html))
    assert len(names) == 4


def test_effects_against_the_municipality_do_not_stand_beside_those_against_the_country(large) -> None:
    both = [effects(large, [-0.4, 0.1, 0.3]), effects(large, [0.4, 0.4, 0.4], reference="municipality")]
    view = shown(large, release(both, large.params), "effects")
    assert set(view.rows.rows["reference"]) == {"country"}
    assert view.rows.rows["estimate"].tolist() == [-0.4, 0.1, 0.3]


@pytest.mark.parametrize(
    ("gap", "words"),
    [(-0.3, "Zemāki, nekā gaidāms"), (0.3, "Augstāki, nekā gaidāms"), (0.0, "robežās, kādas gaidāmas")],
)
def test_the_expected_place_stands_beside_the_place(large, gap: float, words: str) -> None:
    released = release([stats.attainment(large.results, large.params), similar(large, 0.11, gap)], large.params)
    view = shown(large, released, "expected")
    assert words in text_of(view.sentence)
    assert "gaidāms +0,11" in view.bodies[0]
    assert set(view.rows.rows["domain"]) == {"mathematics"}  # no test without an expectation
    lines = lines_of(large, "expected", view.rows)
    assert lines.marks == [0.11]
    assert [row.indicator for row in lines.rows] == ["attainment"]


def skills_of(place: str, year: int, indicator: str, estimates: dict[str, float], **more: Any) -> pd.DataFrame:
    rows = pd.DataFrame({"part": list(estimates), "estimate": list(estimates.values())})
    keys = {
        "grade": "9",
        "test": "CE",
        "domain": "mathematics",
        "school_year": year,
        "municipality_id": place,
        "n": 300,
    }
    rows = rows.assign(low=rows["estimate"] - 2, high=rows["estimate"] + 2, confidence=0.95, **keys)
    return evidence(rows, indicator=indicator, unit="percent", method="m", **more)


def test_the_skills_of_an_exam_are_the_page_s_own_table(large) -> None:
    gaps = skills_of("D001", 2026, "skill_gap", {"algebra": -6.0, "data": 3.0}, reference="country", verdict="differs")
    released = release([gaps], large.params)
    view = shown(large, released, "skills")
    table = re.search(r"<table.*?</table>", str(view.bodies[0]), re.DOTALL)[0]
    assert table in str(report.skills(large, released).html)
    assert "9. klase" not in text_of(view.bodies[0]).split("Prasmju starpības")[0]  # the title says it already


def test_shares_alone_have_the_country_beside_them_and_its_newer_year_hides_nobody(large) -> None:
    own = skills_of("D001", 2025, "skill_share", {"algebra": 41.0, "data": 60.0})
    nation = [skills_of("", year, "skill_share", {"algebra": 50.0, "data": year - 1970.0}) for year in (2025, 2026)]
    view = shown(large, release([own, *nation], large.params), "skills")
    assert set(view.rows.rows["school_year"]) == {2025}
    assert "41,0 %" in text_of(view.bodies[0])
    assert "svītriņa – valsts" in view.measure
    lines = lines_of(large, "skills", view.rows)
    assert dict(zip((row.part for row in lines.rows), lines.marks, strict=True)) == {"algebra": 50.0, "data": 55.0}


def test_a_kept_view_beside_its_own_section_repeats_no_id(large) -> None:
    """Ids of marks and clips inside drawings have to differ, or the second drawing shows parts of the first."""
    rows = pd.concat([signs(rows_of_signs()).rows, effects(large, [-0.4, 0.1, 0.3])], ignore_index=True)
    released = release(rows, large.params)
    known = available(large, released)
    views = tuple(settled(known, View(measure=measure))[0] for measure in ("early", "effects"))
    unit = replace(large, params=large.params.model_copy(update={"views": views}))
    made = [report.early_signs(unit, released), report.schools(unit, released), report.kept_views(unit, released)]
    ids = re.findall(r' id="([^"]+)"', "".join(str(section.html) for section in made))
    assert len(ids) > 10
    assert len(ids) == len(set(ids))
    assert str(made[-1].html).count('class="view"') == 2
