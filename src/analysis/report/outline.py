"""The skeleton of the four-year review: chapters and parts, as ``params/review.yml`` has them."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.faults import Fault, InputFaults
from analysis.params import ROOT, load_yaml, type_faults

OUTLINE = ROOT / "params" / "review.yml"
Shows = Literal[
    "short", "where", "moves", "groups", "early", "schools", "skills", "climate", "activities", "staff", "events",
    "cooperation", "visits", "support", "hours", "targets", "changed", "frame", "data",
]  # fmt: skip
_TWICE = {
    "found": {"lv": "tā pati atslēga divās daļās", "en": "the same key in two parts"},
    "expected": {"lv": "katrai daļai sava atslēga", "en": "a key of its own for each part"},
}
_STRICT = ConfigDict(frozen=True, extra="forbid")


class Title(BaseModel):
    """A heading in both languages."""

    model_config = _STRICT
    lv: str
    en: str


class Part(BaseModel):
    """One criterion: its heading, the sections that answer it, the tables it would need."""

    model_config = _STRICT
    key: str
    title: Title
    shows: tuple[Shows, ...] = ()
    needs: tuple[str, ...] = ()
    confirmed: bool = True


class Chapter(BaseModel):
    """One chapter with its parts."""

    model_config = _STRICT
    key: str
    title: Title
    parts: tuple[Part, ...]


class Outline(BaseModel):
    """The whole skeleton and where it comes from."""

    model_config = _STRICT
    source: str
    chapters: tuple[Chapter, ...]


@cache
def load_outline(path: Path = OUTLINE) -> Outline:
    """Read the skeleton.

    Raises
    ------
    InputFaults
        P01–P04, all of the file at once; P03 for a key that two parts share.
    """
    try:
        outline = Outline.model_validate(load_yaml(path))
    except ValidationError as error:
        known = [*Chapter.model_fields, *Part.model_fields]
        raise InputFaults(type_faults(error, path.name, known)) from None
    keys = [part.key for chapter in outline.chapters for part in chapter.parts]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise InputFaults([Fault("P03", path.name, facts={"key": key, **_TWICE}) for key in twice])
    return outline
