"""Two issues a year apart with a change of boundary between them, and which issue a page compares itself with."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.batch.issues import decided, earlier_issue
from analysis.batch.manifest import read_manifest
from analysis.intake.issues import freeze
from analysis.intake.store import Store
from analysis.plan.changes import PARTS

PLACES = ("--only", "D002", "--only", "D003")


class TestWhichIssue:
    OWN, OTHER = {"a": 1, "comments": {}}, {"a": 2, "comments": {}}

    def frozen(self, store: Path, name: str, version: str, own: object = OWN) -> None:
        freeze(store, name, {}, {"name": name, "store": version, "params": {"M": decided(own)}})

    def found(self, store: Path, version: str, own: object = OWN) -> str | None:
        issue = earlier_issue(Store(store / version), "M", own)
        return issue.name if issue else None

    def test_the_newest_of_other_data_and_never_a_pages_own(self, tmp_path):
        assert self.found(tmp_path, "v1") is None
        self.frozen(tmp_path, "a", "v1")
        assert self.found(tmp_path, "v1") is None
        assert self.found(tmp_path, "v2") == "a"
        self.frozen(tmp_path, "b", "v2")
        assert (self.found(tmp_path, "v2"), self.found(tmp_path, "v3")) == ("a", "b")

    def test_a_page_is_never_compared_with_a_later_issue(self, tmp_path):
        self.frozen(tmp_path, "a", "v1")
        self.frozen(tmp_path, "b", "v2")
        assert self.found(tmp_path, "v1") is None

    def test_other_parameters_of_the_same_data_make_another_issue(self, tmp_path):
        self.frozen(tmp_path, "a", "v1")
        assert self.found(tmp_path, "v1", self.OTHER) == "a"
        assert self.found(tmp_path, "v1", self.OWN | {"comments": {"where": "text"}}) is None


@pytest.fixture(scope="module")
def years(demo, demo_store, once, command):
    """Prepare the earlier demo, freeze it as an issue, then report on today's demo from the same store."""

    def fill(folder: Path) -> None:
        from analysis.intake.demo import write_demo

        before = write_demo(folder / "before", earlier=True)
        shutil.copytree(demo_store, folder / "store")
        runs = [
            ("--data", before, *PLACES, "--only", "D006", "--issue", "first", "--out", folder / "then"),
            ("--data", demo, *PLACES, "--out", folder / "now"),
        ]
        ended = [command("reports", *run, "--store", folder / "store", "--workers", "2") for run in runs]
        facts = [{"code": e.returncode, "out": e.stdout, "err": e.stderr} for e in ended]
        (folder / "ended.json").write_text(json.dumps(facts), encoding="utf-8")

    return once("two-years", fill)


def page(years: Path, when: str, place: str) -> str:
    return (years / when / "public" / "20_municipality" / f"{place}.html").read_text("utf-8")


def changed(years: Path, place: str, when: str = "now") -> pd.DataFrame:
    rows = pd.read_csv(years / when / "public" / "20_municipality" / f"{place}.csv", dtype={"grade": "str"})
    rows = rows[rows["indicator"] == "change"]
    return rows.pivot_table(
        index=["grade", "domain", "level", "school_year"], columns="part", values="estimate", dropna=False, sort=False
    ).dropna(subset=["total"])


@pytest.mark.slow
class TestTwoYears:
    def test_both_runs_end_well_and_the_first_is_frozen(self, years):
        first, second = json.loads((years / "ended.json").read_text("utf-8"))
        assert (first["code"], second["code"]) == (0, 0), first["err"] + second["err"]
        assert "Issue frozen" in first["out"]
        facts = json.loads((years / "store" / "issues" / "first" / "issue.json").read_text("utf-8"))
        assert list(facts["places"]) == ["D002", "D003", "D006"]

    def test_what_is_frozen_is_what_was_published(self, years):
        for place in ("D002", "D003", "D006"):
            name = f"public/20_municipality/{place}.csv"
            frozen = years / "store" / "issues" / "first" / "evidence" / name
            assert frozen.read_bytes() == (years / "then" / name).read_bytes()

    def test_the_first_page_says_once_that_there_was_no_issue_and_the_second_has_the_section(self, years):
        assert 'id="changed"' not in page(years, "then", "D002")
        assert page(years, "then", "D002").count("iesaldēta iepriekšēja pārskata nav") == 1
        for place in ("D002", "D003"):
            assert page(years, "now", place).count('<section id="changed"') == 1
        assert "Ābelzares novads" in page(years, "now", "D002")
        assert "nosaukta arī iepriekš" in page(years, "now", "D002")

    def test_the_parts_add_up_as_printed(self, years):
        for place in ("D002", "D003"):
            found = changed(years, place).dropna(subset=["rest"])
            assert len(found) > 5
            sums = (100 * found[list(PARTS[1:])].fillna(0)).round().sum(axis=1)
            assert (sums == (100 * found["total"]).round()).all()

    def test_the_boundary_part_is_there_where_municipalities_merged_and_zero_elsewhere(self, years):
        assert (changed(years, "D002")["boundary"].abs() > 0.02).sum() > 3
        assert (changed(years, "D003")["boundary"].dropna() == 0).all()

    def test_results_that_came_late_are_a_revision_where_they_came(self, years):
        late, other = (changed(years, place)["data"].abs().mean() for place in ("D003", "D002"))
        assert late > 2 * other

    def test_the_manifest_names_the_issue(self, years):
        assert all(item["earlier"].startswith("first@") for item in read_manifest(years / "now")["items"])
        assert not any("earlier" in item for item in read_manifest(years / "then")["items"])

    def test_no_sum_of_a_small_cell_leaves_the_store(self, years):
        assert not [path for path in (years / "now").rglob("*") if "sums" in path.name]

    def test_other_data_need_another_name_and_an_issue_is_not_earlier_than_its_own_pages(self, years, command):
        given = ("reports", "--store", years / "store", *PLACES, "--out", years / "now")
        again = command(*given, "--issue", "first")
        assert again.returncode == 2
        assert "D40" in again.stdout + again.stderr
        frozen = command(*given, "--issue", "second")
        assert frozen.returncode == 0, frozen.stderr
        assert "2 pages done (2 unchanged)" in command(*given).stdout
