"""Which way of choosing suffices: the heading is the answer, and says no more than the figures below it."""

import re
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release import Released, release
from analysis.report import ways
from analysis.report.support.page import plan_in_short
from analysis.report.support.places import support_needs
from analysis.report.ways import trials

Behind = dict[str, tuple[float, float, float]]
SCHOOL, RULE, GROUP = ("school", (-10.7, -12.4, -9.0)), ("rule", (-1.3, -2.5, -0.2)), ("group", (-8.5, -10.2, -6.9))
UNSURE = ("rule", (-1.3, -4.1, 1.5))
TEST = {"grade": "6", "test": "CE", "domain": "mathematics", "year_from": 2023, "school_year": 2026}


@pytest.fixture
def unit() -> Any:
    facts = {"labels": {}, "source": {"lv": "dati", "en": "data"}}
    return SimpleNamespace(
        language="lv", municipality_id="M", params=load_params(), facts=facts, name="M", locative=None
    )


def trial(*behind: tuple[str, tuple[float, float, float]], best: str = "model", share: float = 23.5, n: int = 5878,
          verdict: str = "", **keys: Any) -> pd.DataFrame:  # fmt: skip
    """Rows of one trial: the best way's share, and the others' distance to it."""
    rows: list[dict[str, Any]] = [{"part": best, "estimate": share}]
    for way, (estimate, low, high) in behind:
        judged = verdict or ("differs" if high < 0 else "not_distinguishable")
        rows.append({"part": way, "estimate": share + estimate})
        rows.append(
            {
                "part": f"{way}|best",
                "estimate": estimate,
                "low": low,
                "high": high,
                "confidence": 0.95,
                "verdict": judged,
            }
        )
    rows.append({"part": "lot", "n": 15843, "estimate": 10.0})
    frame = pd.DataFrame([{"n": n, "verdict": "", **row} for row in rows])
    return evidence(frame, indicator="targeting", unit="percent", **({"municipality_id": ""} | TEST | keys))


def released(*parts: pd.DataFrame) -> Released:
    return release(pd.concat(parts, ignore_index=True), load_params())


