"""Answers to a survey as scores: turned items, the rule for missing ones, and answers that contradict themselves."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[Any]
LOWEST, HIGHEST = 1.0, 5.0
_MIDDLE = (LOWEST + HIGHEST) / 2
_ANSWERED = 0.5  # of a scale's items: with fewer the mean is too much that of single items
_FEWEST_ITEMS = 6  # so many equal answers at least say that somebody did not read


@dataclass(frozen=True)
class Answers:
    """Answers of one role: a row a respondent, a column an item.

    Attributes
    ----------
    people : pd.DataFrame
        ``school_year, school_id, grade`` (empty for staff) of each respondent.
    values : (respondents, items) array
        1 to 5, reversed items turned round; missing where there is no answer.
    items : pd.DataFrame
        ``item, scale``, in the order of the columns.
    careless : int
        Respondents left out: all their answers are one and the same, though some items ask the opposite of others.
    """

    people: pd.DataFrame = field(repr=False)
    values: Floats = field(repr=False)
    items: pd.DataFrame = field(repr=False)
    careless: int = 0

    @property
    def scales(self) -> list[str]:
        """Scales in the order of their first item."""
        return list(dict.fromkeys(self.items["scale"]))

    def of_scale(self, scale: str) -> Floats:
        """Return the columns of one scale."""
        found: Floats = self.values[:, (self.items["scale"] == scale).to_numpy()]
        return found

    def scores(self) -> pd.DataFrame:
        """Return each respondent's mean of every scale, where at least half of its items were answered.

        Returns
        -------
        pd.DataFrame
            ``people`` with one column a scale.
        """
        found = {}
        for scale in self.scales:
            values = self.of_scale(scale)
            there = ~np.isnan(values)
            count = there.sum(axis=1)
            mean = np.where(there, values, 0.0).sum(axis=1) / np.maximum(count, 1)
            found[scale] = np.where(count >= _ANSWERED * values.shape[1], mean, np.nan)
        return self.people.assign(**found)


def answers_of(rows: pd.DataFrame, items: pd.DataFrame) -> Answers:
    """Put the answers of one role side by side.

    Parameters
    ----------
    rows : pd.DataFrame
        ``respondent, school_year, school_id, item, value`` (1 to 5) and, for pupils, ``grade``.
    items : pd.DataFrame
        ``item, scale`` and, where items are turned, ``reversed`` (yes/no). Answers to other items are left out.

    Returns
    -------
    Answers
        One row a respondent and year, in the order of their numbers.
    """
    items = items.drop_duplicates("item").reset_index(drop=True)
    at = pd.Index(items["item"].astype("str")).get_indexer(pd.Index(rows["item"].astype("str")))
    rows, at = rows[at >= 0], at[at >= 0]
    person, first = _people(rows)
    values = np.full((len(first), len(items)), np.nan)
    values[person, at] = rows["value"].to_numpy(dtype="float64")
    turned = items["reversed"].eq("yes").to_numpy() if "reversed" in items else np.zeros(len(items), dtype=bool)
    careless = _careless(values, turned)
    values[:, turned] = LOWEST + HIGHEST - values[:, turned]
    people = rows.iloc[first].reindex(columns=["school_year", "school_id", "grade"])
    people = people.astype({"school_id": "str"}).assign(grade=people["grade"].astype("object").fillna("").astype("str"))
    kept = ~careless
    return Answers(people[kept].reset_index(drop=True), values[kept], items[["item", "scale"]], int(careless.sum()))


def _people(rows: pd.DataFrame) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Number respondents by year; return each row's number and the first row of each."""
    who = pd.factorize(rows["respondent"].astype("str"), sort=True)[0]
    year = rows["school_year"].to_numpy(dtype="int64")
    _, first, person = np.unique(year * (who.max(initial=0) + 1) + who, return_index=True, return_inverse=True)
    return person, first


def _careless(values: Floats, turned: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Tell who gave one answer to everything, off the middle, to items that ask opposite things."""
    there = ~np.isnan(values)
    both = there[:, turned].any(axis=1) & there[:, ~turned].any(axis=1) & (there.sum(axis=1) >= _FEWEST_ITEMS)
    low = np.where(there, values, np.inf).min(axis=1, initial=np.inf)
    high = np.where(there, values, -np.inf).max(axis=1, initial=-np.inf)
    found: npt.NDArray[np.bool_] = both & (low == high) & (low != _MIDDLE)
    return found
