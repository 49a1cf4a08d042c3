"""How many children need each programme, how many of them get it now, and how many are left.

What *need* means, what it does not, and how near it comes on a country whose truth is known: docs/decisions/0021.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.evidence import each, evidence, no_evidence
from analysis.params import Params
from analysis.plan.drawn import DRAWS, SEED, UNIT, Drawn, drawn
from analysis.plan.eligibility import NO, YES, eligible
from analysis.programmes import Programme, Programmes, last_day_of, school_year_of
from analysis.stats.cell_posterior import Floats
from analysis.stats.pools import standing_pools

CONFIDENCE = 0.90
_ENDS = ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)
_Z = float(special.ndtri(_ENDS[1]))
_COUNT = "count"


def support_need(
    enrolments: pd.DataFrame, results: pd.DataFrame, marks: pd.DataFrame, given: pd.DataFrame, programmes: Programmes,
    attributes: Sequence[str], params: Params, *, modelled: pd.DataFrame | None = None, day: date | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Expected number of children per school, grade and programme, those among them who are served, and those who are not.

    Parameters
    ----------
    enrolments, results, marks, given : pd.DataFrame
        One municipality's rows of the store (``given``: ``support_given``); the last three may be empty.
    programmes : Programmes
        Of :func:`analysis.programmes.load_programmes`.
    attributes : sequence of str
        Group attributes in their fixed order.
    params : Params
        Years pooled.
    modelled : pd.DataFrame, optional
        Evidence of models, with early signs.
    day : date, optional
        On which programmes and rules are asked; the last day of lessons of the newest school year enrolled.

    Returns
    -------
    pd.DataFrame
        Evidence with ``part`` = programme or programme/specialist and ``n`` = pupils who may be served. By school and grade,
        by school (``grade`` empty) and of the municipality (both empty): ``support_need`` (children who need it),
        ``support_served`` (of them those who get it, at most as many as get it), ``support_unmet`` (the rest); by school and
        of the municipality ``support_met_share`` (percent of the need). 90 % intervals of draws. ``support_note``: why a
        need is not known (``part`` = ``programme:reason``) and whom the data leave open. A need that cannot be derived has
        no row; then ``support_served`` counts all of the programme.
    """
    if enrolments.empty:
        return no_evidence()
    day = day or last_day_of(int(enrolments["school_year"].max()))
    year = school_year_of(day)
    enrolled = enrolments[enrolments["school_year"] == year].drop_duplicates("pupil")
    pools = list(standing_pools(results, params)) if len(results) else []
    given = given[given["school_year"] == year] if len(given) else given
    rows: list[dict[str, Any]] = []
    for programme in programmes.on(day).values() if len(enrolled) else ():
        if programme.for_whom != "pupils":
            continue
        told = eligible(programme, enrolled, results, marks, day)
        rows += _notes(programme, told)
        pupils = enrolled[told["state"] == YES]
        for part in programme.parts if programme.eligible else ():
            now = _given(given, part)
            rows += _served_notes(part, now, enrolled, told)
            rows += _early(programme, part, modelled, pupils, now)
            if len(pupils) and not _by_signs(programme):
                found = drawn(programme, part, pupils, pools, attributes, params.outer_share_of_nation)
                rows += _of_part(part, found, pupils, now)
    if not rows:
        return no_evidence()
    place = str(enrolments["municipality_id"].iloc[0])
    return evidence(pd.DataFrame(rows), municipality_id=place, school_year=year)


def _by_signs(programme: Programme) -> bool:
    return programme.need is not None and programme.need.early_signs is not None


def _early(
    programme: Programme, part: str, modelled: pd.DataFrame | None, pupils: pd.DataFrame, now: pd.Series | None
) -> Iterator[dict[str, Any]]:
    """Return the rows of a need that early signs tell, or why they do not."""
    signs = programme.need.early_signs if programme.need else None
    if signs is not None:
        found = _signs(modelled, signs.grade, signs.domain)
        yield from _of_municipality(part, found, pupils, now) if found else [_note(part, "no_signs", len(pupils))]


