"""The quirks of real exports (VIIS, VPS, lists of schools), one a test; places, schools and pupils are invented."""

import csv
import io
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.faults import render
from analysis.intake.delivery import Delivery, read_delivery

Files = dict[str, str | bytes]
Write = Callable[[Files], Path]

VIIS = {
    "Eksāmena kārtošanas personas identifikators": "zq7-1",
    "Mācību gads": "2023",
    "Klases pakāpe": "9",
    "Pārbaudījuma klases pakāpe": "9",
    "Pārbaudījuma tips": "Centralizēts eksāmens",
    "Pārbaudījuma nosaukums": "Matemātika 9. klasei",
    "Pārbaudījuma mācību priekšmeta nosaukums": "Matemātika",
    "Procenti": "61",
    "Iestādes nosaukums": "Ezerleja",
    "Iestādes juridiskās adrese": "",
}
ID, PERCENT, SCHOOL = "Eksāmena kārtošanas personas identifikators", "Procenti", "Iestādes nosaukums"
VPS = {
    "Mācību gads": "2022./2023.", "Pārbaudījums": "Matemātika", "Izglītības iestādes nosaukums": "Ezerleja",
    "Pašvaldība": "", "Iestādes tips": "", "Valoda": "", "Vieta": "", "Kārtotāju skaits": "21", "Apmeklējums": "",
    "Kopvērtējums, procentos": "42,25",
}  # fmt: skip


