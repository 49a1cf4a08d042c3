"""The page on staff and methodologists: words and numbers agree with the evidence, and nobody is named or counted below ten."""

import html
import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from tests.report.conftest import ROOT, executed

from analysis import report
from analysis.batch.staffed import staff_evidence
from analysis.evidence import evidence
from analysis.indicators import of_edition
from analysis.plan_limits import Limits, Visits
from analysis.release import Released, release
from analysis.report import naming
from analysis.report.export import page_of
from analysis.report.sections import NOTHING
from analysis.report.staff.events import cooperation
from analysis.stats.staff import gaps

STAFF = ROOT / "notebooks" / "45_staff.ipynb"
SECTIONS = (report.staff_gaps, report.development, report.staff_in_short)


def text_of(section: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", str(section.html))).replace("\u00a0", " ").split())


def level(
    unit: Any, part: str, gap: float, *, indicator: str = "competence_gap", width: float = 0.3, **more: Any
) -> pd.DataFrame:
    verdict = "differs" if abs(gap) > width else "not_distinguishable"
    given = {"n": 40, "school_year": 2026, "year_from": 2024, "confidence": 0.95, "municipality_id": unit.municipality_id,
             "verdict": verdict, "method": gaps.METHOD, "unit": "level", "reference": "threshold"} | more  # fmt: skip
    ends = {"part": [part], "estimate": [gap], "low": [gap - width], "high": [gap + width]}
    return evidence(pd.DataFrame(ends), indicator=indicator, population="teachers", **given)


def cannot(unit: Any, part: str, why: str) -> pd.DataFrame:
    return level(unit, part, float("nan"), verdict="" if why == gaps.NOT_REQUIRED else "too_few", method=why)


def hours(unit: Any, topic: str, n: int, **more: Any) -> pd.DataFrame:
    given = {"school_year": 2026, "year_from": 2024, "municipality_id": unit.municipality_id} | more
    row = pd.DataFrame({"part": [topic], "n": [n], "estimate": [10.0 * n]})
    return evidence(row, indicator="development_hours", unit="hours", population="teachers", **given)


def visits(unit: Any, *rows: tuple[str, str, float, float, str, str]) -> list[pd.DataFrame]:
    """A plan's rows by school, with the sums of fields and of everything."""
    table = pd.DataFrame(rows, columns=["school_id", "domain", "wanted", "planned", "part", "method"])
    sums = table.groupby("domain").agg({"wanted": "sum", "planned": "sum", "method": "max"}).reset_index()
    whole = pd.DataFrame(
        {"wanted": [table["wanted"].sum()], "planned": [table["planned"].sum()], "method": ["every school"]}
    )
    table = pd.concat([table, sums, whole]).fillna("").assign(n=1)
    given = {"unit": "visits", "population": "schools", "municipality_id": unit.municipality_id, "school_year": 2026}
    return [
        evidence(table.assign(estimate=table[name]), indicator=f"visits_{name}", **given)
        for name in ("wanted", "planned")
    ]


def released(unit: Any, *rows: pd.DataFrame) -> Released:
    return release(list(rows), unit.params)


# --- competences ------------------------------------------------------------------------------------------------------------


def test_the_heading_names_what_is_below_and_the_answer_its_gap(large):
    made = text_of(report.staff_gaps(large, released(large, level(large, "digital", 0.6), level(large, "differentiation", 1.2),
                                                     level(large, "data_use", -0.9), level(large, "planning", 0.1))))  # fmt: skip
    assert "Zem vajadzīgā līmeņa: mācību diferencēšana un digitālā prasme" in made
    assert "vidēji pietrūkst 1,20 līmeņa (skala no 0 līdz 4; 95 % intervāls no 0,90 līdz 1,50; 40 skolotāju)" in made
    assert "šeit tas ir individuāls atbalsts" in made
    assert "ieteikums: prakse ar supervīziju" in made
    english = replace(large, language="en")
    assert "on average 1.20 levels are lacking" in text_of(
        report.staff_gaps(english, released(large, level(large, "digital", 1.2)))
    )


def test_no_gap_is_not_called_good(large):
    made = text_of(
        report.staff_gaps(large, released(large, level(large, "planning", 0.1), level(large, "digital", -0.9)))
    )
    assert "Nevienā vērtētajā prasmē nav redzams, ka līdz vajadzīgajam pietrūktu" in made
    assert "ieteikums" not in made


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (gaps.ONE_OBSERVER, "visu vērojis viens cilvēks"),
        (gaps.NOT_REQUIRED, "nav noteikts vajadzīgais līmenis"),
        (gaps.SELF_ALONE, "ir tikai pašu skolotāju vērtējums"),
        (gaps.NOT_KNOWN, "katrs skolotājs vērtēts vienu reizi un no viena avota"),
        (gaps.NOT_RELIABLE, "vērtējumu ticamība ir zem 0,65"),
    ],
)
def test_what_cannot_be_said_is_said_in_words(large, why, words):
    made = text_of(report.staff_gaps(large, released(large, cannot(large, "planning", why))))
    assert f"Stundas plānošana: {words}" in made
    assert "Par skolotāju prasmēm vēl nevar spriest" in made


