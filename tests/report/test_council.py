"""The council's page: at most seven decisions, each with reason, n, interval, owner; nothing twice, nothing without an owner."""

# ruff: noqa: E501 (whole sentences stand in one line)

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report.conftest import ROOT, executed

from analysis.evidence import each, evidence
from analysis.faults import InputFaults, tell
from analysis.params import load_params
from analysis.plan_limits import Entry, load_limits
from analysis.programmes.model import Name
from analysis.release import Released, release
from analysis.report.council.deciding import candidates, known_keys
from analysis.report.council.page import MOST, choose, council
from analysis.report.export import page_of
from analysis.report.programme_names import part_name, programmes_of

YEAR = {"municipality_id": "M", "school_year": 2026}
SPECIALISTS = [
    "psychologist",
    "social_pedagogue",
    "librarian",
    "special_educator",
    "speech_therapist",
    "career_counsellor",
]
PARTS = ["reading", "mentor", *(f"counselling/{name}" for name in SPECIALISTS)]
TEST = YEAR | {"grade": "9", "test": "CE", "domain": "latvian", "year_from": 2024, "confidence": 0.9}
ROSTER = YEAR | {"indicator": "roster", "n": 900, "estimate": 900.0, "unit": "pupils"}
AIM = {"municipality_id": "M", "indicator": "target", "grade": "3", "test": "diagnostic", "domain": "numeracy",
       "school_year": 2028, "year_from": 2021, "n": 700, "reference": "threshold"}  # fmt: skip
TEXT = {"grade", "test", "domain", "part", "group", "method", "reference", "verdict"}
TABLES = ("enrolments", "support_capacity", "support_given", "results")


def unit(language: str = "lv", tables: tuple[str, ...] = TABLES) -> Any:
    facts = {"labels": {}, "source": {"lv": "dati", "en": "data"}, "tables": list(tables)}
    return SimpleNamespace(language=language, municipality_id="M", params=load_params(), facts=facts, name="Mirdzene", aims=(),
                           results=[], locative="Mirdzenē")  # fmt: skip


def left(part: str, many: float, limit: str = "places", n: int = 400) -> dict[str, Any]:
    ends = {"estimate": many, "low": max(many - 9, 0), "high": many + 9}
    return (
        YEAR | {"indicator": "plan_unserved", "part": part, "n": n, "unit": "pupils", "method": f"limit:{limit}"} | ends
    )


def buys(part: str, many: float) -> dict[str, Any]:
    ends = {"estimate": many, "low": max(many - 2, 0), "high": many + 2, "n": 400, "unit": "pupils"}
    return YEAR | {"indicator": "plan_marginal", "part": part, "method": "plan"} | ends


def group(code: str, extra: float, gap: float = -0.4, **more: Any) -> list[dict[str, Any]]:
    keys = TEST | {"group": code, "n": 120} | more
    named = {
        "indicator": "support_group",
        "part": "headline",
        "estimate": extra,
        "low": extra - 3,
        "high": extra + 3,
        "unit": "pupils",
    }
    behind = {
        "indicator": "group_gap",
        "estimate": gap,
        "low": gap - 0.1,
        "high": gap + 0.1,
        "unit": "sd",
        "reference": "country",
    }
    return [keys | named | {"verdict": "differs"}, keys | behind | {"verdict": "differs"}]


def aim(state: str, chance: float, name: str = "numeracy_3") -> list[dict[str, Any]]:
    keys = AIM | {"part": name, "method": f"line with wobble, to its year: {state}"}
    rows = [keys | {"unit": "probability", "estimate": chance},
            keys | {"unit": "sd", "estimate": -0.04, "low": -0.23, "high": 0.16, "confidence": 0.95}]  # fmt: skip
    settling = AIM | {
        "indicator": "target_settled",
        "part": name,
        "year_from": 2026,
        "reference": "",
        "unit": "probability",
    }
    return rows + (
        [settling | {"school_year": 2027, "estimate": 0.2}, settling | {"estimate": 0.7}]
        if state == "cannot_tell"
        else []
    )


def out(*rows: dict[str, Any]) -> Released:
    frame = pd.DataFrame([ROSTER, *rows])
    text = [column for column in frame if column in TEXT]
    return release(evidence(frame.fillna(dict.fromkeys(text, ""))), load_params())