def table(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


@pytest.fixture
def viis(written: Write) -> Callable[..., Delivery]:
    """Read a VIIS export of a board in Jūrmala: one row for each set of changes."""

    def read(*changes: dict[str, str], encoding: str = "utf-8", delimiter: str = ",", **more: str | bytes) -> Delivery:
        content = table([VIIS | change for change in changes or ({},)], delimiter).encode(encoding)
        delivery = "scope: board\nmunicipality: Jūrmala\nmaps: {viis.csv: viis_ce, '*vps*.csv': vps_school}\n"
        return read_delivery(written({"delivery.yml": delivery, "viis.csv": content} | more))

    return read


def results(delivery: Delivery, *columns: str) -> list[list[object]]:
    assert not delivery.rejected, [render(fault) for fault in delivery.rejected]
    return delivery.tables["results"][list(columns)].to_numpy().tolist()


def codes(delivery: Delivery) -> set[str]:
    return {fault.code for fault in delivery.faults} - {"D10", "D02"}


# 1: delimiters, encodings, decimal marks


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(("encoding", "told"), [("utf-8", set()), ("utf-8-sig", {"E03"}), ("cp1257", {"E01"})])
def test_every_delimiter_and_encoding_gives_the_same_row(
    viis: Callable[..., Delivery], delimiter: str, encoding: str, told: set[str]
) -> None:
    delivery = viis(encoding=encoding, delimiter=delimiter)
    assert results(delivery, "pupil_id", "score", "domain") == [["zq7-1", 61.0, "mathematics"]]
    assert codes(delivery) == told | {",": set(), ";": {"S08"}, "\t": {"S11"}}[delimiter]


def test_a_stray_byte_is_told_and_never_guessed(viis: Callable[..., Delivery]) -> None:
    delivery = viis(**{"viis.csv": table([VIIS]).encode("cp1257").replace(b"Ezerleja", b"Ezer\x81eja")})
    assert {fault.code for fault in delivery.rejected} == {"E07"}


def test_a_decimal_comma_is_a_number(viis: Callable[..., Delivery]) -> None:
    assert results(viis({PERCENT: "61,5"}, {ID: "zq7-2", PERCENT: "60"}), "score") == [[61.5], [60.0]]


# 2: what stands for nothing


@pytest.mark.parametrize("sign", ["", "N/D", "…", "-", " N/D "])
def test_signs_of_an_absent_value_are_no_score(viis: Callable[..., Delivery], sign: str) -> None:
    assert results(viis({}, {ID: "zq7-2", PERCENT: sign}), "status") == [["present"], ["absent"]]


def test_the_identifier_0_is_nobody_and_never_joined(viis: Callable[..., Delivery]) -> None:
    delivery = viis({ID: "0"}, {ID: "0"})
    assert len({row[0] for row in results(delivery, "pupil_id")}) == 2
    assert next(f.facts["count"] for f in delivery.faults if f.code == "D07") == 2


def test_a_percent_of_0_counts_and_is_told_and_a_map_may_call_it_absence(
    viis: Callable[..., Delivery], written: Write, tmp_path: Path
) -> None:
    assert next(f.facts["count"] for f in viis({PERCENT: "0"}).faults if f.code == "D08") == 1
    own = (Path(__file__).parents[2] / "data" / "maps" / "viis_ce.yml").read_text("utf-8")
    own = own.replace("score: Procenti", 'score: {from: Procenti, absent: ["0"]}')
    own = own.replace("{from: Procenti, filled", '{from: Procenti, absent: ["0"], filled')
    delivery = "scope: board\nmunicipality: Jūrmala\nmaps: {viis.csv: own.yml}\n"
    absent = read_delivery(
        written({"delivery.yml": delivery, "own.yml": own, "viis.csv": table([VIIS | {PERCENT: "0"}])})
    )
    assert results(absent, "status") == [["absent"]]


def test_placeholders_are_absent_where_the_map_says_so(written: Write) -> None:
    rule = """
scope: board
municipality: Jūrmala
files:
  - pattern: vietturi.csv
    tables:
      schools: {school_id: Skola, name: Skola, municipality_id: {delivery: municipality}}
      school_results:
        school_id: Skola
        school_year: {constant: 2018}
        grade: {constant: "12"}
        test: {constant: CE}
        domain: {constant: mathematics}
        mean_score: {from: Vidējais, absent: ["1", "100"], default: "0"}
        n: {from: Skaits, absent: ["1", "50", "100"]}
"""
    made = read_delivery(written({"delivery.yml": rule, "vietturi.csv": "Skola,Vidējais,Skaits\nA,55,50\nB,50,21\n"}))
    assert not made.rejected
    assert made.tables["school_results"]["n"].fillna(-1).tolist() == [-1, 21]


# 3: names of schools


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('Ezera "Zivs" skola', "Ezera „Zivs” skola"),
        ("Ezera 'Zivs' skola", "Ezera „Zivs” skola"),
        ("1.internātpamatskola", "1. internātpamatskola "),
        ("Ezerlejas pamatskola -attīstības centrs", "Ezerlejas pamatskola-attīstības centrs"),
        ("Ezerlejas – Saules skola", "Ezerlejas-Saules skola"),
        ("Ezerlejas  skola", "Ezerlejas skola"),
    ],
)
def test_two_spellings_are_one_school(viis: Callable[..., Delivery], one: str, other: str) -> None:
    delivery = viis({SCHOOL: one}, {ID: "zq7-2", SCHOOL: other})
    assert len({row[0] for row in results(delivery, "school_id")}) == 1
    assert len(delivery.tables["schools"]) == 1


def test_an_evening_school_is_a_school_of_its_own(viis: Callable[..., Delivery]) -> None:
    delivery = viis({SCHOOL: "Ezerlejas vidusskola"}, {ID: "zq7-2", SCHOOL: "Ezerlejas vidusskola (maiņu)"})
    assert len(delivery.tables["schools"]) == 2


def test_two_schools_of_one_name_are_told_apart_by_their_municipality(written: Write) -> None:
    rule = """
scope: country
files:
  - pattern: ce.csv
    tables:
      schools:
        school_id: {text: "{Novads}/{Skola}", school_key: true}
        name: Skola
        municipality_id: {from: Novads, lookup: municipality}
      results:
        {pupil_id: {row_number: true}, school_year: {constant: 2023}, grade: {constant: "9"}, test: {constant: CE},
         domain: {constant: mathematics}, school_id: {text: "{Novads}/{Skola}", school_key: true}, score: P,
         status: {constant: present}}
"""
    rows = (
        "Novads,Skola,P\nJūrmala,Zemgales vidusskola,51\nTukuma novads,Zemgales vidusskola ,40\n"
        "Jūrmala,Zemgales  Vidusskola,41\n"
    )
    delivery = read_delivery(written({"delivery.yml": rule, "ce.csv": rows}))
    assert {fault.code for fault in delivery.rejected} == {"I04"}  # one school in two spellings: the map decides
    delivery = read_delivery(written({"delivery.yml": rule + "duplicates: {schools: keep_last}\n"}))
    assert not delivery.rejected
    assert sorted(delivery.tables["schools"]["municipality_id"]) == ["0004000", "0052000"]
    assert delivery.tables["results"]["municipality_id"].tolist() == ["0004000", "0052000", "0004000"]