def test_below_the_bar_the_page_says_what_would_suffice(large):
    enough = evidence(
        pd.DataFrame({"part": ["planning"], "n": [40], "estimate": [12.0], "group": ["observers=3"]}), unit="visits",
        indicator="competence_lessons", population="teachers", municipality_id=large.municipality_id, school_year=2026,
    )  # fmt: skip
    made = text_of(report.staff_gaps(large, released(large, cannot(large, "planning", gaps.NOT_RELIABLE), enough)))
    assert "Stundas plānošana: pietiktu, ja 3 vērotāji kopā vērotu 12 stundas." in made


def test_own_judgement_stands_beside_with_its_bias(large):
    bias = level(large, "digital", 0.5, indicator="self_bias", reference="")
    own = level(large, "digital", 0.3, indicator="self_gap", verdict="")
    made = text_of(report.staff_gaps(large, released(large, level(large, "digital", 0.8), own, bias)))
    assert "vērtē augstāk nekā citi: vidēji par 0,50 līmeņa" in made
    assert "+0,80 no 0,50 līdz 1,10 ▼ zem vajadzīgā +0,30 no 0,00 līdz 0,60 +0,50 no 0,20 līdz 0,80 40" in made


def test_schools_stand_in_alphabetical_order_and_small_ones_not_at_all(large):
    ids = large.schools["school_id"].tolist()[:4]
    rows = [
        level(large, "digital", 0.5 + i / 10, school_id=s, n=n)
        for i, (s, n) in enumerate(zip(ids, (12, 9, 15, 30), strict=True))
    ]
    made = text_of(report.staff_gaps(large, released(large, level(large, "digital", 0.6, n=66), *rows)))
    names = dict(zip(large.schools["school_id"], large.schools["name"], strict=True))
    assert names[ids[1]] not in made
    order = [name for _, name in naming.alphabetical(large) if name in made]
    assert len(order) == 2  # the smallest goes, and one more from which it would follow
    assert made.index(order[0]) < made.index(order[1])
    assert "n 9" not in made


def test_what_staff_say_is_shown_only_where_it_is_asked(large):
    share = evidence(
        pd.DataFrame({"part": ["barrier:time"], "n": [60], "estimate": [50.0], "low": [38.0], "high": [62.0]}),
        indicator="development_view", unit="percent", population="respondents", confidence=0.95,
        municipality_id=large.municipality_id, school_year=2026,
    )  # fmt: skip
    gap = level(large, "digital", 0.6)
    assert "Trūkst laika 50,0 % no 38,0 līdz 62,0 % 60" in text_of(
        report.staff_gaps(large, released(large, gap, share))
    )
    assert "Kas pilnveidei traucē" not in text_of(report.staff_gaps(large, released(large, gap)))


# --- events -----------------------------------------------------------------------------------------------------------------


def test_a_gap_without_an_event_is_named(large):
    rows = [level(large, "digital", 0.6), level(large, "planning", 0.9), hours(large, "", 80), hours(large, "planning", 30),
            hours(large, "Kopienas diena", 50)]  # fmt: skip
    made = text_of(report.development(large, released(large, *rows)))
    assert "Pasākumu nav bijis par to, kā pietrūkst: digitālā prasme" in made
    assert "bija 80 dalībnieku (viens cilvēks skaitīts katrā pasākumā), kopā 800 dalībnieku stundu" in made
    assert "Digitālā prasme nav bijis – 0,60" in made
    assert "Kopienas diena 50 500 –" in made


