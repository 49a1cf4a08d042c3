"""One level of each teacher and competence from several sources, weighted by how reliable each source is."""

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.stats.staff.components import Components, components, reliability

SELF, OBSERVED = "self", "observation"
_PAIR = ["teacher", "competence"]
_FEWEST = 5  # teachers from whom a covariance of two sources is taken


@dataclass(frozen=True)
class Sources:
    """What the sources of one municipality are worth.

    Attributes
    ----------
    observed : Components or None
        Variance components of observation, over all competences.
    weight : dict of str to float
        Source → reliability of one teacher's mean; sources of which nothing can be said are left out.
    variance : dict of str to float
        Source → variance between teachers.
    levels : pd.DataFrame
        By ``teacher, competence``: ``school_id``, ``level`` (weighted mean, self left out), ``variance`` between teachers,
        ``self`` where given, and whether it was ``observed`` or has ``others`` than self at all.
    pull : pd.DataFrame
        By ``teacher, competence, observer``: ``share`` of the teacher's level that rests on the observer.
    """

    observed: Components | None
    weight: dict[str, float]
    variance: dict[str, float]
    levels: pd.DataFrame = field(repr=False)
    pull: pd.DataFrame = field(repr=False)


def sources(rows: pd.DataFrame) -> Sources:
    """Weigh the sources of evidence and put them together, teacher by teacher.

    A source's weight is the reliability of a teacher's mean from it: of observation by its variance components, of a source
    with several occasions by them, otherwise the part of its variance that it shares with other sources of the same
    competence. Of self-judgement only this shared part is used; its level is never mixed in.

    Parameters
    ----------
    rows : pd.DataFrame
        ``teacher, school_id, source, competence, occasion, observer, value`` and ``school_year`` of one municipality.
    """
    rows = rows.assign(lesson=rows["school_year"].astype("str") + "|" + rows["occasion"].astype("str"))
    means = rows.groupby([*_PAIR, "source"], observed=True)["value"].mean().unstack("source")
    centred = means - means.groupby(level="competence").transform("mean")
    observed = _mean_components(rows[rows["source"] == OBSERVED])
    weight: dict[str, float] = {}
    variance: dict[str, float] = {}
    for source in [str(s) for s in means if s != SELF]:
        of_source = rows[rows["source"] == source]
        found = observed if source == OBSERVED else _mean_components(of_source.assign(observer=None))
        repeated = found is not None and (source == OBSERVED or found.teachers >= _FEWEST)
        r, v = _repeated(found, of_source, source) if repeated and found else _shared(centred, source)
        if r > 0:
            weight[source], variance[source] = r, v
    return Sources(observed, weight, variance, *_levels(rows, means, weight, variance))


def _mean_components(rows: pd.DataFrame) -> Components | None:
    """Average components over competences, by number of teachers: they judge one way of looking at teaching."""
    found = [one for _, part in rows.groupby("competence", observed=True) if (one := components(part)) is not None]
    if not found:
        return None
    size = np.array([one.teachers for one in found], dtype="float64")
    mean = {
        name: _known_mean(np.array([getattr(one, name) for one in found]), size)
        for name in ("teacher", "observer", "lesson", "rest")
    }
    return Components(**mean, teachers=int(size.max()), observers=max(one.observers for one in found))


def _known_mean(values: np.ndarray, size: np.ndarray) -> float:
    known = ~np.isnan(values)
    return float(np.average(values[known], weights=size[known])) if known.any() else math.nan


def _repeated(found: Components, rows: pd.DataFrame, source: str) -> tuple[float, float]:
    """Return reliability and variance between teachers of a source with several occasions, at its usual number of them."""
    of_teacher = rows.groupby(_PAIR, observed=True)
    lessons = float(of_teacher["lesson"].nunique().mean())
    seen_by = float(of_teacher["observer"].nunique().clip(lower=1).mean())
    known = found if source == OBSERVED else Components(**{**found.__dict__, "observer": 0.0})
    r = reliability(known, lessons, seen_by if source == OBSERVED else 1.0)
    return (r, found.teacher) if r > 0 else (0.0, 0.0)


def _shared(centred: pd.DataFrame, source: str) -> tuple[float, float]:
    """Return the part of a source's variance that it shares with others, and that variance; 0 where none is known."""
    own, pairs = centred[source], []
    for other in [c for c in centred if c != source]:
        both = centred[[source, other]].dropna()
        if len(both) >= _FEWEST:
            pairs.append((float(np.cov(both.to_numpy(), rowvar=False)[0, 1]), len(both)))
    if not pairs or not own.var() > 0:
        return 0.0, 0.0
    shared = float(np.average([c for c, _ in pairs], weights=[n for _, n in pairs]))
    return min(max(shared / float(own.var()), 0.0), 1.0), max(shared, 0.0)


def _levels(
    rows: pd.DataFrame, means: pd.DataFrame, weight: dict[str, float], variance: dict[str, float]
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    used = means[[*weight]]
    known = used.notna() * pd.Series(weight, dtype="float64")
    total = known.sum(axis=1)
    level = (used.fillna(0) * known).sum(axis=1) / total.where(total > 0)
    between = (known * pd.Series(variance, dtype="float64")).sum(axis=1) / total.where(total > 0)
    school = rows.groupby(_PAIR, observed=True)["school_id"].last()
    own = means[SELF] if SELF in means else pd.Series(np.nan, index=means.index)
    levels = pd.DataFrame({"school_id": school, "level": level, "variance": between, "self": own})
    levels["observed"] = means[OBSERVED].notna() if OBSERVED in means else False
    levels["others"] = means.drop(columns=SELF, errors="ignore").notna().any(axis=1)
    levels = levels.reset_index()
    if OBSERVED not in weight:
        return levels, pd.DataFrame(columns=[*_PAIR, "observer", "share"])
    seen = rows[rows["source"] == OBSERVED].assign(observer=lambda f: f["observer"].astype("object").fillna(""))
    count = seen.groupby([*_PAIR, "observer"], observed=True).size().rename("share").reset_index()
    part = (known[OBSERVED] / total.where(total > 0)).rename("part").reset_index()
    count = count.merge(part, on=_PAIR)
    share = count["share"] / count.groupby(_PAIR, observed=True)["share"].transform("sum") * count["part"]
    return levels, count.assign(share=share)[[*_PAIR, "observer", "share"]]
