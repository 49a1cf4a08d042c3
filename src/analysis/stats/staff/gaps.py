"""How far is what teachers show from what is required, competence by competence? Of a staff, never of a teacher."""

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.evidence import each, evidence, no_evidence, verdict
from analysis.indicators import INDICATORS
from analysis.params import Params
from analysis.staff_rules import StaffRules
from analysis.stats.staff.components import suffices
from analysis.stats.staff.sources import OBSERVED, Sources, sources

SMALLEST_N = INDICATORS["competence_gap"].smallest_n
METHOD = "required less the mean of sources weighted by reliability"
ONE_OBSERVER, SELF_ALONE, NOT_REQUIRED = "one observer for all", "self-judgement alone", "no requirement"
NOT_RELIABLE, NOT_KNOWN = "reliability below the bar", "reliability cannot be said"
_KEY = ["school_id", "competence"]


def competence_gaps(
    rows: pd.DataFrame, required: pd.DataFrame, schools: pd.DataFrame, rules: StaffRules, params: Params
) -> pd.DataFrame:  # fmt: skip
    """Compare required with observed competence in a municipality and its schools.

    The level of a staff is the mean of its teachers' levels, each the mean of sources weighted by reliability (decision
    0030). Its squared error is ``S² (1 − f ρ)/n + v_o Σ w²``: the spread ``S²`` of the ``n`` teachers seen, of which a part
    ``ρ`` is real and does not sample where a share ``f`` of the staff was seen, and what observers bring, each with the share
    ``w`` of the mean that rests on him or her. Intervals are Student's with Satterthwaite's degrees of freedom. The mean's
    reliability is ``v_t / (v_t + error²)``; below the bar there is no figure, only how many lessons would suffice.

    Parameters
    ----------
    rows : pd.DataFrame
        ``teacher_evidence`` of one municipality; the newest ``pooled_years`` count.
    required : pd.DataFrame
        ``competences``.
    schools : pd.DataFrame
        ``school_id`` and, where known, ``staff_total``.
    rules : StaffRules
        ``reliability``.
    params : Params
        ``pooled_years``, ``confidence``.

    Returns
    -------
    pd.DataFrame
        Evidence of teachers in levels of 0 to 4, ``part`` the competence: ``competence_gap`` (above 0: below what is
        required), ``self_gap`` (by their own judgement), ``self_bias`` (own judgement less the others'); beside it
        ``competence_reliability``, ``competence_lessons`` (``group`` names the observers) and ``observation_share``. Where no
        gap can be said ``method`` says why.
    """
    rows = rows.dropna(subset=["value", "competence", "teacher"])
    if rows.empty:
        return no_evidence()
    last = int(rows["school_year"].max())
    rows = rows[rows["school_year"] > last - params.pooled_years]
    known = sources(rows)
    staff = _staffs(known, required, schools, rules, params)
    parts = [_shares(known), *_gap(staff, params), _own(staff), _bias(staff), _lessons(staff, known, rules)]
    table = pd.concat([part for part in parts if len(part)], ignore_index=True).rename(columns={"competence": "part"})
    table["method"] = table["method"].fillna("")
    if "low" in table:
        table["confidence"] = pd.Series(params.confidence, index=table.index).where(table["low"].notna())
    years = {"school_year": last, "year_from": int(rows["school_year"].min())}
    place = str(rows["municipality_id"].iloc[0])
    return evidence(table, municipality_id=place, population="teachers", **years)