def test_where_all_gaps_had_events_or_no_gap_is_known_the_heading_says_so(large):
    events = [hours(large, "", 80), hours(large, "planning", 80)]
    assert "Par visu, kā pietrūkst, ir bijuši pasākumi" in text_of(
        report.development(large, released(large, level(large, "planning", 0.9), *events))
    )
    assert "Pilnveides pasākumi pa tēmām" in text_of(report.development(large, released(large, *events)))


def test_few_participants_are_not_told_and_are_not_called_none(large):
    rows = [
        level(large, "digital", 0.6),
        hours(large, "", 80),
        hours(large, "digital", 4),
        hours(large, "planning", 76),
    ]
    made = text_of(report.development(large, released(large, *rows)))
    assert "Digitālā prasme [–] [–] 0,60" in made
    assert "nav bijis" not in made


# --- the methodologists' plan -----------------------------------------------------------------------------------------------


def test_the_plan_says_where_first_what_is_left_and_what_limits(large):
    first, second = large.schools["school_id"][:2]
    rows = visits(large, (first, "inclusion", 4, 4, "first", ""), (second, "inclusion", 4, 1, "", "travel"),
                  (second, "science", 2, 0, "", "no_field"))  # fmt: skip
    made = text_of(report.visits(large, released(large, *rows), Visits()))
    name = large.schools["name"][0]
    assert "Plānā ir 5 no 10 vajadzīgajām vizītēm" in made
    assert f"Vispirms: iekļaujoša izglītība – {name}." in made
    assert (
        "Ārpus plāna paliek 5 vizītes: dabaszinības – jomā metodiķa nav; iekļaujoša izglītība – laika ceļam nepietiek."
        in made
    )
    assert "4 no 4 vispirms" in made


def test_where_all_needs_are_equal_nobody_is_called_first(large):
    first, second = large.schools["school_id"][:2]
    rows = visits(large, (first, "inclusion", 2, 2, "first", ""), (second, "inclusion", 2, 2, "first", ""))
    made = text_of(report.visits(large, released(large, *rows), Visits()))
    assert "pietiek visām redzamajām vajadzībām" in made
    assert "Vispirms:" not in made


def test_without_a_methodologist_it_asks_for_them_and_plans_nothing(large):
    rows = visits(large, (large.schools["school_id"][0], "science", 2, 0, "", "no_field"))
    made = text_of(report.visits(large, released(large, *rows), Visits()))
    assert "pietrūkst metodiķu: vajadzētu 2 vizītes" in made
    assert "„burtnica template methodologists”" in made
    assert "Plānā ir 0" not in made
    assert "dod tās tur" not in made


def test_without_a_need_nothing_is_called_enough(large):
    offered = pd.DataFrame({"domain": ["science"], "estimate": [4.0], "n": [1]})
    rows = [evidence(offered, indicator="visits_offered", unit="visits", population="schools", school_year=2026,
                     municipality_id=large.municipality_id)]  # fmt: skip
    made = text_of(report.visits(large, released(large, *rows), Visits()))
    assert "Vajadzību, ko rādītu dati, metodiķu vizītēm nav" in made
    assert "pietiek" not in made


def test_each_table_of_staff_that_is_lacking_is_named(large):
    tables = {"competences": "kāds līmenis vajadzīgs", "teacher_goals": "pašu vērtējums", "methodologists": "Metodiķu plāns",
              "development_events": "pasākumi (nav", "staff_survey_items": "Kas pilnveidē palīdz"}  # fmt: skip
    there = [table for table in large.facts["tables"] if table not in tables]
    bare = replace(large, facts=large.facts | {"tables": there})
    made = text_of(report.about_staff_data(bare, released(large, level(large, "digital", 0.6))))
    assert all(words in made for words in tables.values())
    full = text_of(report.about_staff_data(large, released(large, level(large, "digital", 0.6))))
    assert not any(words in full for words in tables.values())


# --- the page ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["lv", "en"])
def page(request, large) -> Any:
    with pytest.MonkeyPatch.context() as patched:
        return page_of(executed(replace(large, language=request.param), patched, STAFF))


