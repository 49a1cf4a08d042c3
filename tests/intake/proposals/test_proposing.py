"""What a file may mean is proposed by name, by a similar name and by content; what is not clear is left to a person."""

import time

import numpy as np
import pandas as pd
import pytest

from analysis.intake.contracts import TABLES, columns
from analysis.intake.proposals.profile import profile
from analysis.intake.proposals.proposing import propose, subject, targets_of
from analysis.intake.proposals.synonyms import code_of, column_words, folded, likeness, words
from analysis.intake.proposals.valuelists import proposed_codes
from analysis.intake.reading.rawtable import RawTable

ROWS = 60


def raw(columns: dict[str, list[str]], file: str = "eksports.csv") -> RawTable:
    frame = pd.DataFrame(columns, dtype="str")
    return RawTable(file, frame, np.arange(len(frame)) + 2)


def repeated(*values: str, rows: int = ROWS) -> list[str]:
    return [values[i % len(values)] for i in range(rows)]


def ids(letter: str, rows: int = ROWS) -> list[str]:
    return [f"{letter}{i:04d}" for i in range(rows)]


@pytest.fixture
def results() -> dict[str, list[str]]:
    """A board's own list of results under names that the contract does not know."""
    return {
        "Nr.p.k.": [str(i) for i in range(1, ROWS + 1)],
        "Izglītojamā kods": ids("k"),
        "Iestādes nosaukums": repeated("Izdomātā 1. vidusskola", "Izdomātā pamatskola"),
        "Klases pakāpe": repeated("9. klase", "9.b", "9"),
        "Māc. gads": repeated("2022./2023."),
        "Priekšmets": repeated("Matemātika", "Latviešu valoda"),
        "Kopvērtējums, procentos": repeated("64,5", "31,0", "77,2"),
        "Dzimums": repeated("sieviete", "vīrietis"),
        "Mājas valoda": repeated("latviešu", "krievu"),
        "Speciālās vajadzības": repeated("jā", "nē", "nē"),
    }


def test_a_list_of_results_in_latvian_is_recognised(results):
    found = propose(raw(results))
    assert found.table == "results"
    assert {name: target.name for name, target in found.columns.items()} == {
        "Izglītojamā kods": "results.pupil_id",
        "Iestādes nosaukums": "schools.name",
        "Klases pakāpe": "results.grade",
        "Māc. gads": "results.school_year",
        "Priekšmets": "results.domain",
        "Kopvērtējums, procentos": "results.score",
        "Dzimums": "pupils.sex",
        "Mājas valoda": "enrolments.home_language",
        "Speciālās vajadzības": "enrolments.sen",
    }
    assert found.left_out == {"Nr.p.k.": "counter"}


def test_every_proposal_says_why_and_how_sure_it_is(results):
    for target in propose(raw(results)).columns.values():
        assert target.reason in ("name", "synonym", "similar", "content")
        assert 0 < target.certainty <= 1.05


def test_the_contracts_own_names_are_surest():
    found = propose(raw({"pupil_id": ids("p"), "school_id": repeated("S1", "S2"), "school_year": repeated("2024"),
                         "grade": repeated("9"), "test": repeated("CE"), "domain": repeated("mathematics"),
                         "score": repeated("50", "61"), "status": repeated("present")}))  # fmt: skip
    assert found.table == "results"
    assert {target.reason for target in found.columns.values()} == {"name"}


@pytest.mark.parametrize(
    ("names", "table"),
    [
        ({"Skolēna ID": ids("p"), "Dzimšanas gads": repeated("2009", "2010"), "Dzimums": repeated("S", "V")}, "pupils"),
        ({"Reģ. nr.": ids("90"), "Skolas nosaukums": [f"Izdomātā {i}. skola" for i in range(ROWS)],
          "Pašvaldība": repeated("Cēsu novads", "Rīga"), "Mācību valoda": repeated("lv")}, "schools"),
        ({"Skola": repeated("A vidusskola"), "Gads": repeated("2024"), "Kritērijs": repeated("1.1", "1.2"),
          "Līmenis": repeated("3", "2", "4"), "Avots": repeated("pašvērtējums", "akreditācija")}, "self_evaluation"),
        ({"Respondenta kods": ids("r"), "Loma": repeated("skolēns", "skolotājs"), "Skola": repeated("A skola"),
          "Mācību gads": repeated("2024"), "Jautājums": repeated("q1", "q2"), "Atbilde": repeated("1", "5", "3")}, "wellbeing"),
    ],
)  # fmt: skip
def test_other_tables_are_told_apart(names, table):
    assert propose(raw(names)).table == table


