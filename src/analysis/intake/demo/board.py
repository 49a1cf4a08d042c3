"""Cut one board's part out of a demo delivery of the country."""

from pathlib import Path

import pandas as pd

from analysis.intake.demo.write import HEADER, write_table

SHARED = ("item_map", "wellbeing_items", "staff_survey_items", "competences", "published")
OF_MUNICIPALITY = (
    "municipalities", "schools", "support_capacity", "development_events", "board_survey", "methodologists",
)  # fmt: skip
OF_SCHOOL = (
    "enrolments", "results", "wellbeing", "wellbeing_roster", "staff_survey", "teacher_evidence", "activities",
    "lesson_hours", "school_results", "school_bands", "self_evaluation",
)  # fmt: skip
OF_PUPIL_YEAR = ("marks", "support_given")
_TEST = ["pupil_id", "school_year", "grade", "test", "domain"]


def cut_board(source: Path, municipality_id: str, out: Path, *, with_published: bool) -> Path:
    """Cut one municipality's own rows out of a country delivery into one of scope `board`.

    Own are the schools of the municipality and what they report, results earned and enrolments held there, the
    pupils these name, marks and support of pupils enrolled there in that year, items of results earned there, goals
    of teachers there, and what the municipality reports itself; lists of items and competences are kept whole.
    `truth.json` stays behind.

    Parameters
    ----------
    source : pathlib.Path
        Folder written by `write_demo`.
    municipality_id : str
        The board's municipality.
    out : pathlib.Path
        Folder to write.
    with_published : bool
        Whether the board also holds the published national figures.

    Raises
    ------
    ValueError
        The source does not know the municipality.
    """
    own = {name: _of(_read(source, name), "municipality_id", [municipality_id]) for name in OF_MUNICIPALITY}
    if own["municipalities"].empty:
        raise ValueError(f"no municipality {municipality_id!r} in the demo set")
    schools = own["schools"]["school_id"]
    own |= {name: _of(_read(source, name), "school_id", schools) for name in OF_SCHOOL}
    known = pd.concat([own["enrolments"]["pupil_id"], own["results"]["pupil_id"]])
    own["pupils"] = _of(_read(source, "pupils"), "pupil_id", known)
    years = own["enrolments"][["pupil_id", "school_year"]]
    own |= {name: _read(source, name).merge(years, on=["pupil_id", "school_year"]) for name in OF_PUPIL_YEAR}
    main = own["results"].loc[own["results"]["session"] == "", _TEST].drop_duplicates()
    own["items"] = _read(source, "items").merge(main, on=_TEST)
    own["teacher_goals"] = _of(_read(source, "teacher_goals"), "teacher_id", own["teacher_evidence"]["teacher_id"])
    own |= {name: _read(source, name) for name in SHARED if name != "published" or with_published}
    out.mkdir(parents=True, exist_ok=True)
    for name, frame in own.items():
        write_table(frame, out, name, packed=(source / f"{name}.csv.gz").exists())
    header = HEADER.format(scope="board", year=2026) + f"municipality: {municipality_id}\n"
    (out / "delivery.yml").write_text(header, encoding="utf-8", newline="\n")
    return out


def _of(rows: pd.DataFrame, column: str, wanted: "pd.Series[str] | list[str]") -> pd.DataFrame:
    return rows[rows[column].isin(wanted)]


def _read(folder: Path, name: str) -> pd.DataFrame:
    """Read a table as text; an empty cell stays an empty text."""
    path = folder / f"{name}.csv"
    return pd.read_csv(path if path.exists() else folder / f"{name}.csv.gz", dtype=str, keep_default_na=False)
