"""The targets of the strategy: state in words and shape from released rows, what would settle the open ones, no promise."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from tests.report.aims_rows import PLACE, heading, settled, target, text

from analysis.aims import FOLLOWED, Target
from analysis.batch.aims import aims_evidence
from analysis.plan.followed import REASONS
from analysis.release import release
from analysis.report.targets.section import targets
from analysis.words import catalogue
from analysis.words.catalogue import LANGUAGES


def made(unit: Any, *frames: pd.DataFrame) -> Any:
    return targets(unit, release(list(frames), unit.params))


OF_SHARES_AND_SUPPORT = [(name, units[0]) for name, units in FOLLOWED.items() if units[0] in ("percent", "minutes")]


def aims_of(unit: Any) -> tuple[Target, ...]:
    """The board's targets, and one of each share and of support, by the name of what it is about."""
    first = unit.aims[0]
    more = [
        {"id": name, "indicator": name, "unit": measure, "part": "reading"} for name, measure in OF_SHARES_AND_SUPPORT
    ]
    return (*unit.aims, *(first.model_copy(update=one) for one in more))


def times(rows: pd.DataFrame, factor: float) -> pd.DataFrame:
    """A target's figures in a larger unit; its probability stays."""
    figures = ["estimate", "low", "high"]
    return rows.assign(
        **{c: rows[c].where(rows["unit"] == "probability", (factor * rows[c]).clip(lower=0)) for c in figures}
    )


def test_a_target_of_a_share_or_of_support_says_what_it_is_about_in_its_own_unit(large: Any) -> None:
    unit = replace(large, aims=aims_of(large))
    share = made(unit, times(target("low_result_share", 0.1, unit="percent"), 100))
    assert "sasniegt mērķi zemu rezultātu daļai rēķinpratībā 3. klasē (varbūtība" in text(share)
    assert "20,0 %" in row(share)
    assert "+20" not in row(share)
    minutes = made(unit, times(target("support_minutes", 0.5, unit="minutes"), 100))
    assert "Minūtes nedēļā atbalstītam bērnam („" in row(minutes)
    assert "20 min." in row(minutes)


def test_what_cannot_be_measured_stands_with_its_reason(large: Any) -> None:
    assert "grūtāku darbu nevar atšķirt no vājāka rezultāta" in row(made(large, target("a", None, why="no_country")))


def row(section: Any, number: int = 0) -> str:
    found = re.findall(r'<tr>\s*<th scope="row">.*?</tr>', str(section.html), re.S)[number]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found)).replace("\u00a0", " ")


def test_the_heading_counts_the_states_and_the_answer_names_the_unlikely_ones(large: Any) -> None:
    shown = made(
        large, target("a", 0.09), target("b", 0.58), target("c", 0.91), target("d", None), target("e", 0.9, True)
    )
    assert heading(shown) == (
        "No 5 mērķiem 1 ir sasniegts, 1 virzās uz iecerēto, par 1 nevar pateikt, 1 atpaliek no iecerētā un 1 nav izmērāms"
    )
    assert "maz ticams, ka izdosies sasniegt mērķi rēķinpratībā 3. klasē (varbūtība 9 %)" in text(shown)


@pytest.mark.parametrize(
    ("chance", "done", "words"),
    [(0.8, False, "▲ virzās uz iecerēto"), (0.79, False, "○ nevar pateikt"), (0.2, False, "▼ atpaliek no iecerētā"),
     (0.85, True, "● sasniegts"), (0.1, True, "▼ nav sasniegts"), (0.5, True, "○ nevar pateikt"),
     (None, False, "◌ nav izmērāms")],
)  # fmt: skip
def test_each_state_has_a_word_and_a_shape(large: Any, chance: float | None, done: bool, words: str) -> None:
    assert words in re.sub(r"\s+", " ", row(made(large, target("a", chance, done))))


def test_a_row_tells_start_aim_now_expected_and_probability(large: Any) -> None:
    words = row(made(large, target("a", 0.58)))
    for figure in (
        "Sākumā 0,00 (2024. g.)",
        "+0,20 2028. g.",
        "+0,05 2026. g.",
        "+0,11 no −0,12 līdz 0,34",
        "58 %",
        "300",
    ):
        assert figure in words


