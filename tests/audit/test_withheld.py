"""Withheld figures that follow from the country's are found, however large, and what lies within them is attacked with them."""

import numpy as np
import pandas as pd
import pytest

from analysis.audit import run
from analysis.audit.aside import Aside
from analysis.audit.attack import Found, Limits, attack
from analysis.audit.nation import attacked_nation
from analysis.audit.results import books, linked_sets
from analysis.audit.truth import labelled, pool_of, true_cells
from analysis.audit.withheld import filled
from analysis.evidence import COLUMNS, evidence
from analysis.params import load_params

PARAMS = load_params()
TEST = {"school_year": 2026, "grade": "9", "test": "CE", "domain": "latvian", "level": ""}
BANDS = {"0-29": 10.0, "30-59": 40.0, "60-100": 70.0}
CELLS = {"M1": (20, 30, 40), "M2": (10, 20, 30), "M3": (12, 30, 30)}
SCHOOLS = {"A": (10, 15, 15), "B": (2, 15, 15)}


def size(place: str, n: int | None, school: str = "") -> pd.DataFrame:
    row = TEST | {"municipality_id": place, "school_id": school, "n": n, "estimate": 55.0 if n else None}
    return evidence(pd.DataFrame([row]), indicator="attainment", unit="percent")


def bands(place: str, counts: tuple[int, ...], school: str = "") -> pd.DataFrame:
    rows = [TEST | {"municipality_id": place, "school_id": school, "part": part, "n": sum(counts),
            "estimate": round(100 * count / sum(counts), 1)}
            for part, count in zip(BANDS, counts, strict=True)]  # fmt: skip
    return evidence(pd.DataFrame(rows), indicator="band_share", unit="percent")


def published(*parts: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True).assign(file="f")


def results(cells: dict[str, tuple[int, ...]], **columns: object) -> pd.DataFrame:
    rows = [{"municipality_id": place, "school_id": place, "value": value}
            for place, counts in cells.items()
            for value, n in zip(BANDS.values(), counts, strict=True) for _ in range(n)]  # fmt: skip
    fixed = {"session": "", "status": "present", "scale": "percent", "position": np.nan, "points": np.nan}
    return pd.DataFrame(rows).assign(**TEST, **fixed | columns)


def follow(rows: pd.DataFrame, *, truth: bool = True) -> set[tuple[str, ...]]:
    made = attacked_nation(rows, PARAMS, results(CELLS) if truth else None)
    return {
        (one.municipality_id, one.indicator, one.part, one.least, one.most)
        for _, _, known in made
        for one in known.itertuples()
    }


SIZES = [size(place, sum(counts)) for place, counts in CELLS.items()]
TOLD = [bands(place, CELLS[place]) for place in ("M1", "M2")]
NATION = bands("", tuple(np.sum(list(CELLS.values()), axis=0)))
HIDDEN = bands("M3", CELLS["M3"]).assign(n=np.nan, estimate=np.nan)


@pytest.mark.parametrize("truth", [True, False])
def test_bands_follow_however_many_pupils_they_have(truth):
    every = {("M3", "band_share", part, n, n) for part, n in zip(BANDS, CELLS["M3"], strict=True)}
    assert follow(published(*SIZES, *TOLD, HIDDEN, NATION), truth=truth) == every
    assert follow(published(*SIZES, *TOLD, HIDDEN), truth=truth) == set()


def test_a_number_follows_and_what_a_share_says_of_it_does_not_count_as_withheld():
    rows = [*SIZES[:2], size("M3", None)]
    assert follow(published(*rows, NATION)) == {("M3", "attainment", "", 72, 72)}
    assert follow(published(*rows)) == set()


def test_what_is_wide_enough_does_not():
    """Two municipalities are silent: their sum follows, and neither by itself."""
    other = bands("M2", CELLS["M2"]).assign(n=np.nan, estimate=np.nan)
    assert follow(published(*SIZES, TOLD[0], other, HIDDEN, NATION)) == set()
    assert follow(published(other, HIDDEN, NATION)) == set()


