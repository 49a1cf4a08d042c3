"""Section 4 says what the released rows say, in both languages, and nothing where nothing may be shown."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.evidence import evidence, no_evidence
from analysis.params import load_params
from analysis.release import Released, release
from analysis.report.early.signs import early_signs, missing_early_signs, why_no_early_signs

OF_TEST = {"grade": "6", "test": "CE", "domain": "mathematics"}
YEARS = {"year_from": 2023, "school_year": 2026}


def row(part: str, estimate: float, n: int, **more: Any) -> dict[str, Any]:
    return {"part": part, "estimate": estimate, "n": n, **OF_TEST, **more}


def rows_of(counts: tuple[int, int, int] = (41, 80, 291)) -> list[dict[str, Any]]:
    bands, own = ("high", "middle", "low"), {"municipality_id": "D001"}
    today = {"indicator": "risk_band", "unit": "pupils", "school_year": 2026, **own}
    rate = {"indicator": "risk_band", "unit": "percent", "confidence": 0.95, **YEARS}
    check = {"indicator": "risk_check", "unit": "percent", "confidence": 0.95, **YEARS}
    parts = [row(band, float(count), count, **today) for band, count in zip(bands, counts, strict=True)]
    parts += [row("expected", 61.0, 412, low=44.0, high=83.0, **today)]
    rates = ((22.4, 19.0, 26.1, 550), (58.2, 55.0, 61.3, 1100), (91.3, 90.4, 92.1, 3850))
    parts += [row(b, e, n, low=low, high=high, **rate) for b, (e, low, high, n) in zip(bands, rates, strict=True)]
    parts += [row("high", 25.0, 40, low=14.2, high=40.2, **(rate | own))]
    for rule, found, right, area in (
        ("", 46.0, 78.0, 0.86),
        ("_one_test", 41.0, 70.0, 0.83),
        ("_school", 15.0, 25.0, 0.6),
    ):
        parts.append(row("recall" + rule, found, 900, low=found - 3, high=found + 3, **check))
        parts.append(row("precision" + rule, right, 550, low=right - 4, high=right + 4, **check))
        parts.append(
            row("auc" + rule, area, 5500, low=area - 0.01, high=area + 0.01, **(check | {"unit": "probability"}))
        )
    alarms = {
        "sen=yes": (18.5, 14.0, 24.0),
        "sen=no": (3.6, 3.1, 4.2),
        "sex=boy": (4.4, 3.7, 5.2),
        "sex=girl": (4.0, 3.4, 4.8),
    }
    for group, (share, low, high) in alarms.items():
        parts.append(row("false_alarms", share, 400, low=low, high=high, group=group, **check))
    return parts


def released(parts: list[dict[str, Any]]) -> Released:
    return release(evidence(pd.DataFrame(parts)), load_params())


def text_of(section: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", str(section.html)))


def test_the_first_sentences_hold_the_message(large):
    text = text_of(early_signs(large, released(rows_of())))
    assert "Matemātikā daudz agrīno pazīmju ir 41 no 412 skolēniem 6. klasē" in text
    assert "9. klases matemātikas eksāmenā zema rezultāta nebija 22,4\u00a0%".replace("\u00a0", " ") in text
    assert "No skolēniem, kuriem pazīmju bija maz, zema rezultāta nebija 91,3 %." in text
    assert "šī daļa bija 25,0 % (95 % intervāls no 14,2 līdz 40,2 %; 40 skolēnu)" in text


def test_it_says_how_well_it_worked_beside_one_test_and_what_it_is_not(large):
    text = text_of(early_signs(large, released(rows_of())))
    assert "daudz pazīmju bija 46; no 100 skolēniem ar daudz pazīmēm zems rezultāts vēlāk bija 78" in text
    assert "būtu 41 un 70" in text
    assert "Pazīmes nav spriedums par bērnu" in text
    assert "zemu rezultātu varētu būt aptuveni 61: no 44 līdz 83" in text
    for word in ("riska bērn", "slikt", "vāji", "neveiksm"):
        assert word not in text.lower()


def test_groups_that_are_alarmed_in_vain_more_often_are_named_only_beyond_the_error(large):
    text = text_of(early_signs(large, released(rows_of())))
    assert "skolēni ar speciālām vajadzībām (18,5 %, pārējie – 3,6 %)" in text
    assert "zēni" not in text
    alike = [part for part in rows_of() if not part.get("group", "").startswith("sen")]
    assert "biežāk bija šādās grupās" not in text_of(early_signs(large, released(alike)))


def test_whether_the_outcomes_were_known_when_due_is_said(large):
    learnt = {
        "indicator": "risk_check",
        "unit": "percent",
        **OF_TEST,
        "part": "learnt_from",
        "n": 4000,
        "estimate": 16.0,
    }
    late = released([*rows_of(), learnt | {"year_from": 2025, "school_year": 2025}])
    known = released([*rows_of(), learnt | {"year_from": 2023, "school_year": 2023}])
    assert "toreiz vēl nebija zināmi" in text_of(early_signs(large, late))
    assert "toreiz vēl nebija zināmi" not in text_of(early_signs(large, known))


def test_the_figure_has_its_numbers_as_text_and_says_them_to_who_cannot_see(large):
    html = str(early_signs(large, released(rows_of())).html)
    drawing = re.search(r'<svg class="fig".*?</svg>', html, re.DOTALL)
    assert drawing
    told = re.search(r'aria-label="([^"]*)"', drawing[0])
    assert told
    for number in ("41", "80", "291", "22,4", "58,2", "91,3"):
        assert number in told[1]
        assert re.search(rf">[^<]*{number}[^<]*</text>", drawing[0]), number


def test_english_says_the_same(large):
    text = text_of(early_signs(replace(large, language="en"), released(rows_of())))
    assert "Mathematics: 41 of 412 pupils in grade 6 show many early signs" in text
    assert "22.4% did not have a low result in the grade 9 mathematics exam" in text


def test_a_withheld_band_has_no_whole_and_no_number(large):
    text = text_of(early_signs(large, released(rows_of((3, 9, 60)))))
    assert "nav rādīts, lai nevienu skolēnu nevarētu atpazīt" in text
    assert "par maz" not in text.split("nevarētu atpazīt")[0]
    assert "[–]" in text
    assert not re.search(r"\b72 skolēn", text)


def test_a_rate_that_is_only_a_limit_has_no_empty_brackets_and_a_withheld_one_no_sentence(large):
    coded = {"estimate": float("nan"), "low": float("nan"), "high": 20.0}
    known = [
        p for p in rows_of() if not (p["unit"] == "percent" and p["part"] == "low" and p["indicator"] == "risk_band")
    ]
    limit = [p | coded if p["unit"] == "percent" and p["part"] == "high" else p for p in known]
    text = text_of(early_signs(large, released(limit)))
    assert "zema rezultāta nebija ≤ 20 %" in text
    assert "intervāls ;" not in text
    assert "bija maz, –" not in text
    assert "kuriem pazīmju bija maz, zema" not in text


def test_without_bands_there_is_no_section(large):
    assert str(early_signs(large, release(no_evidence(), load_params())).html) == ""
    assert str(early_signs(large, released([p for p in rows_of() if p["unit"] != "pupils"])).html) == ""
    with pytest.raises(TypeError):
        early_signs(large, no_evidence())  # type: ignore[arg-type]


@pytest.mark.parametrize("reason", ["slope", "count", "one_test", "too_few"])
def test_a_shut_gate_is_a_sentence_with_its_reason(large, reason):
    row = {
        "indicator": "risk_check",
        "unit": "percent",
        **OF_TEST,
        "part": f"refused_{reason}",
        "n": 500,
        "estimate": np.nan,
    }
    found = why_no_early_signs(large, released([row, row | {"grade": "3"}]))
    assert len(found) == 1
    assert "6.\u00a0klase, matemātika" in found[0]
    assert "3.\u00a0klase, matemātika" in found[0]
    assert why_no_early_signs(large, released(rows_of())) == []


def test_a_page_without_the_section_says_what_is_missing(large):
    nothing = release(no_evidence(), load_params())
    assert [str(words)[:15] for words in missing_early_signs(large, nothing)] == ["agrīnas pazīmes"]


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("place", ["large", "tiny"])
def test_the_demos_own_rows_make_a_section(request, place, language):
    unit = replace(request.getfixturevalue(place), language=language)
    rows = unit.modelled
    assert "risk_check" in set(rows["indicator"])
    shown = release(rows[rows["indicator"].isin(["risk_band", "risk_check"])], unit.params)
    html = str(early_signs(unit, shown).html)
    assert "nan" not in html.lower().replace("finan", "")
    assert re.search(r"P\d{4}-|\bNone\b", html) is None
