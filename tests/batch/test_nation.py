"""The country's figures beside all municipalities' pages: found once, read by every page, and enough against the attack."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.audit.attack import Attacked
from analysis.audit.nation import attacked_nation
from analysis.audit.subtracted import subtracted
from analysis.batch import nation
from analysis.batch.nation import find_first, nation_of, pattern_of, results_of_all
from analysis.batch.open import open_unit, page_key
from analysis.batch.suppressed import own_pattern, results_evidence
from analysis.intake.store import Store, open_store
from analysis.params import load_params
from analysis.release import release

PAGE = Path("notebooks/20_municipality.ipynb")
PLACES = ("D001", "D002", "D003", "D004", "D005")


@pytest.fixture(scope="module")
def units(demo_store):
    return [open_unit(place, "", str(demo_store), "board") for place in PLACES]


@pytest.fixture(scope="module")
def evidence(units):
    return [results_evidence(unit) for unit in units]


def published(units, evidence, told) -> pd.DataFrame:
    parts = [
        release(rows, unit.params, replace(own_pattern(unit), nation=told)).rows
        for unit, rows in zip(units, evidence, strict=True)
    ]
    return pd.concat(parts).drop_duplicates().reset_index(drop=True).assign(file="e")


def attacked(rows: pd.DataFrame, store: Store) -> list[str]:
    """Return how what is narrowed down was judged; nothing may be contradictory."""
    made = [one for _, one, _ in attacked_nation(rows, load_params(), results_of_all(store))]
    assert all(isinstance(one, Attacked) for one in made)
    assert sum(one.targets for one in made) > 200
    return [small.judgement for one in made for small in one.found] + [
        small.judgement for _, small in subtracted(rows, load_params())
    ]


def test_nothing_follows_from_all_pages_and_much_would_if_the_country_told_everything(units, evidence, demo_store):
    store = open_store(demo_store)
    told = nation_of(store)
    assert attacked(published(units, evidence, told), store) == []
    everything = attacked(published(units, evidence, None), store)
    assert everything.count("exact") > 10
    assert everything.count("narrow") > 30


def test_most_of_the_country_is_told_and_every_row_was_looked_at(units, evidence, demo_store):
    told = nation_of(open_store(demo_store))
    rows = pd.concat(evidence).query("municipality_id == ''").drop_duplicates().reset_index(drop=True)
    assert told.told < told.known
    assert told.withholds(rows).mean() < 0.4
    nobody = replace(told, told=told.known)
    assert not nobody.withholds(rows).any()


def test_every_page_reads_the_same_and_it_is_its_owner_s_alone(units, demo_store):
    assert {pattern_of(unit).nation for unit in units} == {nation_of(open_store(demo_store))}
    (path,) = (demo_store / "suppression").glob("_.*.json")
    assert path.stat().st_mode & 0o077 == 0


@pytest.fixture
def copied(units, demo_store, tmp_path):
    """A store with what is known of it."""
    nation_of(open_store(demo_store))
    shutil.copytree(demo_store, tmp_path / "store")
    return open_store(tmp_path / "store")


def test_it_is_found_before_pages_are_made_and_not_again(copied, monkeypatch):
    again = []
    monkeypatch.setattr(nation, "suppress_and_tell", again.append)
    find_first(copied, [PAGE])
    assert again == []
    (path,) = (copied.folder.parent / "suppression").glob("_.*.json")
    path.unlink()
    find_first(copied, [Path("notebooks/10_data_check.ipynb")])
    assert again == []
    find_first(copied, [PAGE])
    assert again == [copied]


def test_a_page_is_made_anew_where_other_figures_of_the_country_are_told(copied):
    params = load_params().model_dump(mode="json")
    own, country = (page_key(copied, place, params, "public", "lv") for place in ("D004", ""))
    (path,) = (copied.folder.parent / "suppression").glob("_.*.json")
    path.write_text(path.read_text("utf-8").replace("told", "tol"), "utf-8")
    assert page_key(copied, "D004", params, "public", "lv") != own
    assert page_key(copied, "", params, "public", "lv") == country


def test_a_board_s_own_delivery_shows_of_the_country_what_is_public(copied, monkeypatch):
    monkeypatch.setitem(copied.facts, "scope", "board")
    assert nation_of(copied) is None
    monkeypatch.setattr(nation, "suppress_and_tell", lambda _: pytest.fail("there is nothing to find"))
    find_first(copied, [PAGE])


def test_the_country_keeps_to_the_largest_limits_of_its_boards():
    own = load_params()
    strict = own.model_copy(update={"smallest_group": 8, "sensitive_attributes": ("sen", "moved")})
    found = nation._strictest([own, strict, own])
    assert (found.smallest_group, found.smallest_group_sensitive) == (8, own.smallest_group_sensitive)
    assert set(found.sensitive_attributes) == {*own.sensitive_attributes, "moved"}
    assert found.low_result_percent == own.low_result_percent
