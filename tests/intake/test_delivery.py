"""A folder of files becomes checked tables: by their own names, by maps, and with the formats that boards really hold."""

import csv
import gzip
import io
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from analysis.batch.prepare import prepare
from analysis.faults import InputFaults, render
from analysis.intake.delivery import Delivery, read_delivery
from analysis.intake.register import find

Files = dict[str, str | bytes]
Write = Callable[[Files], Path]


def answers(delivery: Delivery) -> dict[str, int]:
    """Classes and their counts, of all that is more than a note on what was not read."""
    counts = pd.Series(
        [fault.code for fault in delivery.faults if fault.code not in ("D02", "D10", "I07")], dtype="str"
    )
    return counts.value_counts().to_dict()


# The contract's own layout


def test_tables_are_found_by_file_and_by_folder_in_any_container(sound: Files, written: Write) -> None:
    sound["pupils/viena.csv.gz"] = gzip.compress(str(sound.pop("pupils.csv")).encode())
    stream = io.BytesIO()
    pd.read_csv(io.StringIO(str(sound.pop("schools.csv"))), dtype="str").to_parquet(stream)
    sound["schools.parquet"] = stream.getvalue()
    delivery = read_delivery(written(sound))
    assert answers(delivery) == {"C19": 1, "C20": 1}
    assert {table: len(rows) for table, rows in delivery.tables.items()} == {
        "municipalities": 2, "schools": 3, "pupils": 4, "enrolments": 4, "results": 4,
    }  # fmt: skip
    assert set(delivery.files) == {
        "municipalities.csv",
        "schools.parquet",
        "pupils/viena.csv.gz",
        "enrolments.csv",
        "results.csv",
    }


def test_what_nothing_names_and_what_is_hidden_is_left_alone(sound: Files, written: Write) -> None:
    sound |= {"lasi.txt": "x", "results_2023.csv": "x", ".slepens/results.csv": "x", "arhivs/results.csv": "x"}
    delivery = read_delivery(written(sound))
    assert sorted(f.file for f in delivery.faults if f.code == "D02") == [
        "arhivs/results.csv",
        "lasi.txt",
        "results_2023.csv",
    ]
    assert not delivery.rejected


def test_no_name_of_a_column_that_nobody_reads_reaches_a_table(
    sound: Files, written: Write, canaries: tuple[str, ...]
) -> None:
    delivery = read_delivery(written(sound))
    assert not any(
        canary in table.to_csv() for table in delivery.tables.values() for canary in canaries if canary != "zq7"
    )


def test_declared_attributes_are_read_from_the_contracts_layout(sound: Files, written: Write) -> None:
    sound["delivery.yml"] = "scope: country\nattributes: {pupils: [pulcins]}\ncovariates: {pupils: [augums]}\n"
    sound["pupils.csv"] = 'pupil_id,pulcins,augums\nzq7-1,koris,"151,5"\nzq7-2,,160\nzq7-3,,\nzq7-4,,\n'
    results = read_delivery(written(sound)).tables["results"]
    assert (results["pulcins"].tolist()[0], results["augums"].tolist()[0]) == ("koris", 151.5)


def test_published_results_alone_are_a_delivery(sound: Files, written: Write) -> None:
    for name in ("results.csv", "pupils.csv", "enrolments.csv"):
        sound.pop(name)
    sound["school_results.csv"] = (
        "school_id,school_year,grade,test,domain,mean_score,score_max\nS1,2024,9,CE,mathematics,55,100\n"
    )
    delivery = read_delivery(written(sound))
    assert answers(delivery) == {}
    assert "results" not in delivery.tables


def test_results_without_pupils_and_enrolments_are_enough(sound: Files, written: Write) -> None:
    sound.pop("pupils.csv")
    sound.pop("enrolments.csv")
    delivery = read_delivery(written(sound))
    assert answers(delivery) == {}
    assert delivery.tables["results"]["sen"].isna().all()


def test_a_board_has_its_own_place_alone(sound: Files, written: Write) -> None:
    sound["delivery.yml"] = "scope: board\nmunicipality: D902\n"
    sound["schools.csv"] = str(sound["schools.csv"]).replace("D901", "D902")
    delivery = read_delivery(written(sound))
    assert delivery.municipality_id == "D902"
    assert delivery.tables["municipalities"]["name"].tolist() == ["Ezerleja"]
    assert not delivery.rejected


# Maps

