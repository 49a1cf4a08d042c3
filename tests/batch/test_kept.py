"""Evidence that was computed once is read the next time; nothing that is kept may fail a page."""

import os
import threading
import time

import pandas as pd
import pytest

from analysis.batch.kept import kept
from analysis.evidence import evidence


def rows(n: int = 7) -> pd.DataFrame:
    return evidence(pd.DataFrame({"n": [n]}), indicator="roster", unit="pupils")


def test_the_second_reads_what_the_first_computed(tmp_path):
    path = tmp_path / "evidence" / "D001.aa.parquet"
    first = kept(path, rows)
    pd.testing.assert_frame_equal(kept(path, lambda: pytest.fail("computed again")), first)
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_another_key_takes_the_place_of_what_was_kept(tmp_path):
    kept(tmp_path / "D001.aa.parquet", rows)
    kept(tmp_path / "D0011.aa.parquet", rows)
    assert kept(tmp_path / "D001.bb.parquet", lambda: rows(8))["n"].tolist() == [8]
    assert {path.name for path in tmp_path.glob("*.parquet")} == {"D001.bb.parquet", "D0011.aa.parquet"}


def test_what_cannot_be_read_is_computed_anew(tmp_path):
    path = tmp_path / "D001.aa.parquet"
    path.write_bytes(b"half a fi")
    assert kept(path, rows)["n"].tolist() == [7]
    assert kept(path, lambda: pytest.fail("computed again"))["n"].tolist() == [7]


def test_a_store_that_cannot_be_written_is_no_obstacle(tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert kept(tmp_path / "file" / "D001.aa.parquet", rows)["n"].tolist() == [7]


def test_who_asks_meanwhile_waits_and_computes_nothing(tmp_path):
    path, computed = tmp_path / "D001.aa.parquet", []

    def slowly() -> pd.DataFrame:
        computed.append(os.getpid())
        time.sleep(0.3)
        return rows()

    both = [threading.Thread(target=kept, args=(path, slowly)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(computed) == 1
