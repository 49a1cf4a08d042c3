"""Earlier results of the same pupils, by grade and domain."""

from collections.abc import Sequence

import pandas as pd

from analysis.stats.scale import main_session

FAMILY = {
    "mathematics": "numeracy", "numeracy": "numeracy", "latvian": "literacy", "latvian_minority": "literacy",
    "literacy": "literacy", "reading": "literacy", "science": "science", "english": "english",
}  # fmt: skip
"""Domains that measure the same ability at different stages; a domain that is not here is its own family."""
_MEASURE = "standing"


def grade_number(grade: object) -> int:
    """Return a grade as a number; the last preschool year is 0."""
    return 0 if str(grade) == "PS" else int(str(grade))


def family(domain: object) -> str:
    """Return the family of a domain."""
    return FAMILY.get(str(domain), str(domain))


def earlier_column(grade: object, domain: object) -> str:
    """Return the name of the column that holds an earlier result."""
    return f"earlier_{grade}_{domain}"


def earlier_tests(results: pd.DataFrame, grade: object, domain: object) -> list[tuple[str, str]]:
    """List the (grade, domain) pairs below a grade in which pupils were tested, own family first, then the nearest grade.

    Parameters
    ----------
    results : pd.DataFrame
        All results with ``standing``.
    grade, domain : object
        The outcome.
    """
    rows = results[["grade", "domain"]].drop_duplicates()
    below = [(str(g), str(d)) for g, d in rows.itertuples(index=False) if grade_number(g) < grade_number(grade)]
    return sorted(below, key=lambda t: (family(t[1]) != family(domain), -grade_number(t[0]), t[1]))


def with_earlier(outcomes: pd.DataFrame, results: pd.DataFrame, tests: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Give each outcome its pupil's earlier results.

    Parameters
    ----------
    outcomes : pd.DataFrame
        Results of one grade and domain.
    results : pd.DataFrame
        All results of the same pupils with ``standing`` and ``known``.
    tests : sequence of (grade, domain)
        Which earlier results.

    Returns
    -------
    pd.DataFrame
        The outcomes with a column ``earlier_<grade>_<domain>`` each: the pupil's newest one of an earlier school year,
        missing where there is none. Who is known by no id has none.
    """
    wide = outcomes.reset_index(drop=True)
    rows = main_session(results)
    rows = rows[rows["known"] & rows[_MEASURE].notna()]
    for grade, domain in tests:
        name = earlier_column(grade, domain)
        mine = rows.loc[(rows["grade"] == grade) & (rows["domain"] == domain), ["pupil", "school_year", _MEASURE]]
        pairs = (
            wide.loc[wide["known"], ["pupil", "school_year"]]
            .reset_index()
            .merge(mine, on="pupil", suffixes=("", "_then"))
        )
        pairs = pairs[pairs["school_year_then"] < pairs["school_year"]].sort_values("school_year_then", kind="stable")
        newest = pairs.drop_duplicates("index", keep="last").set_index("index")[_MEASURE]
        wide[name] = newest.reindex(wide.index)
    return wide