OF_SCHOOLS = """
  - pattern: "skolas*.csv"
    tables:
      schools: {school_id: Kods, name: Nosaukums, municipality_id: {from: Novads, lookup: municipality}}
"""
OF_RESULTS = """
  - pattern: "ce_*.csv"
    tables:
      schools: {school_id: Skola, name: {text: "Skola {Skola}"}, municipality_id: {delivery: municipality}}
      results:
        {pupil_id: Kods, school_year: {file_name: "(\\\\d{4})", school_year: ends}, grade: Klase, test: {constant: CE},
         domain: {constant: mathematics}, school_id: Skola, score: Punkti,
         status: {from: Punkti, filled: present, default: absent}}
"""
BOARD = "scope: board\nmunicipality: Ādažu novads\n"
CE = "Kods,Klase,Skola,Punkti\nzq7-1,9,A1,51\nzq7-2,9,A1,\n"


def test_several_files_feed_one_table_and_a_school_in_two_of_them_is_one(written: Write) -> None:
    files: Files = {
        "delivery.yml": BOARD + "files:" + OF_RESULTS,
        "ce_2023.csv": CE,
        "ce_2024.csv": CE.replace("zq7-2,9,A1", "zq7-2,9,A2"),
    }
    delivery = read_delivery(written(files))
    assert answers(delivery) == {}
    assert delivery.tables["schools"]["school_id"].tolist() == ["A1", "A2"]
    assert delivery.tables["results"][["school_year", "status"]].to_numpy().tolist() == [
        [2023, "present"], [2023, "absent"], [2024, "present"], [2024, "absent"],
    ]  # fmt: skip
    assert delivery.tables["schools"]["municipality_id"].unique().tolist() == [
        "0023000"
    ]  # the name became the register's id


def test_a_result_that_two_files_repeat_is_never_dropped_in_silence(written: Write) -> None:
    files: Files = {"delivery.yml": BOARD + "files:" + OF_RESULTS, "ce_2023.csv": CE, "ce_2023_velreiz.csv": CE}
    faults = read_delivery(written(files)).rejected
    assert [(f.code, f.file, f.line, f.facts["first"]) for f in faults] == [
        ("I03", "ce_2023_velreiz.csv", 2, "ce_2023.csv: 2"),
        ("I03", "ce_2023_velreiz.csv", 3, "ce_2023.csv: 3"),
    ]


def test_a_map_named_twice_reads_a_file_once(written: Write, tmp_path: Path) -> None:
    (tmp_path / "ce.yml").write_text(BOARD + "files:" + OF_RESULTS, "utf-8")
    folder = written(
        {"delivery.yml": f"maps: {{'ce_*.csv': {tmp_path / 'ce.yml'}, 'ce_2023.csv': ../ce.yml}}\n", "ce_2023.csv": CE}
    )
    assert len(read_delivery(folder, [str(tmp_path / "ce.yml")]).tables["results"]) == 2


def test_faults_name_the_files_own_columns(written: Write) -> None:
    files: Files = {
        "delivery.yml": BOARD + "files:" + OF_RESULTS,
        "ce_2023.csv": CE.replace("51", "5x").replace("zq7-2,9", "zq7-2,"),
    }
    faults = {fault.code: fault for fault in read_delivery(written(files)).rejected}
    assert {code: (fault.line, fault.column) for code, fault in faults.items()} == {
        "V05": (2, "Punkti"),
        "V09": (3, "Klase"),
    }
    assert '"Punkti"' in render(faults["V05"])


def test_one_map_may_know_several_kinds_of_files(written: Write, tmp_path: Path) -> None:
    (tmp_path / "abi.yml").write_text(BOARD + "files:" + OF_SCHOOLS + OF_RESULTS, "utf-8")
    folder = written({"ce_2023.csv": CE, "skolas.csv": "Kods,Nosaukums,Novads\nA9,Ādažu vidusskola,adazu novads\n"})
    delivery = read_delivery(folder, [str(tmp_path / "abi.yml")])
    assert not delivery.rejected
    assert sorted(delivery.tables["schools"]["school_id"]) == ["A1", "A9"]


def test_a_fault_of_the_delivery_file_itself_is_raised(written: Write) -> None:
    with pytest.raises(InputFaults, match="P04"):
        read_delivery(written({"delivery.yml": "scop: country\n"}))


