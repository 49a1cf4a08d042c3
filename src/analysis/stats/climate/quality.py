"""Which level do schools give themselves, which does accreditation, and where do the two differ?"""

import pandas as pd

from analysis.evidence import evidence, no_evidence

SOURCES = ("self", "accreditation")
FEWEST_TO_COUNT = 3  # schools; fewer would know each other's level


def quality_levels(levels: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Put the newest levels of each school's quality criteria side by side.

    Parameters
    ----------
    levels : pd.DataFrame
        Contract ``self_evaluation``: ``school_id, school_year, criterion, source, level`` (1 to 4).
    schools : pd.DataFrame
        Contract ``schools``.

    Returns
    -------
    pd.DataFrame
        Evidence of schools.

        - ``quality_level`` (level): each school, ``part`` ``<criterion>|self`` or ``|accreditation``, of the newest year.
        - ``quality_schools``: how many of a municipality's schools are at each level, ``<criterion>|<source>|<level>``.
        - ``quality_apart``: of how many that have both the own level is the higher or the lower one,
          ``<criterion>|higher`` and ``|lower``. A difference is no verdict: both may be of different years.

        Counts are given from three schools on.
    """
    if levels.empty:
        return no_evidence()
    home = schools.set_index(schools["school_id"].astype("str"))["municipality_id"].astype("str")
    rows = levels.astype({"school_id": "str", "criterion": "str", "source": "str"}).sort_values(
        "school_year", kind="stable"
    )
    rows = rows.drop_duplicates(["school_id", "criterion", "source"], keep="last")
    rows = rows.assign(municipality_id=rows["school_id"].map(home)).dropna(subset="municipality_id")
    parts = [_each(rows), _counted(rows), _apart(rows)]
    found = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return evidence(found, population="schools")


def _each(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        part=rows["criterion"] + "|" + rows["source"], estimate=rows["level"].astype("float64"), n=1,
        indicator="quality_level", unit="level", method="newest level given",
    )  # fmt: skip


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    part = rows["criterion"] + "|" + rows["source"]
    given = rows.assign(of=part, part=part + "|" + rows["level"].astype("int64").astype("str"))
    size = given.groupby(["municipality_id", "of"])["school_id"].transform("size")
    count = given.assign(n=size)[size >= FEWEST_TO_COUNT].groupby(["municipality_id", "part"])
    found = count.agg(
        estimate=("school_id", "size"), n=("n", "first"), school_year=("school_year", "max")
    ).reset_index()
    return found.astype({"estimate": "float64"}).assign(
        indicator="quality_schools", unit="pupils", method="newest level given"
    )


def _apart(rows: pd.DataFrame) -> pd.DataFrame:
    """Count the schools whose own level is above, and below, that of accreditation."""
    both = rows.pivot_table(index=["municipality_id", "criterion", "school_id"], columns="source", values="level")
    if not set(SOURCES) <= set(both.columns):
        return pd.DataFrame()
    gap = (both["self"] - both["accreditation"]).dropna()
    grouped = gap.groupby(["municipality_id", "criterion"])
    size = grouped.size()
    parts = [
        side.groupby(["municipality_id", "criterion"]).sum()[size >= FEWEST_TO_COUNT].rename("estimate").reset_index()
        .assign(name=name)
        for name, side in (("higher", gap > 0), ("lower", gap < 0))
    ]  # fmt: skip
    found = pd.concat(parts, ignore_index=True).merge(
        size.rename("n").reset_index(), on=["municipality_id", "criterion"]
    )
    return found.astype({"estimate": "float64"}).assign(
        part=found["criterion"] + "|" + found["name"], school_year=int(rows["school_year"].max()),
        indicator="quality_apart", unit="pupils", method="own level and accreditation's, newest of each",
    )  # fmt: skip