def _staffs(
    known: Sources, required: pd.DataFrame, schools: pd.DataFrame, rules: StaffRules, params: Params
) -> pd.DataFrame:  # fmt: skip
    """Return a row a staff (of a school, or with an empty id of all) and competence, with everything that is said of it."""
    levels = known.levels.assign(bias=known.levels["self"] - known.levels["level"])
    real = levels["variance"] / levels.groupby("competence")["level"].transform("var")
    levels = levels.assign(real=real.clip(0, 1), among=levels["level"].notna() & levels["self"].notna())
    levels = pd.concat([levels, levels.assign(school_id="")], ignore_index=True)
    unit = levels.groupby(_KEY, sort=True)
    staff = unit[["observed", "others"]].any().assign(teachers=unit.size())
    staff = staff.join(unit[["variance", "real"]].mean()).reset_index()
    need = required.dropna(subset=["required"]).set_index("competence")["required"].astype("float64")
    staff["need"] = staff["competence"].map(need).astype("float64")
    size = staff["school_id"].map(_size_of(schools)).astype("float64")
    staff["seen"] = (unit["level"].count().reset_index(drop=True) / size).fillna(0.0).clip(0, 1)
    pulls = [_pulled(known, levels[levels[column]], staff) for column in ("others", "among")]
    staff["observers"] = pulls[0]["observers"]
    freedom = known.observed.observers - 1 if known.observed else 0
    errors = {"level": (staff["seen"] * staff["real"].fillna(0), pulls[0]), "self": (0.0, 0.0), "bias": (0.0, pulls[1])}
    for name, (covered, pull) in errors.items():
        of = unit[name].agg(["count", "mean", "var"]).reset_index(drop=True)
        staff = staff.join(_mean(of, covered, pull, freedom, params.confidence).add_prefix(f"{name}_"))
    total = staff["variance"] + staff["level_error"]
    staff["reliability"] = (staff["variance"] / total.where(total > 0)).where(staff["level_n"] > 1)
    return staff.assign(why=_why(staff, known, rules))


def _size_of(schools: pd.DataFrame) -> dict[str, float]:
    """Return the size of each school's staff and of all (under the empty name), where they are known."""
    if "staff_total" not in schools:
        return {}
    size = schools.drop_duplicates("school_id").set_index("school_id")["staff_total"].astype("float64")
    size = size.where(size > 0)
    whole = {"": float(size.sum())} if len(size) and size.notna().all() else {}
    return {str(name): float(n) for name, n in size.dropna().items()} | whole


def _pulled(known: Sources, levels: pd.DataFrame, staff: pd.DataFrame) -> pd.DataFrame:
    """Return the squared error that observers bring to the mean of each staff, and how many they are."""
    if known.observed is None or OBSERVED not in known.weight:
        return pd.DataFrame({"error": 0.0, "observers": 0}, index=staff.index)
    told = levels[levels["level"].notna()]
    pull = told[[*_KEY, "teacher"]].merge(known.pull, on=["teacher", "competence"])
    total = pull.groupby([*_KEY, "observer"])["share"].sum().reset_index()
    total = total.merge(told.groupby(_KEY).size().rename("n").reset_index(), on=_KEY)
    total["square"] = (total["share"] / total["n"]) ** 2
    sums = total.groupby(_KEY)["square"].agg(error="sum", observers="size").reset_index()
    found = staff[_KEY].merge(sums, on=_KEY, how="left").fillna({"error": 0.0, "observers": 0})
    return found.assign(error=found["error"] * known.observed.observer)


def _mean(of: pd.DataFrame, covered: Any, pull: Any, freedom: int, confidence: float) -> pd.DataFrame:
    """Return means with their squared errors and intervals; ``covered`` is the part of the variance that does not sample.

    Where all teachers have the same level the interval has no width, so that the door sees it.
    """
    n = of["count"]
    own = of["var"] * (1 - covered) / n.where(n > 1)
    pulled = pull["error"] if isinstance(pull, pd.DataFrame) else pull
    error, parts = own + pulled, own**2 / (n - 1).clip(lower=1) + (pulled**2 / freedom if freedom > 0 else 0.0)
    half = stats.t.ppf((1 + confidence) / 2, error**2 / parts.where(parts > 0)) * np.sqrt(error)
    half = pd.Series(half, index=of.index).mask(of["var"] == 0, 0.0)
    ends = {"n": n, "mean": of["mean"], "error": error, "low": of["mean"] - half, "high": of["mean"] + half}
    return pd.DataFrame(ends)


