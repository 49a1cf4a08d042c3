"""A run publishes whole pages, repeats itself byte for byte, and says in one line what failed."""

import base64
import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.batch.engine import Outcome
from analysis.batch.manifest import broken_files, read_manifest
from analysis.batch.run import run
from analysis.batch.wanted import Plan
from analysis.intake.store import open_store
from analysis.words.catalogue import say
from analysis.words.collation import latvian_key

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("D001", "D002", "D003", "D004", "D005")
ELSEWHERE = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0"}
CANARY = "Kanarija-Bērziņa-49.1234"
pytestmark = pytest.mark.slow


def published(folder: Path) -> dict[str, bytes]:
    """Every published byte by file name; the lock is none."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def states(folder: Path) -> dict[str, str]:
    return {item["slug"]: item.get("reason", item["state"]) for item in read_manifest(folder).get("items", [])}


class TestFirstRun:
    @pytest.fixture
    def out(self, reports):
        return reports / "out"

    def test_ends_with_zero_and_says_how_many_pages_it_made(self, reports):
        ended = json.loads((reports / "ended.json").read_text("utf-8"))
        assert ended["code"] == 0, ended["err"]
        assert ended["out"].startswith("10 lapas gatavas (0 bez izmaiņām) · 10 pages done (0 unchanged)")

    def test_is_quiet_but_for_its_progress(self, reports):
        noise = json.loads((reports / "ended.json").read_text("utf-8"))["err"]
        assert set(re.split(r"[\r\n]+", re.sub(r"(burtnica|aizsardzība): .*", "", noise).strip())) == {""}

    def test_makes_a_page_in_each_language_and_one_evidence_file_a_municipality(self, out):
        made = {f"public/20_municipality/{place}{end}" for place in PLACES for end in (".html", ".en.html", ".csv")}
        assert set(published(out)) == made | {"manifest.json", "public/index.html"}

    def test_manifest_lists_every_page_done_with_true_sizes_and_digests(self, out):
        items = read_manifest(out)["items"]
        assert [(i["slug"], i["language"], i["state"]) for i in items] == [
            (place, language, "done") for place in PLACES for language in ("en", "lv")
        ]
        for item in items:
            assert len(item["files"]) == 2
            for name, facts in item["files"].items():
                assert facts["size"] == (out / name).stat().st_size
        assert broken_files(out) == []

    def test_manifest_knows_no_time_host_or_path(self, out):
        text = (out / "manifest.json").read_text("utf-8")
        assert not re.search(r"\d{2}:\d{2}|20\d\d-\d\d-\d\d", text)
        for word in (os.uname().nodename, str(out), str(ROOT), Path.home().name + "/"):
            assert word not in text
        assert set(read_manifest(out)["run"]) == {
            "burtnica", "country_audited", "files", "index", "key_id", "packages", "parameters", "store"
        }  # fmt: skip
        assert read_manifest(out)["run"]["country_audited"]

    def test_index_lists_municipalities_in_latvian_order_with_both_languages(self, out):
        page = (out / "public" / "index.html").read_text("utf-8")
        names = re.findall(r'<a href="20_municipality/\w+\.html" hreflang="lv">([^<]+)</a>', page)
        assert len(names) == 5
        assert names == sorted(names, key=latvian_key)
        assert page.count('hreflang="en"') == 5

    def test_each_page_links_the_other_language(self, out):
        folder = out / "public" / "20_municipality"
        assert 'href="D001.en.html" hreflang="en"' in (folder / "D001.html").read_text("utf-8")
        assert 'href="D001.html" hreflang="lv"' in (folder / "D001.en.html").read_text("utf-8")

    def test_publishes_no_notebook_no_path_and_no_trace_of_code(self, out, demo_store):
        words = (
            str(ROOT), str(demo_store), "/tmp/", "burtnica-", "papermill", "injected", "Traceback", "open_unit",
            "execution_count", "cell_type", "params_file", "object at 0x", "<script",
        )  # fmt: skip
        for name, data in published(out).items():
            for spelled in spellings(data):
                for word in words:
                    assert word not in spelled, (name, word)

    def test_publishes_no_pupil(self, out, demo, demo_store):
        import pandas as pd

        pupils = pd.read_csv(demo / "pupils.csv", dtype=str)["pupil_id"].tolist()
        stored = pd.concat(pd.read_parquet(path) for path in demo_store.glob("*/results/*.parquet"))["pupil"]
        everything = " ".join(data.decode("utf-8") for data in published(out).values())
        words = set(re.findall(r"[\w-]+", everything))
        assert not words & set(pupils)
        assert not words & set(stored.astype(str))


def spellings(data: bytes) -> list[str]:
    """Published text as it is, unescaped, and with every base64 run decoded."""
    text = data.decode("utf-8")
    hidden = [base64.b64decode(run + "=" * (-len(run) % 4)).decode("latin-1")
              for run in re.findall(r"base64,([A-Za-z0-9+/]{40,})", text)]  # fmt: skip
    return [text, html.unescape(text), *hidden]


class TestRepeatedRun:
    @pytest.fixture
    def copy(self, reports, tmp_path):
        return Path(shutil.copytree(reports / "out", tmp_path / "copy"))

    def test_does_nothing_when_nothing_changed_but_sweep_half_written_files(self, copy, reports, demo_store, command):
        before = {path: path.stat().st_mtime_ns for path in copy.rglob("*.html") if path.name != "index.html"}
        for orphan in (
            ".manifest.json.x1",
            "public/20_municipality/.D001.html.x2",
            "public/20_municipality/.D001.csv.x3",
        ):
            (copy / orphan).write_text("half a fi")
        ended = command("reports", "--store", demo_store, "--language", "both", "--out", copy)
        assert ended.returncode == 0, ended.stderr
        assert "10 pages done (10 unchanged)" in ended.stdout
        assert published(copy) == published(reports / "out")
        assert {path: path.stat().st_mtime_ns for path in before} == before

    def test_makes_the_same_bytes_under_another_hash_seed_zone_and_locale(
        self, copy, reports, demo_store, command, tmp_path
    ):
        """Pages, evidence, index and manifest; the other municipalities stay listed."""
        arguments = ("--store", demo_store, "--language", "both", "--only", "D005", "--force", "--out", copy)
        ended = command("reports", *arguments, cwd=tmp_path, **ELSEWHERE)
        assert ended.returncode == 0, ended.stderr
        assert "2 pages done (0 unchanged)" in ended.stdout
        assert published(copy) == published(reports / "out")

    def test_a_truncated_page_is_found_and_made_again(self, copy, reports, demo_store, command, small_notebook):
        page = copy / "public" / "20_municipality" / "D005.html"
        os.truncate(page, page.stat().st_size - 1000)
        checked = command("verify", copy)
        assert checked.returncode == 1
        assert checked.stderr == "atšķiras · differs: public/20_municipality/D005.html\n"
        command("reports", "--store", demo_store, "--language", "both", "--only", "D005", "--out", copy)
        assert published(copy) == published(reports / "out")
        assert command("verify", copy).returncode == 0


def test_plain_papermill_gives_the_page_of_the_batch(demo_store, command, tmp_path):
    """Promise 2: from any folder, the batch adds speed and safety, never another result."""
    ended = command("reports", "--store", demo_store, "--only", "D005", "--out", tmp_path / "batch")
    assert ended.returncode == 0, ended.stderr
    notebook, executed = ROOT / "notebooks" / "20_municipality.ipynb", tmp_path / "out.ipynb"
    parameters = {"municipality": "D005", "params_file": "params/D005.yml", "store": str(demo_store)}
    raw = [part for name, value in parameters.items() for part in ("-r", name, value)]
    subprocess.run(
        [sys.executable, "-m", "papermill", notebook, executed, "--no-progress-bar", *raw],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, check=True, capture_output=True,
    )  # fmt: skip
    assert command("page", executed, "--out", tmp_path / "D005.html").returncode == 0
    folder = tmp_path / "batch" / "public" / "20_municipality"
    assert (tmp_path / "D005.html").read_bytes() == (folder / "D005.html").read_bytes()
    assert (tmp_path / "D005.csv").read_bytes() == (folder / "D005.csv").read_bytes()


class TestPublishing:
    """What a run leaves in its folder; pages are made by hand here, so that no kernel is needed."""

    @pytest.fixture
    def go(self, demo_store, tmp_path, monkeypatch, by_hand):
        """Run with made-up outcomes: each page says its slug, language and ``text``; ``reasons`` fails some of them."""
        notebook = tmp_path / "small.ipynb"
        notebook.write_text("{}")
        defaults = {"notebooks": (notebook,), "editions": ("public",), "languages": ("lv",), "out": tmp_path / "out"}

        def start(text="first", reasons=None, store=demo_store, **asked):
            def make(item):
                reason = (reasons or {}).get(item.slug, "")
                page = f"<html>{item.slug} {item.language} {text}</html>"
                return Outcome(reason) if reason else Outcome(html=page, csv=f"{item.slug} {text}")

            monkeypatch.setattr("analysis.batch.run.outcomes", by_hand(make))
            return run(Plan(open_store(store), store, **defaults | asked))

        start.out = tmp_path / "out"
        return start

    def pages(self, go) -> dict[str, str]:
        return {path.name: path.read_text() for path in (go.out / "public" / "small").glob("*.html")}

    def test_a_run_in_the_other_language_leaves_the_first_ones_pages(self, go):
        go()
        go(languages=("en",))
        assert len(self.pages(go)) == 10
        assert len(states(go.out)) == 5
        assert len(read_manifest(go.out)["items"]) == 10
        assert broken_files(go.out) == []

    def test_an_old_page_does_not_stay_beside_evidence_of_other_data(self, go):
        """The evidence file is one for both languages; a page that it does not fit is no published page any more."""
        go()
        go("second", languages=("en",), force=True)
        assert set(self.pages(go)) == {f"{place}.en.html" for place in PLACES}
        assert broken_files(go.out) == []

    def test_a_run_of_one_leaves_the_others_even_with_new_data(self, go):
        go()
        go("second", only=frozenset({"D002"}), force=True)
        assert self.pages(go)["D001.html"] == "<html>D001 lv first</html>"
        assert self.pages(go)["D002.html"] == "<html>D002 lv second</html>"
        assert len(read_manifest(go.out)["items"]) == 5

    def test_a_municipality_no_longer_listed_loses_its_page(self, go, demo_store, tmp_path):
        import pandas as pd

        go()
        fewer = Path(shutil.copytree(demo_store, tmp_path / "fewer"))
        (path,) = fewer.glob("*/municipalities.parquet")
        rows = pd.read_parquet(path)
        rows[rows["municipality_id"] != "D004"].to_parquet(path)
        go(store=fewer)
        assert "D004.html" not in self.pages(go)
        assert not (go.out / "public" / "small" / "D004.csv").exists()
        assert "D004" not in (go.out / "public" / "index.html").read_text("utf-8")

    def test_a_failure_of_another_run_is_not_forgotten(self, go):
        go(reasons={"D003": "time"})
        result = go(only=frozenset({"D001"}))
        assert result.failures == ()
        assert states(go.out)["D003"] == "time"
        assert [item["slug"] for item in go(retry=True).items if item["state"] == "done"] == list(PLACES)

    def test_a_full_disk_fails_the_item_and_the_old_page_stays(self, go, monkeypatch):
        from analysis.batch import making as module

        go()
        real = module.write_atomically

        def full(path, content):
            if path.name == "D003.html":
                raise OSError(28, "No space left on device")
            real(path, content)

        monkeypatch.setattr(module, "write_atomically", full)
        result = go("second")
        assert result.skipped == 5
        result = go("second", force=True)
        assert result.failures == ("D003 [lv]: disk (OSError)",)
        assert self.pages(go)["D003.html"] == "<html>D003 lv first</html>"
        assert (go.out / "public" / "small" / "D003.csv").read_text() == "D003 first"
        assert self.pages(go)["D004.html"] == "<html>D004 lv second</html>"
        assert broken_files(go.out) == []

    def test_a_run_that_cannot_write_its_manifest_stops(self, go, monkeypatch):
        from analysis.batch import manifest as module

        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(module, "write_atomically", full)
        with pytest.raises(OSError, match="No space left"):
            go()
        assert self.pages(go) == {}

    def test_a_manifest_that_lies_about_a_page_is_not_believed(self, go):
        go()
        page = go.out / "public" / "small" / "D001.html"
        page.write_text("<html>forged</html>")
        assert go().skipped == 4
        assert page.read_text() == "<html>D001 lv first</html>"

    def test_a_changed_notebook_makes_every_page_anew(self, go, tmp_path):
        go()
        assert go().skipped == 5
        (tmp_path / "small.ipynb").write_text("{ }")
        assert go().skipped == 0


class TestSchools:
    """The same of a notebook that takes a school: a page of each school, in the board's edition alone."""

    @pytest.fixture
    def go(self, demo_store, tmp_path, monkeypatch, by_hand):
        cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": 'school = "S001"'}
        notebook = tmp_path / "small.ipynb"
        notebook.write_text(json.dumps({"cells": [cell]}))
        asked_of: list[dict[str, str]] = []

        def start(text="first", reasons=None, store=demo_store, **asked):
            def make(item):
                asked_of.append(item.parameters)
                reason = (reasons or {}).get(item.slug, "")
                return Outcome(reason) if reason else Outcome(html=f"{item.slug} {text}", csv=text)

            monkeypatch.setattr("analysis.batch.run.outcomes", by_hand(make))
            plan = {"notebooks": (notebook,), "editions": (), "languages": ("lv",), "out": tmp_path / "out"} | asked
            return run(Plan(open_store(store), store, **plan))

        start.out, start.asked_of = tmp_path / "out", asked_of
        return start

    def pages(self, go) -> set[str]:
        return {path.relative_to(go.out).as_posix() for path in go.out.rglob("*.html")}

    def test_a_municipalitys_slug_makes_its_schools_and_a_schools_slug_that_one(self, go):
        go(only=frozenset({"D005", "S026"}))
        assert self.pages(go) == {"board/index.html", *(f"board/small/S0{i}.html" for i in (26, 27, 28))}
        assert [(asked["municipality"], asked["school"]) for asked in go.asked_of] == [
            ("D004", "S026"), ("D005", "S027"), ("D005", "S028")
        ]  # fmt: skip
        assert broken_files(go.out) == []
        (first, *_) = read_manifest(go.out)["items"]
        assert (first["slug"], first["school_id"], first["municipality_id"], first["edition"]) == (
            "S026", "S026", "D004", "board"
        )  # fmt: skip
        assert first["place"] not in ("", first["name"])

    def test_asked_for_both_editions_it_is_made_in_one(self, go):
        go(only=frozenset({"D005"}), editions=("public", "board"))
        assert not (go.out / "public").exists()

    def test_a_repeated_run_does_nothing_and_retry_makes_the_school_that_failed(self, go):
        failed = go(reasons={"S027": "time"}, only=frozenset({"D005"}))
        assert failed.failures == ("S027 [lv]: time",)
        page = (go.out / "board" / "index.html").read_text("utf-8")
        assert page.count("<li>") == 2  # the municipality, and the school that was made
        again = go("second", only=frozenset({"D005"}), retry=True)
        assert (again.skipped, again.failures) == (1, ())
        assert (go.out / "board" / "small" / "S028.html").read_text() == "S028 first"
        assert go(only=frozenset({"D005"})).skipped == 2

    def test_both_languages_link_one_another_and_share_the_evidence(self, go):
        go(only=frozenset({"S027"}), languages=("lv", "en"))
        assert self.pages(go) == {"board/index.html", "board/small/S027.html", "board/small/S027.en.html"}
        page = (go.out / "board" / "index.html").read_text("utf-8")
        assert 'href="small/S027.en.html" hreflang="en"' in page

    def test_a_municipality_whose_file_is_at_fault_fails_with_all_its_schools(self, go):
        result = go(only=frozenset({"D005"}), bad_input={"D005": ["V02"]})
        assert result.failures == ("S027 [lv]: bad_input (V02)", "S028 [lv]: bad_input (V02)")

    def test_a_school_no_longer_listed_loses_its_page(self, go, demo_store, tmp_path):
        import pandas as pd

        go(only=frozenset({"D005"}))
        fewer = Path(shutil.copytree(demo_store, tmp_path / "fewer"))
        (path,) = fewer.glob("*/schools.parquet")
        rows = pd.read_parquet(path)
        rows[rows["school_id"] != "S028"].to_parquet(path)
        go(store=fewer, only=frozenset({"D004"}))
        assert "board/small/S028.html" not in self.pages(go)
        assert "board/small/S027.html" in self.pages(go)
        assert not (go.out / "board" / "small" / "S028.csv").exists()

    def test_an_issue_keeps_the_evidence_of_each_school(self, go, demo_store, tmp_path):
        from analysis.batch.freezing import freeze_run

        store = Path(shutil.copytree(demo_store, tmp_path / "store"))
        result = go(store=store, only=frozenset({"D005"}))
        plan = Plan(open_store(store), store, (), ("board",), ("lv",), go.out)
        issue = freeze_run(plan, result, "first")
        assert {path.name for path in (issue.folder / "evidence" / "board" / "small").iterdir()} == {
            "S027.csv", "S028.csv"
        }  # fmt: skip


