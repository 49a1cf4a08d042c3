"""Names of programmes and specialists, the country's and a board's own."""

from functools import cache
from pathlib import Path

from analysis.intake.store import slug
from analysis.intake.unit import Unit
from analysis.plan_limits import PLANS, load_limits
from analysis.programmes import Programmes, load_programmes
from analysis.words.catalogue import say
from analysis.words.numbers import listed


def programmes_of(unit: Unit) -> Programmes:
    """Return the programmes of a municipality: the common list with the entries of ``params/plan/<slug>.yml`` over it."""
    file = PLANS / f"{slug(unit.municipality_id)}.yml"
    return _read(file, file.stat().st_mtime_ns if file.exists() else 0)


@cache
def _read(file: Path, changed: int) -> Programmes:
    """Read once what a page names many times; a file that was changed since is read anew."""
    return load_programmes(load_limits(file).programmes or (), own_file=file.name)


def part_name(programmes: Programmes, part: str, language: str) -> str:
    """Return the name of ``programme`` or ``programme/specialist``, the programme in quotation marks."""
    code, _, specialist = part.partition("/")
    names = {entry.code: getattr(entry.name, language) for entry in programmes.entries}
    name = str(say("programme_name", language, name=names.get(code, code)).unescape())
    if not specialist:
        return name
    known = programmes.specialists.get(specialist)
    return f"{name}, {getattr(known, language) if known else specialist}"


def names_listed(programmes: Programmes, parts: list[str], language: str) -> str:
    """Return programmes in a list, each once."""
    codes = dict.fromkeys(part.partition("/")[0] for part in parts)
    return listed([part_name(programmes, code, language) for code in codes], language)
