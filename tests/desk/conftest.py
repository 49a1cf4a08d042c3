"""Exports made by hand, of a layout that nobody has seen before; a shelf on the demo store and the page beside it."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "notebooks" / "20_municipality.ipynb"
CSV = "ce rezultati 2023_2024.csv"
#: Windows-1257, semicolons, decimal commas, a name, a remark, a lone M, a sign for absence, a row of totals.
ROWS = """Nr.p.k.;Skolēna kods;Vārds, uzvārds;Izglītības iestāde;Klase;Dzimums;Priekšmets;Procenti;Valoda mājās;Piezīmes
1;zq7-1;Ilze Kanārijputniņa;Izdomātā 1. vidusskola;9.a;sieviete;Matemātika;64,5;latviešu;
2;zq7-2;Jānis Kanārijputniņš;Izdomātā 1. vidusskola;9.a;vīrietis;Matemātika;n;krievu;slepena piezīme
3;zq7-3;Anna Kanārijputniņa;Izdomātā 2. pamatskola ;9.b;M;latviešu valoda;77,0;latviešu;
4;zq7-4;Juris Kanārijputniņš;Izdomātā 2. pamatskola;9.b;vīrietis;latviešu valoda;51,2;latviešu;
;;;Kopā;;;;64,2;;
"""
XLSX = "eksāmeni 2024.xlsx"
CANARIES = ("zq7", "Kanārijputniņ", "slepena piezīme")


def write_workbook(path: Path) -> None:
    """Two title rows, a header of two rows with merged cells, decimal commas as text, totals, a remark, a second sheet."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Rezultāti"
    sheet.append(["Izdomātā novada izglītības pārvalde"])
    sheet.append(["9. klases eksāmeni, 2023./2024. mācību gads"])
    sheet.append([])
    sheet.append(["Nr.", "Skolēna kods", "Skola", "Klase", "Dzimums", "Rezultāts, %", None, "Valoda mājās"])
    sheet.append([None, None, None, None, None, "Matemātika", "Latviešu valoda", None])
    sheet.merge_cells("F4:G4")
    for i in range(24):
        school = ("Izdomātā 1. vidusskola", "Izdomātā 2. pamatskola")[i % 2]
        scores = [f"{20 + 3 * i},{i % 10}", "n" if i == 5 else f"{90 - 3 * i},{i % 7}"]
        sex = ("meitene", "zēns")[i % 2]
        sheet.append(
            [i + 1, f"zq7-{i:02d}", school, f"9.{'ab'[i % 2]}", sex, *scores, "krievu" if i % 4 == 0 else "latviešu"]
        )
    sheet.append([None, "Kopā", None, None, None, "55,2", "60,1", None])
    sheet.append(["* n – nav ieradies"])
    book.create_sheet("Par failu").append(["Sagatavoja pārvalde"])
    book.save(path)


@pytest.fixture
def canaries() -> tuple[str, ...]:
    """What no message may repeat."""
    return CANARIES


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """A folder with exports of unknown layout: ``csv``, ``xlsx``."""

    def make(*kinds: str) -> Path:
        folder = tmp_path / "piegāde"
        folder.mkdir()
        if "csv" in kinds:
            (folder / CSV).write_bytes(ROWS.encode("cp1257"))
        if "xlsx" in kinds:
            write_workbook(folder / XLSX)
        return folder

    return make


@pytest.fixture(scope="session")
def shelf(demo_store: Path, once: Callable[..., Path]) -> Any:
    """The municipalities of the demo store in a store of their own, so that what is kept beside it is seen."""
    import shutil

    from analysis.desk.shelf import open_shelf

    own = once("desk-store", lambda folder: shutil.copytree(demo_store, folder))
    return open_shelf(str(own), "board", "lv")


@pytest.fixture(scope="session")
def page_csv(demo_store: Path) -> Callable[[str], str]:
    """The CSV beside a municipality's page, made by the cells of the page's notebook."""
    from analysis.report.frame import evidence_csv

    made: dict[str, str] = {}

    def make(municipality_id: str) -> str:
        if municipality_id not in made:
            cells = [cell for cell in nbformat.read(PAGE, as_version=4).cells if cell.cell_type == "code"]
            names: dict[str, Any] = {}
            for cell in cells[: [cell.id for cell in cells].index("release") + 1]:
                exec(compile(ast.parse(cell.source), cell.id, "exec"), names)
                if cell.id == "parameters":
                    names |= {"municipality": municipality_id, "params_file": "", "store": str(demo_store)}
                    names["edition"] = "board"  # as the shelf above: single schools of surveys are the board's
            made[municipality_id] = evidence_csv(names["released"])
        return made[municipality_id]

    return make