def test_a_share_is_withheld_also_where_the_number_beside_it_is_told():
    (followed,) = follow(published(*SIZES, *TOLD, HIDDEN.iloc[[1]].assign(n=sum(CELLS["M3"])), NATION))
    assert followed == ("M3", "band_share", "30-59", 30, 30)


def test_a_bound_that_a_municipality_tells_is_not_withheld():
    own = HIDDEN.assign(n=sum(CELLS["M3"]), low=0.0, high=[25.0, 60.0, 70.0])
    assert follow(published(*SIZES, *TOLD, own, NATION)) == set()


def test_it_is_filled_in_where_it_was_withheld_and_nowhere_else():
    rows = published(*SIZES, *TOLD, HIDDEN, bands("M3", SCHOOLS["A"], "A"), NATION)
    known = HIDDEN.iloc[[1]].assign(least=29.0, most=30.0)
    told = filled(rows, known[["municipality_id", "indicator", "year_from", "school_year", "grade", "test", "domain",
                               "level", "part", "least", "most"]])  # fmt: skip
    (one,) = told[told["least"].notna()].itertuples()
    assert (one.municipality_id, one.school_id, one.part, one.least, one.most) == ("M3", "", "30-59", 29, 30)
    pd.testing.assert_frame_equal(told[rows.columns], rows)


def test_a_school_within_a_band_follows_once_the_band_does():
    """Two pupils of B are what is left of the municipality's twelve."""
    pages = published(SIZES[2], HIDDEN, size("M3", 40, "A"), size("M3", 32, "B"), bands("M3", SCHOOLS["A"], "A"))
    ((_, _, known),) = attacked_nation(published(*SIZES, *TOLD, HIDDEN, NATION), PARAMS, results(CELLS))
    pupils = results(SCHOOLS, municipality_id="M3")

    def found(rows: pd.DataFrame) -> list[tuple[str, int]]:
        ((book, linked),) = [(book, one) for book in books(rows, PARAMS) for one in linked_sets(book, ["A", "B"], {})]
        truth = true_cells(linked, labelled(book, pool_of(pupils, book), []), book)
        small = attack(linked, truth, Limits(5, 10, frozenset())).found
        return [(one.judgement, one.size) for one in small if one.group["school"] == frozenset("B")]

    assert found(pages) == []
    assert found(filled(pages, known)) == [("exact", 2)]


@pytest.mark.parametrize("pupils", [None, results(CELLS).iloc[:0]], ids=["no store", "school means alone"])
def test_the_pages_of_a_municipality_are_attacked_again_with_what_follows(tmp_path, monkeypatch, pupils):
    folder = tmp_path / "public" / "20_municipality"
    folder.mkdir(parents=True)
    of = {"M1": [SIZES[0], TOLD[0], NATION], "M2": [SIZES[1], TOLD[1]], "M3": [SIZES[2], HIDDEN, size("M3", 40, "A")]}
    for place, parts in of.items():
        pd.concat(parts)[list(COLUMNS)].to_csv(folder / f"{place}.csv", index=False)
    asked, small = [], Found({"school": frozenset("B")}, 2, 2, 2, "exact")

    def attacked(reader, place, rows, *known):
        asked.append((reader, place, rows["school_id"].eq("A").sum(), rows["least"].notna().sum()))
        return run.Audited(place, reader, 0, 0, 1000, 1, (("9", small),), (("9", "why"),))

    monkeypatch.setattr(run, "audit_municipality", attacked)
    (one,) = run.audit_nation(tmp_path, PARAMS, lambda _: (PARAMS, None, Aside()), pupils)
    assert asked == [("public", "M3", 1, 3)]
    assert ("M3 9", small) in one.found
    assert one.refused == (("M3 9", "why"),)
    assert one.targets >= 1000
    assert not one.sound
