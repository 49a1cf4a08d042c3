"""Workers: a dead one takes nobody with it."""

from pathlib import Path

import pytest

from analysis.batch.engine import Item, run_item
from analysis.batch.workers import cores, outcomes

WORK = """
import os
from analysis.batch.engine import Outcome

def work(item, private, scratch):
    if item.slug == "dies":
        os._exit(1)
    if item.slug == "raises":
        raise ValueError("a child's name")
    if item.slug == "talks":
        os.write(2, b"a child's name")
        os.write(1, b"a child's name")
        os.system("echo a child >&2")
    return Outcome(html=item.slug)
"""


@pytest.fixture
def work(monkeypatch, tmp_path):
    (tmp_path / "work_of_this_test.py").write_text(WORK)
    monkeypatch.syspath_prepend(tmp_path)
    import work_of_this_test

    return work_of_this_test.work


def item(slug: str) -> Item:
    return Item(slug, slug, slug, Path("n.ipynb"), "public", "lv", "", "", "", "")


def test_a_worker_that_dies_fails_its_own_item_alone(work, tmp_path):
    names = ["a", "dies", "raises", "b"]
    ended = {one.slug: outcome for one, outcome in outcomes([item(n) for n in names], 2, tmp_path, work)}
    assert {name: outcome.html for name, outcome in ended.items() if not outcome.reason} == {"a": "a", "b": "b"}
    assert (ended["dies"].reason, ended["dies"].error) == ("system", "BrokenProcessPool")
    assert (ended["raises"].reason, ended["raises"].error) == ("system", "ValueError")


def test_nothing_that_is_written_in_a_worker_or_below_it_reaches_the_terminal(work, tmp_path, capfd):
    assert [outcome.html for _, outcome in outcomes([item("talks")], 1, tmp_path, work)] == ["talks"]
    assert "child" not in "".join(capfd.readouterr())


def test_whoever_takes_the_outcomes_may_put_in_more_tasks(work, tmp_path, capfd):
    tasks, ended = [item("a"), item("dies")], []
    for one, outcome in outcomes(tasks, 1, tmp_path, work, lambda task: task.slug != "after"):
        ended.append((one.slug, outcome.reason))
        if one.slug == "dies":
            tasks.insert(0, item("after"))
    assert ended == [("a", ""), ("dies", "system"), ("after", "")]


def test_nothing_to_do_starts_nothing(tmp_path, capfd):
    assert list(outcomes([], 2, tmp_path, run_item)) == []
    assert capfd.readouterr() == ("", "")


def test_a_machine_carries_at_least_one_worker():
    assert cores() >= 1
