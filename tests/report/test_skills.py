"""Section 6 says which skills fall behind, or that none does, or what is missing; never more than was released."""

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analysis.batch.open import open_unit
from analysis.intake.unit import Unit
from analysis.release import Released, release
from analysis.report.html import Section
from analysis.report.short import in_short
from analysis.report.skills import missing_skills, skills
from analysis.stats.skills.profile import METHOD
from analysis.words.catalogue import LANGUAGES

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def weak(demo_store) -> Unit:
    """The municipality whose pupils are weak in geometry."""
    return open_unit("D002", store=str(demo_store))


def of(unit: Unit, rows: pd.DataFrame | None = None) -> Released:
    return release(unit.modelled if rows is None else rows, unit.params)


def text(section: Section) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", str(section.html))).replace("\u00a0", " ")


def heading(section: Section) -> str:
    return re.search(r"</span>(.*?)</h2>", str(section.html), re.S)[1]


@pytest.mark.parametrize(
    ("language", "words"),
    [("lv", "Ģeometrijā iegūts mazāk punktu, nekā atbilst kopējam rezultātam"),
     ("en", "Fewer points in geometry than the total result suggests")],
)  # fmt: skip
def test_the_heading_names_the_weak_skill_and_the_answer_its_size(weak: Unit, language: str, words: str) -> None:
    unit = replace(weak, language=language)
    shown, released = skills(unit, of(unit)), of(unit)
    assert heading(shown) == words
    row = released.where(municipality_id="D002", school_id="", indicator="skill_gap", part="geometry").rows.iloc[0]
    size = f"{abs(row['estimate']):.1f}"
    assert (size if language == "en" else size.replace(".", ",")) in text(shown)
    assert f"{row['n']}" in text(shown)
    assert words in text(in_short(unit, released))


def test_every_figure_is_text_and_every_skill_has_its_row(weak: Unit) -> None:
    shown = text(skills(weak, of(weak)))
    rows = of(weak).where(municipality_id="D002", school_id="", indicator="skill_gap").rows
    for estimate in rows["estimate"]:
        assert f"{abs(estimate):.1f}".replace(".", ",") in shown
    for name in ("Algebra", "Ģeometrija", "Darbs ar datiem", "Skaitļi un darbības", "Lasīšana", "Rakstīšana"):
        assert name in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_no_skill_is_named_the_section_says_so(weak: Unit, language: str) -> None:
    unit = replace(weak, language=language)
    rows = unit.modelled
    rows = rows[rows["part"] != "geometry"].assign(method=METHOD)
    expected = {
        "lv": "Neviena prasme no kopējā rezultāta būtiski neatpaliek",
        "en": "No skill falls notably behind the total result",
    }
    shown = skills(unit, of(unit, rows))
    assert heading(shown) == expected[language]
    assert expected[language] not in text(in_short(unit, of(unit, rows)))


def test_more_than_two_skills_are_counted_in_the_heading(weak: Unit) -> None:
    rows = weak.modelled
    geometry = rows[(rows["part"] == "geometry") & (rows["indicator"] == "skill_gap") & (rows["school_id"] == "")]
    three = pd.concat([rows, *(geometry.assign(part=part) for part in ("x", "y"))])
    assert re.match(r"3 no \d+ prasm\w+ iegūts mazāk punktu", heading(skills(weak, of(weak, three))))


def test_a_skill_that_no_catalogue_knows_stays_as_it_is(weak: Unit) -> None:
    rows = weak.modelled
    rows = rows.assign(part=rows["part"].where(rows["part"] != "geometry", "G7"))
    shown = skills(weak, of(weak, rows))
    assert heading(shown) == "Prasmē „G7” iegūts mazāk punktu, nekā atbilst kopējam rezultātam"
    hostile = rows.assign(part=rows["part"].where(rows["part"] != "G7", HOSTILE))
    assert "<script" not in str(skills(weak, of(weak, hostile)).html)