POISON = f"""import os, sys
if municipality == "D001":
    raise ValueError("{CANARY}", unit.results.head(1))
if municipality == "D002":
    sys.exit(0)
if municipality == "D003":
    os.kill(os.getpid(), 9)
if municipality == "D004":
    raise MemoryError("{CANARY}")"""


@pytest.fixture(scope="module")
def runs(demo_store, command, small_notebook, tmp_path_factory):
    """Two sound pages; then a run in which four of five municipalities fail each in their own way; then one repaired."""
    folder = tmp_path_factory.mktemp("failures")
    sound = small_notebook(folder / "sound" / "small.ipynb")
    poisoned = small_notebook(folder / "poisoned" / "small.ipynb", {"poison": POISON})
    store = Path(shutil.copytree(demo_store, folder / "store"))
    out, runs = folder / "out", {"store": store}
    for name, notebook, more in (
        ("first", sound, ("--only", "D001", "--only", "D005")),
        ("poisoned", poisoned, ()),
        ("repaired", sound, ("--retry",)),
    ):
        ended = command("reports", "--store", store, "--notebook", notebook, "--workers", "2", "--out", out, *more)
        runs[name] = (ended, published(out), states(out), broken_files(out))
    return runs


class TestFailures:
    def test_all_is_well_before(self, runs):
        ended, _, state, _ = runs["first"]
        assert ended.returncode == 0, ended.stderr
        assert state == {"D001": "done", "D005": "done"}

    def test_every_failure_has_its_reason_and_the_others_are_published(self, runs):
        ended, _, state, _ = runs["poisoned"]
        assert ended.returncode == 1
        assert state == {
            "D001": "cell_error", "D002": "stopped_early", "D003": "kernel_died", "D004": "memory", "D005": "done"
        }  # fmt: skip

    def test_each_failure_is_told_in_one_line_with_class_and_cell(self, runs):
        told = [line for line in runs["poisoned"][0].stderr.splitlines() if line.startswith("neizdevās")]
        assert told == [
            "neizdevās · failed: D001 [lv]: cell_error, poison (ValueError)",
            "neizdevās · failed: D002 [lv]: stopped_early, poison",
            "neizdevās · failed: D003 [lv]: kernel_died, poison (DeadKernelError)",
            "neizdevās · failed: D004 [lv]: memory, poison (MemoryError)",
        ]

    def test_the_text_of_an_error_reaches_no_log_and_no_published_byte(self, runs):
        ended, files, _, _ = runs["poisoned"]
        for text in (ended.stdout, ended.stderr, *(s for data in files.values() for s in spellings(data))):
            assert CANARY not in text
            assert "Traceback" not in text

    def test_the_executed_notebook_is_kept_for_its_owner_alone(self, runs):
        kept = list((runs["store"] / "failed").rglob("*.ipynb"))
        assert {path.name.split(".")[1] for path in kept} == {"D001", "D002", "D003", "D004"}
        assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
        assert {path.parent.stat().st_mode & 0o777 for path in kept} == {0o700}
        assert any(CANARY in path.read_text("utf-8") for path in kept)

    def test_the_last_good_page_stays_and_the_manifest_still_vouches_for_it(self, runs):
        first, poisoned = runs["first"][1], runs["poisoned"][1]
        made = {name for name in poisoned if name.startswith("public/small/")}
        assert made == {f"public/small/{place}{end}" for place in ("D001", "D005") for end in (".html", ".csv")}
        assert {name: poisoned[name] for name in made} == {name: first[name] for name in made}
        assert runs["poisoned"][3] == []

    def test_the_index_names_what_was_not_made(self, runs):
        page = runs["poisoned"][1]["public/index.html"].decode("utf-8")
        assert page.count("<li>") == 1
        names = page.split("<ul")[1].split("</ul>")[1]
        assert str(say("index_not_made", "lv", list="|")).split("|")[0] in names
        assert names.count(",") == 3

    def test_retry_makes_only_what_failed(self, runs):
        ended, files, _, _ = runs["repaired"]
        assert ended.returncode == 0, ended.stderr
        assert "5 pages done (1 unchanged)" in ended.stdout
        for name, data in runs["first"][1].items():
            if name.startswith("public/small/"):
                assert files[name] == data
        assert {name for name in files if name.endswith(".html")} == {
            "public/index.html", *(f"public/small/{place}.html" for place in PLACES)
        }  # fmt: skip