def test_content_speaks_where_a_name_does_not(results):
    nameless = dict(zip([f"#{i}" for i in range(1, 11)], results.values(), strict=True))
    found = propose(raw(nameless), "results")
    by_content = {target.name for target in found.columns.values() if target.reason == "content"}
    assert {"pupils.sex", "schools.name", "results.domain", "results.school_year", "results.score"} <= by_content


def test_a_name_that_the_content_contradicts_is_doubted():
    sure = propose(raw({"Gads": repeated("2023", "2024")}), "results").columns["Gads"].certainty
    doubted = propose(raw({"Gads": repeated("labs", "slikts")}), "results").columns.get("Gads")
    assert doubted is None or doubted.certainty < sure / 2


def test_columns_of_persons_are_proposed_to_be_left_out_and_said_why():
    found = propose(raw({
        "Personas kods": repeated("010203-12345"), "kaut kas": [f"01020{i % 10}-1{i:04d}" for i in range(ROWS)],
        "Vārds, uzvārds": repeated("Anna Lapa"), "Bērns": [f"Anna Lap{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(ROWS)],
        "Tālrunis": repeated("20000000"), "Piezīmes": repeated("slims"), "Dzim. datums": repeated("01.02.2003"),
        "tukša": repeated(""), "Skolēna kods": ids("p"),
    }), "results")  # fmt: skip
    assert found.left_out == {
        "Personas kods": "personal_code", "kaut kas": "personal_code", "Vārds, uzvārds": "person", "Bērns": "person",
        "Tālrunis": "contact", "Piezīmes": "free_text", "Dzim. datums": "birth_date", "tukša": "empty",
    }  # fmt: skip
    assert not set(found.left_out) & set(found.columns)


def test_what_the_file_lacks_gets_a_proposal_or_none(results):
    found = propose(raw(results | {"Māc. gads": repeated("")}, "CE_2022_2023.csv"))
    values = {target: constant.value for target, constant in found.constants.items()}
    assert values == {
        "results.status": "@score", "results.school_year": "@file", "results.test": "CE",
        "schools.municipality_id": "@delivery", "results.score_max": "100",
    }  # fmt: skip
    assert "results.test" not in propose(raw(results)).constants


def test_columns_named_after_subjects_are_read_one_by_one():
    found = propose(raw({"Skolēna kods": ids("p"), "Skola": repeated("A vidusskola"), "Klase": repeated("9"),
                         "Rezultāts, % Matemātika": repeated("50,5", "31"),
                         "Angļu val. (CE)": repeated("61", "70")}))  # fmt: skip
    assert found.parts == {"Rezultāts, % Matemātika": "mathematics", "Angļu val. (CE)": "english"}
    assert {found.columns[name].name for name in found.parts} == {"results.score"}


@pytest.mark.parametrize(
    ("name", "code"),
    [("Matemātika, %", "mathematics"), ("Punkti: latviešu valoda", "latvian"), ("Latviešu valoda mazākumtautību programmā",
     "latvian_minority"), ("Kopā", None), ("Matemātika un fizika", None)],
)  # fmt: skip
def test_a_subject_is_found_in_a_longer_name(name, code):
    assert subject(name) == code


def test_a_header_of_two_lines_does_not_lead_from_the_pupils_code_to_the_schools():
    found = propose(raw({"Skola": repeated("A vidusskola"), "Skolēns Kods": repeated(*ids("P")[:40]),
                         "Eksāmens Priekšmets": repeated("Matemātika"), "Eksāmens Ieradās": repeated("jā", "nē"),
                         "Eksāmens Procenti": repeated("50,5", "", "31")}))  # fmt: skip
    assert {name: target.name for name, target in found.columns.items()} == {
        "Skola": "schools.name", "Skolēns Kods": "results.pupil_id", "Eksāmens Priekšmets": "results.domain",
        "Eksāmens Ieradās": "results.status", "Eksāmens Procenti": "results.score",
    }  # fmt: skip


def test_totals_and_remarks_are_proposed_to_be_left_out(results):
    with_total = {name: [*cells, "Kopā" if name == "Iestādes nosaukums" else ""] for name, cells in results.items()}
    with_remark = {
        name: [*cells, "* n – nav ieradies" if name == "Nr.p.k." else ""] for name, cells in with_total.items()
    }
    totals, remarks = propose(raw(with_remark)).exclusions
    assert (totals.kind, totals.column, totals.values, totals.lines) == (
        "totals",
        "Iestādes nosaukums",
        ("Kopā",),
        (ROWS + 2,),
    )
    assert (remarks.kind, remarks.values, remarks.lines) == ("remarks", ("",), (ROWS + 3,))
    assert propose(raw(results)).exclusions == ()


def test_a_lone_m_is_man_or_meitene_and_nobody_guesses():
    values = proposed_codes("pupils", "sex", pd.Series(repeated("M", "V", "meitene", ""), dtype="str"))
    assert values.codes == {"V": "boy", "meitene": "girl"}
    assert values.undecided == ("M",)


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("sex", "Sieviete", "girl"), ("sex", "ZĒNS", "boy"), ("sex", "s.", "girl"), ("sex", "F", "girl"), ("sex", "m", None),
        ("yes_no", "Jā", "yes"), ("yes_no", "nē", "no"), ("status", "ieradās", "present"), ("status", "n", "absent"),
        ("status", "Atbrīvots", "exempt"), ("status", "a", "exempt"), ("status", "valodas sertifikāts", "certificate"),
        ("domain", "MATEMĀTIKA", "mathematics"), ("domain", "Centralizētais eksāmens latviešu valodā", "latvian"),
        ("domain", "Ķīmija", "chemistry"), ("domain", "peldēšana", None), ("grade", "9.b", "9"), ("grade", "12. klase", "12"),
        ("grade", "13. klase", None), ("grade", "sagatavošanas grupa", "PS"), ("test", "Centralizēts eksāmens", "CE"),
        ("home_language", "ukraiņu", "other"), ("role", "pedagogs", "teacher"),
    ],
)  # fmt: skip
def test_values_lead_to_codes(key, text, code):
    assert code_of(key, text) == code


