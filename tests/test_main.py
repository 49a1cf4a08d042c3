"""The commands: what each does, how it ends, what it says, and that it never shows a traceback."""

import fcntl
import os
import shutil
import signal
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from analysis.__main__ import main
from analysis.intake.demo import cut_board

COMMANDS = ["demo", "check", "prepare", "reports", "page", "verify", "lab"]


@pytest.fixture
def run():
    """Call a command in this process; the exit code, what it printed, and no traceback."""
    before = signal.getsignal(signal.SIGTERM)

    def call(*arguments: object):
        result = CliRunner().invoke(main, [str(a) for a in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    yield call
    signal.signal(signal.SIGTERM, before)


def changed(demo: Path, folder: Path, table: str, column: str, value: str) -> Path:
    """The demo set with another value in the first row of a table."""
    if not folder.exists():
        shutil.copytree(demo, folder)
    header, first, *rest = (folder / table).read_text("utf-8").splitlines()
    cells = first.split(",")
    cells[header.split(",").index(column)] = value
    (folder / table).write_text("\n".join([header, ",".join(cells), *rest]) + "\n", "utf-8")
    return folder


@pytest.fixture
def faulty(demo, tmp_path) -> Path:
    """The demo set with a fault in each of two files."""
    changed(demo, tmp_path / "faulty", "schools.csv", "settlement", "moon")
    return changed(demo, tmp_path / "faulty", "pupils.csv", "sex", "?")


def test_without_a_command_the_commands_are_listed(run):
    told = run("--help").output
    assert [name for name in COMMANDS if f"\n  {name} " not in told] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_in_latvian_and_english_what_it_does(command, run):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert " · " in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("reports", "--language", "de"),
        ("reports", "--edition", "secret"),
        ("reports", "--workers", "0"),
        ("demo", "--size", "huge"),
        ("check",),
        ("page", "nowhere.ipynb"),
        ("verify", "nowhere"),
        ("nothing",),
    ],
)
def test_a_usage_error_ends_with_two(arguments, run):
    assert run(*arguments).exit_code == 2


class TestDemo:
    def test_writes_a_set_that_check_finds_sound(self, run, tmp_path):
        made = run("demo", "--out", tmp_path / "set", "--municipalities", "2")
        assert (made.exit_code, made.output.strip()) == (0, str(tmp_path / "set"))
        checked = run("check", tmp_path / "set")
        assert checked.exit_code == 0
        assert checked.output.endswith("Piegāde ir derīga. · The delivery is sound.\n")

    def test_the_seed_decides_the_bytes(self, run, tmp_path):
        for name, seed in (("a", 1), ("b", 1), ("c", 2)):
            run("demo", "--out", tmp_path / name, "--municipalities", "1", "--seed", seed)
        one, same, other = ((tmp_path / name / "results.csv").read_bytes() for name in "abc")
        assert one == same != other


class TestCheck:
    def test_a_faulty_delivery_is_told_in_latvian_first_then_in_english(self, faulty, run):
        result = run("check", faulty)
        assert result.exit_code == 1
        latvian, english = result.output.split("English:")
        assert latvian.startswith("Latviski:")
        assert "schools.csv, 2. rinda" in latvian
        assert "schools.csv, line 2" in english
        assert latvian.count("\n  ") == english.count("\n  ") >= 2

    def test_faults_of_all_files_are_told_at_once(self, faulty, run):
        told = run("check", faulty).output
        assert "schools.csv" in told
        assert "pupils.csv" in told

    def test_no_personal_code_is_echoed(self, demo, run, tmp_path):
        told = run("check", changed(demo, tmp_path / "coded", "pupils.csv", "pupil_id", "010190-12345")).output
        assert "I06 pupils.csv, 2. rinda" in told
        assert "010190" not in told
        assert "12345" not in told

    def test_messages_name_no_folder_of_this_machine(self, faulty, run):
        assert str(faulty.parent) not in run("check", faulty).output

    def test_a_missing_folder_is_a_fault_in_words(self, run, tmp_path):
        result = run("check", tmp_path / "nowhere")
        assert result.exit_code == 1
        assert "C14 nowhere" in result.output


class TestPrepare:
    def test_says_where_the_store_lies_and_finds_what_is_withheld(self, demo, run, tmp_path):
        store = tmp_path / "store"
        result = run("prepare", cut_board(demo, "D004", tmp_path / "board", with_published=True), "--store", store)
        assert result.exit_code == 0
        assert Path(result.stdout.strip()).parent == store
        assert [path.name.split(".")[0] for path in (store / "suppression").glob("*.json")] == ["D004"]

    def test_a_faulty_delivery_writes_nothing(self, faulty, run, tmp_path):
        result = run("prepare", faulty, "--store", tmp_path / "store")
        assert result.exit_code == 1
        assert not (tmp_path / "store").exists()


