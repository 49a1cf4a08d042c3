"""Units of no pupil, of one, and of one school: a page that says so, and no figure of a single child (faults 28, 29; P05)."""

import csv
import io

import pytest

from analysis.batch.open import open_unit
from analysis.batch.prepare import prepare

HEADER = "pupil_id,school_year,grade,test,domain,school_id,score,score_max,status\n"


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> str:
    """Five places: 40 pupils, one pupil, pupils who were all absent, a school without pupils, no school at all."""
    folder = tmp_path_factory.mktemp("units") / "delivery"
    folder.mkdir()
    crowd = [f"a{i},2024,9,CE,mathematics,S1,{30 + i},100,present" for i in range(40)]
    one = ["b1,2024,9,CE,mathematics,S2,91.25,100,present"]
    absent = [f"c{i},2024,9,CE,mathematics,S3,,100,absent" for i in range(3)]
    files = {
        "delivery.yml": "scope: country\n",
        "municipalities.csv": "municipality_id,name\n" + "".join(f"D{i},Vieta {i}\n" for i in range(1, 6)),
        "schools.csv": "school_id,name,municipality_id\n" + "".join(f"S{i},Skola {i},D{i}\n" for i in range(1, 5)),
        "results.csv": HEADER + "\n".join([*crowd, *one, *absent]) + "\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    prepare(folder, (), folder.parent / "store")
    return str(folder.parent / "store")


@pytest.mark.parametrize("place", ["D1", "D2", "D3", "D4", "D5"])
def test_every_unit_has_a_whole_page(place, store, page_for):
    page = page_for(open_unit(place, store=store))
    assert page.html.rstrip().endswith("</html>")
    assert "Traceback" not in page.html


@pytest.mark.parametrize("place", ["D3", "D4", "D5"])
def test_a_unit_without_results_says_so(place, store, page_for):
    page = page_for(open_unit(place, store=store))
    assert not [
        row for row in csv.DictReader(io.StringIO(page.csv)) if row["estimate"] and row["municipality_id"] == place
    ]


def test_nothing_of_a_single_pupil_is_on_the_page_or_beside_it(store, page_for):
    page = page_for(open_unit("D2", store=store))
    own = [
        row
        for row in csv.DictReader(io.StringIO(page.csv))
        if row["municipality_id"] == "D2" and row["population"] not in ("schools", "rows")
    ]
    assert not [row for row in own if row["estimate"] or row["n"]]
    for written in ("91.25", "91,25", "91,3", "91.3"):
        assert written not in page.html
        assert written not in page.csv
