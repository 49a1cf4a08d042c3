"""Public data of other countries through their maps: whole, and with the figures that others published."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from analysis.faults import render
from analysis.intake.delivery import Delivery, read_delivery

pytestmark = [pytest.mark.shared]

# From data/README.md beside the files.
EXAM_ROWS, EXAM_SCHOOLS = 4059, 65
EGSINGLE_RECORDS, EGSINGLE_CHILDREN, EGSINGLE_SCHOOLS, EGSINGLE_REPEATED = 7230, 1721, 60, 332
CZ_CANDIDATES, CZ_MEAN, CZ_SD, CZ_MOST = 15_702, 27.708763, 12.068983, 50


def read(folder: Path) -> Delivery:
    delivery = read_delivery(folder, [folder.name])
    assert not delivery.rejected, [render(fault) for fault in delivery.rejected]
    return delivery


@pytest.fixture(scope="module")
def exam(shared_data: Path) -> Delivery:
    return read(shared_data / "exam")


@pytest.fixture(scope="module")
def egsingle(shared_data: Path) -> Delivery:
    return read(shared_data / "egsingle")


@pytest.fixture(scope="module")
def czmatura(shared_data: Path) -> Delivery:
    return read(shared_data / "czmatura")


def test_exam_keeps_every_row_as_a_pupil(exam: Delivery) -> None:
    assert (len(exam.tables["results"]), len(exam.tables["pupils"])) == (EXAM_ROWS, EXAM_ROWS)
    assert (len(exam.tables["schools"]), len(exam.tables["municipalities"])) == (EXAM_SCHOOLS, 1)
    assert exam.tables["results"]["reading_test"].notna().all()
    assert exam.tables["results"]["percent"].isna().all()  # no range: a position only


def test_exam_has_four_pupils_of_one_number_and_says_so(exam: Delivery, shared_data: Path) -> None:
    raw = pd.read_csv(shared_data / "exam" / "Exam.csv")
    again = raw.duplicated(["school", "student"])
    (finding,) = [fault for fault in exam.faults if fault.code == "D09"]
    assert finding.facts["count"] == int(again.sum()) == 4
    for line in raw.index[again] + 2:
        assert str(line) in str(finding.facts["lines"])
    assert '"school + student"' in render(finding)
    assert "4" in render(finding, "en")


def test_exam_lets_a_check_find_the_mixed_school_with_one_boy(exam: Delivery) -> None:
    results = exam.tables["results"].merge(exam.tables["schools"][["school_id", "kind"]], on="school_id")
    mixed = results[results["kind"] == "mixed"].groupby("school_id")["sex"].value_counts().unstack(fill_value=0)
    odd = mixed[mixed.min(axis=1) == 1]
    assert odd.loc["43", ["boy", "girl"]].tolist() == [1, 60]


def test_egsingle_keeps_every_record_and_child(egsingle: Delivery) -> None:
    results = egsingle.tables["results"]
    assert (len(results), results["pupil_id"].nunique()) == (EGSINGLE_RECORDS, EGSINGLE_CHILDREN)
    assert len(egsingle.tables["schools"]) == EGSINGLE_SCHOOLS
    assert sorted(results["grade"].unique()) == ["0", "1", "2", "3", "4", "5"]
    assert sorted(results["school_year"].unique()) == [2001, 2002, 2003, 2004, 2005, 2006]


def test_egsingle_has_repeaters_in_two_years_and_no_fault(egsingle: Delivery) -> None:
    enrolments = egsingle.tables["enrolments"].sort_values("school_year")
    again = enrolments[enrolments.duplicated(["pupil_id", "grade"])]
    assert len(again) == EGSINGLE_REPEATED
    assert (again["repeats"] == "yes").all()
    firsts = enrolments[~enrolments.index.isin(again.index)]
    pairs = again.merge(firsts, on=["pupil_id", "grade"], suffixes=("", "_before"))
    assert (pairs["school_year"] > pairs["school_year_before"]).all()
    assert {fault.code for fault in egsingle.faults} == {"D09"}  # told, not refused


def test_czmatura_has_the_published_mean_and_spread(czmatura: Delivery) -> None:
    score = czmatura.tables["results"]["score"]
    assert len(score) == CZ_CANDIDATES
    assert score.mean() == pytest.approx(CZ_MEAN, abs=1e-6)
    assert score.std() == pytest.approx(CZ_SD, abs=1e-6)


def test_czmatura_items_are_as_easy_as_published(czmatura: Delivery, shared_data: Path) -> None:
    published = pd.read_csv(shared_data / "czmatura" / "czmatura_schooltype_items.csv").set_index("item")
    items, item_map = czmatura.tables["items"], czmatura.tables["item_map"].set_index("item")
    assert len(items) == CZ_CANDIDATES * len(published)
    assert item_map["max_points"].to_dict() == published["max"].astype(float).to_dict()
    assert item_map["max_points"].sum() == CZ_MOST
    facility = items.groupby("item")["points"].mean() / item_map["max_points"]
    pd.testing.assert_series_equal(
        facility.sort_index(), published["facility"].sort_index(), check_names=False, atol=1e-12
    )


def test_czmatura_items_add_up_to_the_score(czmatura: Delivery) -> None:
    sums = czmatura.tables["items"].groupby("pupil_id")["points"].sum()
    scores = czmatura.tables["results"].set_index("pupil_id")["score"]
    pd.testing.assert_series_equal(sums.sort_index(), scores.sort_index(), check_names=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "slug", "figures"),
    [
        ("exam", "inner-london", ["65 schools", "4\u00a0059 pupils"]),
        ("egsingle", "study", ["mathematics", "Grade 4"]),
        ("czmatura", "CZ", ["15\u00a0702", "55.4%"]),  # 27.708763 of 50
    ],
)
def test_pages_are_made_and_say_so(
    shared_data: Path, tmp_path: Path, command: Callable[..., object], name: str, slug: str, figures: list[str]
) -> None:
    folder = shared_data / name
    checked = command("check", folder, "--map", name)
    assert checked.returncode == 0, checked.stdout
    options = (
        "--map",
        name,
        "--store",
        tmp_path / "store",
        "--out",
        tmp_path / "out",
        "--language",
        "en",
        "--workers",
        "1",
    )
    made = command("reports", "--data", folder, *options)
    assert made.returncode == 0, made.stdout + made.stderr
    (page,) = (tmp_path / "out" / "public" / "20_municipality").glob(f"{slug}*.html")
    text = page.read_text("utf-8")
    for figure in figures:
        assert figure in text
