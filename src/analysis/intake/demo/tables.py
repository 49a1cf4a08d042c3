"""The demo's codes as the contract's tables."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.intake.demo import scores as demo_scores
from analysis.intake.demo.exams import YEARS, Exam
from analysis.intake.demo.places import Integers
from analysis.intake.demo.pupils import Careers

KEYS = ["school_year", "grade", "test", "domain", "level"]
_SCHOOLS = [
    "school_id",
    "name",
    "municipality_id",
    "settlement",
    "kind",
    "language",
    "staff_total",
    "lat",
    "lon",
]


def grade_text(grade: int) -> str:
    """Write a grade as the contract does."""
    return "PS" if grade == 0 else str(grade)


def coded(codes: npt.ArrayLike, values: Sequence[str] | pd.Index) -> "pd.Categorical[str]":
    """Return a text column without a string per row."""
    return pd.Categorical.from_codes(np.asarray(codes), pd.Index(values))


def exam_keys(exams: list[Exam], exam: Integers) -> pd.DataFrame:
    """Return the contract's key columns of a test, one row per entry of `exam`."""
    rows = [(e.school_year, grade_text(e.grade), e.test, e.domain, e.level) for e in exams]
    table = pd.DataFrame(rows, columns=KEYS).astype(dict.fromkeys(KEYS[1:], "category"))
    return table.take(exam.tolist()).reset_index(drop=True)


def ids(number: int) -> pd.Index:
    """Return pupil identifiers: plain invented texts, unlike any personal code."""
    return pd.Index([f"P{i + 1:07d}" for i in range(number)])


def pupils(people: Careers) -> pd.DataFrame:
    """Return the `pupils` table."""
    return pd.DataFrame(
        {
            "pupil_id": ids(len(people.pupils)),
            "birth_year": people.pupils["birth_year"],
            "sex": np.where(people.pupils["boy"], "boy", "girl"),
            "preschool": people.pupils["preschool"],
        }
    )


def enrolments(
    people: Careers, schools: pd.DataFrame, rng: np.random.Generator, chance: np.random.Generator
) -> pd.DataFrame:
    """Return the `enrolments` table: tested years by `rng`, then the years between by `chance`."""
    parts = [(people.years, rng), (people.between, chance)]
    return pd.concat([enrolled(years, people, schools, draws) for years, draws in parts], ignore_index=True)


def enrolled(years: pd.DataFrame, people: Careers, schools: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return enrolments; 1 to 2 % of home language, needs, income and absence are blank."""

    def words(column: str, values: tuple[str, str] = ("no", "yes"), missing: float = 0.0) -> "pd.Categorical[str]":
        blank = rng.random(len(years)) < missing
        return coded(np.where(blank, 2, years[column].to_numpy(dtype=np.int64)), [*values, ""])

    return pd.DataFrame(
        {
            "pupil_id": coded(years["pupil"], ids(len(people.pupils))),
            "school_year": years["school_year"],
            "grade": coded(years["grade"], [grade_text(grade) for grade in range(13)]),
            "school_id": coded(years["school"], schools["school_id"].tolist()),
            "home_language": words("other", ("lv", "other"), 0.015),
            "sen": words("sen", missing=0.01),
            "low_income": words("low_income", missing=0.02),
            "repeats": words("repeats"),
            "moved": words("moved"),
            "absence_percent": years["absence"].mask(rng.random(len(years)) < 0.02),
        }
    )


def results(exams: list[Exam], sat: demo_scores.Sat, people: Careers, schools: pd.DataFrame) -> pd.DataFrame:
    """Return the `results` table; scores are whole points from 0."""
    rows = sat.results
    exam, year = rows["exam"].to_numpy(), people.years.iloc[rows["row"].to_numpy()]
    points = np.array([e.points for e in exams])[exam]
    keys = exam_keys(exams, exam)
    keys.insert(0, "pupil_id", pd.Series(coded(year["pupil"], ids(len(people.pupils)))))
    return keys.assign(
        session=coded(rows["session"], ["", "additional"]),
        school_id=coded(year["sat_at"], schools["school_id"].tolist()),
        score=rows["score"].astype("Int64"),
        score_min=0,
        score_max=points,
        status=coded(rows["status"], list(demo_scores.STATUSES)),
    )


def items(exams: list[Exam], points: pd.DataFrame, people: Careers) -> pd.DataFrame:
    """Return the `items` table."""
    keys = exam_keys(exams, points["exam"].to_numpy()).drop(columns="level")
    pupil = people.years["pupil"].to_numpy()[points["row"]]
    keys.insert(0, "pupil_id", pd.Series(coded(pupil, ids(len(people.pupils)))))
    return keys.assign(item=points["item"].to_numpy(), points=points["points"].to_numpy())


def item_map(exams: list[Exam], mapped: pd.DataFrame) -> pd.DataFrame:
    """Return the `item_map` table."""
    keys = exam_keys(exams, mapped["exam"].to_numpy()).drop(columns="level")
    return pd.concat([keys, mapped[["item", "skill", "max_points"]]], axis=1)


def published(exams: list[Exam], sat: demo_scores.Sat) -> pd.DataFrame:
    """Return national n, mean, SD and share below the threshold of present pupils, main sessions.

    Rounded to one decimal as published; figures of the newest year are provisional.
    """
    rows = sat.results[(sat.results["session"] == 0) & (sat.results["status"] == 0)]
    exam = rows["exam"].to_numpy()
    percent = 100 * rows["score"].to_numpy() / np.array([e.points for e in exams])[exam]
    limit = np.array([np.nan if e.threshold is None else e.threshold for e in exams])
    below = np.where(percent < limit[exam], 100.0, 0.0)
    by_exam = pd.DataFrame({"exam": exam, "percent": percent, "below": below}).groupby("exam")
    figures = by_exam["percent"].agg(["mean", "std", "count"]).assign(below=by_exam["below"].mean())
    measures = {"mean": "mean", "sd": "std", "n": "count", "share_below": "below"}
    parts = [
        exam_keys(exams, figures.index.to_numpy()).assign(
            measure=measure,
            threshold=pd.array(limit[figures.index] if measure == "share_below" else [None] * len(figures), "Int64"),
            value=figures[column].round(1).to_numpy(),
            unit="pupils" if measure == "n" else "percent",
        )
        for measure, column in measures.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    table = table[(table["measure"] != "share_below") | table["threshold"].notna()]
    status = np.where(table["school_year"] == YEARS[-1], "provisional", "official")
    return table.assign(value=table["value"].map("{:.15g}".format), status=status, source="demo")


def schools(network: pd.DataFrame) -> pd.DataFrame:
    """Return the `schools` table."""
    return network[_SCHOOLS]
