"""Run the worked example of docs/maps.md: write its files, run its commands, put the real output below each.

``python tools/mapsdoc.py`` writes the page anew; a test holds that what stands there is what comes out.

A block with a path in its first line is a file, with an encoding after it one in that encoding. A block ``console``
holds commands after ``$``; what follows each is its output.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "maps.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def filled(text: str, folder: Path) -> str:
    """Return the page with the real output of every command, its files written below a folder."""
    made = [sys.executable, "-c", "from analysis.intake.pseudonyms import own_key; own_key()"]
    subprocess.run(made, env=_environment(folder), check=True)

    def block(match: re.Match[str]) -> str:
        kind, path, encoding, content = match.groups()
        if kind == "console":
            return f"```console\n{''.join(_answered(line, folder) for line in _commands(content))}```"
        if path:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content.encode(encoding or "utf-8"))
        return match.group(0)

    return BLOCK.sub(block, text)


def _commands(content: str) -> list[str]:
    return [line.removeprefix("$ ") for line in content.splitlines() if line.startswith("$ ")]


def _answered(line: str, folder: Path) -> str:
    name, *arguments = shlex.split(line)
    command = [sys.executable, "-m", "analysis", *arguments] if name == "burtnica" else [name, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=_environment(folder), capture_output=True, encoding="utf-8", check=False
    )
    said = done.stdout.replace(f"{folder.resolve()}/", "")
    return f"$ {line}\n{said}"


def _environment(folder: Path) -> dict[str, str]:
    """A key of pseudonyms beside the example, so that none is made while it runs."""
    return os.environ | {"PYTHONPATH": str(ROOT / "src"), "BURTNICA_KEY": str(folder / "key")}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(filled(PAGE.read_text("utf-8"), Path(folder)), "utf-8")
