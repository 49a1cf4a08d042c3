"""Pseudonyms: a keyed hash takes the place of every pupil's id before anything is stored."""

import hashlib
import hmac
import os
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import platformdirs

KEY_BYTES = 32
DIGITS = 20
_NOT_COUNTED = re.compile(r"[\s\u00a0-]")
DEMO_KEY = hashlib.sha256(b"burtnica demo: public, protects nobody").digest()


class KeyRefused(Exception):
    """A key file that others can read, or that lies inside a repository, protects nobody."""


@dataclass(frozen=True)
class Key:
    """A secret key and the public name by which a manifest can tell which one was used."""

    secret: bytes
    made_at: Path | None = None

    @property
    def id(self) -> str:
        """First ten hexadecimal digits of a hash that does not give the key away."""
        return hmac.new(self.secret, b"key id", hashlib.sha256).hexdigest()[:10]

    def __repr__(self) -> str:
        return f"Key({self.id})"


def key_file() -> Path:
    """Return where the key lies: ``BURTNICA_KEY``, or the user's own configuration folder."""
    given = os.environ.get("BURTNICA_KEY")
    return Path(given) if given else Path(platformdirs.user_config_dir("burtnica")) / "pseudonyms.key"


def own_key(path: Path | None = None) -> Key:
    """Read the board's key, or make it on first use (0600, random).

    Returns
    -------
    Key
        ``made_at`` is set when it was made just now, so that the caller can say where it lies.

    Raises
    ------
    KeyRefused
        If the file is readable by others, is inside a git tree or is not a key.
    """
    path = path or key_file()
    _refuse_inside_git(path)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        secret = secrets.token_bytes(KEY_BYTES)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secret.hex() + "\n")
            return Key(secret, made_at=path)
        except FileExistsError:
            pass  # another run made it in this moment; read that one
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyRefused(f"{path}: chmod 600")
    text = path.read_text("ascii").strip()
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise KeyRefused(f"{path}: 64 hexadecimal digits expected")
    return Key(bytes.fromhex(text))


def _refuse_inside_git(path: Path) -> None:
    for folder in path.absolute().parents:
        if (folder / ".git").exists():
            raise KeyRefused(f"{path}: inside a git tree")


def pseudonyms(ids: "pd.Series[str]", key: Key, context: str) -> "pd.Series[str]":
    """Replace ids by HMAC-SHA-256 over a context and the normalised id.

    Parameters
    ----------
    ids : pd.Series of str
        Ids as delivered; blanks, no-break spaces and hyphens do not count.
    key : Key
        Secret of the board.
    context : str
        Municipality of a board's store, ``country`` for a country's: a pupil who moves is not linkable between boards.

    Returns
    -------
    pd.Series of str
        Twenty hexadecimal digits each; equal ids get equal pseudonyms.
    """
    unique = ids.dropna().unique()
    made = {i: _hmac(f"{context}\0" + _NOT_COUNTED.sub("", i), key.secret) for i in unique}
    return ids.map(made).astype("str")


def _hmac(message: str, secret: bytes) -> str:
    return hmac.new(secret, message.encode("utf-8"), hashlib.sha256).hexdigest()[:DIGITS]
