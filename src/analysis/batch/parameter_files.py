"""Which files of parameters decide a page besides a municipality's own ``params/<slug>.yml``, and their digests."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from analysis.activity_rules import ACTIVITIES
from analysis.intake.store import slug
from analysis.params import ROOT, THRESHOLDS
from analysis.plan_limits import AUDIT
from analysis.programmes.load import PROGRAMMES
from analysis.quality_rules import QUALITY
from analysis.report.outline import OUTLINE
from analysis.staff_rules import STAFF

PARAMS = ROOT / "params"
OF_ALL = (THRESHOLDS, PROGRAMMES, AUDIT, OUTLINE, STAFF, QUALITY, ACTIVITIES)
"""Dated facts and rules that hold for everybody."""
OF_ONE = ("targets", "plan")
"""Folders that hold a file of each municipality that has one."""


def targets_path(municipality_id: str) -> Path:
    """Return where a municipality's targets lie, if it has any."""
    return own_paths(municipality_id)[OF_ONE.index("targets")]


def own_paths(municipality_id: str) -> tuple[Path, ...]:
    """Return where a municipality's own files lie, in the order of their folders; those that do not exist as well."""
    return tuple(PARAMS / folder / f"{slug(municipality_id)}.yml" for folder in OF_ONE)


def digests(paths: Iterable[Path]) -> dict[str, str]:
    """Return the digest of each file that exists, by its name; with its folder where that is not ``params``."""
    found = [path for path in paths if path.exists()]
    names = [path.name if path.parent.name not in OF_ONE else f"{path.parent.name}/{path.name}" for path in found]
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in zip(names, found, strict=True)}