def _why(staff: pd.DataFrame, known: Sources, rules: StaffRules) -> "pd.Series[str]":
    """Say why no gap can be told; empty where it can."""
    one = known.observed is not None and math.isnan(known.observed.observer)
    why = pd.Series("", index=staff.index, dtype="str").mask(staff["reliability"] < rules.reliability, NOT_RELIABLE)
    why = why.mask(staff["reliability"].isna(), NOT_KNOWN)
    why = why.mask((staff["level_n"] == 0) & staff["observed"] & one, ONE_OBSERVER)
    return why.mask(~staff["others"], SELF_ALONE).mask(staff["need"].isna(), NOT_REQUIRED)


def _turned(staff: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return what is required less a mean, with its interval."""
    ends = {"estimate": "mean", "low": "high", "high": "low"}
    turned = {end: staff["need"] - staff[f"{name}_{of}"] for end, of in ends.items()}
    return staff[_KEY].assign(n=staff[f"{name}_n"], **turned, unit="level", reference="threshold")


def _gap(staff: pd.DataFrame, params: Params) -> list[pd.DataFrame]:
    told = staff["why"] == ""
    rows = _turned(staff, "level").assign(indicator="competence_gap", method=staff["why"].mask(told, METHOD))
    rows["n"] = rows["n"].where(rows["n"] > 0, staff["teachers"])
    rows[["estimate", "low", "high"]] = rows[["estimate", "low", "high"]].where(told)
    judged = verdict(rows["low"], rows["high"], rows["n"], SMALLEST_N)
    rows["verdict"] = judged.mask(~told, "too_few").mask(staff["why"] == NOT_REQUIRED, "")
    sure = staff[_KEY].assign(n=staff["level_n"], estimate=staff["reliability"], unit="probability")
    return [rows, sure.assign(indicator="competence_reliability").dropna(subset=["estimate"])]


def _own(staff: pd.DataFrame) -> pd.DataFrame:
    return _turned(staff, "self").assign(indicator="self_gap").dropna(subset=["estimate"])


def _bias(staff: pd.DataFrame) -> pd.DataFrame:
    ends = {"estimate": "mean", "low": "low", "high": "high"}
    rows = staff[_KEY].assign(**{end: staff[f"bias_{of}"] for end, of in ends.items()}, n=staff["bias_n"])
    rows["verdict"] = verdict(rows["low"], rows["high"], rows["n"], SMALLEST_N)
    return rows.assign(indicator="self_bias", unit="level").dropna(subset=["estimate"])


def _lessons(staff: pd.DataFrame, known: Sources, rules: StaffRules) -> pd.DataFrame:
    """Return how many lessons by how many observers would suffice where a mean is not reliable enough."""
    if known.observed is None:
        return pd.DataFrame()
    found = []
    for row in each(staff[staff["why"] == NOT_RELIABLE]):
        enough = suffices(known.observed, rules.reliability, int(row.level_n), float(row.seen), int(row.observers))
        if enough is not None:
            found.append((row.school_id, row.competence, row.level_n, f"observers={enough[0]}", float(enough[1])))
    table = pd.DataFrame(found, columns=[*_KEY, "n", "group", "estimate"])
    return table.assign(indicator="competence_lessons", unit="visits", method=NOT_RELIABLE)


def _shares(known: Sources) -> pd.DataFrame:
    """Return the shares of the variance of one observed lesson, in percent; those that cannot be said are left out."""
    one = known.observed
    if one is None:
        return pd.DataFrame()
    parts = pd.Series({name: getattr(one, name) for name in ("teacher", "observer", "lesson", "rest")}).dropna()
    share = 100 * parts / parts.sum() if parts.sum() > 0 else parts * np.nan
    rows = pd.DataFrame({"competence": share.index, "estimate": share.to_numpy()})
    return rows.assign(indicator="observation_share", unit="percent", n=one.teachers, method="moments")


__all__ = ["METHOD", "NOT_KNOWN", "NOT_RELIABLE", "NOT_REQUIRED", "ONE_OBSERVER", "SELF_ALONE", "competence_gaps"]
