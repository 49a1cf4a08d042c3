"""A keyed hash takes the place of an id; a key that others can read is refused."""

import hashlib
import hmac
import os
import stat
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from analysis.intake import pseudonyms as module
from analysis.intake.pseudonyms import Key, KeyRefused, own_key, pseudonyms

SECRET = bytes(range(32))


def of(*ids: str | None, context: str = "D1", secret: bytes = SECRET) -> list[str]:
    return pseudonyms(pd.Series(ids, dtype="str"), Key(secret), context).tolist()


def test_it_is_hmac_sha_256_of_context_and_id() -> None:
    """RFC 2104 by Python's own hmac, cut to twenty digits (80 bits)."""
    assert of("17") == [hmac.new(SECRET, b"D1\x0017", hashlib.sha256).hexdigest()[:20]]


def test_blanks_and_hyphens_of_an_id_do_not_count_and_zeros_do() -> None:
    one = of("AB-12 3", "AB123", "AB\u00a0123", "0123", "123")
    assert len(set(one[:3])) == 1
    assert one[3] != one[4]


def test_another_context_or_key_gives_another_pseudonym() -> None:
    """A pupil who moves cannot be linked between boards."""
    assert len({*of("17"), *of("17", context="D2"), *of("17", secret=SECRET[::-1])}) == 3
    assert of("7", context="D1") != of("", context="D17")  # the context ends where the id begins


def test_a_missing_id_has_none() -> None:
    assert pd.isna(pseudonyms(pd.Series(["a", None], dtype="str"), Key(SECRET), "D1")).tolist() == [False, True]


def test_a_key_is_made_once_for_its_owner_alone_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a" / "key"
    made = own_key(path)
    assert made.made_at == path
    assert len(made.secret) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    again = own_key(path)
    assert (again.secret, again.made_at) == (made.secret, None)
    assert own_key(tmp_path / "b").secret != made.secret


def test_the_place_of_the_key_is_the_environments_or_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BURTNICA_KEY", str(tmp_path / "key"))
    assert module.key_file() == tmp_path / "key"
    monkeypatch.delenv("BURTNICA_KEY")
    assert not module.key_file().is_relative_to(Path(__file__).parents[2])


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(mode: int, tmp_path: Path) -> None:
    own_key(tmp_path / "key")
    (tmp_path / "key").chmod(mode)
    with pytest.raises(KeyRefused, match="chmod 600"):
        own_key(tmp_path / "key")


def test_a_key_inside_a_repository_is_refused_and_not_made(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    with pytest.raises(KeyRefused, match="git"):
        own_key(tmp_path / "data" / "key")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("text", ["", "abc", "g" * 64, "0" * 63, "0" * 66])
def test_what_is_no_key_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(text, "ascii")
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(KeyRefused, match="64"):
        own_key(tmp_path / "key")


def test_the_key_never_shows_itself() -> None:
    key = Key(SECRET)
    assert SECRET.hex() not in repr(key) + str(key) + key.id
    assert key.id in repr(key)
    assert len(key.id) == 10