def _given(given: pd.DataFrame, part: str) -> pd.Series | None:
    """Pseudonyms of those who get a programme, or a programme by one specialist; None where nothing of the year came."""
    if given.empty:
        return None
    code, _, specialist = part.partition("/")
    mine = given["programme"].astype("str") == code
    if specialist:
        mine &= given["specialist"].astype("str") == specialist
    return given.loc[mine, "pupil"].drop_duplicates()


def _note(part: str, reason: str, count: int) -> dict[str, Any]:
    return {"indicator": "support_note", "part": f"{part}:{reason}", "n": count, "estimate": float(count),
            "unit": "pupils", "method": _COUNT}  # fmt: skip


def _notes(programme: Programme, told: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Say of how many it is not known whether the programme may serve them, by what is missing."""
    if programme.eligible is None:
        yield _note(programme.code, "rule_unknown", len(told))
    for lacks, count in told.loc[told["lacks"] != "", "lacks"].value_counts().sort_index().items():
        yield _note(programme.code, f"unknown_{lacks}", int(count))


def _served_notes(
    part: str, now: pd.Series | None, enrolled: pd.DataFrame, told: pd.DataFrame
) -> Iterator[dict[str, Any]]:
    """Count those who get a programme though they are not enrolled here, or though its rule does not admit them."""
    if now is None:
        yield _note(part, "served_unknown", int((told["state"] == YES).sum()))
        return
    state = pd.Series(told["state"].to_numpy(), index=enrolled["pupil"].to_numpy()).reindex(now)
    for reason, flag in (("not_enrolled", state.isna()), ("not_eligible", state == NO)):
        if flag.any():
            yield _note(part, reason, int(flag.sum()))


def _of_part(part: str, found: Drawn, pupils: pd.DataFrame, now: pd.Series | None) -> Iterator[dict[str, Any]]:
    """Return the rows of one programme and specialist."""
    yield from (_note(part, reason, count) for reason, count in found.lacking)
    units, need, method = found.units, found.need, found.method or _COUNT
    first = np.flatnonzero(~units["school_id"].duplicated().to_numpy())
    draws = {"support_need": need} if need is not None else {}
    if now is not None:
        gets = _gets(units, pupils[pupils["pupil"].isin(now)])
        if need is not None:
            draws["support_served"], draws["support_unmet"] = split(need, gets, first)
        elif gets.any():
            draws["support_served"] = gets[:, None]
    keyed = (units, _schools(units, first), _whole(units))
    added = {name: _levels(numbers, first) for name, numbers in draws.items()}
    for name, levels in added.items():
        for keys, numbers in zip(keyed, levels, strict=True):
            yield from _rows(name, part, keys, _figures(numbers), "pupils", method)
    if "support_unmet" in added:
        for i in (1, 2):
            shares = _shares(added["support_need"][i], added["support_served"][i])
            yield from _rows("support_met_share", part, keyed[i], shares, "percent", method)


def _gets(units: pd.DataFrame, served: pd.DataFrame) -> Floats:
    """Count those who get a programme by school and grade."""
    keys = pd.MultiIndex.from_arrays([served[key].astype("str") for key in UNIT])
    at = pd.MultiIndex.from_frame(units[UNIT]).get_indexer(keys)
    return np.bincount(at[at >= 0], minlength=len(units)).astype("float64")


def _levels(draws: Floats, first: "np.ndarray") -> tuple[Floats, Floats, Floats]:
    """Draws by school and grade, by school, of the municipality."""
    schools = np.add.reduceat(draws, first, axis=0)
    return draws, schools, schools.sum(axis=0)[None, :]


def split(need: Floats, gets: Floats, first: "np.ndarray") -> tuple[Floats, Floats]:
    """Divide the need of each draw into children who get support and children who do not.

    Places are taken to reach children in need before others, within a school: of those who get it in a school as many are in
    need as there are, and no more. So what is met is the most that can be, and what is unmet the least. A
    school's served children are told by their grade; what is left of its need goes to its grades by what each lacks.

    Parameters
    ----------
    need : (U, D) array
        Children in need by school and grade, rows of one school together.
    gets : (U,) array
        Children who get support.
    first : array of int
        First row of each school.

    Returns
    -------
    tuple of (U, D) arrays
        Served and unmet; over the grades of a school they add up to its need.
    """
    school = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(need))))
    of_school, places = np.add.reduceat(need, first, axis=0), np.add.reduceat(gets, first)
    met = np.minimum(of_school, places[:, None])
    share = np.divide(gets, places[school], out=np.zeros_like(gets), where=places[school] > 0)
    served = share[:, None] * met[school]
    lack = np.maximum(need - served, 0)
    lacking = np.add.reduceat(lack, first, axis=0)
    left = np.divide(of_school - met, lacking, out=np.zeros_like(lacking), where=lacking > 0)
    return served, lack * left[school]


def _schools(units: pd.DataFrame, first: "np.ndarray") -> pd.DataFrame:
    n = np.add.reduceat(units["n"].to_numpy(), first)
    return pd.DataFrame({"school_id": units["school_id"].to_numpy()[first], "grade": "", "n": n})


def _whole(units: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"school_id": [""], "grade": [""], "n": [int(units["n"].sum())]})


def _figures(numbers: Floats) -> pd.DataFrame:
    """Mean and interval of draws; of a certain number it has no width, and the level is not told."""
    mean = numbers.mean(axis=1)
    low, high = np.quantile(numbers, _ENDS, axis=1)
    certain = numbers.shape[1] == 1
    return pd.DataFrame(
        {"estimate": mean, "low": np.minimum(low, mean), "high": np.maximum(high, mean),
         "confidence": np.nan if certain else CONFIDENCE}
    )  # fmt: skip


def _shares(need: Floats, served: Floats) -> pd.DataFrame:
    """Share of the need that is met; of draws without a need nothing is lacking."""
    share = 100 * np.divide(served, need, out=np.ones_like(need), where=need > 0)
    figures, mean = _figures(share), need.mean(axis=1)
    whole = 100 * np.divide(served.mean(axis=1), mean, out=np.full(len(mean), np.nan), where=mean > 0)
    low, high = np.fmin(figures["low"], whole), np.fmax(figures["high"], whole)
    return figures.assign(estimate=whole, low=low, high=high)[["estimate", "low", "high", "confidence"]]


def _rows(
    indicator: str, part: str, keyed: pd.DataFrame, figures: pd.DataFrame, unit: str, method: str
) -> Iterator[dict[str, Any]]:
    for row in each(pd.concat([keyed.reset_index(drop=True), figures], axis=1)):
        if not np.isnan(row.estimate):
            yield {"indicator": indicator, "part": part, "unit": unit, "method": method, "school_id": row.school_id,
                   "grade": row.grade, "n": row.n, "estimate": row.estimate, "low": row.low, "high": row.high,
                   "confidence": row.confidence}  # fmt: skip


def _signs(modelled: pd.DataFrame | None, grade: str, domain: str) -> tuple[int, Floats] | None:
    """Return of how many pupils early signs expect low results, and draws of their number."""
    if modelled is None or modelled.empty:
        return None
    mine = (
        (modelled["indicator"] == "risk_band") & (modelled["part"] == "expected") & (modelled["municipality_id"] != "")
    )
    found = modelled[mine & (modelled["grade"] == grade) & (modelled["domain"] == domain)]
    if found.empty:
        return None
    row = found.iloc[-1]
    sd = (row["high"] - row["low"]) / (2 * _Z)
    draws = row["estimate"] + sd * np.random.default_rng(SEED).standard_normal(DRAWS)
    return int(row["n"]), np.clip(draws, 0, row["n"])


def _of_municipality(
    part: str, found: tuple[int, Floats], pupils: pd.DataFrame, now: pd.Series | None
) -> Iterator[dict[str, Any]]:
    """Return the rows of a need that is known of the municipality alone."""
    n, need = found
    keyed, method = pd.DataFrame({"school_id": [""], "grade": [""], "n": [n]}), "early signs"
    if now is None:
        yield from _rows("support_need", part, keyed, _figures(need[None]), "pupils", method)
        return
    served = np.minimum(need, float(pupils["pupil"].isin(now).sum()))
    for indicator, draws in (("support_need", need), ("support_served", served), ("support_unmet", need - served)):
        yield from _rows(indicator, part, keyed, _figures(draws[None]), "pupils", method)
    yield from _rows("support_met_share", part, keyed, _shares(need[None], served[None]), "percent", method)