class TestReports:
    """What is refused before anything starts; runs themselves are tried in ``tests/batch``."""

    @pytest.fixture
    def out(self, tmp_path):
        return tmp_path / "out"

    def refused(self, run, out, *arguments) -> str:
        result = run("reports", *arguments, "--out", out)
        assert result.exit_code == 2
        assert not out.exists()
        return result.output

    def test_an_unknown_municipality(self, demo_store, run, out):
        told = self.refused(run, out, "--store", demo_store, "--only", "D0O2")
        assert "P05 --only: pašvaldība „D0O2” datos nav atrasta; līdzīgākā: „D002”." in told

    def test_an_unknown_notebook(self, demo_store, run, out):
        told = self.refused(run, out, "--store", demo_store, "--notebook", "20_municipalty")
        assert "20_municipality" in told

    @pytest.mark.parametrize(
        "text", ["", '{"cells": [', '{"cells": [{}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}']
    )
    def test_a_broken_notebook(self, text, demo_store, run, out, tmp_path):
        (tmp_path / "broken.ipynb").write_text(text)
        assert "P01 broken.ipynb" in self.refused(
            run, out, "--store", demo_store, "--notebook", tmp_path / "broken.ipynb"
        )

    def test_a_store_that_was_never_prepared(self, run, out, tmp_path):
        assert "C14 empty" in self.refused(run, out, "--store", tmp_path / "empty")

    def test_a_faulty_delivery(self, faulty, run, out, tmp_path):
        assert "schools.csv" in self.refused(run, out, "--data", faulty, "--store", tmp_path / "store")

    def test_broken_parameters_of_any_municipality_all_told_at_once(self, demo_store, run, out, tmp_path, monkeypatch):
        monkeypatch.setattr("analysis.batch.open.ROOT", tmp_path)
        (tmp_path / "params").mkdir()
        (tmp_path / "params" / "D002.yml").write_text("smalest_group: 5")
        (tmp_path / "params" / "D004.yml").write_text("smallest_group: yes")
        told = self.refused(run, out, "--store", demo_store, "--only", "D001")
        assert "P04 D002.yml" in told
        assert "smallest_group" in told
        assert "P03 D004.yml" in told

    def test_an_output_folder_that_is_a_file(self, demo_store, run, tmp_path):
        (tmp_path / "file").write_text("x")
        assert run("reports", "--store", demo_store, "--out", tmp_path / "file").exit_code == 2
        assert (tmp_path / "file").read_text() == "x"

    def test_a_second_run_in_the_same_folder_ends_at_once_with_75(self, demo_store, run, out):
        out.mkdir()
        with (out / ".lock").open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            result = run("reports", "--store", demo_store, "--out", out)
        assert result.exit_code == 75
        assert "Šajā mapē jau strādā cita izpilde." in result.output
        assert os.listdir(out) == [".lock"]


class TestPage:
    def test_an_unfinished_notebook_gives_no_page(self, run, tmp_path):
        cells = [nbformat.v4.new_code_cell("1", id="open")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "out.ipynb")
        result = run("page", tmp_path / "out.ipynb")
        assert result.exit_code == 1
        assert "Burtnīca nav izpildīta līdz galam" in result.output
        assert os.listdir(tmp_path) == ["out.ipynb"]

    def test_a_file_that_is_no_notebook_gives_no_page(self, run, tmp_path):
        (tmp_path / "out.ipynb").write_text("no notebook")
        result = run("page", tmp_path / "out.ipynb")
        assert result.exit_code == 1
        assert "P01 out.ipynb" in result.output


class TestVerify:
    def test_a_sound_folder_ends_with_zero_and_without_a_word(self, reports, run):
        result = run("verify", reports / "out")
        assert (result.exit_code, result.output) == (0, "")

    def test_a_folder_without_manifest_ends_with_one(self, run, tmp_path):
        result = run("verify", tmp_path)
        assert result.exit_code == 1
        assert "manifest.json" in result.output


def test_lab_opens_the_start_page_of_the_project(run, monkeypatch):
    started = []
    monkeypatch.setattr(os, "execv", lambda path, arguments: started.append(arguments))
    run("lab")
    (arguments,) = started
    assert "jupyterlab" in arguments
    assert not any("--ip" in a or "token" in a or "allow_origin" in a for a in arguments)
