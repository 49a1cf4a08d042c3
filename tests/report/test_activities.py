"""Activities on the pages: bounds in the heading, what is missing where, groups as exposure, high results without offer."""

import html
import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analysis import report
from analysis.batch.open import open_unit
from analysis.evidence import evidence
from analysis.release import Released, release
from analysis.report.activities.talent import without_offer
from analysis.words.catalogue import LANGUAGES


def text_of(made: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", str(made.html)))).replace("\u00a0", " ")


@pytest.fixture(scope="module")
def board(demo_store) -> Any:
    return open_unit("D001", store=str(demo_store), edition="board")


def row(of: Any, indicator: str, unit: str, **more: Any) -> pd.DataFrame:
    given = {"municipality_id": of.municipality_id, "school_year": 2026, "n": 400, "confidence": 0.95} | more
    return evidence(pd.DataFrame([given]), indicator=indicator, unit=unit)


def offers(of: Any, **n_of: int) -> list[pd.DataFrame]:
    ids = of.schools["school_id"].tolist()[:3]
    return [
        row(of, "activity_offer", "hours", school_id=one, part=field, n=n, estimate=9.0 * n, population="schools")
        for one in ids for field, n in n_of.items()
    ]  # fmt: skip


def high(of: Any, estimate: float, half: float, **more: Any) -> pd.DataFrame:
    test = {"grade": "9", "test": "CE", "domain": "mathematics", "estimate": estimate}
    return row(of, "high_result_share", "percent", **test, low=estimate - half, high=estimate + half, **more)


def talented(of: Any) -> Released:
    ids = of.schools["school_id"].tolist()
    schools = [high(of, share, 8.0, school_id=one, n=90) for one, share in zip(ids, (40.0, 32.0, 15.0), strict=False)]
    return release([*offers(of, stem=2, talent=0), high(of, 25.0, 3.0), *schools], of.params)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demo_tells_bounds_what_is_missing_and_every_figure_as_released(board, language) -> None:
    unit = replace(board, language=language)
    released = release([unit.modelled], unit.params)
    said = text_of(report.activities(unit, released))
    reach = released.where(indicator="activity_reach", municipality_id="D001", school_id="", part="").rows.iloc[0]
    low, high = (f"{end:.1f}".replace(".", "," if language == "lv" else ".") for end in (reach["low"], reach["high"]))
    assert re.search(f"{low} ?%.*{high} ?%", said[:300])
    assert ("vismaz" if language == "lv" else "At least") in said[:200]
    stem = released.where(
        indicator="activity_participations", municipality_id="D001", school_id="", grade="", part="stem"
    )
    assert f" {stem.newest().rows['estimate'].iloc[0]:.0f} " in said
    assert not re.search("civic_practice|aim\\||school_size|stem ", said)  # names, no codes


def test_groups_are_described_by_what_their_schools_give_alone(board) -> None:
    said = text_of(report.activities(board, release([board.modelled], board.params)))
    assert "vai tieši viņi piedalās, nav zināms" in said
    assert "Skolēni ar speciālām vajadzībām" in said


def test_a_place_of_few_schools_says_that_groups_are_not_told(tiny) -> None:
    said = text_of(report.activities(tiny, release([tiny.modelled], tiny.params)))
    assert "no tā varētu aprēķināt, cik grupas skolēnu ir katrā skolā" in said
    assert "Zēni" not in said


def test_fields_that_schools_lack_are_counted_and_silent_schools_too(board) -> None:
    said = text_of(report.activities(board, release(offers(board, stem=2, culture=0), board.params)))
    assert "Cik skolās no 3 nodarbību nav: kultūra – 3." in said
    assert f"Par {len(board.schools) - 3} skolām ziņu nav." in said
    assert "Ko skolas piedāvā ārpus stundām" in said


def test_high_results_without_offer_are_those_whose_interval_lies_above_the_municipality(board) -> None:
    first = board.schools["school_id"].iloc[0]
    assert set(without_offer(board, talented(board))) == {first}
    given = release([*offers(board, stem=2, talent=1), talented(board).rows.query("indicator == 'high_result_share'")],
                    board.params)  # fmt: skip
    assert without_offer(board, given) == {}


def test_the_board_reads_which_schools_and_others_how_many(board) -> None:
    name = str(board.schools["name"].iloc[0])
    assert f"bet talantu nodarbību 2025./2026. m. g. nebija: {name}" in text_of(
        report.activities(board, talented(board))
    )
    public = text_of(report.activities(replace(board, edition="public"), talented(board)))
    assert "1 skolā augstu rezultātu daļa ir ticami lielāka nekā pašvaldībā" in public


def test_the_school_is_asked_about_its_high_results(board) -> None:
    school = replace(board, school_id=board.schools["school_id"].iloc[0])
    own = report.of_school(school, talented(board))
    assert "bet talantu nodarbību nav" in text_of(report.school_activities(school, own))
    assert "Ko skola piedāvā skolēniem, kuri var vairāk?" in text_of(report.school_questions(school, own))
    other = replace(board, school_id=board.schools["school_id"].iloc[1])
    own = report.of_school(other, talented(board))
    assert "talantu nodarbību nav" not in text_of(report.school_activities(other, own))


def test_an_association_is_described_with_its_interval_or_it_is_said_that_it_cannot_be(board) -> None:
    found = row(board, "activity_choice", "sd", municipality_id="", year_from=2024, part="stem", n=207, estimate=-0.12,
                low=-0.25, high=0.02, reference="zero", verdict="not_distinguishable", population="schools")  # fmt: skip
    said = text_of(report.activities(board, release([*offers(board, stem=2), found], board.params)))
    assert "−0,12 (no −0,25 līdz 0,02" in said.replace("+", "")
    assert "sakarību no nejaušības atšķirt nevar" in said
    assert "Tas ir apraksts, nevis cēlonis" in said
    none = text_of(report.activities(board, release(offers(board, stem=2), board.params)))
    assert "no šiem datiem pateikt nevar: vajag vismaz 30 skolu" in none


def test_without_the_table_there_is_no_section_but_a_line_that_says_how_to_get_it(board) -> None:
    nothing = release([high(board, 25.0, 3.0)], board.params)
    assert report.activities(board, nothing).html == ""
    school = replace(board, school_id=board.schools["school_id"].iloc[0])
    assert report.school_activities(school, nothing).html == ""
    bare = replace(board, facts={**board.facts, "tables": ["results"]})
    assert "burtnica template activities" in text_of(report.about_data(bare, nothing))
    assert "burtnica template activities" not in text_of(report.about_data(board, nothing))


def test_only_released_values_are_shown(board) -> None:
    with pytest.raises(TypeError):
        report.activities(board, pd.DataFrame())
    with pytest.raises(TypeError):
        report.school_activities(board, pd.DataFrame())
