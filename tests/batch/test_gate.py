"""The gate: pages that nothing follows from are published; where something does, nothing of their municipality is."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.batch import gate
from analysis.batch.engine import Outcome
from analysis.batch.manifest import broken_files, read_manifest
from analysis.batch.open import open_unit
from analysis.batch.run import run
from analysis.batch.suppressed import results_evidence
from analysis.batch.wanted import Plan
from analysis.evidence import KEYS
from analysis.intake.store import open_store

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "20_municipality.ipynb"
PAGES = Path("public/20_municipality")


@pytest.fixture
def asked(reports, demo_store, tmp_path) -> gate.Asked:
    """D004 as a run made it, waiting for the gate."""
    (tmp_path / "D004" / PAGES).mkdir(parents=True)
    for path in (reports / "out" / PAGES).glob("D004*"):
        shutil.copy(path, tmp_path / "D004" / PAGES)
    made = tuple(e for e in read_manifest(reports / "out")["items"] if e["slug"] == "D004")
    return gate.Asked("D004", tmp_path / "D004", demo_store, made)


def why(store: Path, place: str = "D004") -> object:
    path = store / "failed" / f"privacy-{place}.json"
    assert path.stat().st_mode & 0o077 == 0
    return json.loads(path.read_text("utf-8"))


def test_what_a_run_publishes_has_passed(reports):
    ended = json.loads((reports / "ended.json").read_text("utf-8"))
    assert ended["code"] == 0, ended["err"]
    assert all(entry["audited"] for entry in read_manifest(reports / "out")["items"])
    assert not (reports / "out" / ".making").exists()


def test_sound_pages_pass(asked):
    assert gate.judged(asked) == Outcome()


def test_one_size_too_many_in_the_file_beside_a_page_is_refused(asked, demo_store):
    """A withheld size of one to four pupils is put into the file, as an error of the door would."""
    tell_one(asked.folder / PAGES / "D004.csv", "D004", demo_store)
    assert gate.judged(asked).reason == gate.PRIVACY
    assert {one["municipality_id"] for one in why(demo_store)} == {"D004"}


def tell_one(path: Path, municipality_id: str, store: Path) -> None:
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    truth = results_evidence(open_unit(municipality_id, "", str(store), "board"))
    keys = [key for key in KEYS if key != "part"]
    true = truth[truth["n"].between(1, 4) & truth["group"].ne("") & truth["school_id"].eq("")][[*keys, "n"]]
    text = true.assign(**{k: true[k].map(lambda v: "" if pd.isna(v) else str(v).removesuffix(".0")) for k in keys})
    known = rows.reset_index().merge(text.drop_duplicates(keys), on=keys, suffixes=("", "_true"))
    known = known[known["n"] == ""]
    assert len(known)
    rows.loc[known["index"].iloc[0], "n"] = str(int(known["n_true"].iloc[0]))
    rows.to_csv(path, index=False)


def tell_nation(pages: Path) -> None:
    """Say of the country two pupils more than the municipalities tell of theirs."""
    files = {path: pd.read_csv(path, dtype=str, keep_default_na=False) for path in sorted(pages.glob("*.csv"))}
    told = pd.concat(files.values())
    keys = [key for key in KEYS if key != "municipality_id"]
    own = told[told["indicator"].eq("skill_share") & told["municipality_id"].ne("") & told["n"].ne("")]
    own = own[(own[keys] == own[keys].iloc[0]).all(axis=1)]
    path, rows = next(iter(files.items()))
    nation = own.iloc[:1].assign(municipality_id="", n=str(own["n"].astype(int).sum() + 2))
    same = (rows[keys] == own[keys].iloc[0]).all(axis=1) & rows["municipality_id"].eq("")
    pd.concat([rows[~same], nation]).to_csv(path, index=False)


@pytest.mark.parametrize("language", ["", ".en"])
def test_a_number_on_a_page_is_refused_and_only_its_place_is_told(asked, demo_store, language):
    page = asked.folder / PAGES / f"D004{language}.html"
    page.write_text(page.read_text("utf-8").replace("</main>", '<p title="3 skolēni">Zēni</p></main>'), "utf-8")
    assert gate.judged(asked).reason == gate.PRIVACY
    (told,) = why(demo_store)
    assert (told["file"], told["place"], told["number"]) == (f"{PAGES}/D004{language}.html", "title=", "#")
    assert "3" not in told["words"]


def test_a_number_in_the_manifest_is_refused(asked, demo_store):
    spoilt = gate.Asked("D004", asked.folder, demo_store, tuple({**e, "reason": "3 pupils"} for e in asked.made))
    assert gate.judged(spoilt).reason == gate.PRIVACY
    assert {one["place"] for one in why(demo_store)} == {"manifest reason"}


def test_what_was_published_before_is_attacked_with_it(asked, demo_store, reports):
    """The file of another notebook's page, which this run did not make, tells too much beside what it did make."""
    other = asked.folder / "public" / "30_school"
    other.mkdir()
    shutil.copy(asked.folder / PAGES / "D004.csv", other / "D004.csv")
    assert gate.judged(asked) == Outcome()
    tell_one(other / "D004.csv", "D004", demo_store)
    assert gate.judged(asked).reason == gate.PRIVACY


