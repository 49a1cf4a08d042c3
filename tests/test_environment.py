"""environment.yml is what tools/environment.py makes of pyproject.toml, and what is installed fits it."""

from __future__ import annotations

import importlib.metadata
import runpy
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
TOOL = runpy.run_path(str(ROOT / "tools" / "environment.py"))

WRITTEN = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
OF_CONDA = [line for line in WRITTEN["dependencies"] if isinstance(line, str)]
OF_PIP = next(line["pip"] for line in WRITTEN["dependencies"] if isinstance(line, dict))

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WANTED = {
    canonicalize_name(one.name): one.specifier
    for one in map(Requirement, PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"])
}

#: Retyped here on purpose: a wrong name in the tool must not confirm itself.
PYPI_NAMES = {
    "jupyter_server": "jupyter-server",
    "matplotlib-base": "matplotlib",
    "pandera-base": "pandera",
}
NOT_REQUIREMENTS = {"python", "pip"}


def entries() -> list[Requirement]:
    return [Requirement(line) for line in OF_CONDA + OF_PIP if line != "-e ."]


def test_the_file_is_what_the_tool_writes_byte_for_byte():
    expected = TOOL["environment"]((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert (ROOT / "environment.yml").read_bytes() == expected.encode("utf-8")


def test_channels_are_conda_forge_and_nothing_by_default():
    assert WRITTEN["channels"] == ["conda-forge", "nodefaults"]


def test_python_is_the_one_the_project_asks_for():
    python = next(one for one in entries() if one.name == "python")
    assert str(python.specifier) == PROJECT["requires-python"]


def test_the_project_itself_is_installed_so_that_its_command_exists():
    assert OF_PIP[-1] == "-e ."


def test_names_and_bounds_are_those_of_pyproject():
    found = {PYPI_NAMES.get(one.name, one.name): one.specifier for one in entries() if one.name not in NOT_REQUIREMENTS}
    assert found == WANTED


def test_every_requirement_is_bounded_below_and_above():
    unbounded = [
        line
        for group in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
        for line in group
        if {bound.operator for bound in Requirement(line).specifier} != {">=", "<"}
    ]
    assert unbounded == []


@pytest.mark.parametrize("name", sorted(WANTED))
def test_the_installed_version_meets_the_bounds(name: str):
    assert WANTED[name].contains(importlib.metadata.version(name), prereleases=True)


def test_the_lock_names_no_address_and_no_path():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    stray = [line for line in lines if "://" in line or line.startswith(("-", "/")) or " @ " in line]
    assert stray == []


@pytest.mark.parametrize("name", sorted(WANTED))
def test_the_lock_holds_a_version_within_the_bounds(name: str):
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line.removesuffix("\\").strip()) for line in lock if line.startswith(f"{name}==")]
    assert pins
    for pin in pins:
        (exact,) = pin.specifier
        assert WANTED[name].contains(exact.version)
