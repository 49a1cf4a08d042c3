"""Whether value added of schools is what it should be: coverage, error and reliability at one, three and five years."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.desk.known_truth import country_of
from analysis.intake.demo import known_country
from analysis.params import Params
from analysis.stats.cohorts import Cohort, cohorts
from analysis.stats.country import Country
from analysis.stats.earlier import with_earlier
from analysis.stats.shrinking import fit_groups
from analysis.stats.value_added import design_of, effects_of

OUTCOME, GRADES = "6", ("3", "6")
WOBBLE = 0.10
"""SD, in latent units, of what a school has in one school year alone."""
Z95 = 1.959964


def schools_of(seeds: Iterable[int], years: int, params: Params) -> pd.DataFrame:
    """Draw countries in which schools differ and wobble from year to year, and compare value added with the truth.

    Parameters
    ----------
    seeds : iterable of int
        One country each: grade 6 after grade 3 in every domain.
    years : int
        School years taken together.
    params : Params
        All other parameters.

    Returns
    -------
    pd.DataFrame
        One row a school and domain: ``n``, ``raw``, ``estimate``, ``low``, ``high`` (95 %), ``true`` (of one year: with
        what the school has in that year alone; of several: without), ``reliability`` as estimated, ``seed``, ``domain``;
        ``simple`` and ``simple_sd``: the same without school years as a level of their own.
    """
    own = params.model_copy(update={"pooled_years": years})
    parts = []
    for seed in seeds:
        known = known_country("schools", seed=seed, wobble=WOBBLE, grades=GRADES)
        known.results["who"] = known.results["pupil"].str[1:].astype("int64")
        country = country_of(known, own, ("who", "lasting", "expected"))
        found = [cohort for cohort in cohorts(country) if cohort.key["grade"] == OUTCOME and cohort.earlier]
        parts += [_one(cohort, country, years).assign(seed=seed) for cohort in found]
    return pd.concat(parts, ignore_index=True)


def _one(cohort: Cohort, country: Country, years: int) -> pd.DataFrame:
    rows = effects_of([cohort], country)
    effects = rows[(rows["indicator"] == "school_effect") & (rows["reference"] == "country")].set_index("school_id")
    shrunken, plain = (effects[effects["part"] == part] for part in ("", "unshrunken"))
    reliability = rows.loc[rows["part"] == "reliability", "estimate"]
    table = shrunken[["n", "estimate", "low", "high"]].assign(
        raw=plain["estimate"], true=_truth(cohort, country, "expected" if years == 1 else "lasting"),
        reliability=float(reliability.iloc[0]) if len(reliability) else np.nan, domain=cohort.key["domain"],
    )  # fmt: skip
    design = design_of(cohort, ())
    assert design is not None
    y, school = design.rows["standing"].to_numpy(), design.rows["school_id"].to_numpy()
    simple = fit_groups(y, design.x, school)[1]
    return table.assign(simple=simple["effect"], simple_sd=simple["sd"]).reset_index()


def _truth(cohort: Cohort, country: Country, measure: str) -> "pd.Series[float]":
    """Return each school's true value added: what outcomes and earlier results were expected to be, by the true slopes.

    The slopes are those within schools, which the pupils of a whole country fix to about 0.01.
    """
    design = design_of(cohort, ())
    assert design is not None
    school = design.rows["school_id"].to_numpy()
    y = design.rows["standing"].to_numpy()
    slopes = np.linalg.lstsq(_within(design.x, school), _within(y, school)[:, 0], rcond=None)[0]
    who = country.results.assign(pupil=country.results["who"], standing=country.results["expected"])
    rows = cohort.rows.assign(pupil=cohort.rows["who"])
    expected = with_earlier(rows.drop(columns=cohort.columns), who, list(cohort.earlier))
    hidden = expected[cohort.columns].where(cohort.rows[cohort.columns].notna().to_numpy())
    true_design = design_of(Cohort(cohort.key, rows.assign(**hidden), cohort.earlier), ())
    assert true_design is not None
    rest = pd.Series(true_design.rows[measure].to_numpy() - true_design.x @ slopes).groupby(school).mean()
    return rest - rest.mean()


def _within(values: np.ndarray, school: np.ndarray) -> np.ndarray:
    frame = pd.DataFrame(values)
    return (frame - frame.groupby(school).transform("mean")).to_numpy()


def school_figures(schools: pd.DataFrame) -> dict[str, float]:
    """Return coverage of the 95 % interval, errors, correlation with the truth, reliability, and what intervals tell apart."""
    error = {name: float(np.sqrt(((schools[name] - schools["true"]) ** 2).mean())) for name in ("raw", "estimate")}
    tests = schools.groupby(["seed", "domain"])
    return {
        "schools": len(schools),
        "n": float(schools["n"].median()),
        "covered": float(((schools["low"] <= schools["true"]) & (schools["true"] <= schools["high"])).mean()),
        "covered_simple": float(((schools["simple"] - schools["true"]).abs() <= Z95 * schools["simple_sd"]).mean()),
        "raw": error["raw"],
        "shrunken": error["estimate"],
        "correlation": float(schools["estimate"].corr(schools["true"])),
        "reliability": float(tests["reliability"].first().mean()),
        "true_reliability": float(np.mean([own["raw"].corr(own["true"]) ** 2 for _, own in tests])),
        "told_apart": float(((schools["low"] > 0) | (schools["high"] < 0)).mean()),
        "wrong_side": float(
            (((schools["low"] > 0) & (schools["true"] < 0)) | ((schools["high"] < 0) & (schools["true"] > 0))).mean()
        ),
    }
