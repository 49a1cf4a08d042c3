"""A blank has one sign, its meaning said once; pages say how much is blank, by which rule, and what is left out whole."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml
from tests.report.conftest import Read

from analysis.evidence import evidence
from analysis.release import release
from analysis.release.suppression.planned import plan
from analysis.report.data import about_data, withheld
from analysis.report.tables import Figure, table
from analysis.words.catalogue import LANGUAGES, label, labels
from analysis.words.numbers import WITHHELD

WORDS = Path(__file__).resolve().parents[2] / "src" / "analysis" / "words"
BOUNDS = ("marks_fewer", "targets_chance_low", "plan_desk_fewer", "data_few_rows")
"""Said of an expected number, a chance, or rows left out, that is told as a bound: nothing is withheld there."""


def texts(node):
    yield from (
        [node]
        if isinstance(node, str)
        else [t for v in node.values() for t in texts(v)]
        if isinstance(node, dict)
        else []
    )


@pytest.mark.parametrize(
    "path",
    sorted(p for p in WORDS.glob("*.yml") if p.name not in ("faults.yml", "synonyms.yml", "methods.yml")),
    ids=str,
)
def test_no_words_are_a_second_sign_for_a_blank(path):
    """Not "<5", not a sign in brackets of another kind, not a reason beside the sign."""
    for key, entry in yaml.safe_load(path.read_text("utf-8")).items():
        for text in texts(entry):
            assert not re.search(r"[<＜]\s?\d|\*\*\*|\(slēpts\)|\bn/a\b|\bsuppressed\b", text), key
            assert set(re.findall(r"\[[^\]]{0,3}\]", text)) <= {WITHHELD}, key
            short = len(text) < 30 and re.search(r"\bmazāk (par|nekā)\b|\b(fewer|less) than\b", text)
            assert not short or key in BOUNDS, key


@pytest.mark.parametrize("path", sorted(WORDS.glob("*.yml")), ids=str)
def test_what_is_not_shown_is_never_said_to_be_few(path):
    """A sentence that says a figure is not shown gives no reason but recognition, or both reasons together."""
    for key, entry in yaml.safe_load(path.read_text("utf-8")).items():
        for text in texts(entry):
            few = re.search(r"nav rādīt\w*[^.;]{0,40}\b(par|pārāk) maz\b|not shown[^.;]{0,30}\btoo few\b", text)
            assert not few or " vai " in text or " or " in text, key


def rows_of(indicator: str, sizes: list[int]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"n": sizes, "domain": [f"d{i}" for i in range(len(sizes))], "estimate": 0.1, "low": -0.1, "high": 0.3}
    )
    return evidence(
        frame, indicator=indicator, municipality_id="D001", school_year=2026, grade="9", test="CE", unit="sd",
        reference="municipality", group="sex=girl" if indicator == "group_gap" else "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said"),
    [("lv", "Izlaists, jo nebūtu neviena skaitļa, ko drīkst rādīt: skolēnu grupu starpības"),
     ("en", "Left out, for not a single figure of it may be shown: gaps of groups of pupils")],
)  # fmt: skip
def test_what_is_left_out_whole_is_named(language, said, large):
    unit = replace(large, language=language)
    gone = release([rows_of("group_gap", [3, 4]), rows_of("trend", [40, 3])], unit.params)
    text = "".join(Read(str(about_data(unit, gone).html)).text).replace("\u00a0", " ")
    assert f"{said}." in text
    named = {
        "lv": r"„d1” \(9\. klase, .*?\) – pārmaiņas pa gadiem\.",
        "en": r"“d1” \(grade 9, .*?\) – direction over the years\.",
    }
    assert re.search(named[language], text)
    some = release([rows_of("group_gap", [60, 40])], unit.params)
    assert said[:30] not in "".join(Read(str(about_data(unit, some).html)).text)


def test_tests_that_lack_the_same_tables_are_named_together(large):
    gone = release([rows_of("trend", [40, 3, 3]), rows_of("low_result_share", [40, 3, 60])], large.params)
    text = "".join(Read(str(about_data(large, gone).html)).text).replace("\u00a0", " ")
    assert (
        "„d1” (9. klase, CE) – pārmaiņas pa gadiem un zemu rezultātu daļa.„d2” (9. klase, CE) – pārmaiņas pa gadiem."
        in text
    )
    assert text.count("pārmaiņas pa gadiem") == 2


@pytest.mark.parametrize("key", ["data_withheld_text", "council_withheld"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_share_and_the_rule_are_those_of_this_page(key, language, large):
    half = release([rows_of("trend", [3, 40])], large.params)
    said = str(withheld(replace(large, language=language), half, key)).replace("\u00a0", " ")
    assert said.startswith(("50 %", "50%"))
    assert f" {large.params.smallest_group} " in said
    assert re.search(rf"\b{large.params.smallest_group_sensitive}\b", said)
    assert re.search(r"aprēķināt|worked out", said)


def test_names_of_what_can_be_left_out_are_indicators():
    from analysis.indicators import INDICATORS

    assert set(labels()["left_out"]) <= set(INDICATORS)


def test_a_page_of_the_smallest_place_explains_the_sign_wherever_a_table_has_it(tiny, page_for):
    page = page_for(tiny).html
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert any(WITHHELD in one for one in tables)
    for one, after in re.findall(r"<table(.*?)</table>(.{0,300})", page, re.DOTALL):
        assert WITHHELD not in one or "nav rādīts, lai nevienu cilvēku nevarētu atpazīt" in after
        for cell in re.findall(r"<td[^>]*>([^<]*)", one):
            assert not re.fullmatch(r"\s*(<|&lt;|mazāk par)\s*\d+\s*", cell), cell


def test_every_table_that_may_be_left_out_has_a_name():
    kinds = {f"{name}:{form}" for name, entry in plan().items() for form in entry["shown"] if "blank" not in entry}
    assert kinds == set(labels()["table_left_out"])


def test_rows_of_which_nothing_is_told_leave_a_table_that_is_mostly_blank():
    told, blank = ("A", Figure("+0,1"), Figure(WITHHELD)), ("B", Figure(WITHHELD), "–")
    html = str(table("lv", "", ["", "", ""], [told, blank, blank], merged="groups"))
    assert "Vēl 2 grupu tabulā nav" in html
    assert html.count(WITHHELD) == 2  # one of the row that has another figure, one in the key
    whole = ("A", Figure("1"), Figure("2"))
    assert (
        str(table("lv", "", ["", "", ""], [whole] * 6 + [blank] * 2, merged="groups")).count('<th scope="row">B') == 2
    )
    assert str(table("lv", "", ["", "", ""], [told, blank])).count('<th scope="row">B') == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("lv", "rezultāti pa skolām (salīdzinājumā ar pašvaldību)"),
        ("en", "results by school (beside the municipality)"),
    ],
)
def test_a_table_is_told_apart_from_one_of_its_kind_that_is_shown(language, said, large):
    lost = rows_of("attainment", [3, 40]).assign(school_id="S1")
    other = rows_of("attainment", [60, 40]).assign(school_id="S2", reference="country")
    read = "".join(
        Read(str(about_data(replace(large, language=language), release([lost, other], large.params)).html)).text
    )
    assert said in read.replace("\u00a0", " ")
    alone = "".join(Read(str(about_data(replace(large, language=language), release([lost], large.params)).html)).text)
    assert said.partition(" (")[0] in alone.replace("\u00a0", " ")
    assert said not in alone.replace("\u00a0", " ")


@pytest.mark.parametrize(("language", "said"), [("lv", "– visas tabulas."), ("en", "– all tables.")])
def test_a_test_of_which_not_a_table_is_left_says_so(language, said, large):
    kinds = ["trend", "low_result_share", "municipality_effect", "behind_as_a_whole"]
    gone = release([rows_of(kind, [40, 3]) for kind in kinds], large.params)
    read = "".join(Read(str(about_data(replace(large, language=language), gone).html)).text).replace("\u00a0", " ")
    assert read.count(said) == 1
    named = rows_of("support_group", [60]).assign(group="sex=girl", unit="pupils", reference="country")
    nation = rows_of("trend", [60, 60]).assign(municipality_id="", reference="country")
    for more, times in ((named.assign(domain="d1"), 0), (named.assign(domain="d0"), 1), (nation, 1)):
        some = release([*(rows_of(kind, [40, 3]) for kind in kinds), more], large.params)
        read = "".join(Read(str(about_data(replace(large, language=language), some).html)).text).replace("\u00a0", " ")
        assert read.count(said) == times
        assert (
            label("table_left_out_of", "municipality", language) not in read
        )  # the country's table is not one of its kind
