"""High results by group: rarer or more frequent than among the same pupils of the country, in words that respect them."""

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.release import Released, release
from analysis.report.between_schools import between_schools
from analysis.report.high_results import high_results

TEST = {"school_year": 2026, "grade": "6", "test": "diagnostic", "domain": "numeracy", "level": ""}
GROUPS = {"sex=boy": 18.0, "sex=girl": 34.0, "low_income=no": 24.0, "low_income=yes": 9.5}
NATION = {"": 26.0, "sex=boy": 25.0, "sex=girl": 27.0, "low_income=no": 30.0, "low_income=yes": 14.0}


def shares(values: dict[str, float], half: float, member: str = "group", n: int = 600, **columns: Any) -> pd.DataFrame:
    rows = pd.DataFrame({member: list(values), "estimate": list(values.values()), "n": n})
    given = {"indicator": "high_result_share", "unit": "percent", "confidence": 0.95, "method": "m"}
    return evidence(rows.assign(low=rows["estimate"] - half, high=rows["estimate"] + half, **TEST), **(given | columns))


def own(
    unit: Any, whole: float = 26.0, groups: dict[str, float] = GROUPS, half: float = 3.0, nation: bool = True
) -> Released:
    """Shares of a municipality judged against the country's as statistics do, and the country's own."""
    rows = [
        shares({"": whole}, half, municipality_id=unit.municipality_id),
        shares(groups, half, municipality_id=unit.municipality_id),
    ]
    if nation:
        for frame in rows:
            there = frame["group"].map(NATION)
            outside = (frame["low"] > there) | (frame["high"] < there)
            frame["verdict"], frame["reference"] = (
                outside.map({True: "differs", False: "not_distinguishable"}),
                "threshold",
            )
        rows.append(shares(NATION, float("nan"), municipality_id="", n=5000))
    return release(rows, unit.params)


def text_of(unit: Any, released: Released) -> str:
    html = " ".join(map(str, high_results(unit, released)))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ")


@pytest.mark.parametrize("language", ["lv", "en"])
def test_rarer_and_more_frequent_follow_the_interval(large, language: str) -> None:
    unit = replace(large, language=language)
    text = text_of(unit, own(unit))
    told = {
        "lv": [
            "Augsti rezultāti: 4 no 5 salīdzinājumiem ticami atšķiras no valsts",
            "kopā augsti ir 156 no 600 rezultātiem",
            "Retāki nekā tādiem pašiem skolēniem valstī: zēni (6. klase · rēķinpratība)",
            "Biežāki nekā tādiem pašiem skolēniem valstī: meitenes",
            "▼ ticami retāki",
            "▲ ticami biežāki",
            "Spējīgi skolēni ir katrā grupā",
            "600 25 %",
        ],
        "en": [
            "High results: 4 of 5 comparisons differ from the country",
            "Of 600 results in all tests together 156 are high",
            "Rarer than among the same pupils in the country: boys (grade 6 · numeracy)",
            "More frequent than among the same pupils in the country: girls",
            "▼ rarer",
            "▲ more frequent",
            "There are able pupils in every group",
            "600 25%",
        ],
    }
    assert [words for words in told[language] if words not in text] == []
    for word in ("talant", "gifted", "slikt", "vāj", "weak"):
        assert word not in text.lower()


def test_those_lacking_most_high_results_stand_first(large) -> None:
    rows = re.findall(r'<th scope="row">([^<]*)<span', " ".join(map(str, high_results(large, own(large)))))
    assert rows == [
        "Zēni",
        "Skolēni no ģimenēm, kuru ienākumi nav zemi",
        "Skolēni no ģimenēm ar zemiem ienākumiem",
        "Meitenes",
    ]


def test_where_all_pupils_of_a_test_differ_they_stand_for_its_groups(large) -> None:
    rows = re.findall(r'<th scope="row">([^<]*)<span', " ".join(map(str, high_results(large, own(large, whole=20.0)))))
    assert rows == ["Visi skolēni", "Meitenes"]


@pytest.mark.parametrize(
    ("language", "words"), [("lv", "to daļa no valsts nav atšķirama"), ("en", "cannot be told apart from the country")]
)
def test_where_nothing_differs_no_group_is_named(large, language: str, words: str) -> None:
    unit = replace(large, language=language)
    text = text_of(unit, own(unit, half=20.0))
    assert words in text
    assert not re.search("[▼▲]|Retāki|Biežāki|Spējīgi|Rarer|More frequent", text)


@pytest.mark.parametrize(
    ("language", "words"), [("lv", "Augsti rezultāti skolēnu grupās"), ("en", "High results by group of pupils")]
)
def test_without_a_country_shares_are_shown_and_not_judged(large, language: str, words: str) -> None:
    unit = replace(large, language=language)
    text = text_of(unit, own(unit, nation=False))
    assert words in text
    assert "34" in text
    assert not re.search("[▼▲]|valstī \\d|country \\d", text)


def test_a_coded_share_is_a_bound_and_gets_no_verdict(large) -> None:
    text = text_of(large, own(large, groups=GROUPS | {"low_income=yes": 0.5}, half=0.4))
    assert "≤ 1 %" in text
    assert "Skolēni no ģimenēm ar zemiem ienākumiem ≤ 1 % 600 14 %" in text


def test_nothing_shown_no_heading(large) -> None:
    assert high_results(large, release([shares(GROUPS, 3.0, n=4, municipality_id="D001")], large.params)) == []


def of_schools(unit: Any, values: tuple[float, ...]) -> pd.DataFrame:
    ids = unit.schools["school_id"].head(len(values)).tolist()
    rows = shares(
        dict(zip(ids, values, strict=True)), 4.0, member="school_id", n=80, municipality_id=unit.municipality_id
    )
    outside = (rows["estimate"] - NATION[""]).abs() > 4
    return rows.assign(verdict=outside.map({True: "differs", False: "not_distinguishable"}), reference="threshold")


@pytest.mark.parametrize("language", ["lv", "en"])
def test_schools_are_counted_and_their_part_of_the_differences_is_told(large, language: str) -> None:
    unit = replace(large, language=language)
    spread = pd.DataFrame([{"estimate": 7.2, "low": 1.5, "high": 23.4, "n": 480, "part": "schools"} | TEST])
    spread = evidence(
        spread, indicator="school_spread", unit="percent", confidence=0.95, municipality_id="D001", method="m"
    )
    rows = [
        spread,
        of_schools(unit, (40.0, 12.0, 15.0, 26.0)),
        shares(NATION, float("nan"), municipality_id="", n=5000),
    ]
    released = release(rows, unit.params)
    test = next(released.where(indicator="school_spread").rows.itertuples())
    text = " ".join(map(str, between_schools(unit, released, [(test, released)]))).replace("\u00a0", " ")
    told = {
        "lv": [
            "(6. klase; 95 % intervāls): rēķinpratība – 7,2 % (no 1,5 līdz 23,4 %)",
            "ticami lielāka – 1, ticami mazāka – 2 no 4 salīdzinājumiem",
        ],
        "en": [
            "(grade 6; 95% interval): numeracy 7.2% (1.5 to 23.4%)",
            "above the country's in 1 and below it in 2 of 4 comparisons of schools",
        ],
    }
    assert [words for words in told[language] if words not in text.replace("&#39;", "'")] == []
    assert not any(name in text for name in unit.schools["name"])


def test_of_two_schools_or_without_a_spread_nothing_is_told(large) -> None:
    released = release(
        [of_schools(large, (40.0, 12.0)), shares(NATION, float("nan"), municipality_id="", n=5000)], large.params
    )
    assert between_schools(large, released, []) == []
