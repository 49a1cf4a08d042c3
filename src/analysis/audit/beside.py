"""The figures beside a page, looked up by what is printed: which of their rows does a number on the page stand for?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.audit.numerals import Numeral
from analysis.evidence import COLUMNS
from analysis.indicators import INDICATORS

Rows = NDArray[np.intp]
NUMBERS = ("n", "estimate", "low", "high", "step")
FIELDS = ("school_id", "group", "domain", "grade", "level", "part", "school_year", "indicator")
"""What says whose figure it is; ``part`` up to its first bar: behind it stands by how much it changes."""
_PEOPLE = ("pupils", "respondents", "teachers", "papers")
_ROUNDED = (
    "board_answers",
    "risk_check",
    "observation_share",
    "group_check",
    "targeting",
    "wellbeing_link",
    "school_mean",
)
_SAME = {"target_now": "target"}
"""What stands in one column: what is measured of a target that is due is its outcome."""
_HAIR = 1e-9


@dataclass(frozen=True)
class Beside:
    """The file of figures of one page.

    Attributes
    ----------
    municipality_id : str
        Whose figures, if of one municipality (and of nobody).
    sorted_values, order : dict
        For each of ``NUMBERS`` its values in order, and which row each belongs to.
    units : dict
        For each unit which rows have it; ``as_shares``: those in percent that pages print as numbers up to 1;
        ``coded``: those of which only a limit is said; ``sizeless``: those whose interval gives their withheld size
        away; ``modelled``: children that a model reckons with; ``people``: those of which ``n`` counts people or
        their papers; ``rounded``: those that pages print with fewer digits.
    totals : dict
        Sums of rows that a page may say, in order, those in percent apart: see :func:`_totals`.
    codes : dict
        For each of ``FIELDS`` a whole number per row that stands for its value.
    values : dict
        For each of ``FIELDS`` the values that the numbers stand for.
    given : tuple of str
        Names and titles that came with the data and hold digits: of places, schools, sources, files.
    """

    municipality_id: str
    sorted_values: dict[str, NDArray[np.float64]]
    order: dict[str, Rows]
    units: dict[str, NDArray[np.bool_]]
    totals: dict[str, NDArray[np.float64]]
    codes: dict[str, NDArray[np.intp]]
    values: dict[str, list[str]]
    given: tuple[str, ...] = ()

    def saying(self, numeral: Numeral, column: str, unit: str = "") -> Rows:
        """Return the rows whose number is this one, in that unit (``""``: any but percent); of some it is printed rounded."""
        everything, half = [], 0.5 * 10.0**-numeral.decimals + _HAIR
        for scale, wanted in self._scales(numeral, column, unit):
            ends = [(numeral.value - half) * scale, (numeral.value + half) * scale]
            first, last = np.searchsorted(self.sorted_values[column], ends)
            rows = self.order[column][first:last]
            near = np.abs(self.sorted_values[column][first:last] - numeral.value * scale) > _HAIR * max(
                1.0, abs(numeral.value)
            )
            rows = rows[~near | self.units["rounded"][rows]]
            everything.append(rows if wanted is None else rows[wanted[rows]])
        return np.concatenate(everything)

    def _scales(self, numeral: Numeral, column: str, unit: str) -> list[tuple[float, NDArray[np.bool_] | None]]:
        if column == "n" or column == "step":
            return [(1.0, None)]
        if numeral.percent:
            return [(1.0, self.units["percent"]), (0.01, self.units["probability"])]
        if unit:
            return [(1.0, self.units[unit])]
        shares = [(100.0, self.units["as_shares"])] if numeral.decimals == 2 and abs(numeral.value) <= 1 else []
        return [(1.0, None), *shares]

    def is_total(self, numeral: Numeral) -> bool:
        """Whether a whole number is a sum of rows that a page may say."""
        totals = self.totals["percent" if numeral.percent else ""]
        ends = np.searchsorted(totals, [numeral.value - 0.5 - _HAIR, numeral.value + 0.5 + _HAIR])
        return numeral.decimals == 0 and bool(ends[1] > ends[0])

    def keys(self, fields: Sequence[str], rows: Rows) -> NDArray[np.intp]:
        """Return one number per row for its values of some fields together."""
        made = np.zeros(len(rows), dtype=np.intp)
        for field in fields:
            made = made * len(self.values[field]) + self.codes[field][rows]
        return made


def read_beside(path: Path) -> Beside:
    """Read the file of figures beside a page."""
    return beside_of(pd.read_csv(path, dtype="str", keep_default_na=False))


def beside_of(frame: pd.DataFrame) -> Beside:
    """Sort rows of evidence, all as text, for looking up."""
    parts = [f"{value}|".split("|") for value in frame["part"]]
    step = pd.Series([own[1] for own in parts], index=frame.index, dtype="str")
    frame = frame.assign(
        part=pd.Series([own[0] for own in parts], index=frame.index, dtype="str"), step=step, means=step
    )
    numbers = {
        name: pd.to_numeric(frame[name].mask(frame[name] == ""), errors="coerce").to_numpy(float) for name in NUMBERS
    }
    order = {name: np.argsort(values, kind="stable") for name, values in numbers.items()}
    coded = {name: pd.factorize(frame[name].replace(_SAME)) for name in FIELDS}
    units = {name: frame["unit"].eq(name).to_numpy() for name in ("percent", "probability", "pupils")}
    units["coded"] = (
        units["percent"] & np.isnan(numbers["estimate"]) & (np.isnan(numbers["low"]) | np.isnan(numbers["high"]))
    )
    units["sizeless"] = np.isnan(numbers["n"]) & ~np.isnan(numbers["low"]) & ~np.isnan(numbers["high"])
    units["sizeless"] &= ~np.isnan(numbers["estimate"])
    units["modelled"] = units["pupils"] & frame["indicator"].str.match("support_|plan_").to_numpy(bool)
    public = frame["indicator"].map(lambda name: name in INDICATORS and INDICATORS[name].public_source).astype("bool")
    units["people"] = (frame["population"].isin(_PEOPLE) & ~public).to_numpy()
    units["as_shares"] = units["percent"] & frame["indicator"].str.endswith("_reliability").to_numpy()
    units["rounded"] = frame["indicator"].isin(_ROUNDED).to_numpy() | units["as_shares"] | units["probability"]
    whose = sorted(set(frame["municipality_id"]) - {""})
    return Beside(
        whose[0] if len(whose) == 1 else "",
        {name: values[order[name]] for name, values in numbers.items()}, order, units,
        _totals(frame.assign(**numbers)),
        {name: codes for name, (codes, _) in coded.items()}, {name: list(values) for name, (_, values) in coded.items()},
    )  # fmt: skip


def _totals(frame: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    """Return the sums that pages say.

    All tests' newest results and how many of them an event has; places after a step, and what they cost; lessons that were
    not held; visits by field; boards that answered yes or partly.
    """
    test = ["indicator", "municipality_id", "school_id", "grade", "test", "domain", "level", "part"]
    years = pd.to_numeric(frame["school_year"], errors="coerce")
    last = years.groupby(frame["indicator"]).transform("max")
    shown = frame[frame["estimate"].notna() & frame["unit"].eq("percent") & frame["group"].eq("") & years.gt(last - 2)]
    newest = shown[shown.groupby(test)["school_year"].transform("max").eq(shown["school_year"])]
    own = newest.assign(event=newest["n"] * newest["estimate"] / 100).groupby(
        ["indicator", "municipality_id", "school_id"]
    )
    own_places = frame[frame["indicator"].eq("support_places")]
    steps = frame[frame["step"].notna()].merge(own_places, on=["municipality_id", "school_id", "part"])
    places = own_places["estimate"]
    prices = frame[frame["indicator"].eq("plan_cost") & frame["means"].eq("place")]
    bought = frame[frame["step"].notna()].merge(prices, on=["municipality_id", "part"])
    lessons = frame[frame["indicator"].eq("lesson_hours")].pivot_table(
        index=["municipality_id", "school_id", "grade", "domain", "school_year"],
        columns="part",
        values="estimate",
        observed=True,
    )
    missed = lessons["planned"] - lessons["delivered"] if {"planned", "delivered"} <= set(lessons) else places[:0]
    visits = frame[frame["indicator"].str.startswith("visits_")].groupby(["indicator", "domain"])["estimate"].sum()
    made = [visits, missed, own["n"].sum(), own["event"].sum(), steps["estimate_y"] + steps["step_x"], places,
            bought["step_x"] * bought["estimate_y"]]  # fmt: skip
    asked = frame[frame["indicator"].eq("board_answers") & frame["group"].isin(["answer=yes", "answer=partly"])]
    answered = asked.groupby(["part", "school_year", "reference"])["estimate"].sum()
    return {
        "": np.sort(np.concatenate([np.asarray(one, float) for one in made])),
        "percent": np.sort(answered.to_numpy()),
    }


NOTHING = beside_of(pd.DataFrame(columns=list(COLUMNS), dtype="str"))
"""Beside a page that has no file of figures."""