# 4: spellings of municipalities


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("Aizkraukles_novads", "0020000"), ("Dobeles_ novads", "0028000"), ("Liepajas_valstspilseta", "0005000"),
        ("Marupes novads", "0039000"), ("TalsuNovads_", "0051000"), ("VALMIERAS-NOVADS_", "0054000"),
        ("Jēkabpils novada pašvaldība", "0031000"), ("Cēsis municipality", "0026000"), ("Jelgava", "0003000"),
        ("Jelgavas novads", "0030000"), ("Rēzekne", "0006000"), ("Rēzeknes novads", "0043000"), ("Ventspils", "0007000"),
        ("Ventspils novads", "0056000"), ("LV0023000", "0023000"), ("0010000", "0001000"),
    ],
)  # fmt: skip
def test_every_spelling_met_means_one_municipality(written: Write, spelling: str, code: str) -> None:
    rule = (
        "scope: country\nfiles:\n  - pattern: s.csv\n    tables:\n      schools:\n        {school_id: K, name: K, "
        "municipality_id: {from: Novads, lookup: municipality}}\n"
    )
    delivery = read_delivery(written({"delivery.yml": rule, "s.csv": f"K,Novads\nA1,{spelling}\n"}))
    assert delivery.tables["schools"]["municipality_id"].tolist() == [code]


def test_a_code_without_its_zeros_is_told_where_the_map_knows_the_width(written: Write) -> None:
    rule = (
        "scope: country\nfiles:\n  - pattern: s.csv\n    tables:\n      schools:\n"
        "        {school_id: {from: K, width: 4}, name: K, municipality_id: {from: Kods, width: 7}}\n"
    )
    files: Files = {"delivery.yml": rule, "s.csv": "K,Kods\n0012,0023000\n13,23000\n14,23000\n"}
    found = [f for f in read_delivery(written(files)).rejected if f.code == "I01"]
    assert [(f.column, f.line) for f in found] == [("K", 3), ("Kods", 3)]
    message = render(found[1])
    assert all(word in message for word in ("5", "7", "Kods"))
    assert "23000" not in message


def test_a_split_municipality_needs_its_parish_or_the_maps_decision(written: Write) -> None:
    def read(place: str, abolished: str = "map") -> Delivery:
        rule = (
            f"scope: country\nabolished: {abolished}\nfiles:\n  - pattern: s.csv\n    tables:\n      schools:\n"
            f"        {{school_id: K, name: K, municipality_id: {place}}}\n"
        )
        rows = "K,Novads,Pagasts\nA1,Aglonas novads,Grāveru pagasts\nA2,Inčukalna novads,\n"
        return read_delivery(written({"delivery.yml": rule, "s.csv": rows}))

    undecided = [f for f in read("{from: Novads, lookup: municipality}").rejected if f.code == "N07"]
    assert [f.facts["successors"] for f in undecided] == [
        "Preiļu novads / Krāslavas novads",
        "Siguldas novads / Ropažu novads",
    ]
    decided = '{from: Novads, lookup: municipality, part: Pagasts, parts: {Inčukalna novads: "0048000"}}'
    assert read(decided).tables["schools"]["municipality_id"].tolist() == ["0032000", "0048000"]
    assert {f.code for f in read(decided, "refuse").rejected} >= {"N07"}


# 5: school years


@pytest.mark.parametrize(
    "year", ["2023", "2022./2023.", "2022_2023", "2022/23", "2022/2023", "2022./2023. m.g.", " 2023 "]
)
def test_every_form_of_a_school_year_is_the_year_it_ends_in(viis: Callable[..., Delivery], year: str) -> None:
    assert results(viis({"Mācību gads": year}), "school_year") == [[2023]]


