"""Section 8 and the plan's page: need, places, who is left and why, in both languages; the numbers agree with each other."""

import html
import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from tests.report.conftest import ROOT, executed

from analysis import report
from analysis.evidence import evidence
from analysis.release import Released, release
from analysis.report import naming
from analysis.report.export import page_of
from analysis.report.support.kinds import ENOUGH, LACKS, UNSURE, kinds, misplaced
from analysis.report.support.places import short_support
from analysis.words.catalogue import labels

PLAN = ROOT / "notebooks" / "50_support_plan.ipynb"
NEED = {"reading": (64, 52, 77), "mentor": (57, 45, 70)}


def row(of: Any, indicator: str, part: str, estimate: float = float("nan"), low: float = float("nan"),
        high: float = float("nan"), **more: Any) -> pd.DataFrame:  # fmt: skip
    given = {"n": 400, "school_year": 2026, "unit": "pupils", "municipality_id": of.municipality_id} | more
    return evidence(
        pd.DataFrame([{"part": part, "estimate": estimate, "low": low, "high": high}]), indicator=indicator, **given
    )


def need(unit: Any, part: str = "reading", served: float | None = 38, **more: Any) -> list[pd.DataFrame]:
    n, low, high = NEED[part]
    rows = [row(unit, "support_need", part, n, low, high, confidence=0.9, **more)]
    if served is not None:
        rows += [row(unit, "support_served", part, served, served - 2, served + 1, confidence=0.9, **more),
                 row(unit, "support_unmet", part, n - served, low - served, high - served, confidence=0.9, **more)]  # fmt: skip
    return rows


def plan(
    unit: Any, part: str, reached: float, left: tuple[float, float, float], limit: str, **more: Any
) -> list[pd.DataFrame]:
    return [row(unit, "plan_served", part, reached, reached, reached, **more),
            row(unit, "plan_unserved", part, *left, method=f"limit:{limit}", **more)]  # fmt: skip


def places(unit: Any, part: str, n: float, **more: Any) -> pd.DataFrame:
    return row(unit, "support_places", part, n, **({"n": pd.NA} | more))


def gain(unit: Any, what: str, estimate: float, low: float, high: float) -> pd.DataFrame:
    return row(unit, "plan_marginal", what, estimate, low, high)


def planned(
    unit: Any, reached: float = 40, left: tuple[float, float, float] = (24, 12, 37), limit: str = "minutes"
) -> Released:
    """The example of the page's mock: 64 need it, 40 places, 24 are left."""
    rows = [*need(unit), places(unit, "reading", 40), *plan(unit, "reading", reached, left, limit)]
    rows += [gain(unit, "reading/teacher|+10|post", 9, 8, 10), gain(unit, "reading/teacher|-10|post", -10, -10, -9),
             gain(unit, "budget|+6600", 3, 2, 4), places(unit, "reading/teacher", 40)]  # fmt: skip
    return release(rows, unit.params)


def text_of(made: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", str(made.html)))).replace("\u00a0", " ")


@pytest.mark.parametrize("language", ["lv", "en"])
def test_need_places_who_is_left_and_why_are_one_sentence(large, language):
    unit = replace(large, language=language)
    text = text_of(report.support_places(unit, planned(unit)))
    for words in {
        "lv": [
            "8 · Vai atbalsta pietiek? Lasītprasmei vietu trūkst",
            "vajadzīgs aptuveni 64 bērniem (90 % intervāls no 52 līdz 77), vietu ir 40",
            "saņemtu 40; bez tā paliktu 24 (no 12 līdz 37), jo trūkst speciālistu laika.",
            "Vēl viena pilna slodze (lasītprasmes atbalsts, 10 vietas) sasniegtu par aptuveni 9 bērniem vairāk (no 8 līdz 10).",
            "Ja būtu par vienu slodzi mazāk (lasītprasmes atbalsts, 10 vietas), atbalstu saņemtu par aptuveni 10 bērniem mazāk",
            "Par 6 600 eiro gadā vairāk",
            "MK Nr. 483",
        ],
        "en": [
            "8 · Is there enough support? Places are lacking: reading support",
            "needed by about 64 children (90% interval 52 to 77), there are 40 places",
            "40 would get it and 24 (12 to 37) would not, for there is a lack of specialists' time",
            "would reach about 9 more children (8 to 10)",
            "about 10 fewer children would get support",
        ],
    }[language]:
        assert words in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("lv", "<b>Lasītprasmes atbalsts: vajadzīgs aptuveni 64 bērniem</b>"),
        ("en", "<b>Reading support: needed by about 64 children</b>"),
    ],
)
def test_the_short_sentence_names_who_is_left(large, language, words):
    unit = replace(large, language=language)
    ((_, said, link),) = short_support(unit, planned(unit))
    assert words in str(said).replace("\u00a0", " ")
    assert "24" in said
    assert link == "support"
    assert list(short_support(unit, planned(unit, 64, (0, 0, 0), ""))) == []


