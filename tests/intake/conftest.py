"""A sound delivery, small enough to read, that the tests of intake break in one place at a time."""

from collections.abc import Callable
from pathlib import Path

import pytest

# Ids, a name, a remark and a personal code that no message may ever repeat.
CANARIES = ("zq7", "Kanārijputniņa", "slepena piezīme", "010203-12345", "01020312345", "321234-56789")

SOUND = {
    "delivery.yml": "scope: country\n",
    "municipalities.csv": "municipality_id,name,kind\nD901,Sauleskalna novads,county\nD902,Ezerleja,state_city\n",
    "schools.csv": (
        "school_id,name,municipality_id,settlement\n"
        "S1,Sauleskalna vidusskola,D901,rural\nS2,Ezerlejas Ģimnāzija,D902,city\nS3,Ezerlejas pamatskola,D902,city\n"
    ),
    "pupils.csv": (
        "pupil_id,birth_year,sex,vards,piezime\n"
        "zq7-1,2008,girl,Ilze Kanārijputniņa,slepena piezīme\nzq7-2,2008,boy,Jānis Kanārijputniņa,\n"
        "zq7-3,2007,girl,Anna Kanārijputniņa,\nzq7-4,2008,boy,Juris Kanārijputniņa,\n"
    ),
    "enrolments.csv": (
        "pupil_id,school_year,grade,school_id,sen\n"
        "zq7-1,2024,9,S1,no\nzq7-2,2024,9,S1,yes\nzq7-3,2024,9,S2,no\nzq7-4,2024,9,S3,no\n"
    ),
    "results.csv": (
        "pupil_id,school_year,grade,test,domain,school_id,score,score_max,status\n"
        "zq7-1,2024,9,CE,mathematics,S1,64.5,100,present\n"
        "zq7-2,2024,9,CE,mathematics,S1,31,100,present\n"
        "zq7-3,2024,9,CE,mathematics,S2,77,100,present\n"
        "zq7-4,2024,9,CE,mathematics,S3,,100,absent\n"
    ),
}

Files = dict[str, str | bytes]


@pytest.fixture
def sound() -> Files:
    """The files of a sound delivery, to be changed at will."""
    return dict(SOUND)


@pytest.fixture
def canaries() -> tuple[str, ...]:
    """What no message may repeat."""
    return CANARIES


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Files], Path]:
    """Write files into a folder of their own."""

    def write(files: Files) -> Path:
        folder = tmp_path / "delivery"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return folder

    return write