def test_a_measured_year_stands_under_now_and_nothing_is_expected_any_more(large: Any) -> None:
    words = row(made(large, target("a", 0.9, done=True)))
    assert "+0,11 2028. g." in words
    assert "no −0,12" not in words


def test_what_cannot_be_measured_is_not_shown_as_withheld(large: Any) -> None:
    assert "[–]" not in text(made(large, target("a", None)))


def test_a_withheld_target_tells_its_aim_and_no_state(large: Any) -> None:
    shown = made(large, target("a", 0.09, n=4), target("b", 0.9))
    assert "1 nerāda" in heading(shown)
    assert "atpaliek" not in heading(shown) + row(shown)
    assert "9 %" not in row(shown)
    assert "+0,20" in row(shown)


def test_probabilities_are_never_none_or_certain(large: Any) -> None:
    assert "mazāk par 1 %" in row(made(large, target("a", 0.0)))
    assert "vairāk par 99 %" in row(made(large, target("a", 1.0)))


def test_the_first_measurement_that_rather_tells_than_not_is_named(large: Any) -> None:
    shown = text(made(large, target("a", 0.58), settled("a", {2027: 0.18, 2028: 0.68})))
    assert "noskaidros 2027./2028. m. g. mērījums" in shown
    never = text(made(large, target("a", 0.58), settled("a", {2027: 0.18, 2028: 0.49})))
    assert "neviens plānotais mērījums" in never
    assert "2027./2028. m. g. mērījums (varbūtība 49 %)" in never


def test_targets_stand_in_the_order_of_the_boards_file_with_its_words(large: Any) -> None:
    rows = release(aims_evidence(large), large.params)
    html = str(targets(large, rows).html)
    places = [html.index(aim.words) for aim in large.aims]
    assert len(places) == 8
    assert places == sorted(places)


def test_the_source_line_names_measured_years_and_not_those_aimed_at(large: Any) -> None:
    source = text(made(large, target("a", 0.58)))
    assert "2020./2021.–2025./2026. m. g. Par datiem" in source


def test_hostile_words_of_a_file_stay_text(large: Any) -> None:
    unit = replace(large, aims=(large.aims[0].model_copy(update={"id": "a", "words": "<script>alert(1)</script>"}),))
    assert "<script" not in str(made(unit, target("a", 0.58)).html)


def test_nothing_without_targets(large: Any) -> None:
    assert str(made(large, target("a", 0.5).iloc[:0]).html) == ""


def test_no_word_promises_or_blames() -> None:
    words = yaml.safe_load((Path(catalogue.__file__).parent / "targets.yml").read_text("utf-8"))
    said = " ".join(str(entry["lv"]) for entry in words.values()).lower()
    assert not re.search(r"\b(tāpēc|dēļ|rezultātā|garant|sliktāk|neizdosies|statistiski)", said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_said(large: Any, language: str, says_all: Any) -> None:
    unit = replace(large, language=language, aims=aims_of(large))
    says_all(
        "targets.yml",
        unit,
        made,
        (target("a", 0.0), target("b", 1.0), target("c", 0.5), settled("c", {2027: 0.1, 2028: 0.7}), target("d", None)),
        (target("a", 0.5, group="sex=boy"), settled("a", {2027: 0.1})),
        (target("a", 0.9, True), target("b", 0.1, True, unit="points"), target("c", 0.5, n=4)),
        (target("a", None),),
        *(
            (target(name, 0.0, unit=unit_of), target(name, 0.5, unit=unit_of))
            for name, unit_of in OF_SHARES_AND_SUPPORT
        ),
        *((target("a", None, why=why),) for why in REASONS),
    )


def test_only_released_values_are_shown(large: Any) -> None:
    frame: Any = target("a", 0.5)
    assert set(frame["municipality_id"]) == {PLACE}
    with pytest.raises(TypeError):
        targets(large, frame)