def as_folder(demo: Path, out: Path) -> Path:
    """The demo set with its results as a file a municipality."""
    import pandas as pd

    shutil.copytree(demo, out, ignore=shutil.ignore_patterns("results.csv", "items.csv", "item_map.csv"))
    results = pd.read_csv(demo / "results.csv", dtype=str, keep_default_na=False)
    of = pd.read_csv(demo / "schools.csv", dtype=str).set_index("school_id")["municipality_id"]
    (out / "results").mkdir()
    for place, rows in results.groupby(results["school_id"].map(of)):
        rows.to_csv(out / "results" / f"{place}.csv", index=False)
    return out


def test_a_bad_file_fails_its_municipality_alone(demo, command, small_notebook, tmp_path):
    delivery = as_folder(demo, tmp_path / "delivery")
    lines = (delivery / "results" / "D003.csv").read_text("utf-8").splitlines()
    header = lines[0].split(",")
    first = next(
        i for i, line in enumerate(lines) if line.split(",")[header.index("score_max")] not in ("", "score_max")
    )
    cells = lines[first].split(",")
    cells[header.index("score")], cells[header.index("status")] = "99999", "present"
    lines[first] = ",".join(cells)
    (delivery / "results" / "D003.csv").write_text("\n".join(lines) + "\n", "utf-8")
    notebook = small_notebook(tmp_path / "small.ipynb")
    out = tmp_path / "out"
    asked = ("--data", delivery, "--store", tmp_path / "store", "--notebook", notebook, "--out", out)
    ended = command("reports", *asked, "--only", "D001", "--only", "D003")
    assert ended.returncode == 1
    assert "V02 results/D003.csv" in ended.stdout
    assert states(out) == {"D001": "done", "D003": "bad_input"}
    assert "neizdevās · failed: D003 [lv]: bad_input (V02)" in ended.stderr
    page = (out / "public" / "small" / "D001.html").read_text("utf-8")
    assert str(say("data_failed", "lv", list="D003")) in page
    assert not (out / "public" / "small" / "D003.html").exists()


