"""Section 3: what is said of the groups that are named, and of all that were examined."""

import re
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.intake.unit import Unit
from analysis.params import load_params
from analysis.release import Released, release
from analysis.report import groups
from analysis.report.support import who as support

TEST = {
    "municipality_id": "M", "grade": "6", "test": "diagnostic", "domain": "literacy", "year_from": 2024, "school_year": 2026,
}  # fmt: skip


@pytest.fixture
def unit() -> Any:
    facts = {"labels": {}, "source": {"lv": "dati", "en": "data"}}
    return SimpleNamespace(
        language="lv", municipality_id="M", params=load_params(), facts=facts, attributes=["sex", "home_language"],
        locative=None, name="M",
    )  # fmt: skip


def gap(
    group: str, estimate: float, reference: str, n: int = 60, half: float = 0.1, unit: str = "sd"
) -> dict[str, Any]:
    ends = {"estimate": estimate, "low": estimate - half, "high": estimate + half, "verdict": "differs"}
    return TEST | ends | {
        "indicator": "group_gap", "group": group, "n": n, "unit": unit, "reference": reference, "confidence": 0.90,
    }  # fmt: skip


def name(group: str, extra: float, n: int = 60) -> dict[str, Any]:
    ends = {"estimate": extra, "low": extra - 2, "high": extra + 2, "verdict": "differs"}
    return TEST | ends | {
        "indicator": "support_group", "group": group, "n": n, "unit": "pupils", "reference": "country",
        "confidence": 0.90, "part": "headline",
    }  # fmt: skip


def rows_of(*rows: dict[str, Any]) -> Released:
    return release(evidence(pd.DataFrame(list(rows))), load_params())


def both(group: str, estimate: float, **more: Any) -> list[dict[str, Any]]:
    return [gap(group, estimate, "country", **more), gap(group, estimate + 0.1, "municipality", **more)]


BOYS, OTHER = "sex=boy", "home_language=other"


def section(unit: Unit, *rows: dict[str, Any]) -> str:
    return support.who_needs_support(unit, rows_of(*rows)).html


def test_groups_stand_in_the_order_of_their_extra_children(unit) -> None:
    rows = [*both(BOYS, -0.3), *both(OTHER, -0.5), name(BOYS, 9), name(OTHER, 14)]
    html = section(unit, *rows)
    listed = re.findall(r'<th scope="row">([^<]*)', html.split("<details")[0])
    assert listed == ["Skolēni, kuru ģimenē runā citā valodā", "Zēni"]
    assert "Papildu atbalsts vajadzīgs 2 skolēnu grupām" in html


def test_intervals_are_called_by_the_level_they_have_not_by_that_of_other_figures(unit) -> None:
    assert unit.params.confidence == 0.95
    html = section(unit, *both(BOYS, -0.3), *both("sex=girl", 0.2), name(BOYS, 9))
    assert "90\u00a0%\u00a0intervāls" in html.replace("% intervāls", "%\u00a0intervāls")
    assert "95\u00a0%" not in html


def test_a_named_group_whose_gap_is_withheld_stands_apart_without_figures(unit) -> None:
    few = {"n": 4}
    html = section(unit, *both(BOYS, -0.3, **few), *both(OTHER, -0.5), name(BOYS, 9), name(OTHER, 14))
    assert "Papildu atbalsts vajadzīgs 2 skolēnu grupām" in html
    listed, without = html.split("bet to skaitļus nedrīkst rādīt", 1)
    assert "Zēni" not in listed
    assert "Zēni" in without


def test_without_a_named_group_the_page_says_that_small_gaps_are_hard_to_see(unit) -> None:
    html = section(unit, *both(BOYS, -0.3))
    assert "Nevienu skolēnu grupu nevar droši nosaukt" in html
    assert "mazās grupās starpību pamanīt ir grūti" in html


def test_where_no_group_has_enough_pupils_the_section_says_so_and_names_no_reason_to_be_calm(unit) -> None:
    few = [row | {"verdict": "too_few"} for row in both(BOYS, -0.3, n=12)]
    html = section(unit, *few)
    assert "Datu ir par maz, lai spriestu" in html
    assert "nav 30 skolēnu, tāpēc par to nespriežam" in html
    assert "nevar droši nosaukt" not in html
    assert "nevar droši nosaukt" in section(unit, *few, *both(OTHER, -0.3))


