"""Public numbers of schools are read from files as from the store; earlier issues from folders as from the store."""

import pandas as pd
import pytest
from click.testing import CliRunner

from analysis.__main__ import main
from analysis.batch.aside import OUTSIDE, aside, outside_of, outside_rows, read_outside, told_before, told_in
from analysis.evidence import evidence
from analysis.faults import InputFaults
from analysis.intake.issues import as_csv, freeze
from analysis.intake.store import Store, open_store
from analysis.params import load_params

ROW = {"school_id": "S1", "school_year": 2026, "grade": "9", "test": "CE", "domain": "mathematics", "n": 12}


def written(path, *rows: dict[str, object]):
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def test_what_is_delivered_is_what_a_file_of_the_same_says(demo_store, tmp_path):
    known = outside_of(open_store(demo_store), "D004")
    assert list(known.columns) == OUTSIDE
    assert known["band"].isna().any()
    assert known["band"].notna().any()
    known.to_csv(tmp_path / "public.csv", index=False)
    read = read_outside(tmp_path / "public.csv")
    assert known["mean_score"].notna().any()
    numbers = ["school_year", "n", "band", "mean_score", "score_max"]
    pd.testing.assert_frame_equal(
        read.astype(dict.fromkeys(numbers, "float64")), known.astype(dict.fromkeys(numbers, "float64"))
    )


def test_bands_alone_say_how_many_there_are():
    bands = outside_rows([pd.DataFrame([ROW | {"band": 3, "n": 4}, ROW | {"band": 7, "n": 9}])])
    assert bands.loc[bands["band"].isna(), "n"].tolist() == [13]
    both = outside_rows([pd.DataFrame([ROW]), pd.DataFrame([ROW | {"band": 3, "n": 12}])])
    assert both.loc[both["band"].isna(), "n"].tolist() == [12]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"n": "daži"}, "V05"),
        ({"n": -1}, "V05"),
        ({"band": 2.5}, "V05"),
        ({"mean_score": "daži"}, "V05"),
        ({"score_max": -1}, "V05"),
    ],
)
def test_a_number_that_is_none_is_refused_with_its_line(tmp_path, change, code):
    with pytest.raises(InputFaults) as found:
        read_outside(written(tmp_path / "p.csv", ROW, ROW | change))
    (fault,) = found.value.faults
    assert (fault.code, fault.line) == (code, 3)


def test_a_file_without_a_column_or_of_another_kind_is_refused(tmp_path):
    with pytest.raises(InputFaults) as lacking:
        read_outside(written(tmp_path / "p.csv", {k: v for k, v in ROW.items() if k != "n"}))
    assert [(one.code, one.facts["name"]) for one in lacking.value.faults] == [("S04", "n")]
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(InputFaults) as unread:
        read_outside(tmp_path / "empty.csv")
    assert [one.code for one in unread.value.faults] == ["C02"]


def test_what_lies_in_a_folder_of_reports_was_told(reports):
    rows = told_in(reports / "out")
    assert set(aside([], [rows], "D004").earlier["municipality_id"]) == {"D004"}
    assert len(aside([], [], "D004").earlier) == 0


def test_the_command_refuses_pages_that_contradict_what_is_public(reports, demo_store, tmp_path):
    known = outside_of(open_store(demo_store), "D005")
    known = known[known["band"].isna()]
    asked = ["audit", str(reports / "out"), "--store", str(demo_store), "--only", "D005", "--public"]
    known.to_csv(tmp_path / "right.csv", index=False)
    right = CliRunner().invoke(main, [*asked, str(tmp_path / "right.csv")])
    assert right.exit_code == 0, right.output
    known.assign(n=known["n"] + 5).to_csv(tmp_path / "more.csv", index=False)
    more = CliRunner().invoke(main, [*asked, str(tmp_path / "more.csv")])
    assert more.exit_code == 0, more.output
    assert "count pupils who are not in these data as well" in more.output
    known.assign(n=known["n"] - 5).to_csv(tmp_path / "wrong.csv", index=False)
    wrong = CliRunner().invoke(main, [*asked, str(tmp_path / "wrong.csv")])
    assert wrong.exit_code == 3, wrong.output
    assert "skaitļi nesader" in wrong.output


def test_the_command_compares_two_issues(reports, demo_store, tmp_path):
    same = CliRunner().invoke(
        main, ["audit", str(reports / "out"), "--only", "D005", "--earlier", str(reports / "out")]
    )
    assert "atšķiras" not in same.output
    path = tmp_path / "public" / "20_municipality" / "D005.csv"
    path.parent.mkdir(parents=True)
    rows = pd.read_csv(reports / "out" / "public" / "20_municipality" / "D005.csv", dtype=str, keep_default_na=False)
    told = (rows["population"] == "pupils") & rows["n"].ne("") & rows["municipality_id"].eq("D005")
    rows.loc[rows.index[told][0], "n"] = str(int(rows.loc[told, "n"].iloc[0]) + 1)
    rows.to_csv(path, index=False)
    late = CliRunner().invoke(main, ["audit", str(reports / "out"), "--only", "D005", "--earlier", str(tmp_path)])
    assert late.exit_code == 3
    assert "published before or elsewhere 1" in late.output


def test_what_issues_told_of_the_country_is_known_whoever_s_page_it_stood_on(tmp_path):
    def page(*rows: dict[str, object]) -> bytes:
        return as_csv(evidence(pd.DataFrame(rows), indicator="band_share", unit="percent", school_year=2026))

    nation, own = {"municipality_id": "", "part": "0-49"}, {"municipality_id": "D001", "part": "0-49"}
    other = {"municipality_id": "D002", "part": "0-49", "n": 80}
    schools = as_csv(pd.DataFrame({"school_id": ["S1"], "municipality_id": ["D001"]}))
    for name, n in (("a", 600), ("b", 650)):
        pages = {
            "public/20_municipality/D001": page(own | {"n": n // 6}),
            "public/20_municipality/D002": page(other, nation | {"n": n}),
            "board/30_school/S1": page(own | {"school_id": "S1", "n": n // 12}),
        }
        content = {f"evidence/{path}.csv": data for path, data in pages.items()} | {"schools.csv": schools}
        freeze(tmp_path, name, content, {"store": name, "params": {}, "places": {}})
    told = told_before(Store(tmp_path / "now"), "D001", load_params())
    found = sorted(zip(told["issue"], told["municipality_id"], told["school_id"], told["n"].astype(int), strict=True))
    assert found == [("a", "", "", 600), ("a", "D001", "", 100), ("a", "D001", "S1", 50),
                     ("b", "", "", 650), ("b", "D001", "", 108), ("b", "D001", "S1", 54)]  # fmt: skip
    known = aside([], [told.assign(file="issue")], "D001")
    assert (len(known.earlier), len(known.country)) == (4, 2)


def test_the_command_compares_what_two_issues_say_of_the_country(reports, tmp_path):
    name = "public/20_municipality/D004.csv"
    (tmp_path / name).parent.mkdir(parents=True)
    rows = pd.read_csv(reports / "out" / name, dtype=str, keep_default_na=False)
    told = rows["municipality_id"].eq("") & rows["indicator"].eq("band_share") & rows["estimate"].ne("")
    rows.loc[told, "n"] = (rows.loc[told, "n"].astype(int) - 1).astype("str")
    rows.to_csv(tmp_path / name, index=False)
    late = CliRunner().invoke(main, ["audit", str(reports / "out"), "--only", "D004", "--earlier", str(tmp_path)])
    assert late.exit_code == 3
    assert f"published before or elsewhere {told.sum()}" in late.output
