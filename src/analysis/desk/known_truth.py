"""Groups of a drawn country with what is true of them, what is measured, and what the naming rule and its rivals say."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analysis.desk.rivals import rivals
from analysis.intake.demo import Known
from analysis.intake.demo.oracle import true_risk
from analysis.intake.derived import BUILT_IN
from analysis.params import Params
from analysis.stats.candidates import Groups, candidates
from analysis.stats.cells import CellModel, NothingToModel, fit_cells
from analysis.stats.country import Country
from analysis.stats.risk import Backtest, Pair
from analysis.stats.scale import main_session, national_reference, with_position, with_standing, with_value
from analysis.stats.support_groups import gaps_of, named, probability_to_need

OF_PUPILS = tuple(name for name in BUILT_IN if name != "settlement")
"""Attributes of pupils and years; those of schools would triple the cells."""
SIGNS = Pair(stage="6", grade="9", test="CE", domain="mathematics")
"""The way on which early signs are measured."""
_FAMILY = ["municipality_id", "grade", "test", "domain", "level"]


def placed(known: Known, params: Params) -> pd.DataFrame:
    """Put the results of a drawn country on the national scale, as preparing a delivery does."""
    valued = with_value(known.results)
    return with_standing(with_position(valued, national_reference(valued, params.outer_share_of_nation)))


def country_of(known: Known, params: Params, covariates: tuple[str, ...] = ()) -> Country:
    """Give models a drawn country as they are given a delivery's.

    Parameters
    ----------
    known : Known
        The country.
    params : Params
        Of the models.
    covariates : tuple of str
        Columns that models shall carry along: the truth, to be compared afterwards.
    """
    results = placed(known, params)
    nothing = pd.DataFrame()
    return Country(results, nothing, nothing, known.schools, OF_PUPILS, covariates, "country", params)


def families(
    results: pd.DataFrame, grades: tuple[str, ...], years: int
) -> Iterator[tuple[tuple[Any, ...], pd.DataFrame]]:
    """Go through municipality × test: what a board is shown as one list, the newest school years taken together.

    Parameters
    ----------
    results : pd.DataFrame
        Of :func:`placed`.
    grades : tuple of str
        Which grades.
    years : int
        How many of the newest school years.
    """
    rows = main_session(results)
    rows = rows[rows["grade"].isin(grades) & (rows["school_year"] > rows["school_year"].max() - years)]
    yield from rows.groupby(_FAMILY, observed=True)


def examined(family: pd.DataFrame, params: Params, attributes: tuple[str, ...] = OF_PUPILS) -> pd.DataFrame:
    """Judge every group of a family that is large enough to be named.

    Parameters
    ----------
    family : pd.DataFrame
        Results of one municipality and test with ``standing``, the attributes and the truth ``expected``.
    params : Params
        Those of the naming rule.
    attributes : tuple of str
        Which attributes make groups.

    Returns
    -------
    pd.DataFrame
        One row a group: ``group, n``; ``raw`` and ``own_raw`` with their errors (gaps to the country and to the
        municipality as measured); ``gap, gap_sd, own, own_sd, probability`` of the cell model; ``true`` and ``true_own``;
        one column of bool a rule: ``named`` and those of :func:`analysis.desk.rivals.rivals`. Empty where nothing can
        be modelled.
    """
    try:
        model = fit_cells(family["standing"], family[list(attributes)])
    except NothingToModel:
        return pd.DataFrame()
    groups = candidates(model, params.group_depth, params.smallest_named_group)
    allowed = groups.may_be_named(model, params.smallest_named_group)
    gaps = gaps_of(model, groups)
    probability = probability_to_need(gaps, params.material_gap_sd, national=True)
    rows = pd.DataFrame(
        {
            "group": groups.names, "n": groups.n, **_measured(model, groups, family),
            "gap": gaps.country, "gap_sd": gaps.country_sd, "own": gaps.own, "own_sd": gaps.own_sd,
            "probability": probability, "named": named(probability, allowed, params),
        }
    )[allowed].reset_index(drop=True)  # fmt: skip
    return rows.assign(**rivals(rows, params.material_gap_sd))


def _measured(model: CellModel, groups: Groups, family: pd.DataFrame) -> dict[str, Any]:
    """Return raw gaps with their errors, and true ones."""
    values, truth = (family[name].to_numpy(dtype="float64") for name in ("standing", "expected"))
    cells = len(model.n)
    sums, squares, true = (np.bincount(model.cell, x, cells) for x in (values, values**2, truth))
    n = np.maximum(groups.n, 1)
    members = groups.members.astype("float64")
    mean = members @ sums / n
    sd = np.sqrt(np.maximum(members @ squares / n - mean**2, 0) * n / np.maximum(n - 1, 1))
    every = model.pupils
    return {
        "raw": mean,
        "raw_se": sd / np.sqrt(n),
        "own_raw": mean - values.mean(),
        "own_se": values.std(ddof=1) * np.sqrt(np.maximum(1 / n - 1 / every, 0)),
        "true": members @ true / n,
        "true_own": members @ true / n - truth.mean(),
    }


def oracle_of(test: Backtest, known: Known, percent: float) -> np.ndarray:
    """Return the true risk of a percent below the limit for each pupil whom a back-test of :data:`SIGNS` judged."""
    rows = known.results
    there = (rows["grade"] == SIGNS.grade) & (rows["domain"] == SIGNS.domain) & (rows["status"] == "present")
    outcomes = rows[there & (rows["school_year"] == test.judged_year)].set_index("pupil", drop=False)
    outcomes = outcomes.loc[test.judged["pupil"]].reset_index(drop=True)
    return true_risk(known, outcomes, pd.Series(percent, index=outcomes.index))