def test_the_page_has_its_sections(page):
    assert re.findall(r'<section id="([a-z_]+)"', page.html) == ["short", "staff", "events", "visits", "data"]
    assert all(f'href="#{key}"' in page.html for key in ("staff", "events", "visits", "data"))
    assert re.findall(r'class="q">\d', page.html) == []


@pytest.mark.parametrize("edition", ["public", "board"])
def test_no_teacher_is_named_or_counted_below_ten(large, edition):
    unit = replace(large, edition=edition)
    with pytest.MonkeyPatch.context() as patched:
        made = page_of(executed(unit, patched, STAFF))
    people = unit.table("teacher_evidence")
    for person in {*people["teacher"].unique(), *people["observer"].dropna().unique()}:
        assert str(person) not in made.html + made.csv
    rows = release(staff_evidence(unit), unit.params).rows
    counted = rows.loc[(rows["population"] != "schools") & rows["n"].notna(), "n"]
    assert counted.min() >= 10


def test_single_schools_stay_in_the_boards_edition_and_the_plan_is_the_same(large):
    found = {edition: pd.concat(staff_evidence(replace(large, edition=edition))) for edition in ("public", "board")}
    assert (found["public"]["school_id"] == "").all()
    assert (found["board"]["school_id"] != "").any()
    whole = {
        edition: rows[(rows["school_id"] == "") & rows["indicator"].str.startswith("visits")]
        for edition, rows in found.items()
    }
    pd.testing.assert_frame_equal(whole["public"].reset_index(drop=True), whole["board"].reset_index(drop=True))


def test_the_public_page_names_no_school_and_says_where_they_are(page, large):
    lessons = page.html[page.html.index('<section id="staff"') : page.html.index('<section id="data"')]
    assert not [name for name in large.schools["name"] if html.escape(name) in lessons]
    assert ("pārvaldes izdevumā" in lessons) or ("board’s edition" in lessons)


def test_a_plan_is_made_of_what_may_be_shown(large):
    """A school whose gap is withheld has no visits because of it, whatever its gap is."""
    board = replace(large, edition="board")
    rows = pd.concat(staff_evidence(board, Limits()))
    shown = release(rows, board.params).rows
    gaps_of = shown[(shown["indicator"] == "competence_gap") & (shown["school_id"] != "")]
    gone = set(gaps_of.loc[gaps_of["n"].isna(), "school_id"])
    wanted = rows[(rows["indicator"] == "visits_wanted") & (rows["domain"] == "inclusion")]
    assert not gone & set(wanted["school_id"])
    assert set(wanted["school_id"]) - {""}


def test_a_tiny_municipality_has_a_whole_page_that_says_too_few(tiny):
    with pytest.MonkeyPatch.context() as patched:
        made = page_of(executed(tiny, patched, STAFF)).html
    assert "Par skolotāju prasmēm vēl nevar spriest" in made
    assert "Vērtējumu ir par maz, lai kaut ko rādītu." in made
    assert '<section id="data"' in made


def test_without_any_table_the_page_says_what_would_be_needed(large):
    with pytest.MonkeyPatch.context() as patched:
        made = page_of(executed(replace(large, store=None), patched, STAFF)).html
    assert re.findall(r'<section id="([a-z_]+)"', made) == ["short", "data"]
    assert "vajadzīgas tabulas" in made


def test_hostile_codes_stay_text(large):
    name = "<script>alert(1)</script>"
    rows = [
        level(large, name, 0.9),
        hours(large, "", 80),
        hours(large, name, 80),
        *visits(large, ("S001", name, 2, 1, "first", "places")),
    ]
    made = "".join(str(make(large, released(large, *rows)).html) for make in SECTIONS)
    made += str(report.visits(large, released(large, *rows), Visits()).html)
    assert "<script" not in made
    assert "&lt;script&gt;" in made


def test_only_released_values_are_shown_and_nothing_is_no_section(large):
    for make in SECTIONS:
        with pytest.raises(TypeError, match="Released"):
            make(large, pd.DataFrame())
    nothing = released(large, level(large, "digital", 0.6)).where(indicator="none")
    assert report.staff_gaps(large, nothing) is NOTHING
    assert report.development(large, nothing) is NOTHING
    assert report.visits(large, nothing, Visits()) is NOTHING


