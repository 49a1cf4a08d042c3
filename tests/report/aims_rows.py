"""Rows of evidence on marks, targets and hours by hand, and what a reader meets of a section."""

import re
from typing import Any

import pandas as pd

from analysis.evidence import evidence
from analysis.report.html import Section
from analysis.words import catalogue

PLACE = "D001"
EXAM = {"grade": "9", "test": "CE", "domain": "mathematics", "school_year": 2026}
NUMERACY = {"grade": "3", "test": "diagnostic", "domain": "numeracy"}


class Told(dict[str, Any]):
    """The catalogue, remembering what was said."""

    def __init__(self) -> None:
        super().__init__(catalogue.sentences())
        self.keys_told: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.keys_told.add(key)
        return super().__getitem__(key)


def text(section: Section) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", str(section.html).replace("&#39;", "'"))).replace("\u00a0", " ")


def heading(section: Section) -> str:
    found = re.search(r"</span>(.*?)</h2>", str(section.html), re.S)
    assert found
    return found[1].replace("\u00a0", " ")


def marks(counts: dict[str, float], n: int = 200, population: str = "pupils", **more: Any) -> pd.DataFrame:
    """Counts below marks, expected in an exam as hard and in a coming one, and the share as it was."""
    name = "fail_share_at" if population == "pupils" else "fail_share_at_published"
    rows = []
    for part, count in counts.items():
        row = EXAM | {"part": part, "n": n, "population": population, "reference": "threshold", "confidence": 0.95}
        share = {"estimate": 100 * count / n, "low": 0.0, "high": 100.0}
        ends = {"estimate": count, "low": max(count - 3, 0.0), "high": min(count + 5, float(n))}
        rows += [row | share | {"indicator": name, "unit": "percent"}]
        rows += [row | ends | {"indicator": i, "unit": "pupils"} for i in ("fail_count_at", "fail_count_coming")]
    return evidence(pd.DataFrame(rows).assign(**more), municipality_id=PLACE)


def target(
    name: str,
    chance: float | None,
    done: bool = False,
    n: int = 300,
    unit: str = "sd",
    why: str = "few_years",
    **more: Any,
) -> pd.DataFrame:
    """A target with its start 0, its aim 0.2 in 2028, and what is expected; without a chance it cannot be measured."""
    row: dict[str, Any] = NUMERACY | {"part": name, "school_year": 2028, "n": n, "unit": unit, "method": ""}
    row |= {"confidence": 0.95, "reference": "threshold"}
    board = {"indicator": "target_set", "n": pd.NA, "confidence": float("nan")}
    rows = [row | board | {"school_year": 2024, "estimate": 0.0, "reference": ""}, row | board | {"estimate": 0.2}]
    if chance is None:
        rows.append(
            row
            | {
                "indicator": "target",
                "part": f"{name}:not_measurable:{why}",
                "n": pd.NA,
                "confidence": float("nan"),
            }
        )
    else:
        state = _state(chance, done)
        kind = "measured in its year" if done else "line with wobble, to its year"
        judged = row | {"indicator": "target", "method": f"{kind}: {state}", "year_from": pd.NA if done else 2021}
        rows.append(judged | {"unit": "probability", "estimate": chance, "confidence": float("nan")})
        rows.append(judged | {"estimate": 0.11, "low": -0.12, "high": 0.34})
        now = {"indicator": "target_now", "school_year": 2026, "estimate": 0.05, "low": -0.06, "high": 0.16}
        rows += [] if done else [row | now]
    return evidence(pd.DataFrame(rows).assign(**more), municipality_id=PLACE)


def _state(chance: float, done: bool) -> str:
    if chance >= 0.8:
        return "achieved" if done else "on_course"
    return "off_course" if chance <= 0.2 else "cannot_tell"


def settled(name: str, chances: dict[int, float]) -> pd.DataFrame:
    """Probabilities that a measurement tells, with the interval that is then left."""
    base = NUMERACY | {"indicator": "target_settled", "part": name, "n": 300, "year_from": 2026}
    rows = [base | {"school_year": year, "unit": "probability", "estimate": p} for year, p in chances.items()]
    rows += [base | {"school_year": year, "unit": "sd", "estimate": 0.12} for year in chances]
    return evidence(pd.DataFrame(rows), municipality_id=PLACE)


def lessons(planned: dict[str, float], held: float = 0.9, year: int = 2026) -> pd.DataFrame:
    """Planned and held lessons of subjects, of the municipality and of one school."""
    rows = []
    for domain, hours in planned.items():
        for school, share in (("", 1.0), ("S001", 0.5)):
            row = {
                "domain": domain,
                "school_id": school,
                "school_year": year,
                "n": 1 if school else 12,
                "population": "schools",
            }
            plan = hours * share
            rows += [
                row | {"indicator": "lesson_hours", "part": "planned", "unit": "hours", "estimate": plan},
                row | {"indicator": "lesson_hours", "part": "delivered", "unit": "hours", "estimate": held * plan},
                row | {"indicator": "lesson_hours_share", "unit": "percent", "estimate": 100 * held},
            ]
    return evidence(pd.DataFrame(rows), municipality_id=PLACE)


def minutes(of: dict[str, float], indicator: str = "support_minutes", n: int = 40, **more: Any) -> pd.DataFrame:
    """Minutes a week by specialist."""
    rows = [{"part": part, "estimate": minute, "n": n, "school_year": 2026} for part, minute in of.items()]
    return evidence(pd.DataFrame(rows).assign(**more), indicator=indicator, unit="minutes", municipality_id=PLACE)
