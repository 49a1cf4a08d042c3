"""One unit of the batch: a municipality's own slice of the store, with its names, parameters and language."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.aims import Target
from analysis.evidence import no_evidence
from analysis.indicators import of_edition
from analysis.intake.contracts import IDS, columns
from analysis.intake.issues import Earlier
from analysis.intake.store import Store
from analysis.params import Params

MODELLED, MODELLED_COUNTRY = "modelled", "modelled_country"
"""Tables of the store: evidence of models that were fitted when the delivery was prepared."""
_OF_TEST = ["school_year", "grade", "test", "domain", "level"]
_MEASURES = ["score", "percent", "value", "scale", "points", "position", "low_cut", "high_cut"]
_STANDING = ["session", "status", "known", "enrolled"]
RESULT_COLUMNS = ["municipality_id", "school_id", "pupil", *_OF_TEST, *_STANDING, *_MEASURES]
_SCHOOL_TEST = ["municipality_id", "school_id", *_OF_TEST, "n"]
_COLUMNS = {
    "results": RESULT_COLUMNS,
    "school_results": [*_SCHOOL_TEST, "mean_score", "score_max"],
    "school_bands": [*_SCHOOL_TEST, "band"],
}


@dataclass(frozen=True)
class Unit:
    """What a report notebook works on.

    Attributes
    ----------
    municipality_id, name : str
        The municipality.
    genitive, locative : str or None
        Latvian case forms of its name, where the data give them.
    params : Params
        Defaults and what the municipality sets differently.
    edition, language : str
        ``public`` or ``board``; ``lv`` or ``en``.
    results, school_results, school_bands : pd.DataFrame
        The municipality's rows of the store; empty where there are none.
    schools : pd.DataFrame
        Its schools.
    reference, reference_bands, published : pd.DataFrame
        What is known of the country.
    facts : dict
        What is known of the delivery.
    key : str
        Digest of everything that decides the page.
    earlier : Earlier or None
        What the page compares itself with.
    aims : tuple of Target
        Targets of the board's strategy.
    school_id : str
        The school whose page it is; empty: the municipality's.
    """

    municipality_id: str
    name: str
    genitive: str | None
    locative: str | None
    params: Params
    edition: str
    language: str
    results: pd.DataFrame
    school_results: pd.DataFrame
    school_bands: pd.DataFrame
    schools: pd.DataFrame
    reference: pd.DataFrame
    reference_bands: pd.DataFrame
    published: pd.DataFrame
    facts: dict[str, Any]
    store_key: str
    key: str
    store: Store | None = field(default=None, repr=False, compare=False)
    earlier: Earlier | None = field(default=None, repr=False, compare=False)
    aims: tuple[Target, ...] = ()
    school_id: str = ""

    @property
    def school_name(self) -> str:
        """Name of the school whose page it is."""
        return str(self.schools.set_index("school_id")["name"].loc[self.school_id])

    def table(self, name: str) -> pd.DataFrame:
        """Read the municipality's rows of any table of the contract, or the whole of one that belongs to all.

        Nothing is read before it is asked for, and nothing is kept: a page pays only for what it shows.

        Returns
        -------
        pd.DataFrame
            Persons under pseudonyms (``pupil``, ``respondent``, ``teacher``, ``observer``, ``methodologist``), rows of
            pupils with ``municipality_id`` and, where it is known, ``school_id``. Empty, with the contract's columns,
            where the delivery has no such rows.

        Raises
        ------
        KeyError
            The contract knows no such table.
        """
        names = [column.removesuffix("_id") if column in IDS else column for column in columns(name)]
        empty = pd.DataFrame(columns=list(dict.fromkeys([*names, "municipality_id"])))
        if self.store is None:
            return empty
        rows = self.store.slice(name, self.municipality_id)
        rows = rows if len(rows) else self.store.table(name)
        return rows if len(rows) else empty

    @cached_property
    def modelled(self) -> pd.DataFrame:
        """Evidence that was computed once for all when the delivery was prepared: the municipality's own rows and the country's.

        The public edition has no figures of single schools that stay with the school and its board.

        Returns
        -------
        pd.DataFrame
            Rows of the evidence shape; empty where no model could be fitted.
        """
        if self.store is None:
            return no_evidence()
        parts = [self.store.slice(MODELLED, self.municipality_id), self.store.table(MODELLED_COUNTRY)]
        parts = [part for part in parts if len(part)]
        return of_edition(pd.concat(parts, ignore_index=True), self.edition) if parts else no_evidence()

    @property
    def attributes(self) -> list[str]:
        """Group attributes that the delivery holds, in their fixed order."""
        return list(self.facts["attributes"])

    def __repr__(self) -> str:
        return f"Unit({self.municipality_id}, {self.language}, {self.edition})"


def read_unit(
    store: Store, municipality_id: str, params: Params, *, edition: str, language: str, key: str, rows: bool = True,
    earlier: Earlier | None = None,
) -> Unit:  # fmt: skip
    """Read one municipality's slice; without its rows only what is known of it, its schools and the country.

    Raises
    ------
    KeyError
        If the store knows no such municipality.
    """
    places = store.table("municipalities").set_index("municipality_id")
    place: Any = places.loc[municipality_id]
    schools = store.table("schools")
    results = _slice(store, "results", municipality_id, rows)
    return Unit(
        municipality_id=municipality_id,
        name=str(place["name"]),
        genitive=_form(place, "name_genitive"),
        locative=_form(place, "name_locative"),
        params=params,
        edition=edition,
        language=language,
        results=results,
        school_results=_of_other_tests(_slice(store, "school_results", municipality_id, rows), results),
        school_bands=_of_other_tests(_slice(store, "school_bands", municipality_id, rows), results),
        schools=schools[schools["municipality_id"] == municipality_id].reset_index(drop=True),
        reference=store.table("reference"),
        reference_bands=store.table("reference_bands"),
        published=store.table("published"),
        facts=store.facts,
        store_key=store.key,
        key=key,
        store=store,
        earlier=earlier,
    )


def _slice(store: Store, table: str, municipality_id: str, wanted: bool) -> pd.DataFrame:
    """Read a slice; where a delivery has no such rows, an empty one with the columns that statistics look at."""
    rows = store.slice(table, municipality_id) if wanted else pd.DataFrame()
    return rows if len(rows) else pd.DataFrame(columns=_COLUMNS[table])


def _of_other_tests(figures: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Keep published figures of tests whose pupils are not there: own results say more, and withhold what these would tell."""
    if figures.empty or results.empty:
        return figures
    test = ["school_year", "grade", "test", "domain"]
    known = pd.MultiIndex.from_frame(results[test].astype("str"))
    return figures[~pd.MultiIndex.from_frame(figures[test].astype("str")).isin(known)].reset_index(drop=True)


def _form(place: pd.Series, column: str) -> str | None:
    value = place.get(column)
    return None if value is None or pd.isna(value) else str(value)
