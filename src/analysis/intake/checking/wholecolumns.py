"""What only a whole column tells: shares where percent are due, one and the same value everywhere."""

import pandas as pd

from analysis.faults import Fault
from analysis.intake.contracts import codes
from analysis.intake.provenance import FILE

_FEWEST = 3
_FEWEST_CODES = 10
#: What is measured; numbers that only name or count (years, grades, bands) may well be the same in every row.
_MEASURES = {
    "enrolments": ("absence_percent",),
    "results": ("score",),
    "marks": ("mark",),
    "wellbeing": ("value",),
    "staff_survey": ("value",),
    "teacher_evidence": ("value",),
    "school_results": ("mean_score",),
    "self_evaluation": ("level",),
}
_ATTRIBUTES = ("pupils", "enrolments")


def column_faults(table: str, rows: pd.DataFrame, covariates: tuple[str, ...] = ()) -> list[Fault]:
    """Find columns of shares where percent are due (V03) and columns without variation (V10), each file by itself."""
    faults: list[Fault] = []
    measures = [name for name in (*_MEASURES.get(table, ()), *covariates) if name in rows]
    attributes = [name for name in codes(table) if name != "grade"] if table in _ATTRIBUTES else []
    for file, part in rows.groupby(FILE, sort=False) if measures or attributes or table == "published" else ():
        faults += _shares(table, str(file), part)
        faults += [f for name in measures for f in _same(str(file), part, name, _FEWEST)]
        faults += [f for name in attributes for f in _same(str(file), part, name, _FEWEST_CODES)]
    return faults


def _shares(table: str, file: str, rows: pd.DataFrame) -> list[Fault]:
    """Say V03 of a column on a scale of percent whose cells all lie between 0 and 1, some of them inside."""
    for column, due in _in_percent(table, rows):
        cells = rows.loc[due, column].dropna()
        inside = (cells > 0) & (cells < 1)
        if len(cells) >= _FEWEST and inside.any() and cells.between(0, 1).all():
            return [Fault("V03", file, column=column, facts={"count": len(cells)})]
    return []


def _in_percent(table: str, rows: pd.DataFrame) -> list[tuple[str, "pd.Series[bool]"]]:
    if table == "enrolments":
        return [("absence_percent", rows["absence_percent"].notna())]
    if table == "results":
        return [("score", (rows["score_max"] == 100) & (rows["score_min"] == 0))]
    if table == "school_results":
        return [("mean_score", rows["score_max"] == 100)]
    if table == "published":
        return [("value", rows["unit"] == "percent")]
    return []


def _same(file: str, rows: pd.DataFrame, column: str, fewest: int) -> list[Fault]:
    cells = rows[column].dropna()
    if len(cells) < fewest or (cells != cells.iloc[0]).any():
        return []
    is_number = pd.api.types.is_numeric_dtype(cells)
    means = _NUMBERS if is_number else _GROUPS
    return [Fault("V10", file, column=column, facts={"count": len(cells), "means": means})]


_NUMBERS = {
    "lv": "vidējo salīdzināt un atšķirības aprēķināt pēc tās nevar",
    "en": "no means or differences can be made of it",
}
_GROUPS = {"lv": "skolēnu grupas pēc tās salīdzināt nevar", "en": "no groups of pupils can be compared by it"}