def words(section: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", str(section.html)).replace("\u00a0", " ").replace("&#39;", "'")
    return re.sub(r"\s+", " ", text)


def lines(section: Any) -> list[str]:
    return [words(SimpleNamespace(html=item)) for item in re.findall(r"<li>.*?</li>", str(section.html), re.S)]


def code_of(refused: Any) -> set[str]:
    return {fault.code for fault in refused.value.faults}


SAID = [
    ([left("reading", 40), buys("reading/teacher|+5", 4)],
     ["Atvērt vēl 5 vietas: „Lasītprasmes atbalsts”", "Atbalsta nepietiek aptuveni 40 bērniem (no 31 līdz 49; programmai atbilst 400 skolēnu). Trūkst vietu.", "vēl 4 bērni (no 2 līdz 6)"],
     ["Open 5 more places: “Reading support”", "Support falls short for about 40 children (31 to 49; 400 pupils may be served). Lacking: places.", "4 more children (2 to 6)"]),
    ([left("counselling/psychologist", 21, "minutes"), buys("counselling/psychologist|+54|post", 24)],
     ["Izveidot vēl vienu pilnu slodzi: „Speciālistu konsultācijas”, psihologs", "nepietiek aptuveni 21 bērnam (no 12 līdz 30", "Trūkst speciālistu laika.", "vēl 24 bērni (no 22 līdz 26)"],
     ["Add one more full post: “Counselling”, psychologist", "falls short for about 21 children", "Lacking: specialists' time.", "24 more children"]),
    ([left("reading", 98, "places+budget"), buys("reading/teacher|+5", 0), buys("budget|+6600", 9), buys("budget|+13200", 18)],
     ["Palielināt atbalsta budžetu par 6 600 EUR gadā", "vēl 9 bērni (no 7 līdz 11) visās programmās kopā", "6 600 EUR gadā", "Trūkst vietu un līdzekļu."],
     ["Raise the budget of support by EUR 6 600 a year", "9 more children (7 to 11) over all programmes", "EUR 6 600 a year"]),
    ([left("reading", 44, "no_capacity")],
     ["Izveidot vietas skolās, kurās to nav: „Lasītprasmes atbalsts”", "Daļai skolu vietu nav vispār.", "ne vairāk kā 44 bērni (no 35 līdz 53)"],
     ["Create places in the schools that have none: “Reading support”", "at most 44 children (35 to 53)"]),
    ([left("mentor", 12, "floor")],
     ["Izlemt, kā sasniegt bērnus, kuri paliek bez atbalsta: „Mentors”", "lai katra skola saņemtu vismaz noteikto daļu"],
     ["Decide how to reach the children who are left without support: “Mentor”", "giving each school at least its set share"]),
    (group("home_language=other", 35),
     ["Izlemt, kura programma palīdzēs šai grupai: skolēni, kuru ģimenē runā citā valodā", "starpība no valsts vidējā ir −0,40 standartnovirzes (90 % intervāls no −0,50 līdz −0,30; 120 skolēnu, 2023./2024.–2025./2026. m. g.)", "„Speciālistu konsultācijas” un „Mentors”", "35 papildu bērni (no 32 līdz 38)", "zem −1,0 standartnovirzes robežas"],
     ["Decide which programme serves this group: pupils who speak another language at home", "the gap to the country is −0.40 standard deviations (90% interval −0.50 to −0.30; 120 pupils, 2023/24–2025/26)", "35 extra children (32 to 38)"]),
    (group("sex=boy", 8, grade="PS", test="monitoring", domain="literacy"),
     ["Atrast atbalstu šai grupai: zēni", "Šim posmam programmas nav."], ["Find support for this group: boys", "No programme is open to this stage."]),
    (group("sex=boy", 8, grade="3", test="diagnostic", domain="literacy"),
     ["Šai klasei pieejams: „Lasītprasmes atbalsts”, „Speciālistu konsultācijas” un „Mentors”"], ["“Reading support”, “Counselling” and “Mentor”"]),
    (aim("off_course", 0.09),
     ["Pārskatīt mērķi 2027./2028. m. g.", "mērķi sasniegs ar varbūtību 0,09", "−0,04 standartnovirzes (95 % intervāls no −0,23 līdz 0,16; 700 rezultātu)"],
     ["Review the target for 2027/28", "is reached with probability 0.09", "(95% interval −0.23 to 0.16; 700 results)"]),
    (aim("cannot_tell", 0.58),
     ["Noteikt, pēc kura mērījuma spriest par mērķi 2027./2028. m. g.: 3. klase · rēķinpratība", "vēl nevar pateikt: varbūtība ir 0,58", "Mērījums 2027./2028. m. g. to izšķirs ar varbūtību 0,70.", "2026./2027. mācību gadā"],
     ["Set the measurement by which to judge the target for 2027/28: grade 3 · numeracy", "The measurement of 2027/28 settles it with probability 0.70.", "school year 2026/27"]),
    ([AIM | {"part": "numeracy_3:not_measurable:few_years", "n": pd.NA, "unit": "sd"}],
     ["Vienoties, kā mērīs mērķi: 3. klase · rēķinpratība", "nav izmērāms"], ["Agree how to measure the target: grade 3 · numeracy", "cannot be measured"]),
    ([YEAR | {"indicator": "support_note", "part": "mentor:need_unknown", "n": 486, "estimate": 486.0, "unit": "pupils", "method": "count"}],
     ["Noskaidrot, cik bērniem", "Vajadzība nav zināma: „Mentors”. Šīs programmas drīkst apmeklēt līdz 486 skolēniem."],
     ["Find out how many children", "The need is not known: “Mentor”. Up to 486 pupils may be served."]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "latvian", "english"), SAID)
def test_a_decision_says_what_why_and_how_many_in_both_languages(
    rows: list[Any], latvian: list[str], english: list[str]
) -> None:
    for language, expected in (("lv", latvian), ("en", english)):
        text = words(council(unit(language), out(*rows)))
        assert [part for part in expected if part not in text] == []


def test_without_a_boards_file_owners_dates_and_costs_are_open() -> None:
    text = lines(council(unit(), out(left("reading", 40))))[0]
    assert "Izmaksas izmaksas nav zināmas Atbild jāizlemj Nākamais mērījums jānosaka" in text
    english = lines(council(unit("en"), out(left("reading", 40))))[0]
    assert "Cost costs are not known Owner to be decided Next measurement to be set" in english


def test_a_post_costs_the_time_of_its_places() -> None:
    price = YEAR | {
        "indicator": "plan_cost",
        "part": "reading/teacher|place",
        "n": 400,
        "estimate": 510.4,
        "unit": "eur",
        "method": "plan",
    }
    rows = (left("reading", 40), buys("reading/teacher|+15|post", 12), price)
    assert "7 650 EUR gadā" in words(council(unit(), out(*rows)))  # 15 places of 510 euro each
    assert "izmaksas nav zināmas" in words(council(unit(), out(*rows[:2])))


def test_the_boards_owner_date_and_cost_stand_in_the_line() -> None:
    entry = Entry(about="support:reading", owner="Inga & Co", next_measurement="2027-05", cost_eur=12000.0)
    html = str(council(unit(), out(left("reading", 40)), [entry]).html)
    assert "Inga &amp; Co" in html
    text = words(SimpleNamespace(html=html))
    assert "12 000 EUR" in text
    assert "2027. gada maijs" in text
    day = entry.model_copy(update={"next_measurement": "2027-05-14", "owner": "To be decided"})
    said = words(council(unit("en"), out(left("reading", 40)), [day]))
    assert "14 May 2027" in said
    assert "Owner to be decided" in said


def test_missing_tables_are_a_decision() -> None:
    assert "Sagatavot datus, kuru trūkst: atbalsta programmu vietas" in words(
        council(unit(tables=("enrolments", "support_given")), out())
    )
    none = words(council(unit("en"), out()))
    assert "No decision follows from these data" in none
    assert "0% of the figures from which decisions were chosen are not shown" in none
    assert "fewer than 5 pupils" in none


@pytest.mark.parametrize("owner", [None, "", "  "])
def test_an_empty_owner_is_refused_before_anything_is_built(tmp_path: Path, owner: str | None) -> None:
    with pytest.raises(InputFaults) as refused:
        council(unit(), out(left("reading", 40)), [Entry(about="support:reading", owner=owner)])
    assert code_of(refused) == {"P60"}
    file = tmp_path / "M.yml"
    file.write_text(f"decisions:\n  - about: signs\n    owner: {owner or ''}\n", "utf-8")
    with pytest.raises(InputFaults) as refused:
        load_limits(file)
    assert code_of(refused) == {"P60"}
    assert "signs" in tell(refused.value.faults, "lv")[0]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("{about: suport:reading, owner: x}", "P61"),
        ("{about: signs, owner: x, next_measurement: rudenī}", "P62"),
        ("{about: signs, owner: x}\n  - {about: signs, owner: y}", "P63"),
        ("{owner: x}", "P64"),
        ("{about: signs, owner: x, cost_eur: -1}", "P06"),
        ("{about: signs, owner: x, cost: 1}", "P04"),
    ],
)
def test_entries_that_cannot_be_used_are_told(tmp_path: Path, entry: str, code: str) -> None:
    file = tmp_path / "M.yml"
    file.write_text(f"decisions:\n  - {entry}\n", "utf-8")
    with pytest.raises(InputFaults) as refused:
        load_limits(file)
    assert code_of(refused) == {code}