WAIT = """import time
if municipality != "D005":
    time.sleep(120)"""


@pytest.mark.parametrize(("how", "code"), [("TERM", 143), ("INT", 130), ("KILL", -9)])
def test_an_ended_run_leaves_a_true_manifest_and_no_orphan(how, code, demo_store, small_notebook, tmp_path):
    import signal
    import time

    notebook, out, runtime = small_notebook(tmp_path / "small.ipynb", {"wait": WAIT}), tmp_path / "out", tmp_path / "r"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "JUPYTER_RUNTIME_DIR": str(runtime)}
    arguments = ["--store", demo_store, "--notebook", notebook, "--workers", "2", "--out", out]
    arguments += ["--only", "D005", "--only", "D002"]
    batch = subprocess.Popen(
        [sys.executable, "-m", "analysis", "reports", *map(str, arguments)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # what runs tests may ignore it
    )  # fmt: skip
    until = time.monotonic() + 90
    while not states(out) and time.monotonic() < until:
        time.sleep(0.2)
    time.sleep(1)
    asked = time.monotonic()
    batch.send_signal(getattr(signal, f"SIG{how}"))
    assert batch.wait(30) == code
    assert time.monotonic() - asked < 10
    assert states(out) == {"D005": "done"}
    if how != "KILL":
        assert broken_files(out) == []
    while running_in(runtime) and time.monotonic() < asked + 20:
        time.sleep(0.2)
    assert running_in(runtime) == []


def running_in(runtime: Path) -> list[str]:
    """Command lines of workers and kernels whose environment names this runtime folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(runtime).encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found