def test_the_year_of_a_vps_file_is_in_its_name(viis: Callable[..., Delivery]) -> None:
    delivery = viis(**{"vps_ce_rezultati_vsk_2022_2023.csv": table([VPS], ";")})
    assert not delivery.rejected
    assert delivery.tables["school_results"][["school_year", "mean_score", "n"]].to_numpy().tolist() == [
        [2023, 42.25, 21]
    ]
    assert delivery.public == ("school_results",)


def test_a_vps_mean_that_is_no_number_is_left_out_where_it_is_a_sign_and_told_where_it_is_a_word(
    viis: Callable[..., Delivery],
) -> None:
    name = "vps_ce_rezultati_vsk_2022_2023.csv"
    signs = viis(**{name: table([VPS, VPS | {"Pārbaudījums": "Fizika", "Kopvērtējums, procentos": "…"}], ";")})
    assert [(e.count, e.reason["lv"]) for e in signs.excluded] == [(1, "vidējais rezultāts nav publicēts")]
    word = viis(**{name: table([VPS, VPS | {"Pārbaudījums": "Fizika", "Kopvērtējums, procentos": "daudz"}], ";")})
    assert [(f.code, f.column) for f in word.rejected] == [("V05", "Kopvērtējums, procentos")]


# VIIS: the test's name in either column


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("N/D", "Matemātika"),
        ("N/D", "Centralizētais eksāmens Matemātika"),
        ("Centralizētais eksāmens matemātikā", "N/D"),
    ],
)
def test_the_subject_stands_in_one_column_or_the_other(viis: Callable[..., Delivery], name: str, subject: str) -> None:
    change = {"Pārbaudījuma nosaukums": name, "Pārbaudījuma mācību priekšmeta nosaukums": subject}
    assert results(viis(change), "domain") == [["mathematics"]]


def test_a_subject_that_the_map_does_not_name_is_kept_and_told(viis: Callable[..., Delivery]) -> None:
    delivery = viis({}, {ID: "zq7-2", "Pārbaudījuma mācību priekšmeta nosaukums": "Ekonomika"})
    (fault,) = [f for f in delivery.faults if f.code == "M09"]
    assert (fault.line, fault.column, fault.facts) == (
        3,
        "Pārbaudījuma mācību priekšmeta nosaukums",
        {"count": 1, "different": 1},
    )
    assert results(delivery, "domain") == [["mathematics"], ["Ekonomika"]]


def test_one_of_the_two_columns_of_grades_is_enough(viis: Callable[..., Delivery]) -> None:
    row = {name: value for name, value in VIIS.items() if name != "Pārbaudījuma klases pakāpe"}
    assert results(viis(**{"viis.csv": table([row])}), "grade") == [["9"]]


# 6: personal codes


@pytest.mark.parametrize("code", ["010203-12345", "321234-56789"])
def test_a_personal_code_is_refused_and_never_repeated(viis: Callable[..., Delivery], code: str) -> None:
    delivery = viis({ID: code})
    assert "I05" in {fault.code for fault in delivery.rejected}
    assert not any(code in render(fault) for fault in delivery.faults)


# 7: coordinates in the wrong order


def test_a_map_puts_coordinates_in_their_places(written: Write) -> None:
    rule = (
        "scope: board\nmunicipality: Jūrmala\nfiles:\n  - pattern: s.csv\n    tables:\n      schools:\n"
        "        {school_id: K, name: K, municipality_id: {delivery: municipality}, lat: lon, lon: lat}\n"
    )
    delivery = read_delivery(written({"delivery.yml": rule, "s.csv": "K,lat,lon\nA1,23.77,56.97\n"}))
    assert delivery.tables["schools"][["lat", "lon"]].to_numpy().tolist() == [[56.97, 23.77]]


# 8: composed letters


def test_decomposed_letters_are_the_same_letters(viis: Callable[..., Delivery]) -> None:
    delivery = viis(**{"viis.csv": unicodedata.normalize("NFD", table([VIIS]))})
    assert results(delivery, "domain", "test") == [["mathematics", "CE"]]
