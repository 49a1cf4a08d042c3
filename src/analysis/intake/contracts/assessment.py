"""Tables of results: of pupils, of their items and marks, of schools, of the country."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.intake.contracts.fields import GRADES, STATUSES, WHOLE, Table, optional, required, year


class Results(Table):
    """One pupil's result in one test; ``present`` needs a score, every other status must have none."""

    pupil_id: Series[str] = required()
    school_year: Series[float] = year()
    grade: Series[str] = required(isin=GRADES)
    test: Series[str] = required()
    domain: Series[str] = required()
    level: Series[str] = optional()
    session: Series[str] = optional(isin=("additional",))
    school_id: Series[str] = required()
    score: Series[float] = optional()
    score_min: Series[float] = optional()
    score_max: Series[float] = optional()
    status: Series[str] = required(isin=STATUSES)

    @pa.dataframe_check(error="V01")
    def not_below_minimum(cls, rows: pd.DataFrame) -> pd.Series:
        """Score at or above ``score_min`` (0 where only ``score_max`` is given)."""
        return ~(rows["score"] < rows["score_min"])

    @pa.dataframe_check(error="V02")
    def not_above_maximum(cls, rows: pd.DataFrame) -> pd.Series:
        """Score at or below ``score_max``."""
        return ~(rows["score"] > rows["score_max"])

    @pa.dataframe_check(error="V17")
    def status_fits_score(cls, rows: pd.DataFrame) -> pd.Series:
        """``present`` with a score, all others without."""
        return (rows["status"] == "present") == rows["score"].notna()


class Items(Table):
    """One pupil's points for one item of a test (main session)."""

    pupil_id: Series[str] = required()
    school_year: Series[float] = year()
    grade: Series[str] = required(isin=GRADES)
    test: Series[str] = required()
    domain: Series[str] = required()
    item: Series[str] = required()
    points: Series[float] = required(ge=0)


class ItemMap(Table):
    """What an item measures and how many points it gives at most."""

    school_year: Series[float] = year()
    grade: Series[str] = required(isin=GRADES)
    test: Series[str] = required()
    domain: Series[str] = required()
    item: Series[str] = required()
    skill: Series[str] = required()
    max_points: Series[float] = required(gt=0)


class Marks(Table):
    """A pupil's mark for a term or a year (E-klase); empty where there is none."""

    pupil_id: Series[str] = required()
    school_year: Series[float] = year()
    term: Series[str] = required()
    domain: Series[str] = required()
    mark: Series[float] = optional(ge=1, le=10, metadata=WHOLE)


class SchoolResults(Table):
    """Published results of schools; the number behind a mean may be missing."""

    school_id: Series[str] = required()
    school_year: Series[float] = year()
    grade: Series[str] = required(isin=GRADES)
    test: Series[str] = required()
    domain: Series[str] = required()
    level: Series[str] = optional()
    n: Series[float] = optional(ge=0, metadata=WHOLE)
    mean_score: Series[float] = required(ge=0)
    score_max: Series[float] = optional(ge=0)

    @pa.dataframe_check(error="V02")
    def not_above_maximum(cls, rows: pd.DataFrame) -> pd.Series:
        """Mean at or below the attainable score."""
        return ~(rows["mean_score"] > rows["score_max"])


class SchoolBands(Table):
    """Published counts of a school's results by tens of percent (VPS)."""

    school_id: Series[str] = required()
    school_year: Series[float] = year()
    grade: Series[str] = required(isin=GRADES)
    test: Series[str] = required()
    domain: Series[str] = required()
    level: Series[str] = optional()
    band: Series[float] = required(ge=0, le=9, metadata=WHOLE)
    n: Series[float] = required(ge=0, metadata=WHOLE)


class Published(Table):
    """Figures of the country as somebody published them."""

    school_year: Series[float] = year()
    grade: Series[str] = required(isin=GRADES)
    test: Series[str] = required()
    domain: Series[str] = required()
    level: Series[str] = optional()
    measure: Series[str] = required()
    threshold: Series[float] = optional()
    value: Series[float] = required()
    unit: Series[str] = required()
    status: Series[str] = optional()
    source: Series[str] = required()