def test_a_map_brings_names_of_skills(weak: Unit) -> None:
    named = replace(weak, facts={**weak.facts, "labels": {"skill=geometry": {"lv": "telpa un forma", "en": "space"}}})
    assert heading(skills(named, of(named))).startswith("Prasmē telpa un forma iegūts")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_comparison_the_shares_stand_alone(weak: Unit, language: str) -> None:
    unit = replace(weak, language=language)
    rows = unit.modelled
    alone = rows[(rows["indicator"] == "skill_share") & (rows["municipality_id"] != "")]
    shown = skills(unit, of(unit, alone))
    assert heading(shown) in (
        "Prasmju rezultāti bez salīdzinājuma ar valsti",
        "Results by skill without a comparison with the country",
    )
    assert not re.search(r'class="v (low|high|same|few)"', str(shown.html))
    assert missing_skills(unit, of(unit, alone))
    with_country = skills(unit, of(unit, rows[rows["indicator"] == "skill_share"]))
    assert 'class="ref"' in str(with_country.html)


def test_nothing_without_rows_and_nothing_when_all_is_withheld(weak: Unit) -> None:
    rows = weak.modelled
    assert str(skills(weak, of(weak, rows.iloc[:0])).html) == ""
    assert str(skills(weak, of(weak, rows.assign(n=3))).html) == ""


def test_too_few_pupils_are_shown_and_not_judged(weak: Unit) -> None:
    rows = weak.modelled
    few = rows.assign(n=12, verdict=rows["verdict"].where(rows["indicator"] != "skill_gap", "too_few"))
    assert heading(skills(weak, of(weak, few))) == "Datu ir par maz, lai spriestu"


def test_what_is_missing_is_said(weak: Unit) -> None:
    rows = weak.modelled
    nothing, share = of(weak, rows.iloc[:0]), of(weak, rows[rows["indicator"] == "skill_share"])
    no_items = replace(weak, facts={**weak.facts, "tables": ["results"]})
    said = [
        str(missing_skills(unit, released)[0])
        for unit, released in ((no_items, nothing), (weak, nothing), (weak, share))
    ]
    assert len(set(said)) == 3
    assert all(text.startswith("Pras") for text in said)
    assert missing_skills(weak, of(weak)) == []


def test_schools_stand_in_alphabetical_order_and_skills_in_the_catalogues(weak: Unit) -> None:
    html = str(skills(weak, of(weak)).html)
    folded = html[html.index("Skolas alfabēta secībā") :]
    table = folded[: folded.index("</table>")]
    names = re.findall(r'<th scope="row">(.*?)</th>', table)
    known = weak.schools.set_index("name").index
    assert len(names) > 2
    assert set(names) <= set(known)
    assert names == sorted(
        names, key=lambda name: name.replace("Ī", "I").replace("Ž", "Z").replace("ē", "e").replace("ī", "i")
    )
    order = [html.index(f">{name}") for name in ("Algebra", "Ģeometrija", "Darbs ar datiem", "Skaitļi un darbības")]
    assert order == sorted(order)


def test_a_school_that_is_withheld_takes_its_smallest_neighbour_along(weak: Unit) -> None:
    """Otherwise the municipality less all other schools would be its pupils' mean."""
    rows = weak.modelled
    schools = rows[(rows["indicator"] == "skill_gap") & (rows["school_id"] != "") & (rows["domain"] == "mathematics")]
    smallest = schools.sort_values("n")["school_id"].iloc[0]
    second = schools[schools["school_id"] != smallest].sort_values("n")["school_id"].iloc[0]
    small = rows.assign(n=rows["n"].mask(rows["school_id"] == smallest, 3))
    small["verdict"] = small["verdict"].mask(small["school_id"] == smallest, "too_few")
    shown = of(weak, small).where(indicator="skill_gap", domain="mathematics").rows
    hidden = set(shown.loc[shown["estimate"].isna(), "school_id"])
    assert {smallest, second} <= hidden
    assert len(hidden) == 2


def test_a_share_that_all_pupils_reached_alike_is_withheld(weak: Unit) -> None:
    rows = weak.modelled
    mine = rows["indicator"].eq("skill_share") & rows["municipality_id"].eq("D002")
    alike = rows.assign(
        estimate=rows["estimate"].mask(mine, 100.0), low=rows["low"].mask(mine), high=rows["high"].mask(mine)
    )
    shown = of(weak, alike).where(indicator="skill_share").rows
    assert shown.loc[shown["municipality_id"] == "D002", "n"].isna().all()
    assert shown.loc[shown["municipality_id"] == "", "n"].notna().all()


def test_only_released_values_are_shown(weak: Unit) -> None:
    frame: Any = weak.modelled
    with pytest.raises(TypeError):
        skills(weak, frame)