def test_an_attack_that_fails_proves_nothing(asked, demo_store, monkeypatch):
    monkeypatch.setattr(gate, "audit_municipality", lambda *_: (_ for _ in ()).throw(RuntimeError("solver")))
    assert gate.judged(asked).reason == gate.PRIVACY
    assert why(demo_store) == {"error": "RuntimeError"}


class TestInARun:
    """Pages of an earlier run are handed out as if they were made anew; the gate is the real one where it is asked for."""

    @pytest.fixture
    def go(self, reports, demo_store, tmp_path, monkeypatch, by_hand):
        made_of = reports / "out" / PAGES
        asked_for = (NOTEBOOK,), ("public",), ("lv", "en"), tmp_path / "out", frozenset({"D004", "D005"})

        def start(spoil="", ends_at="", judge=lambda _: Outcome(), **more):
            def make(item):
                if item.slug + item.language == ends_at:
                    raise KeyboardInterrupt
                start.made.append(item.slug + item.language)
                html = (made_of / item.file).read_text("utf-8")
                html = (
                    html.replace("</main>", "<p>Zēni: n 3</p></main>") if item.slug + item.language == spoil else html
                )
                return Outcome(html=html, csv=(made_of / f"{item.slug}.csv").read_text("utf-8"))

            start.made = []
            monkeypatch.setattr("analysis.batch.run.outcomes", by_hand(make, judge))
            return run(Plan(open_store(demo_store), demo_store, *asked_for, **more))

        start.out = tmp_path / "out"
        return start

    def published(self, go) -> set[str]:
        return {path.relative_to(go.out / PAGES).as_posix() for path in (go.out / PAGES).rglob("*") if path.is_file()}

    ALL = frozenset(f"{place}{end}" for place in ("D004", "D005") for end in (".html", ".en.html", ".csv"))
    OTHER = frozenset(name for name in ALL if name.startswith("D005"))

    def test_pages_that_hold_are_published_and_nothing_is_left_waiting(self, go):
        assert go().code == 0
        assert self.published(go) == self.ALL
        assert broken_files(go.out) == []
        assert not (go.out / ".making").exists()
        go(judge=lambda _: pytest.fail("what has passed is not judged again"))
        assert go.made == []

    def test_one_number_on_one_page_takes_back_all_of_its_municipality_and_nothing_else(self, go, demo_store):
        go()
        result = go(spoil="D004en", force=True, judge=gate.judged)
        assert result.code == 3
        assert self.published(go) == self.OTHER
        assert {entry["slug"]: entry.get("reason", "") for entry in result.items} == {"D004": gate.PRIVACY, "D005": ""}
        assert "D004.html" not in (go.out / "public" / "index.html").read_text("utf-8")
        assert [line.split(" – ")[0] for line in result.failures] == ["D004 [en]: privacy", "D004 [lv]: privacy"]
        again = go(retry=True)
        assert (again.code, go.made, self.published(go)) == (0, ["D004lv", "D004en"], self.ALL)

    def test_a_solver_that_fails_ends_with_three(self, go, monkeypatch):
        from analysis.audit import bounds

        monkeypatch.setattr(bounds, "_OPTIMAL", None)
        assert go(judge=gate.judged).code == 3
        assert self.published(go) == set()

    def test_a_figure_of_the_country_from_which_something_follows_takes_back_every_municipality(self, go, demo_store):
        def judge(asked):
            if isinstance(asked, gate.Asked):
                return Outcome()
            tell_nation(asked.folder / PAGES)
            return gate.judged(asked)

        result = go(judge=judge)
        assert result.code == 3
        assert self.published(go) == set()
        assert {entry["reason"] for entry in result.items} == {gate.PRIVACY}
        assert [line.split(" – ")[0] for line in result.failures] == [gate.PRIVACY]
        assert "country" in {path.stem.removeprefix("privacy-") for path in (demo_store / "failed").glob("privacy-*")}

    def test_the_country_s_figures_as_they_are_made_pass(self, go):
        assert go(judge=gate.judged).code == 0

    def test_a_run_that_ends_before_its_look_at_the_country_leaves_that_to_the_next(self, go):
        def ends(asked):
            if isinstance(asked, gate.AskedOfNation):
                raise KeyboardInterrupt
            return Outcome()

        with pytest.raises(KeyboardInterrupt):
            go(judge=ends)
        assert self.published(go) == self.ALL
        looks = []
        assert go(judge=lambda asked: looks.append(type(asked)) or Outcome()).code == 0
        assert (go.made, looks) == ([], [gate.AskedOfNation])
        go(judge=lambda _: pytest.fail("what has passed is not judged again"))

    def test_the_next_run_takes_back_what_does_not_hold(self, go):
        go()
        path = go.out / "manifest.json"
        path.write_text(path.read_text("utf-8").replace('"country_audited": true', '"country_audited": false'), "utf-8")
        assert go(judge=lambda _: Outcome(gate.PRIVACY)).code == 3
        assert self.published(go) == set()
        assert not read_manifest(go.out)["run"]["country_audited"]

    def test_a_page_that_failed_before_stays_told_as_it_failed_and_loses_its_last_good_file(self, go):
        go()
        path = go.out / "manifest.json"
        manifest = json.loads(path.read_text("utf-8"))
        manifest["items"][0] |= {"state": "failed", "reason": "error", "error": "KeyError"}
        manifest["run"]["country_audited"] = False
        path.write_text(json.dumps(manifest), "utf-8")
        result = go(retry=True, judge=lambda asked: Outcome(gate.PRIVACY if type(asked) is gate.AskedOfNation else ""))
        assert result.code == 3
        assert self.published(go) == set()
        assert result.all_taken_back

    def test_a_worker_that_dies_at_the_gate_lets_nothing_through(self, go):
        result = go(judge=lambda _: Outcome("system", error="BrokenProcessPool"))
        assert result.code == 3
        assert result.failures[1].startswith("D004 [en]: privacy (BrokenProcessPool)")
        assert self.published(go) == set()

    def test_a_run_that_is_cut_short_has_published_only_what_passed_and_the_next_takes_up_the_rest(self, go):
        with pytest.raises(KeyboardInterrupt):
            go(ends_at="D005en")
        assert self.published(go) == self.ALL - self.OTHER
        assert {entry["slug"] for entry in read_manifest(go.out)["items"]} == {"D004"}
        waiting = go.out / ".making"
        assert waiting.stat().st_mode & 0o077 == 0
        assert (waiting / "D005" / PAGES / "D005.html").is_file()
        assert go().code == 0
        assert go.made == ["D005en"]
        assert self.published(go) == self.ALL
        assert not waiting.exists()

    def test_what_waits_is_taken_up_only_as_it_was_written(self, go):
        with pytest.raises(KeyboardInterrupt):
            go(ends_at="D005en")
        page = go.out / ".making" / "D005" / PAGES / "D005.html"
        page.write_text(page.read_text("utf-8") + "<!-- -->", "utf-8")
        assert go().code == 0
        assert go.made == ["D005lv", "D005en"]

    def test_a_run_that_ends_at_the_gate_has_published_nothing_of_what_waits(self, go):
        def judge(_):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            go(judge=judge)
        assert not (go.out / PAGES).exists() or self.published(go) == set()
        assert go().code == 0
        assert go.made == ["D005lv", "D005en"]

    def test_pages_that_an_earlier_version_left_without_the_gate_go_at_once(self, go):
        go()
        path = go.out / "manifest.json"
        manifest = json.loads(path.read_text("utf-8"))
        for entry in manifest["items"]:
            entry["audited"] = entry["slug"] == "D005"
        path.write_text(json.dumps(manifest), "utf-8")
        with pytest.raises(KeyboardInterrupt):
            go(ends_at="D004lv")
        assert self.published(go) == self.OTHER
