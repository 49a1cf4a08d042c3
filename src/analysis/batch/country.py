"""Opening a whole delivery for the page on the country, and what that page is made of."""

import pandas as pd

from analysis.batch.open import demo_store, from_root, open_unit, params_path, require_parameters, unit_key
from analysis.batch.suppressed import own_pattern
from analysis.evidence import evidence, no_evidence
from analysis.faults import Fault, InputFaults
from analysis.intake.store import Store, open_store, slug
from analysis.intake.unit import MODELLED, Unit
from analysis.params import Params, load_params
from analysis.plan.pairs import STANDINGS, behind, pair_evidence
from analysis.release import release, withheld_by_pattern
from analysis.stats.boards import board_answers, interests
from analysis.words.catalogue import labels, say

_NOTHING = pd.DataFrame(columns=["municipality_id", "school_year", "question", "answer"])
_TOPIC = ["indicator", "grade", "test", "domain", "level", "part", "group"]


def open_country(
    municipality: str = "", params_file: str = "", store: str = "", edition: str = "public", language: str = "lv"
) -> Unit:
    """Open a delivery of a whole country with the string parameters of a notebook.

    Parameters
    ----------
    municipality : str
        Empty: the page is about all of them.
    params_file, store, edition, language : str
        As in :func:`analysis.batch.open.open_unit`.

    Returns
    -------
    Unit
        Without a municipality's rows; its ``name`` says that all are meant.

    Raises
    ------
    InputFaults
        P72: a municipality is named. P73: the delivery is one board's own. P01–P06 as ``open_unit``.
    """
    given = {"municipality": municipality, "params_file": params_file, "store": store}
    require_parameters(given, edition, language)
    if municipality:
        raise InputFaults([Fault("P72", "parameters", facts={"found": municipality})])
    opened = open_store(from_root(store)) if store else demo_store()
    require_country(opened)
    params = load_params(from_root(params_file) if params_file else params_path(""))
    key = unit_key(opened, "", params.model_dump(mode="json"), edition, language)
    return Unit(
        municipality_id="", name=str(say("country_name", language)), genitive=None, locative=None, params=params,
        edition=edition, language=language, results=pd.DataFrame(), school_results=pd.DataFrame(),
        school_bands=pd.DataFrame(), schools=opened.table("schools"), reference=opened.table("reference"),
        reference_bands=pd.DataFrame(), published=opened.table("published"), facts=opened.facts,
        store_key=opened.key, key=key, store=opened,
    )  # fmt: skip


def require_country(store: Store) -> None:
    """Refuse a board's own delivery: the page is about all boards.

    Raises
    ------
    InputFaults
        P73.
    """
    if store.facts["scope"] != "country":
        raise InputFaults([Fault("P73", "parameters", facts={"key": "80_country", "found": store.facts["scope"]})])


def country_evidence(unit: Unit) -> list[pd.DataFrame]:
    """Compute what the page on the country shows.

    Returns
    -------
    list of pd.DataFrame
        Evidence, not released. Pairs are made of released rows, so that they tell nothing that is withheld; of the standings
        only those that stand behind a pair are among it.
    """
    assert unit.store is not None
    places = sorted(unit.store.table("municipalities")["municipality_id"].astype("str"))
    survey = _of_all(unit.store, "board_survey", places, _NOTHING)
    answers = board_answers(survey, len(places), known_answers())
    standing = _standings(unit.store, places, unit.params)
    years = [int(rows["school_year"].max()) for rows in (answers, standing) if len(rows)]
    if not years:
        return [answers]
    wanted = interests(survey, known_answers())
    pairs = pair_evidence(release(standing, unit.params).rows, wanted, unit.schools, places, max(years))
    return [_roster(unit, len(places), max(years)), answers, pairs, behind(standing, pairs)]


def known_answers() -> dict[str, str]:
    """Return the answers that may be told, in small letters → code: codes and their names in both languages."""
    names = labels()["board_answer"].items()
    return {word.lower(): code for code, entry in names for word in (code, entry["lv"], entry["en"])}


def _of_all(store: Store, table: str, places: list[str], empty: pd.DataFrame) -> pd.DataFrame:
    parts = [rows for place in places if len(rows := store.slice(table, place))]
    return pd.concat(parts, ignore_index=True) if parts else empty


def _standings(store: Store, places: list[str], params: Params) -> pd.DataFrame:
    """Read what is known of every municipality as a whole: the newest year of each topic, if it is not too old."""
    parts = [rows for place in places if len(rows := _of_place(store, place))]
    if not parts:
        return no_evidence()
    found = pd.concat(parts, ignore_index=True)
    newest = found.groupby(_TOPIC)["school_year"].transform("max")
    recent = found["school_year"] > found["school_year"].max() - params.pooled_years
    kept: pd.DataFrame = found[(found["school_year"] == newest) & recent]
    return kept.reset_index(drop=True)


def _of_place(store: Store, place: str) -> pd.DataFrame:
    """Read what is known of a municipality as a whole, but for what its own pages withhold."""
    path = store.folder / MODELLED / f"{slug(place)}.parquet"
    if not path.exists():
        return no_evidence()
    keep = [("school_id", "==", ""), ("indicator", "in", list(STANDINGS)), ("reference", "==", "country")]
    rows = pd.read_parquet(path, filters=keep)
    if rows.empty:
        return rows
    unit = open_unit(place, str(params_path(place)), str(store.folder.parent.resolve()), "board", rows=False)
    return rows[~withheld_by_pattern(rows, unit.params, own_pattern(unit))]


def _roster(unit: Unit, boards: int, year: int) -> pd.DataFrame:
    counts = pd.DataFrame({"population": ["boards", "schools"], "n": [boards, len(unit.schools)]})
    return evidence(
        counts.assign(estimate=counts["n"].astype("float64")), indicator="roster", school_year=year, unit="pupils",
        method="count",
    )  # fmt: skip