def test_unknown_pupils_and_missing_enrolments_are_counted(sound: Files, written: Write) -> None:
    sound["delivery.yml"] = (
        "scope: country\nfiles:\n  - pattern: ce.csv\n    tables:\n      results:\n"
        "        {pupil_id: {from: Kods, unknown: ['0']}, "
        "school_year: Gads, grade: Klase, test: {constant: CE}, domain: {constant: latvian}, school_id: Skola, score: Punkti, "
        "status: {constant: present}}\n"
    )
    sound["ce.csv"] = "Kods,Gads,Klase,Skola,Punkti\n0,2024,9,S1,0\n0,2024,9,S1,0\n,2024,9,S1,7\nzq7-1,2019,9,S1,3\n"
    delivery = read_delivery(written(sound))
    counts = {fault.code: fault.facts["count"] for fault in delivery.faults if fault.code in ("D06", "D07", "D08")}
    assert counts == {"D06": 1, "D07": 3, "D08": 2}
    assert not delivery.rejected


# The formats that boards hold (headers as in public code and open data; places, schools and pupils invented)

VIIS_HEADER = (
    "Eksāmena kārtošanas personas identifikators", "Mācību gads", "Klases pakāpe", "Pārbaudījuma klases pakāpe",
    "Pārbaudījuma tips", "Pārbaudījuma nosaukums",
    "Pārbaudījuma mācību priekšmeta nosaukums", "Procenti", "Iestādes nosaukums", "Iestādes juridiskās adrese",
)  # fmt: skip
VIIS_ROWS = (
    (
        "zq7-1",
        "2023",
        "9",
        "9",
        "Centralizēts eksāmens",
        "Matemātika 9. klasei",
        "Matemātika",
        "61,5",
        "Sauleskalna vidusskola",
        "Saules iela 1",
    ),
    (
        "zq7-2",
        "2023",
        "9",
        "",
        "Centralizēts eksāmens",
        "N/D",
        "Centralizētais eksāmens Matemātika",
        "0",
        "Sauleskalna  vidusskola ",
        "",
    ),
    ("0", "2023", "9", "9", "Diagnosticējošais darbs", "N/D", "Latviešu valoda", "55", 'Ezera "Zivs" skola', ""),
    ("0", "2023", "9", "9", "Diagnosticējošais darbs", "N/D", "Latviešu valoda", "55", "Ezera „Zivs” skola", ""),
    ("zq7-3", "2023", "9", "9", "Centralizēts eksāmens", "N/D", "Matemātika", "", "Sauleskalna vidusskola", ""),
)
VPS_HEADER = (
    "Mācību gads", "Pārbaudījums", "Izglītības iestādes nosaukums", "Pašvaldība", "Iestādes tips", "Valoda", "Vieta",
    "Kārtotāju skaits", "Apmeklējums", "Kopvērtējums, procentos",
)  # fmt: skip
VPS_ROWS = (
    ("2022./2023.", "Matemātika", "Sauleskalna vidusskola", "", "", "", "", "21", "", "42,25"),
    ("2022./2023.", "Matemātika", "Ezera „Zivs” skola", "", "", "", "", "3", "", "-"),
    ("2022./2023.", "Matemātika", "Citas puses vidusskola", "", "", "", "", "40", "", "50"),
    ("2022./2023.", "Fizika", "Citas puses vidusskola", "", "", "", "", "5", "", "50"),
)
OWN_PLACE = "municipality_id,name,kind\nD901,Sauleskalna novads,county\n"


def as_csv(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...], delimiter: str) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows([header, *rows])
    return stream.getvalue()


@pytest.fixture
def exports() -> Files:
    """A VIIS export with its quirks (blanks in the header, codes for nothing) and a VPS file of the whole country."""
    header = (VIIS_HEADER[0] + " ", *VIIS_HEADER[1:])
    return {
        "delivery.yml": "scope: board\nmunicipality: D901\n"
        "maps: {'viis_2023.csv': viis_ce, 'vps_ce_rezultati_vsk_2022_2023.csv': vps_school}\n",
        "municipalities.csv": OWN_PLACE,
        "viis_2023.csv": as_csv(header, VIIS_ROWS, ","),
        "vps_ce_rezultati_vsk_2022_2023.csv": as_csv(VPS_HEADER, VPS_ROWS, ";"),
    }