def moved(unit: Any, school: str, part: str, figures: tuple[float, float, float], verdict: str) -> pd.DataFrame:
    before, expected, after = figures
    rows = pd.DataFrame({"indicator": ["gap_before", "gap_expected", "gap_after", "gap_moved"],
                         "estimate": [before, expected, after, after - expected]})  # fmt: skip
    rows = rows.assign(low=rows["estimate"] - 0.2, high=rows["estimate"] + 0.2, verdict=["", "", "", verdict])
    rows.loc[1, ["low", "high"]] = float("nan")
    return evidence(
        rows, school_id=school, part=part, domain="inclusion", n=20, unit="level", population="teachers", confidence=0.95,
        municipality_id=unit.municipality_id, school_year=2026, year_from=2025, reference="last_year",
    )  # fmt: skip


def test_gaps_of_the_plan_before_stand_beside_what_was_expected_and_no_cause_is_named(large) -> None:
    schools = large.schools["school_id"].tolist()
    rows = [moved(large, schools[0], "differentiation", (1.4, 1.2, 0.6), "differs"),
            moved(large, schools[1], "differentiation", (1.3, 1.1, 1.0), "not_distinguishable")]  # fmt: skip
    found = text_of(report.visited(large, release(rows, large.params)))
    assert "1 no 2 starpībām" in found or "1 no 2" in found
    assert "mazāka par gaidāmo −0,60 (no −0,80 līdz −0,40)" in found
    assert "nav atšķirama no gaidāmās" in found
    assert not re.search(r"(tāpēc, ka|pateicoties|vizīšu dēļ samazin|ietekm)", found)
    assert report.visited(large, release([rows[0].assign(indicator="gap_before")], large.params)) is NOTHING


def test_the_plan_before_is_followed_in_the_boards_edition_alone(large) -> None:
    rows = moved(large, large.schools["school_id"].iloc[0], "differentiation", (1.4, 1.2, 0.6), "differs")
    assert of_edition(rows, "public").empty
    assert len(of_edition(rows, "board")) == 4


def school_of(unit: Any, school: str) -> Any:
    return replace(unit, school_id=school, edition="board")


def test_a_school_page_shows_its_own_gap_or_says_that_the_municipalitys_is_to_be_read(large) -> None:
    own = large.schools["school_id"].iloc[0]
    rows = [level(large, "planning", 0.8), level(large, "digital", 0.6), level(large, "planning", 0.9, school_id=own, n=14),
            level(large, "digital", float("nan"), school_id=own, n=14, verdict="too_few", method=gaps.NOT_RELIABLE),
            hours(large, "planning", 30, school_id=own), *visits(large, (own, "inclusion", 4.0, 2.0, "", ""))]  # fmt: skip
    unit = school_of(large, own)
    found = text_of(report.school_staff(unit, report.of_school(unit, release(rows, large.params))))
    assert "Metodiķu plānā šai skolai: 2 vizītes" in found
    assert "iekļaujoša izglītība – 2 no 4" in found
    assert "Stundas plānošana +0,90 no 0,60 līdz 1,20 · n 14 +0,80" in found
    assert "Kur skolas ailē ir svītra" in found
    assert "šīs skolas pasākumu par to nav bijis: digitālā prasme" in found


def test_a_school_without_anything_on_staff_has_no_such_section(large) -> None:
    own = large.schools["school_id"].iloc[0]
    unit = school_of(large, own)
    rows = level(large, "planning", float("nan"), n=9, verdict="too_few")
    assert report.school_staff(unit, report.of_school(unit, release(rows, large.params))) is NOTHING


def test_the_review_tells_joint_events_and_supervision(large) -> None:
    rows = [
        hours(large, "", 90),
        hours(large, "", 40, group="form=collaboration"),
        hours(large, "", 50, group="form=course"),
    ]
    rows += [hours(large, "", 30, test="4.2.3.1"), hours(large, "", 30, test="4.2.3.1", group="form=supervision")]
    found = text_of(cooperation(large, release(rows, large.params)))
    assert "Sadarbība – 40 dalībnieku" in found
    assert "Programmā 4.2.3.1" in found
    assert cooperation(large, release(level(large, "planning", 0.8), large.params)) is NOTHING
