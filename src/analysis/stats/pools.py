"""Which school years are taken together."""

import pandas as pd


def newest_pool(rows: pd.DataFrame, years: int, measure: str) -> pd.DataFrame:
    """Keep the newest years in which a test was comparable, and name the pool.

    Parameters
    ----------
    rows : pd.DataFrame
        Results of the main session.
    years : int
        How many school years, counted back from each test's newest one.
    measure : str
        Column that must be filled: a place in the country may be pooled over years, a raw percent may not.

    Returns
    -------
    pd.DataFrame
        The rows kept, with ``year_from`` and ``school_year``: first and last year of the pool; the first is 0 where the
        pool is one year, for groups by a missing key would be lost.
    """
    if rows.empty or not rows[measure].notna().any():
        return rows.iloc[:0]
    rows = rows[rows[measure].notna()]
    test = [rows[key] for key in ("grade", "test", "domain", "level")]
    newest = rows.groupby(test, observed=True)["school_year"].transform("max")
    rows = rows[rows["school_year"] > newest - years]
    test = [rows[key] for key in ("grade", "test", "domain", "level")]
    years_of = rows.groupby(test, observed=True)["school_year"]
    first, last = years_of.transform("min"), years_of.transform("max")
    return rows.assign(year_from=first.where(first != last, 0), school_year=last)