def test_without_a_country_groups_are_compared_with_their_municipality_alone(unit) -> None:
    named = name(BOYS, 9) | {"reference": "municipality"}
    html = section(unit, gap(BOYS, -0.4, "municipality"), named)
    assert "Valsts vidējā datos nav" in html
    assert "kā pašvaldībā" in html
    assert "kā valstī" not in html


def test_extra_children_are_those_of_all_years_and_the_share_below_the_line_follows_the_parameter(unit) -> None:
    unit.params = unit.params.model_copy(update={"group_level_sd": -0.5})
    html = section(unit, *both(BOYS, -0.3), name(BOYS, 9))
    assert "ne vairāk kā 3 mācību gados kopā" in html
    assert "−0,5 standartnovirzes robežas (valstī zem tās ir apmēram 31\u00a0% skolēnu)" in html


def test_the_list_says_of_how_many_it_is_the_first_part(unit) -> None:
    unit.params = unit.params.model_copy(update={"groups_shown": 1})
    html = section(unit, *both(BOYS, -0.3), *both(OTHER, -0.5), name(BOYS, 9), name(OTHER, 14))
    assert "Papildu atbalsts vajadzīgs 2 skolēnu grupām" in html
    assert "rādīts saraksta sākums (1)" in html


def test_a_group_named_in_several_tests_is_one_group(unit) -> None:
    other = {"domain": "numeracy"}
    rows = [*both(BOYS, -0.3), name(BOYS, 9), *(row | other for row in both(BOYS, -0.4)), name(BOYS, 12) | other]
    html = section(unit, *rows)
    assert "Papildu atbalsts vajadzīgs 1 skolēnu grupai" in html
    listed = html.split("<details")[0]
    assert listed.count("Zēni") == 1
    assert "6.\u00a0klase · rēķinpratība; arī vēl 1 pārbaudes darbā" in listed


def test_a_municipality_behind_as_a_whole_is_told_so_first(unit) -> None:
    whole = TEST | {
        "indicator": "behind_as_a_whole", "n": 300, "estimate": -0.3, "low": -0.4, "high": -0.2, "verdict": "differs",
        "unit": "sd", "reference": "country", "confidence": 0.90, "part": "headline",
    }  # fmt: skip
    html = section(unit, *both(BOYS, -0.3), whole)
    assert "vairāk nekā 0,10 standartnovirzes zem valsts vidējā ir 6.\u00a0klases tekstpratības rezultāti" in html
    assert "Pašvaldībā kopumā (" in html


def test_the_own_check_says_how_many_groups_how_sure_and_of_how_many_results(unit) -> None:
    common = TEST | {"indicator": "group_check", "grade": "", "test": "", "domain": "", "n": 210}
    ratio = common | {
        "part": "held_out", "unit": "percent", "estimate": 91.0, "low": 70.0, "high": 112.0, "confidence": 0.90,
    }  # fmt: skip
    html = section(
        unit, *both(BOYS, -0.3), name(BOYS, 9), ratio, common | {"part": "groups", "unit": "level", "estimate": 4.0}
    )
    assert "4 grupām" in html
    assert "91\u00a0% no aplēstās (90\u00a0% intervāls no\u00a070 līdz\u00a0112\u00a0%; 210 rezultātu)" in html


def test_crossings_are_examined_but_the_tables_hold_single_attributes(unit) -> None:
    crossed = both("home_language=other&sex=boy", -0.6)
    drawn = groups.examined_groups(unit, rows_of(*both(BOYS, -0.3), *crossed))
    assert "Zēni" in drawn[0]
    assert "citā valodā" not in drawn[0]


def test_in_english_the_same_is_said(unit) -> None:
    english = SimpleNamespace(**vars(unit) | {"language": "en"})
    html = section(english, *both(BOYS, -0.3), name(BOYS, 9))
    assert "1 group of pupils needs additional support" in html
    assert "90% interval" in html


def test_a_unit_without_groups_has_no_section(unit) -> None:
    assert support.who_needs_support(unit, rows_of(gap("", -0.2, "country"))).html == ""