def test_a_key_that_the_evidence_does_not_know_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputFaults) as refused:
        council(unit(), out(left("reading", 40)), [Entry(about="support:readng", owner="x")])
    assert code_of(refused) == {"P61"}
    assert refused.value.faults[0].facts["nearest"] == "support:reading"
    assert {"signs", "data:need", "support:reading"} <= set(known_keys(out(left("reading", 40))))


def test_what_is_left_out_stays_out_and_the_boards_own_comes_last() -> None:
    own = Entry(decide=Name(lv="Atvērt bibliotēku", en="Open a library"), owner="Dome")
    entries = [Entry(about="support:reading", leave_out=True), own]
    text = lines(council(unit(), out(left("reading", 40), left("mentor", 12)), entries))
    assert [("Mentors" in line, "Atvērt bibliotēku" in line) for line in text] == [(True, False), (False, True)]
    assert "aprēķina par to šajos datos nav" in text[1]


def test_one_thing_has_one_line() -> None:
    rows = [*group("sex=boy", 20), *group("home_language=other&sex=boy", 15), *group("home_language=other", 9),
            left("reading", 98, "budget"), left("mentor", 30, "budget"), buys("budget|+6600", 9)]  # fmt: skip
    text = lines(council(unit(), out(*rows)))
    assert sum("budžetu" in line for line in text) == 1
    assert "Lasītprasmes" in next(line for line in text if "budžetu" in line)  # most children wait for it
    assert [line for line in text if "kuru ģimenē" in line and "zēni" in line] == []


