"""Exports as a board makes them by hand: of a layout that nobody has seen before."""

from collections.abc import Callable
from pathlib import Path

import pytest

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
