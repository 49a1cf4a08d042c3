"""Write an export as boards make them by hand, of invented data: the file on which the tutorial and its test work.

    python tools/sample_export.py FOLDER

One municipality of the demo set: an Excel file with title lines, a header of two merged lines, decimal commas, sex and
attendance in words, and a totals row. Beside it ``municipalities.csv``, for the place is invented and in no register.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from analysis.batch.open import demo_set
from analysis.intake.demo import cut_board

PLACE = "D003"
FILE = "eksamenu_rezultati.xlsx"
YEARS = (2025, 2026)
SUBJECTS = {"mathematics": "Matemātika", "latvian": "Latviešu valoda", "english": "Angļu valoda"}
UPPER = {
    "Skolēns": ("Kods", "Klase", "Dzimums", "Ģimenes valoda"),
    "Eksāmens": ("Mācību gads", "Priekšmets", "Ieradās", "Procenti"),
}
WORDS = {"girl": "meitene", "boy": "zēns", "lv": "latviešu", "other": "cita"}


def rows(folder: Path) -> pd.DataFrame:
    """Return the grade-9 exams of the place in the words of its own export."""
    tables = {name: pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
              for name in ("results", "schools", "pupils", "enrolments")}  # fmt: skip
    main = tables["results"].query("test == 'CE' and grade == '9' and session == ''")
    main = main[main["school_year"].isin(map(str, YEARS)) & main["status"].isin(["present", "absent"])]
    joined = main.merge(tables["pupils"], on="pupil_id").merge(
        tables["enrolments"][["pupil_id", "school_year", "home_language"]], on=["pupil_id", "school_year"]
    )
    schools = dict(zip(tables["schools"]["school_id"], tables["schools"]["name"], strict=True))
    percent = 100 * pd.to_numeric(joined["score"]) / pd.to_numeric(joined["score_max"])
    return pd.DataFrame(
        {
            "Skola": joined["school_id"].map(schools),
            "Kods": joined["pupil_id"],
            "Klase": "9. klase",
            "Dzimums": joined["sex"].map(WORDS).fillna(""),
            "Ģimenes valoda": joined["home_language"].map(WORDS).fillna(""),
            "Mācību gads": joined["school_year"].map({str(year): f"{year - 1}./{year}." for year in YEARS}),
            "Priekšmets": joined["domain"].map(SUBJECTS),
            "Ieradās": joined["status"].map({"present": "jā", "absent": "nē"}),
            "Procenti": percent.map(lambda p: "" if pd.isna(p) else f"{p:.1f}".replace(".", ",")),
        }
    )


def write(folder: Path) -> None:
    """Write the export and the table of its one invented municipality."""
    folder.mkdir(parents=True, exist_ok=True)
    board = cut_board(demo_set(), PLACE, folder / ".board", with_published=False)
    table = rows(board)
    (folder / "municipalities.csv").write_bytes((board / "municipalities.csv").read_bytes())
    for path in board.iterdir():
        path.unlink()
    board.rmdir()
    book = xlsxwriter.Workbook(folder / FILE)
    book.set_properties({"author": "", "created": pd.Timestamp("2026-08-15").to_pydatetime()})
    _fill(book.add_worksheet("Rezultāti"), table, book.add_format({"bold": True, "align": "center", "border": 1}))
    book.close()


def _fill(sheet: Any, table: pd.DataFrame, bold: Any) -> None:
    sheet.write_string(0, 0, "Centralizēto eksāmenu rezultāti 9. klasē")
    sheet.write_string(1, 0, "Sagatavots 15.08.2026. (izdomāti dati)")
    sheet.merge_range(2, 0, 3, 0, "Skola", bold)
    column = 1
    for upper, lower in UPPER.items():
        sheet.merge_range(2, column, 2, column + len(lower) - 1, upper, bold)
        for name in lower:
            sheet.write_string(3, column, name, bold)
            column += 1
    for line, row in enumerate(table.itertuples(index=False), 4):
        for position, cell in enumerate(row):
            sheet.write_string(line, position, cell)
    shown = pd.to_numeric(table["Procenti"].str.replace(",", "."), errors="coerce")
    sheet.write_string(4 + len(table), 0, "Kopā")
    sheet.write_string(4 + len(table), len(table.columns) - 1, f"{shown.mean():.1f}".replace(".", ","))
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, len(table.columns) - 1, 14)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