def test_every_kind_has_its_weightiest_and_the_page_says_how_many_are_left() -> None:
    rows = [left(part, 100 - i) for i, part in enumerate(PARTS)]
    text = words(council(unit(), out(*rows, *group("sex=boy", 5), *aim("cannot_tell", 0.5))))
    assert "zēni" in text
    assert "3. klase · rēķinpratība" in text
    assert "Vēl 3 iespējamie lēmumi šeit nav rādīti: lapā ir ne vairāk kā 7." in text


@settings(max_examples=30, deadline=None)
@given(
    many=st.lists(st.integers(0, 200), min_size=len(PARTS), max_size=len(PARTS)),
    extra=st.integers(4, 90),
    chance=st.sampled_from([0.1, 0.5]),
)
def test_never_more_than_seven_in_order_and_as_released(many: list[int], extra: int, chance: float) -> None:
    state = "off_course" if chance < 0.2 else "cannot_tell"
    given_rows = [left(part, float(n)) for part, n in zip(PARTS, many, strict=True)]
    released = out(*given_rows, *group("sex=boy", extra), *aim(state, chance))
    chosen, rest = choose(unit(), candidates(unit(), released, programmes_of(unit())), [])
    expected = sum(n >= 1 for n in many) + 2
    assert len(chosen) == min(MOST, expected)
    assert len(chosen) + rest == expected
    order = [
        (not one.candidate.certain, -one.candidate.children)
        for one in chosen
        if one.candidate.children == one.candidate.children
    ]
    assert order == sorted(order)
    shown = {row.part: row for row in each(released.where(indicator="plan_unserved").rows)}
    for line in lines(council(unit(), released)):
        assert re.search(r"\(.*?no −?[\d ,]+ līdz −?[\d ,]+.*?\)", line), line
        for part, row in shown.items():
            if part_name(programmes_of(unit()), part, "lv") + " " in line.split("Atbalsta")[0]:
                assert f"aptuveni {row.estimate:.0f} bērn" in line
                assert f"(no {row.low:.0f} līdz {row.high:.0f}; programmai atbilst {int(row.n)} " in line


def test_a_withheld_row_gives_no_decision() -> None:
    assert lines(council(unit(), out(left("reading", 3, n=3)))) == []


def test_the_sample_page_is_whole_and_shows_the_boards_owners(large: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = page_of(executed(large, monkeypatch, ROOT / "notebooks" / "55_council.ipynb"))
    items = re.findall(r"<li><h3>.*?</li>", made.html, re.S)
    assert 1 <= len(items) <= MOST
    assert all(len(re.findall(r"<dd>\s*\S", item)) == 4 for item in items)
    assert "Finanšu nodaļa un Izglītības pārvalde" in made.html
    assert "plan_unserved" in made.csv


@pytest.mark.browser
@pytest.mark.slow
def test_seven_decisions_are_one_sheet_of_paper(large: Any, chromium: str, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patched:
        made = page_of(executed(large, patched, ROOT / "notebooks" / "55_council.ipynb"))
    (tmp_path / "sheet.html").write_text(made.html, "utf-8")
    with sync_playwright() as driver:
        page = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"]).new_page()
        page.goto((tmp_path / "sheet.html").as_uri())
        pdf = page.pdf(prefer_css_page_size=True)
    assert made.html.count("<li><h3>") == MOST
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1