@pytest.mark.parametrize(
    ("left", "state", "lv", "en"),
    [((24, 12, 37), LACKS, "Lasītprasmei vietu trūkst", "Places are lacking: reading support"),
     ((3, 0, 9), UNSURE, "Vai vietu pietiek, droši pateikt nevar", "Whether there are enough places cannot be said for sure"),
     ((0, 0, 0), ENOUGH, "Vietu pietiek visiem, kam atbalsts vajadzīgs", "There are places for all who need support")],
)  # fmt: skip
def test_the_heading_follows_the_ends_of_what_is_left(large, left, state, lv, en):
    released = planned(large, 64 - left[0], left)
    assert [kind.state for kind in kinds(large, released)] == [state]
    assert lv in text_of(report.support_places(large, released))
    assert en in text_of(report.support_places(replace(large, language="en"), released))


@pytest.mark.parametrize("limit", ["places", "minutes", "travel", "budget", "no_capacity", "floor", "places+budget"])
@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_limit_has_words(large, limit, language):
    unit = replace(large, language=language)
    text = text_of(report.support_places(unit, planned(unit, limit=limit)))
    assert {"lv": ", jo ", "en": ", for "}[language] in text


def test_the_numbers_of_a_row_add_up_and_are_those_of_its_drawing(large):
    made = str(report.support_places(large, planned(large)).html)
    label = html.unescape(re.search(r'aria-label="(vajag [^"]+)"', made)[1]).replace("\u00a0", " ")
    assert label == "vajag 64, no 52 līdz 77, pēc plāna 40, saņem tagad 38, bez atbalsta 24"
    solid, rest = re.search(r'x="(\d+\.?\d*)" y="6" width="(\d+\.?\d*)"', made).groups()
    assert float(solid) / (float(solid) + float(rest)) == pytest.approx(40 / 64, abs=0.01)


@pytest.mark.parametrize("language", ["lv", "en"])
def test_need_without_places_says_what_is_missing(large, language):
    unit = replace(large, language=language)
    rows = [*need(unit, served=None), *plan(unit, "reading", 0, (64, 52, 77), "no_capacity")]
    text = text_of(report.support_places(unit, release(rows, unit.params)))
    assert {
        "lv": "Atbalsts vajadzīgs, bet par vietām ziņu nav",
        "en": "Support is needed, but nothing is known of places",
    }[language] in text
    assert {"lv": "vietu skaits nav piegādāts", "en": "the number of places was not delivered"}[language] in text
    assert {"lv": "Plānā, kas ievēro", "en": "In a plan that keeps"}[language] not in text


def test_need_and_who_is_served_without_places_tell_today(large):
    text = text_of(report.support_places(large, release(need(large), large.params)))
    assert "Daļai bērnu, kam atbalsts vajadzīgs, tā tagad nav" in text
    assert "atbalstu tagad saņem ne vairāk kā 38; bez tā ir vismaz 26" in text


@pytest.mark.parametrize("language", ["lv", "en"])
def test_places_without_need_say_what_is_missing(large, language):
    unit = replace(large, language=language)
    rows = [places(unit, "mentor", 20), row(unit, "support_note", "mentor:need_unknown", 400)]
    text = text_of(report.support_places(unit, release(rows, unit.params)))
    assert {
        "lv": "Vietas ir, bet cik bērniem tās vajadzīgas, nav zināms",
        "en": "There are places, but how many children need them",
    }[language] in text
    assert {"lv": "Mentors: vietu ir 20;", "en": "Mentor: there are 20 places;"}[language] in text


def test_without_need_and_places_there_is_no_section_but_a_line_about_the_data(large):
    released = release([row(large, "support_note", "mentor:need_unknown", 400)], large.params)
    assert report.support_places(large, released).html == ""
    assert (
        "atbalsts (datos nav ne vietu, ne tā, no kā aprēķināt vajadzību"
        in text_of(report.about_data(large, released)).lower()
    )


@pytest.mark.parametrize("language", ["lv", "en"])
def test_the_plans_page_says_why_there_is_neither_need_nor_plan(large, language):
    unit = replace(large, language=language)
    text = text_of(
        report.support_needs(unit, release([row(large, "support_note", "mentor:need_unknown", 400)], unit.params))
    )
    assert {"lv": "Datu plānam nav", "en": "No data for a plan"}[language] in text
    assert labels()["need_note"]["need_unknown"][language] in text
    assert report.support_needs(unit, release([gain(unit, "budget|+6600", 3, 2, 4)], unit.params)).html == ""