def test_names_are_compared_without_case_diacritics_and_punctuation():
    assert folded("  Mācību  GADS.") == folded("macibu gads")
    assert likeness("MĀCĪBU_GADS", "results", "school_year").reason == "synonym"
    assert likeness("Mācibu gadss", "results", "school_year").reason == "similar"
    assert likeness("Krāsa", "results", "school_year") is None


def test_every_column_of_the_contract_has_a_name_for_people_and_every_word_is_text():
    for table in TABLES:
        for column in columns(table):
            assert column_words(table, column)["names"] or "item" in column or column == "n", (table, column)
        assert table in words()["tables"]
        assert all(target.count(".") == 1 for target in targets_of(table))

    def texts(value):
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return [value] if not isinstance(value, dict | list) else [text for one in inner for text in texts(one)]

    assert all(isinstance(text, str) for text in texts(words()))


def test_codes_proposed_are_codes_of_the_contract():
    from analysis.intake.contracts import codes

    for table in TABLES:
        for column, allowed in codes(table).items():
            from analysis.intake.proposals.synonyms import value_key

            key = value_key(table, column, allowed)
            known = {code for code in words()["values"].get(key, {}) if code != "ambiguous"}
            assert known <= set(allowed), (table, column)


def test_a_column_of_anything_can_be_described():
    assert profile(pd.Series(["", " "], dtype="str")).kinds == {"empty"}
    assert "number" in profile(pd.Series(["1,5", "n", "2", "7,25"], dtype="str")).kinds
    assert profile(pd.Series(["1,5", "n", "2", "7,25"], dtype="str")).signs == ("n",)
    assert "municipality" in profile(pd.Series(repeated("Cēsu novads", "Rīga"), dtype="str")).kinds
    assert (
        "text"
        in profile(pd.Series([f"garš teikums ar numuru {i} un vēl kaut ko" for i in range(9)], dtype="str")).kinds
    )


@pytest.mark.slow
def test_a_hundred_thousand_rows_take_less_than_two_seconds(results):
    rows = 100_000
    columns_ = {name: repeated(*dict.fromkeys(cells), rows=rows) for name, cells in results.items()}
    columns_ |= {"Izglītojamā kods": ids("k", rows), "Vārds": [f"Vārds{i}" for i in range(rows)]}
    columns_ |= {f"{i}. uzd.": repeated("0", "1", "2", rows=rows) for i in range(12)}
    table = raw(columns_)
    began = time.process_time()
    propose(table)
    assert time.process_time() - began < 2
