"""What every survey tells alike: levels, differences, who answered, and how well its scales measure."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import verdict
from analysis.indicators import INDICATORS
from analysis.stats.climate.answers import Answers
from analysis.stats.climate.reliability import Between, between_schools, consistency, of_mean
from analysis.stats.climate.strata import with_interval

SMALLEST_N = INDICATORS["wellbeing_scale"].smallest_n
RESPONSE, RELIABILITY = 50.0, 0.7
"""Percent of those asked, and reliability of a school's mean, from which on a school is shown."""


@dataclass(frozen=True)
class Survey:
    """How rows of one survey are called: indicators ``<name>_response`` and so on, and the level's method and confidence."""

    name: str
    level: str
    method: str
    confidence: float

    def levels(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Give each area's mean its interval."""
        return with_interval(rows, self.confidence).rename(columns={"scale": "part"}).assign(**self._constants)

    def schools(self, school: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
        """Give the schools that are told their levels; of the others only the number of respondents, which is too few."""
        rows, known = self.levels(school), school.index.isin(told.index)
        figures = {name: rows[name].where(known) for name in ("estimate", "low", "high")}
        return rows.assign(**figures, verdict=pd.Series("too_few", index=rows.index).mask(known, ""))

    def change(self, rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
        """Difference to the survey before: other people each year, so both errors add up."""
        keys = ["scale", *by]
        rows = rows.sort_values([*keys, "school_year"], kind="stable")
        before = rows.groupby(keys)[["school_year", "estimate", "variance", "df"]].shift()
        found = rows.assign(
            year_from=before["school_year"].astype("Int64"), estimate=rows["estimate"] - before["estimate"],
            variance=rows["variance"] + before["variance"], df=np.minimum(rows["df"], before["df"]),
        )  # fmt: skip
        return self._judged(found.dropna(subset="estimate"), "last_year")

    def against_all(self, place: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
        """Difference of each municipality to the country that contains it: (1 − p)·(its own − the others'), p its share."""
        both = place.merge(whole, on=["scale", "school_year"], suffixes=("", "_all"))
        share = both["eligible"] / both["eligible_all"]
        rest = (both["variance_all"] - share**2 * both["variance"]).clip(lower=0) / (1 - share).where(share < 1) ** 2
        found = both.assign(
            estimate=both["estimate"] - both["estimate_all"], variance=(1 - share) ** 2 * (both["variance"] + rest)
        )
        return self._judged(found.dropna(subset="variance"), "country")

    def response(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Share of those who could answer, where the roster is known; the same for every scale."""
        keys = [key for key in ("municipality_id", "school_id", "year_from", "school_year") if key in rows]
        found = rows[rows["known"]].drop_duplicates(keys)
        found = found.assign(estimate=100 * found["answered"] / found["eligible"], n=found["eligible"].astype("int64"))
        return found[[*keys, "estimate", "n"]].assign(
            indicator=f"{self.name}_response", unit="percent", method="respondents of those who could answer"
        )

    def reliability(self, answers: Answers, icc: dict[str, float], owner: str) -> pd.DataFrame:
        """Alpha, omega and the share of the variance that lies between schools, of all years together."""
        rows: list[dict[str, Any]] = []
        for scale in answers.scales:
            found = consistency(answers.of_scale(scale))
            values = {"alpha": found.alpha, "omega": found.omega, "icc": icc[scale]}
            rows += [
                {"part": f"{scale}|{name}", "estimate": 100 * value, "n": found.n} for name, value in values.items()
            ]
        return pd.DataFrame(rows).dropna(subset="estimate").assign(
            indicator=f"{self.name}_reliability", unit="percent", municipality_id=owner,
            school_year=int(answers.people["school_year"].max()),
            method="alpha, omega of one factor, share of variance between schools; all years",
        )  # fmt: skip

    @property
    def _constants(self) -> dict[str, str]:
        return {"indicator": self.level, "unit": "level", "method": self.method}

    def _judged(self, rows: pd.DataFrame, reference: str) -> pd.DataFrame:
        found = with_interval(rows, self.confidence).rename(columns={"scale": "part"})
        found["verdict"] = verdict(found["low"], found["high"], found["n"], SMALLEST_N)
        return found.assign(**self._constants, reference=reference)


def differ(answers: Answers) -> dict[str, Between]:
    """Variance between schools within a year, by scale, over all years of a survey."""
    scores, found = answers.scores(), {}
    for scale in answers.scales:
        people = scores.dropna(subset=scale)
        score = people[scale] - people[scale].groupby(people["school_year"]).transform("mean")
        school = pd.factorize(people["school_id"] + "|" + people["school_year"].astype("str"), sort=True)[0]
        found[scale] = between_schools(score.to_numpy(), school)
    return found


def shown(school: pd.DataFrame, icc: dict[str, float]) -> pd.DataFrame:
    """Keep schools of which something can be said: enough answers, of enough of those asked, that tell schools apart."""
    own = school["scale"].map(icc).astype("float64").fillna(0.0)
    reliability = of_mean(own.to_numpy(), school["n"].to_numpy())
    answered = 100 * school["answered"] / school["eligible"]
    return school[(school["n"] >= SMALLEST_N) & (answered >= RESPONSE) & school["known"] & (reliability >= RELIABILITY)]


def home_of(schools: pd.DataFrame) -> "pd.Series[str]":
    """Return the municipality of each school."""
    return schools.set_index(schools["school_id"].astype("str"))["municipality_id"].astype("str")


def owner(home: "pd.Series[str]", scope: str) -> str:
    """Return whom figures of all respondents together are about: the country (empty), or the one board."""
    return "" if scope == "country" else str(home.iloc[0])