@pytest.mark.parametrize("reason", sorted(set(labels()["need_note"]) - {"unknown"}))
@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_reason_has_words(large, reason, language):
    unit = replace(large, language=language)
    rows = [planned(unit).rows, row(unit, "support_note", f"mentor:{reason}", 40, n=40)]
    text = text_of(report.support_places(unit, release(rows, unit.params)))
    assert labels()["need_note"][reason][language] in text
    assert reason not in text


def test_a_note_about_few_is_not_told(large):
    rows = [planned(large).rows, row(large, "support_note", "mentor:not_eligible", 2, n=2)]
    assert labels()["need_note"]["not_eligible"]["lv"] not in text_of(
        report.support_places(large, release(rows, large.params))
    )


def test_places_in_schools_where_fewer_need_them_are_counted(large):
    first, second = large.schools["school_id"].iloc[:2]
    at = [
        row(large, "support_need", "reading", 6, 3, 10, school_id=first, confidence=0.9),
        places(large, "reading", 25, school_id=first),
        row(large, "support_need", "reading", 30, 22, 38, school_id=second, confidence=0.9),
        places(large, "reading", 15, school_id=second),
    ]
    released = release([planned(large).rows, *at], large.params)
    assert misplaced(large, released, "reading") == 15
    assert "Vismaz 15 vietu ir skolās, kurās tik daudz bērniem tās nav vajadzīgas." in text_of(
        report.support_places(large, released)
    )


def test_schools_stand_in_alphabetical_order_and_not_by_need(large):
    ids = list(large.schools["school_id"])
    at = [
        row(large, "support_need", "reading", 10 + i, 5 + i, 20 + i, school_id=s, confidence=0.9)
        for i, s in enumerate(ids)
    ]
    text = text_of(report.support_by_school(large, release([planned(large).rows, *at], large.params)))
    found = [text.index(name) for _, name in naming.alphabetical(large)]
    assert found == sorted(found)


def test_more_places_that_reach_nobody_say_what_is_lacking_instead(large):
    rows = [*need(large), places(large, "reading", 40), places(large, "reading/teacher", 40),
            *plan(large, "reading", 40, (24, 12, 37), "places+budget"), gain(large, "reading/teacher|+5", 0, 0, 0)]  # fmt: skip
    text = text_of(report.one_more_place(large, release(rows, large.params)))
    assert "Papildu vietas tur, kur tās jau ir, nedotu neko" in text
    assert "lasītprasmes atbalsts (trūkst naudas)" in text


def test_minutes_stand_beside_those_of_the_audit(large):
    audit = evidence(pd.DataFrame([{"part": "psychologist", "low": 14.0, "high": 18.0}]), indicator="audit_minutes",
                     unit="minutes", school_year=2026)  # fmt: skip
    part = "counselling/psychologist"
    rows = [row(large, "support_need", part, 57, 45, 70, confidence=0.9), audit,
            row(large, "plan_minutes", f"{part}|served", 22, unit="minutes"),
            row(large, "plan_minutes", f"{part}|need", 16, 14, 19, unit="minutes")]  # fmt: skip
    text = text_of(report.support_places(large, release(rows, large.params)))
    assert "Psihologs 22 16 no 14 līdz 19 14–18" in text
    assert "21 skolā, publicēta 2026. gada februārī" in text


def evener(
    unit: Any, *, kept: tuple[int, ...] = (0, 25, 50), fewer: tuple[int, ...] = (0, 0, 14)
) -> list[pd.DataFrame]:
    """Rows of what a more even plan costs: 300 served without a floor, floors above the last of ``kept`` not possible."""
    rows = [row(unit, "plan_floor", "most", max(kept), max(kept) - 10, max(kept) + 5, unit="percent")]
    prices = dict(zip(map(str, kept), fewer, strict=True)) | {"even": 20, "plan": 6}
    for key, price in prices.items():
        rows += [row(unit, "plan_floor", f"served|{key}", 300 - price, 298 - price, 301 - price),
                 row(unit, "plan_floor", f"fewer|{key}", price, max(price - 3, 0), price + 2),
                 row(unit, "plan_floor", f"below|{key}", 3, unit="schools")]  # fmt: skip
    return rows


def at_school(unit: Any) -> pd.DataFrame:
    return row(unit, "support_need", "reading", 30, 22, 38, school_id=unit.schools["school_id"].iloc[0], confidence=0.9)


