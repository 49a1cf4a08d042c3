"""What two issues beside each other tell of the few whose records came later, or went: figures that have moved by few."""

from collections import Counter
from itertools import pairwise
from math import inf
from typing import Any

import numpy as np
import pandas as pd

from analysis.audit.results import span_of
from analysis.evidence import KEYS, each
from analysis.indicators import INDICATORS
from analysis.params import Params
from analysis.stats.talent import SHRUNKEN

_SAME = [*KEYS, "unit", "reference"]
_TEST = ["issue", "municipality_id", "school_id", "group", "school_year", "grade", "test", "domain", "level"]
_FIGURES = ["n", "estimate", "method"]
_NOT_PEOPLE = ("schools", "boards", "rows")
_EXPECTED = ("fail_count_at", "fail_count_coming")
_TO_THE_TEN = 10
_HALF = 0.05 + 1e-9  # of the last digit of a percent
_END = 101.0  # above every percent


def late(rows: pd.DataFrame, earlier: pd.DataFrame, params: Params) -> Counter[str]:
    """Count published figures that have moved by one to less than a small group since an issue told them, by indicator.

    Parameters
    ----------
    rows, earlier : pd.DataFrame
        Published rows now and then, of a municipality and of the whole country; ``issue`` says which issue told them.
    params : Params
        From how many on a group is not small; what low and high mean.
    """
    both = _both(rows, earlier, params)
    if both.empty:
        return Counter()
    size = both["n"] - both["n_then"]
    rounded = both["indicator"].eq("high_result_share") & both["municipality_id"].eq("")
    moved = both["n"].ne(both["n_then"]) | (both["estimate"].ne(both["estimate_then"]) & both["estimate"].notna())
    low, high = _counted(both)
    few = _few(size, size, both["limit"]) | (moved & _few(low, high, both["limit"]))
    few = few.mask(rounded, moved & (size.abs() - _TO_THE_TEN < both["limit"]))
    shares = both[~rounded & np.isfinite(low)]
    shares = shares.loc[[row.Index for row in each(shares) if span_of(row, params) is not None]]
    for _, test in shares.groupby(_TEST, dropna=False):
        if moved[test.index].any() and _between(test, params):
            few[test.index] = True
    return Counter(both.loc[few, "indicator"].astype("str").tolist())


def _both(rows: pd.DataFrame, earlier: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Put together what stands in both; no figure of schools or boards, nor what is public anyway."""
    then, now = (_of_people(frame) for frame in (earlier, rows))
    then = then if "issue" in then else then.assign(issue="")
    told = now[[*_SAME, *_FIGURES]].drop_duplicates()
    both = told.merge(then[[*_SAME, *_FIGURES, "issue"]].drop_duplicates(), on=_SAME, suffixes=("", "_then"))
    own = [
        any(part.split("=")[0] in params.sensitive_attributes for part in group.split("&")) for group in both["group"]
    ]
    sensitive = np.array(own, dtype=bool) | both["population"].isin(["respondents", "teachers"]).to_numpy()
    numbers = {name: both[name].astype("float64") for name in ("n", "n_then")}
    return both.assign(limit=np.where(sensitive, params.smallest_group_sensitive, params.smallest_group), **numbers)


def _of_people(rows: pd.DataFrame) -> pd.DataFrame:
    public = [name for name, entry in INDICATORS.items() if entry.public_source]
    return rows[~rows["population"].isin(_NOT_PEOPLE) & ~rows["indicator"].isin(public) & rows["n"].notna()]


def _few(low: "pd.Series[float]", high: "pd.Series[float]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    return ((low != 0) | (high != 0)) & (np.maximum(low.abs(), high.abs()) < limit)


def _counted(both: pd.DataFrame) -> "tuple[pd.Series[float], pd.Series[float]]":
    """Return between which numbers the pupils that an estimate counts have changed; without ends where it counts none."""
    share = both["unit"].eq("percent") & both["indicator"].ne("attainment")
    for name in ("method", "method_then"):
        share &= ~both[name].str.startswith(SHRUNKEN)
    number = both["unit"].eq("pupils") & ~both["indicator"].isin(_EXPECTED)
    ends = []
    for n, estimate in ((both["n"], both["estimate"]), (both["n_then"], both["estimate_then"])):
        low, high = np.ceil((estimate - _HALF) * n / 100), np.floor((estimate + _HALF) * n / 100)
        ends.append((low.where(share, estimate.where(number)), high.where(share, estimate.where(number))))
    (low, high), (low_then, high_then) = ends
    return (low - high_then).fillna(-inf), (high - low_then).fillna(inf)


def _between(test: pd.DataFrame, params: Params) -> bool:
    """Tell whether few have come or gone between two marks beside each other."""
    first = test.iloc[0]
    now, then = (_below(test, params, name) for name in ("", "_then"))
    marks = sorted(now.keys() & then.keys())
    for mark, after in pairwise(marks):
        low = (now[after][0] - now[mark][1]) - (then[after][1] - then[mark][0])
        high = (now[after][1] - now[mark][0]) - (then[after][0] - then[mark][1])
        if (low, high) != (0, 0) and max(abs(low), abs(high)) < first["limit"]:
            return True
    return False


def _below(test: pd.DataFrame, params: Params, name: str) -> dict[float, tuple[float, float]]:
    """Return between which numbers the pupils below each mark lie, at one of the two times."""
    n = float(test[f"n{name}"].iloc[0])
    found: dict[float, tuple[float, float]] = {0.0: (0.0, 0.0), _END: (n, n)}
    rows: list[tuple[float, float, Any]] = sorted((*(span_of(row, params) or (0.0, _END)), row) for row in each(test))
    for first, last, row in rows:
        share = getattr(row, f"estimate{name}")
        low, high = np.ceil((share - _HALF) * n / 100), np.floor((share + _HALF) * n / 100)
        if first in found:
            found.setdefault(last, (found[first][0] + low, found[first][1] + high))
        elif last == _END:
            found.setdefault(first, (n - high, n - low))
    return found