def text(html: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", str(html), flags=re.DOTALL))
    return re.sub(r"\s+", " ", plain.replace("\u00a0", " "))


def said(unit: Any, *parts: pd.DataFrame, language: str = "lv") -> str:
    unit.language = language
    return text(ways(unit, released(*parts)).html)


@pytest.mark.parametrize(
    ("rows", "lv", "en"),
    [
        (trial(SCHOOL, UNSURE, GROUP), "Pietiek izvēlēties pēc viena pārbaudes darba", "Choosing by one test suffices"),
        (trial(SCHOOL, RULE, GROUP), "Izvēloties pēc agrīnajām pazīmēm, sasniegtu par 1 bērnu no 100 vairāk",
         "Choosing by early signs would reach 1 more child of 100"),
        (trial(SCHOOL, ("rule", (-3.2, -4.0, -2.4))), "sasniegtu par 3 bērniem no 100 vairāk",
         "would reach 3 more children of 100"),
        (trial(SCHOOL, ("rule", (-0.3, -0.5, -0.1))), "sasniegtu tikai nedaudz vairāk bērnu",
         "only slightly more children"),
        (trial(("school", (-2.0, -5.0, 1.0)), UNSURE), "Atšķirību neredz: izvēles veidi cits no cita nav atšķirami",
         "No difference: the ways of choosing cannot be told apart"),
        (trial(SCHOOL, ("model", (-1.0, -3.0, 1.0)), best="rule"), "Pietiek izvēlēties pēc viena pārbaudes darba",
         "Choosing by one test suffices"),
        (trial(SCHOOL, UNSURE, n=20, share=50.0, verdict="too_few"), "Datu ir par maz, lai spriestu", "Too few data to say"),
    ],
)  # fmt: skip
def test_the_heading_is_the_answer(unit, rows, lv, en):
    assert lv in said(unit, rows)
    assert en in said(unit, rows, language="en")


def test_every_way_has_its_share_its_difference_with_interval_and_its_verdict(unit):
    words = said(unit, trial(SCHOOL, UNSURE, GROUP))
    assert (
        "pēc skolas – 12,8 %, pēc viena pārbaudes darba – 22,2 %, pēc grupas – 15,0 % un pēc agrīnajām pazīmēm – 23,5 %"
        in words
    )
    assert "varētu piedāvāt 10 % skolēnu" in words
    assert "izlozē – 10,0 %" in words
    assert "−10,7 no −12,4 līdz −9,0 12,8 % ▼ sasniedz mazāk" in words
    assert "−1,3 no −4,1 līdz 1,5 22,2 % ○ nav atšķirams" in words
    assert "95 % intervāls visiem veidiem kopā" in words


def test_what_is_not_told_apart_may_still_differ_and_the_page_says_by_how_much(unit):
    assert "nav izslēgts, ka labākā sasniegtu līdz 5 bērniem no 100 vairāk" in said(unit, trial(SCHOOL, UNSURE))
    more = said(unit, trial(SCHOOL, RULE))
    assert "izslēgts" not in more
    assert "par 1,3 bērniem no 100 vairāk nekā pēc viena pārbaudes darba (95 % intervāls no 0,2 līdz 2,5)" in more


def test_who_was_judged_is_said_and_whose_pupils_they_are(unit):
    country, own = said(unit, trial(SCHOOL, UNSURE)), said(unit, trial(SCHOOL, UNSURE, municipality_id="M"))
    for words in (country, own):
        assert (
            "Pārbaudīts ar 15 843 skolēniem, kuri 6. klasē mācījās 2022./2023. m. g.; zems rezultāts vēlāk bija 5 878"
            in words
        )
    assert "visu pašvaldību skolēni kopā" in country
    assert "visu pašvaldību skolēni kopā" not in own
    assert said(unit, trial(SCHOOL, UNSURE, municipality_id="other")) == ""


def test_what_is_not_compared_is_said_with_its_reason(unit):
    whole = said(unit, trial(SCHOOL, UNSURE, GROUP))
    assert "Pēc klases nav salīdzināts" in whole
    assert "Pēc grupas nav" not in whole
    bare = said(unit, trial(SCHOOL, best="rule"))
    assert "Pēc grupas nav salīdzināts" in bare
    assert "Pēc agrīnajām pazīmēm nav salīdzināts" in bare
    assert "Pēc klases nav" not in said(unit, trial(SCHOOL, ("class", (-9.0, -11.0, -7.0)), UNSURE))


def test_ways_that_learnt_from_what_came_later_are_not_praised_for_it(unit):
    def learnt(year: int) -> pd.DataFrame:
        row = pd.DataFrame({"part": ["learnt_from"], "n": [900], "estimate": [20.0]})
        return evidence(
            row, indicator="risk_check", unit="percent", **(TEST | {"year_from": year, "school_year": year})
        )

    assert "2023./2024. m. g. rezultātiem, kas toreiz vēl nebija zināmi" in said(
        unit, trial(SCHOOL, RULE), learnt(2024)
    )
    assert "toreiz vēl nebija" not in said(unit, trial(SCHOOL, RULE), learnt(2023))


def test_the_latest_stage_leads_and_others_follow_folded_those_of_one_message_together(unit):
    third = trial(SCHOOL, UNSURE, grade="3", year_from=2020)
    latvian = trial(SCHOOL, UNSURE, domain="latvian")
    words = said(unit, third, trial(SCHOOL, RULE), latvian)
    assert "par 1 bērnu no 100 vairāk" in words.split("Punkts")[0]
    assert "pietiek izvēlēties pēc viena pārbaudes darba (6. klase, latviešu valoda; 3. klase, matemātika)" in words
    order = [
        words.rindex(name) for name in ("6. klase, latviešu valoda (n = 5 878)", "3. klase, matemātika (n = 5 878)")
    ]
    assert order == sorted(order)


def test_a_withheld_way_is_not_told_and_a_withheld_best_withholds_the_trial(unit):
    few = trial(("school", (-22.0, -24.0, -20.0)), UNSURE, n=250)
    words = said(unit, few)  # 1.5 of 100 are fewer than five children
    assert "pēc skolas –" not in words.split("Punkts")[0]
    assert "Pietiek izvēlēties pēc viena pārbaudes darba" in words
    assert trials(unit, released(trial(SCHOOL, RULE, share=99.9, n=1000))) == []
    assert said(unit, trial(SCHOOL, RULE, share=99.9, n=1000)) == ""


def test_the_summary_says_it_too_and_the_section_on_need_no_longer_says_that_nothing_is_compared(unit):
    places = evidence(pd.DataFrame({"part": ["reading"], "n": [400], "estimate": [40.0]}), indicator="support_places",
                      unit="pupils", municipality_id="M", school_year=2026)  # fmt: skip
    assert "Pietiek izvēlēties pēc viena pārbaudes darba." in text(
        plan_in_short(unit, released(trial(SCHOOL, UNSURE))).html
    )
    assert "nav salīdzināts" in text(support_needs(unit, released(places)).html)
    assert "nav salīdzināts" not in text(support_needs(unit, released(places, trial(SCHOOL, UNSURE))).html)


def test_no_word_of_cause_or_of_effect_is_said(unit):
    for language, words in {"lv": ("dēļ", "ietekm", "uzlabo"), "en": ("because", "effect", "improve", "caus")}.items():
        told = said(unit, trial(SCHOOL, RULE, GROUP), language=language)
        assert not [word for word in words if re.search(rf"\b{word}", told)]
