"""Write environment.yml from pyproject.toml, so that conda users get the same bounds.

Run by ``make environment``. It was never solved on conda here: a test checks syntax, names and bounds.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent

#: Names that conda-forge spells differently; every other package has its normalised PyPI name there.
CONDA_NAMES = {
    "jupyter-server": "jupyter_server",
    "matplotlib": "matplotlib-base",  # without Qt
    "pandera": "pandera-base",  # without the other data frame libraries
}

#: Packages taken from PyPI also under conda.
PIP_ONLY = ("axe-playwright-python", "playwright")

HEADER = """\
# Generated from pyproject.toml by `make environment`; do not edit.
# Its syntax, names and bounds are tested; it has not been solved on conda.
#     conda env create -f environment.yml
#     conda activate burtnica
"""


def requirements(project: dict) -> list[Requirement]:
    """Return the core and the test requirements of a ``[project]`` table, in alphabetical order."""
    lines = project["dependencies"] + project["optional-dependencies"]["test"]
    return sorted(map(Requirement, lines), key=lambda requirement: canonicalize_name(requirement.name))


def entry(requirement: Requirement) -> str:
    """Return one requirement as conda (or pip) reads it: its name there and its bounds, lower first."""
    name = canonicalize_name(requirement.name)
    bounds = sorted(map(str, requirement.specifier), key=lambda bound: (bound.startswith("<"), bound))
    return CONDA_NAMES.get(name, name) + ",".join(bounds)


def environment(pyproject: str) -> str:
    """Return the text of environment.yml for the text of a pyproject.toml."""
    project = tomllib.loads(pyproject)["project"]
    needed = requirements(project)
    of_pip = [one for one in needed if canonicalize_name(one.name) in PIP_ONLY]
    of_conda = [one for one in needed if one not in of_pip]
    lines = [f"name: {project['name']}", "channels:", "  - conda-forge", "  - nodefaults", "dependencies:"]
    lines += [f"  - python{project['requires-python']}", "  - pip"]
    lines += [f"  - {entry(one)}" for one in of_conda]
    lines += ["  - pip:"] + [f"      - {entry(one)}" for one in of_pip] + ["      - -e ."]
    return HEADER + "\n".join(lines) + "\n"


if __name__ == "__main__":
    text = environment((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (ROOT / "environment.yml").write_text(text, encoding="utf-8", newline="\n")
