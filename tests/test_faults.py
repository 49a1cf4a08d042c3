"""Faults are said in two languages, without a child's data, and personal codes are told from telephone numbers."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.faults import Fault, has_personal_code, registry, rejected, render, shown, shown_name, tell, unique

JOINTS = st.sampled_from(["", "-", " ", " - ", "\u00a0", "–", "\u2011"])
DIGIT = st.integers(0, 9).map(str)


@st.composite
def old_codes(draw: st.DrawFn) -> str:
    """A code as the law had it until 2017: day, month, year, century and serial number, check digit."""
    born = draw(st.dates(date(1900, 1, 1), date(2017, 6, 30)))
    start = f"{born:%d%m%y}{born.year // 100 - 18}" + "".join(draw(st.lists(DIGIT, min_size=3, max_size=3)))
    weights = (1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = (1101 - sum(w * int(d) for w, d in zip(weights, start, strict=True))) % 11 % 10
    return start[:6] + draw(JOINTS) + start[6:] + str(check)


@st.composite
def new_codes(draw: st.DrawFn) -> str:
    """A code of today: 32 to 39 and nine random digits."""
    digits = "3" + draw(st.sampled_from("23456789")) + "".join(draw(st.lists(DIGIT, min_size=9, max_size=9)))
    return digits[:6] + draw(JOINTS) + digits[6:]


@st.composite
def telephones(draw: st.DrawFn) -> str:
    """A Latvian telephone number with its country code, however it is spaced."""
    digits = draw(st.sampled_from("26")) + "".join(draw(st.lists(DIGIT, min_size=7, max_size=7)))
    spaced = "".join(digit + draw(st.sampled_from(["", "", " ", "-", "\u00a0"])) for digit in digits).rstrip(" -\u00a0")
    return draw(st.sampled_from(["+371", "00371", "+ 371", "00 371"])) + draw(st.sampled_from(["", " ", "-"])) + spaced


AROUND = st.sampled_from(["", " ", "Ilze ", "kods:", "p", "(", "1, ", "x,"])


@settings(deadline=None)
@given(st.one_of(old_codes(), new_codes()), AROUND, st.sampled_from(["", " ", ".", ")", "x"]))
def test_every_personal_code_is_found_wherever_it_stands(code: str, before: str, after: str) -> None:
    assert has_personal_code(before + code + after)
    assert code not in shown_name(before + code + after)


@settings(deadline=None)
@example("00 371291 23456", "").via("looks like a new code after the zeros")
@given(telephones(), st.sampled_from(["", "tālr. ", "Tālrunis: "]))
def test_a_telephone_number_is_no_personal_code(number: str, before: str) -> None:
    assert not has_personal_code(before + number)


def test_the_check_digit_of_the_published_example_holds() -> None:
    """161175-19997 (joke2k/faker#1800)."""
    assert has_personal_code("161175-19997")
    assert (
        1101 - sum(w * int(d) for w, d in zip((1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "1611751999", strict=True))
    ) % 11 % 10 == 7


@pytest.mark.parametrize(
    "text",
    [
        "0.33931571143",
        "0,01020312345",
        "320203-12345678",
        "1010203-12345",
        "",
        "2022./2023.",
        "S-320201",
        "440203-12345",
        "011303-12345",
    ],
)
def test_what_only_resembles_a_code_is_none(text: str) -> None:
    assert not has_personal_code(text)


def test_a_telephone_number_does_not_hide_a_code_beside_it() -> None:
    assert has_personal_code("+371 29123456 010203-12345")
    assert has_personal_code("100 371123-45678")


@pytest.mark.parametrize(
    ("value", "said"),
    [("104", "104"), ("5x", "5x"), ("n/a", "n/a"), ("Ilze", "[4 ✱]"),
     ("010203-12345", "[12 ✱]"), ("1\u202e2\x1b[", "1\\u202e2\\u001b[")],
)  # fmt: skip
def test_a_value_is_shown_unless_it_may_be_a_name_or_code(value: str, said: str) -> None:
    assert shown(value) == said


def test_a_name_is_cut_at_80_characters() -> None:
    assert len(shown_name("ā" * 200)) == 80


def test_a_fault_is_one_line_with_file_sheet_line_column_value_rule_and_advice() -> None:
    fault = Fault("V02", "rezultati.xlsx", 7, "Lapa1", "procenti", {"value": "104", "high": "100"})
    assert render(fault) == (
        'V02 rezultati.xlsx, lapa „Lapa1”, 7. rinda, "procenti": vērtība ir 104 – jābūt ne vairāk kā 100. '
        "Izlabojiet vērtību vai norādiet citu skalu kartē (score_max)."
    )
    assert render(fault, "en").startswith(
        'V02 rezultati.xlsx, sheet “Lapa1”, line 7, "procenti": 104 – must be at most 100.'
    )


def test_words_of_our_own_follow_the_language() -> None:
    fault = Fault("C14", "a.csv", facts={"kind": {"lv": "saite", "en": "a link"}})
    assert "(saite)" in render(fault)
    assert "(a link)" in render(fault, "en")


def test_what_a_cell_holds_never_becomes_a_gap_to_fill() -> None:
    assert "{value}" in render(Fault("N09", "a.csv", facts={"value": "{value}", "nearest": "–"}))


def test_faults_are_told_by_file_code_and_line_and_equal_ones_once() -> None:
    faults = [Fault("V02", "b.csv", 3), Fault("V02", "a.csv", 9), Fault("V02", "a.csv", 2), Fault("V01", "b.csv", 3)]
    assert [line.split(":")[0] for line in tell(faults)] == [
        "V02 a.csv, 2. rinda", "V02 a.csv, 9. rinda", "V01 b.csv, 3. rinda", "V02 b.csv, 3. rinda",
    ]  # fmt: skip
    assert unique([*faults, *faults]) == faults


def test_twenty_of_a_code_and_file_are_told_and_the_others_counted() -> None:
    faults = [Fault("V09", "a.csv", line) for line in range(2, 27)] + [Fault("V09", "b.csv", 2)]
    told = tell(faults, "lv")
    assert len(told) == 22
    assert told[-1] == "V09 a.csv: … un vēl tādu pašu: 5"


def test_only_rejected_faults_stop() -> None:
    assert [f.code for f in rejected([Fault("S08", "a"), Fault("S06", "a"), Fault("S01", "a")])] == ["S01"]


def test_every_class_has_an_answer_a_rule_and_words() -> None:
    for code, words in registry().items():
        assert set(words) == {"answer", "rule", "lv", "en"}, code
        assert words["answer"] in ("reject", "repair", "accept")