@pytest.mark.parametrize(
    ("language", "half", "plan_is", "cells"),
    [
        ("lv", "vismaz puse bērnu, kam tas vajadzīgs, pavisam to saņemtu par 14 bērniem mazāk (no 11 līdz 16)",
         "Šis plāns palīdz par 6 bērniem mazāk (no 3 līdz 8)", "vismaz 75 % nav iespējams – –"),
        ("en", "at least half of the children in need got support in every school, 14 fewer children (11 to 16)",
         "This plan helps 6 fewer children (3 to 8)", "at least 75% not possible – –"),
    ],
)  # fmt: skip
def test_what_a_more_even_plan_costs_is_said_and_stands_in_a_table(large, language, half, plan_is, cells):
    unit = replace(large, language=language)
    released = release([planned(unit).rows, at_school(unit), *evener(unit)], unit.params)
    for made in (report.support_by_school(unit, released), report.plan_in_short(unit, released)):
        assert half in text_of(made)
        assert plan_is in text_of(made)
    text = text_of(report.support_by_school(unit, released))
    assert cells in text
    assert {"lv": "vismaz 50 % (augstākā iespējamā) 286 no 284 līdz 287 14 no 11 līdz 16 3",
            "en": "at least 50% (the highest possible) 286 284 to 287 14 11 to 16 3"}[language] in text  # fmt: skip


@pytest.mark.parametrize(
    ("language", "kept", "fewer", "words"),
    [
        (
            "lv",
            (0, 25, 30),
            (0, 0, 2),
            "nav iespējams; augstākā robeža, ko var ievērot visās skolās, ir 30 % (no 20 līdz 35)",
        ),
        ("en", (0, 25, 30), (0, 0, 2), "is not possible with today's places, time and money; the highest floor"),
        ("lv", (0, 50), (0, 0), "pavisam to saņemtu tikpat bērnu"),
        ("en", (0, 50), (0, 0), "as many children would get it in all as without such a floor"),
        ("lv", (0,), (0,), "robežu visām skolām ar tagadējām vietām, laiku un naudu ievērot nevar"),
        ("en", (0,), (0,), "no floor can be kept in all schools"),
    ],
)
def test_a_floor_that_costs_nothing_or_cannot_be_kept_is_said_so(large, language, kept, fewer, words):
    unit = replace(large, language=language)
    released = release([planned(unit).rows, at_school(unit), *evener(unit, kept=kept, fewer=fewer)], unit.params)
    assert words in text_of(report.support_by_school(unit, released))


@pytest.mark.parametrize(
    ("language", "words"),
    [("lv", "Plānā paredzētā nauda (131 000 eiro gadā) nesedz"), ("en", "The plan's money (131 000 euro a year)")],
)
def test_a_budget_below_what_todays_time_costs_is_said(large, language, words):
    unit = replace(large, language=language)

    def told(budget: float) -> str:
        money = [
            row(unit, "plan_budget", part, euro, unit="eur") for part, euro in (("budget", budget), ("time", 138_000))
        ]
        return text_of(report.support_places(unit, release([planned(unit).rows, *money], unit.params)))

    plain = words.replace(" ", " ")
    assert plain in told(131_000).replace(" ", " ").replace(" ", " ")
    assert plain.split("(")[0] not in told(140_000)


def test_hostile_names_stay_text(large, monkeypatch):
    name = "<script>alert(1)</script>"
    rows = [*need(large), places(large, name, 9), places(large, "reading", 40)]
    schools = large.schools.assign(name=name)
    at = row(large, "support_need", "reading", 6, 3, 10, school_id=schools["school_id"].iloc[0], confidence=0.9)
    made = str(report.support_places(replace(large, schools=schools), release([*rows, at], large.params)).html)
    assert "<script" not in made
    assert "&lt;script&gt;" in made


def test_only_released_values_are_shown(large):
    for make in (
        report.support_places, report.support_by_school, report.one_more_place, report.ways, report.plan_in_short
    ):  # fmt: skip
        with pytest.raises(TypeError, match="Released"):
            make(large, pd.DataFrame())


def test_the_plans_page_has_its_sections_without_the_other_pages_numbers(tiny):
    with pytest.MonkeyPatch.context() as patched:
        page = page_of(executed(tiny, patched, PLAN))
    assert re.findall(r'<section id="([a-z_]+)"', page.html) == [
        "short",
        "support",
        "by_school",
        "more",
        "ways",
        "thresholds",
        "hours",
        "data",
    ]
    assert re.findall(r'class="q">\d', page.html) == []
    assert "atbalsta plāns" in page.html
    assert all(
        f'href="#{key}"' in page.html for key in ("support", "by_school", "more", "ways", "thresholds", "hours", "data")
    )


@pytest.mark.parametrize(
    ("language", "words"), [("lv", "mazāk, nekā atbalstu saņem tagad (38)"), ("en", "fewer than get it now (38)")]
)
def test_a_plan_that_serves_fewer_than_today_says_why(large, language, words):
    unit = replace(large, language=language)
    assert words in text_of(report.support_places(unit, planned(unit, 30, (34, 22, 47), "budget")))
    assert words not in text_of(report.support_places(unit, planned(unit)))
