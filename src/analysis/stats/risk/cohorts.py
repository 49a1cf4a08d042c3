"""Pupils followed from a stage to a later test, and those of today whose test is still to come."""

import pandas as pd

from analysis.params import threshold_percent
from analysis.stats.earlier import earlier_tests, family, grade_number, with_earlier
from analysis.stats.risk.pairs import Pair
from analysis.stats.scale import main_session

ABSENCE = "absence_percent"
OF_STAGE = ("municipality_id", "school_id", "sex", "home_language", "settlement", "low_income", "sen", ABSENCE)
"""What is known of a pupil when the signs are read; never what the year of the outcome adds."""
_RESULT = ["pupil", "known", "school_year", "grade", "domain", "session", "status", "value", "standing"]


def followed(results: pd.DataFrame, pair: Pair, low_result_percent: float) -> pd.DataFrame:
    """Follow pupils from a stage to the outcome, and list those of the newest cohort who have it before them.

    A pupil belongs to a cohort by the year of the outcome. Who was never seen at the stage is in none: nobody could have
    looked at their signs. Absent, exempt and retaken outcomes are no outcomes.

    Parameters
    ----------
    results : pd.DataFrame
        All results of these pupils with ``standing`` (:func:`analysis.stats.scale.with_standing`), ``value``, ``scale``,
        ``low_cut``, ``known``.
    pair : Pair
        Stage and outcome.
    low_result_percent : float
        A result below it is low; where the test has no percents, one below ``low_cut``.

    Returns
    -------
    pd.DataFrame
        One row a pupil: ``pupil, school_year`` (of the outcome, for today's pupils the year in which it is due), ``since``
        (year of the stage), ``event`` (1 low, 0 not, missing: to come), ``failed`` (below the year's threshold, missing
        where none is known), what is known at the stage (:data:`OF_STAGE`), and ``earlier_<grade>_<domain>``.
    """
    seen = _seen(results, pair.stage)
    outcomes = _outcomes(results, pair, low_result_percent)
    linked = outcomes.merge(seen, on="pupil")
    on_the_way = linked["since"] <= linked["school_year"] - pair.years  # who skips a grade is in no cohort of this data
    linked = linked[on_the_way].sort_values(["pupil", "school_year", "since"])
    linked = linked.drop_duplicates(["pupil", "school_year"], keep="last")
    linked = linked.drop_duplicates("pupil", keep="first")  # of who sat it twice, the first outcome counts
    if linked.empty:
        return linked.assign(known=True)
    rows = pd.concat([linked, _today(seen, outcomes, pair)], ignore_index=True).assign(known=True)
    tests = signs(results, pair)
    of_tests = results["grade"].isin([grade for grade, _ in tests])
    used = results.loc[of_tests, _RESULT].sort_values(["pupil", "school_year", "value"], kind="stable")
    return with_earlier(rows, used, tests)


def signs(results: pd.DataFrame, pair: Pair) -> list[tuple[str, str]]:
    """Name the tests whose results are signs: all of the stage, and the own family's one stage before."""
    tests = earlier_tests(results, pair.grade, pair.domain)
    own = [t for t in tests if family(t[1]) == family(pair.domain) and grade_number(t[0]) < grade_number(pair.stage)]
    return [t for t in tests if t[0] == pair.stage] + own[:1]


def _seen(results: pd.DataFrame, stage: str) -> pd.DataFrame:
    """Who was at the stage in which year, whether they have results or not."""
    rows: pd.DataFrame = results[(results["grade"] == stage) & results["known"] & (results["session"] == "")]
    columns = ["pupil", "school_year", *(c for c in OF_STAGE if c in rows)]
    rows = rows[columns].sort_values(columns, kind="stable").drop_duplicates(["pupil", "school_year"])
    return rows.rename(columns={"school_year": "since"})


def _outcomes(results: pd.DataFrame, pair: Pair, low_result_percent: float) -> pd.DataFrame:
    of_pair = results["known"].astype("bool")
    for key in ("grade", "test", "domain", "level"):
        of_pair &= results[key] == getattr(pair, key)
    rows: pd.DataFrame = main_session(results[of_pair])
    percent = rows["scale"] == "percent"
    rows = rows[percent | rows["low_cut"].notna()]
    event = (rows["value"] < low_result_percent).where(rows["scale"] == "percent", rows["value"] < rows["low_cut"])
    cuts = {y: threshold_percent(int(y), pair.grade, pair.test, pair.domain) for y in rows["school_year"].unique()}
    cut = rows["school_year"].map(cuts).astype("float64").where(rows["scale"] == "percent")
    failed = (rows["value"] < cut).astype("float64").where(cut.notna())
    found: pd.DataFrame = rows[["pupil", "school_year"]].assign(event=event.astype("float64"), failed=failed)
    return found


def _today(seen: pd.DataFrame, outcomes: pd.DataFrame, pair: Pair) -> pd.DataFrame:
    """Pupils of the stage's newest year, if its outcome is still to come."""
    newest = seen["since"].max()
    due = newest + pair.years
    if len(outcomes) and due <= outcomes["school_year"].max():
        return seen.head(0)
    today: pd.DataFrame = seen[(seen["since"] == newest) & ~seen["pupil"].isin(outcomes["pupil"])]
    return today.assign(school_year=due, event=float("nan"), failed=float("nan"))