def test_viis_and_vps_together_run_to_a_store(exports: Files, written: Write, tmp_path: Path) -> None:
    prepared = prepare(written(exports), (), tmp_path / "store")
    results = prepared.store.slice("results", "D901")
    assert results["domain"].astype(str).tolist() == ["mathematics", "mathematics", "latvian", "latvian", "mathematics"]
    assert results["test"].astype(str).tolist() == ["CE", "CE", "diagnostic", "diagnostic", "CE"]
    assert results["percent"].fillna(-1).tolist() == [61.5, 0, 55, 55, -1]
    assert results["status"].astype(str).tolist() == ["present"] * 4 + ["absent"]
    assert results["known"].tolist() == [True, True, False, False, True]
    assert results["pupil"].nunique() == 5  # identifier 0 is nobody, twice
    published = prepared.store.slice("school_results", "D901")
    assert published[["school_id", "domain", "mean_score", "n", "school_year"]].to_numpy().tolist() == [
        ["sauleskalna vidusskola", "mathematics", 42.25, 21, 2023]
    ]
    assert len(prepared.store.table("schools")) == 2
    assert prepared.store.facts["source"] == {"lv": "VIIS; VPS", "en": "VIIS; VPS"}


def test_the_quirks_of_viis_and_vps_are_told_with_counts_and_none_is_rejected(exports: Files, written: Write) -> None:
    delivery = read_delivery(written(exports))
    assert answers(delivery) == {"S06": 1, "S08": 2, "D04": 1, "D05": 1, "D07": 1, "D08": 1, "N11": 1}
    facts = {fault.code: fault.facts for fault in delivery.faults}
    assert (facts["D07"]["count"], facts["D08"]["count"], facts["D05"]["count"]) == (2, 1, 2)
    assert facts["N11"] == {"count": 2, "kept": 1, "own": 2}
    assert [(e.count, e.reason["en"]) for e in delivery.excluded] == [(1, "the mean is not published")]


def test_a_boards_name_in_the_register_serves_the_viis_map_as_well(exports: Files, written: Write) -> None:
    exports.pop("municipalities.csv")
    exports["delivery.yml"] = str(exports["delivery.yml"]).replace("D901", "JŪRMALA")
    delivery = read_delivery(written(exports))
    assert not delivery.rejected
    assert delivery.tables["schools"]["municipality_id"].unique().tolist() == ["0004000"]


def test_a_table_of_schools_beside_viis_gives_its_ids(exports: Files, written: Write) -> None:
    exports["schools.csv"] = (
        "school_id,name,municipality_id,settlement\nS1,Sauleskalna vidusskola,D901,rural\nS2,Ezera „Zivs” skola,D901,rural\n"
    )
    delivery = read_delivery(written(exports))
    assert not delivery.rejected
    assert delivery.tables["schools"]["school_id"].tolist() == ["S1", "S2"]
    assert set(delivery.tables["results"]["school_id"]) == {"S1", "S2"}
    assert delivery.tables["results"]["settlement"].unique().tolist() == ["rural"]


def test_vps_alone_does_not_know_whose_schools_it_holds(exports: Files, written: Write) -> None:
    exports.pop("viis_2023.csv")
    assert {fault.code for fault in read_delivery(written(exports)).rejected} == {"N10"}


# Public data


@pytest.mark.shared
def test_chem97_is_read_whole(shared_data: Path) -> None:
    delivery = read_delivery(shared_data / "chem97", ["chem97"])
    assert answers(delivery) == {"D08": 1}
    tables = delivery.tables
    assert (len(tables["municipalities"]), len(tables["schools"]), len(tables["results"])) == (131, 2410, 31022)
    assert tables["results"]["score"].between(0, 10).all()
    assert tables["results"]["gcsescore"].notna().all()
    assert next(f.facts["count"] for f in delivery.faults if f.code == "D08") == int(
        (tables["results"]["score"] == 0).sum()
    )


@pytest.fixture(scope="module")
def latvia(shared_data: Path) -> Delivery:
    return read_delivery(shared_data / "latvia-2018", ["latvia-2018"])


@pytest.mark.shared
def test_latvia_2018_is_read_with_its_exclusions_counted(latvia: Delivery) -> None:
    assert answers(latvia) == {"D04": 2}
    assert len(latvia.tables["municipalities"]) == 42
    assert len(latvia.tables["schools"]) == 781
    assert len(latvia.tables["school_results"]) == 2202
    assert sorted(e.count for e in latvia.excluded) == [7, 11]


@pytest.mark.shared
def test_cities_and_counties_of_one_name_stay_apart(latvia: Delivery) -> None:
    schools = latvia.tables["schools"].groupby("municipality_id").size()
    for city, county in (("0003000", "0030000"), ("0006000", "0043000"), ("0007000", "0056000")):
        assert schools[city] > 0 < schools[county]


@pytest.mark.shared
def test_two_schools_of_one_name_are_two_schools_in_two_places(latvia: Delivery) -> None:
    schools = latvia.tables["schools"]
    assert sorted(schools.loc[schools["name"] == "Zemgales vidusskola", "municipality_id"]) == ["0022000", "0052000"]


@pytest.mark.shared
def test_the_registers_codes_are_those_of_the_old_names_through_the_crosswalk(
    shared_data: Path, latvia: Delivery
) -> None:
    """All 781 by name and parish; the town Vangaži has no parish there, and a map's decision."""
    source = pd.read_csv(shared_data / "latvia-2018" / "schools_2017_2018.csv", dtype="str", keep_default_na=False)
    found = [
        find(old, part=parish or None).municipality_id
        for old, parish in zip(source["municipality_2018"], source["parish"], strict=True)
    ]
    differ = source[[one != other for one, other in zip(found, source["atvk_2025"], strict=True)]]
    assert differ[["name", "municipality_2018", "atvk_2025"]].to_numpy().tolist() == [
        ["Vangažu vidusskola", "Inčukalna novads", "0044000"]
    ]
    ours = latvia.tables["schools"].set_index("school_id")["municipality_id"]
    assert ours[source["id"]].tolist() == source["atvk_2025"].tolist()
    assert ours[source.loc[source["municipality_2018"] == "Varakļānu novads", "id"]].unique().tolist() == ["0038001"]


@pytest.mark.shared
def test_a_map_finds_the_same_places_by_name_parish_and_decision(
    shared_data: Path, tmp_path: Path, latvia: Delivery
) -> None:
    own = tmp_path / "by_name.yml"
    own.write_text(
        "scope: country\nabolished: map\nfiles:\n  - pattern: schools_2017_2018.csv\n    tables:\n      schools:\n"
        "        school_id: id\n        name: name\n        municipality_id:\n"
        "          {from: municipality_2018, lookup: municipality, part: parish, "
        "parts: {Inčukalna novads: '0044000'}}\n",
        "utf-8",
    )
    by_name = read_delivery(shared_data / "latvia-2018", [str(own)])
    assert {fault.code for fault in by_name.rejected} == {"D01"}  # no results: schools are all that is asked
    one, other = (d.tables["schools"].set_index("school_id")["municipality_id"].sort_index() for d in (by_name, latvia))
    pd.testing.assert_series_equal(one, other)


@pytest.mark.shared
@pytest.mark.slow
def test_sgp_long_is_read_with_its_repetitions_decided_and_no_name_in_it(shared_data: Path) -> None:
    started = time.process_time()
    delivery = read_delivery(shared_data / "sgp-long", ["sgp-long"])
    spent, memory = time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"sgp-long: {spent:.1f} s, {memory:.2f} GB")
    assert {f.facts["table"]: f.facts["count"] for f in delivery.faults if f.code == "D05"} == {
        "enrolments": 551,
        "pupils": 24,
    }
    assert answers(delivery) == {
        "C20": 1,
        "D05": 2,
        "D27": 1,
    }  # one repeated enrolment of two grades
    results, schools = delivery.tables["results"], delivery.tables["schools"]
    assert (len(results), results["pupil_id"].nunique(), results["municipality_id"].nunique()) == (368_301, 67_547, 3)
    assert sorted(i for i in schools["school_id"] if i.endswith("-4318")) == ["1040-4318", "2690-4318", "470-4318"]
    assert len({i.split("-")[1] for i in schools["school_id"]}) == 121
    source = pd.read_csv(
        shared_data / "sgp-long" / "sgpData_LONG.csv.gz", usecols=["FIRST_NAME", "LAST_NAME"], dtype="str"
    )
    names = set(source["FIRST_NAME"].dropna()) | set(source["LAST_NAME"].dropna())
    assert len(names) > 1000
    for table in delivery.tables.values():
        for column in table.select_dtypes("str").columns.drop("ethnicity", errors="ignore"):  # “White” is a surname too
            assert not names & set(table[column].dropna().unique())
