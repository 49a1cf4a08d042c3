"""The attack on the country's figures: what follows from them and from all municipalities' pages is found, and nothing else."""

import numpy as np
import pandas as pd
import pytest

from analysis.audit.attack import Attacked
from analysis.audit.nation import attacked_nation
from analysis.audit.subtracted import subtracted
from analysis.evidence import evidence
from analysis.params import load_params

PARAMS = load_params()
TEST = {"school_year": 2026, "grade": "9", "test": "CE", "domain": "latvian", "level": ""}
BANDS = ("0-29", "30-59", "60-100")
CELLS = {"M1": (20, 30, 40), "M2": (10, 20, 30), "M3": (2, 30, 40)}


def size(place: str, n: int | None, **columns: object) -> pd.DataFrame:
    rows = pd.DataFrame([TEST | {"municipality_id": place, "n": n, "estimate": 55.0 if n else None} | columns])
    return evidence(rows, indicator="attainment", unit="percent")


def bands(place: str, counts: tuple[int, ...]) -> pd.DataFrame:
    n = sum(counts)
    rows = [TEST | {"municipality_id": place, "part": p, "n": n, "estimate": round(100 * c / n, 1)}
            for p, c in zip(BANDS, counts, strict=True)]  # fmt: skip
    return evidence(pd.DataFrame(rows), indicator="band_share", unit="percent")


def published(*parts: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True).assign(file="f")


def results() -> pd.DataFrame:
    rows = [{"municipality_id": place, "value": middle}
            for place, counts in CELLS.items()
            for middle, n in zip((10.0, 40.0, 70.0), counts, strict=True) for _ in range(n)]  # fmt: skip
    fixed = {"session": "", "status": "present", "scale": "percent", "position": np.nan, "points": np.nan}
    return pd.DataFrame(rows).assign(**TEST, **fixed)


def found(rows: pd.DataFrame, *, truth: bool = True) -> list[tuple[str, tuple[str, ...], float, float]]:
    made = [one for _, one, _ in attacked_nation(rows, PARAMS, results() if truth else None)]
    assert all(isinstance(one, Attacked) for one in made)
    return sorted((small.judgement, tuple(sorted(small.group["school"])), small.low, small.high)
                  for one in made for small in one.found)  # fmt: skip


def of_all(places: tuple[str, ...] = ("M1", "M2", "M3")) -> list[pd.DataFrame]:
    return [size(place, sum(CELLS[place])) for place in places]


NATION = bands("", tuple(np.sum(list(CELLS.values()), axis=0)))


@pytest.mark.parametrize("truth", [True, False])
def test_a_band_that_one_municipality_withholds_follows_from_the_country_s(truth):
    rows = [*of_all(), bands("M1", CELLS["M1"]), bands("M2", CELLS["M2"])]
    assert found(published(*rows), truth=truth) == []
    assert ("exact", ("M3",), 2, 2) in found(published(*rows, NATION), truth=truth)


def test_it_does_not_where_several_are_silent_and_many_are_left():
    assert found(published(*of_all(), bands("M1", CELLS["M1"]), NATION)) == []


def test_what_follows_from_a_municipality_s_own_page_is_not_the_country_s_doing():
    own = bands("M3", CELLS["M3"]).iloc[1:]
    (one,) = [one for _, one, _ in attacked_nation(published(*of_all(), own, NATION), PARAMS, results())]
    assert one.found == ()
    assert one.anyway == 1


@pytest.mark.parametrize("truth", [True, False])
def test_a_year_between_that_no_row_lists_is_one_in_which_somebody_sat(truth):
    """Of one municipality alone not every year of its pool is listed: 270 pupils in three years contradict nothing."""
    pool = {"indicator": "behind_as_a_whole", "year_from": 2024, "n": 270, "estimate": np.nan}
    unlisted = size("M1", 2).assign(indicator="table_rows", part="attainment:all", population="rows")
    rows = [size("M1", 90), size("M1", 90, school_year=2024), size("M1", 1).assign(**pool), bands("", CELLS["M1"])]
    of_m1 = results().query("municipality_id == 'M1'")
    pupils = pd.concat([of_m1.assign(school_year=year) for year in (2024, 2025, 2026)])
    given = published(*rows, *([] if truth else [unlisted]))
    ((_, one, _),) = attacked_nation(given, PARAMS, pupils if truth else None)
    assert isinstance(one, Attacked)


def test_results_in_points_are_not_cut_as_percents():
    """What is high there is a cut of the country; before, a share of high results contradicted results all below 80 points."""
    own = [size(place, sum(CELLS[place])).assign(unit="sd") for place in CELLS]
    high = [TEST | {"municipality_id": place, "n": n, "estimate": 30.0} for place, n in (("M1", 90), ("", 220))]
    shares = evidence(pd.DataFrame(high), indicator="high_result_share", unit="percent")
    pupils = results().assign(scale="points", position=0.0)
    (one,) = [one for _, one, _ in attacked_nation(published(*own, shares), PARAMS, pupils)]
    assert isinstance(one, Attacked)
    assert one.found == ()


def test_what_is_told_to_the_ten_and_in_steps_is_read_as_that():
    high = TEST | {"municipality_id": "", "n": 220, "estimate": 0.0}
    nation = evidence(pd.DataFrame([high]), indicator="high_result_share", unit="percent")
    known = [size(place, sum(CELLS[place])) for place in ("M1", "M2")]
    assert found(published(*known, nation)) == []
    few = evidence(pd.DataFrame([high | {"n": 150}]), indicator="high_result_share", unit="percent")
    ((_, one, _),) = attacked_nation(published(*known, few), PARAMS)
    assert {(small.low, small.high) for small in one.found} <= {(0, 5)}


class TestSubtracted:
    def rows(self, nation: float, *of: int | None, **columns: object) -> pd.DataFrame:
        facts = [TEST | columns | {"municipality_id": f"M{i}", "n": n} for i, n in enumerate(of)]
        whole = TEST | columns | {"municipality_id": "", "n": nation}
        rows = pd.DataFrame([*facts, whole]).assign(part="6-9", estimate=lambda f: f["n"].map(lambda _: 50.0))
        return evidence(rows.assign(estimate=rows["estimate"].where(rows["n"].notna())), indicator="earlier_missing",
                        unit="percent").assign(file="f").astype({"year_from": "float64"})  # fmt: skip

    @pytest.mark.parametrize(
        ("nation", "of", "kinds"),
        [
            (303, (100, 200, None), ["exact"]),
            (303, (100, 200), ["exact"]),
            (300, (100, 200), []),
            (400, (200, None, None), []),
            (300, (100, 200, None), []),
        ],
    )
    def test_few_people_left(self, nation, of, kinds):
        assert [one.judgement for name, one in subtracted(self.rows(nation, *of), PARAMS) if one.high >= 3] == kinds

    @pytest.mark.parametrize(("nation", "of", "count"), [(340, (100, 200, None), 1), (340, (100, None, None), 0)])
    def test_many_who_are_left_to_one_municipality_alone(self, nation, of, count):
        """Its number is withheld for what is within it; where two are silent, a reader knows their sum."""
        made = [one for _, one in subtracted(self.rows(nation, *of), PARAMS) if one.low == 40]
        assert [one.judgement for one in made] == ["exact"] * count

    def test_of_schools_alone_nothing_is_left(self):
        assert list(subtracted(self.rows(303, 100, 200, None).assign(population="schools"), PARAMS)) == []

    def test_who_has_published_nothing_is_silent_too(self):
        rows = self.rows(340, 100, 200, None)
        sat = results().assign(municipality_id=lambda own: own["municipality_id"].replace("M3", "M0"))
        assert {one.low for _, one in subtracted(rows, PARAMS, sat)} >= {40}
        assert list(subtracted(rows, PARAMS, pd.concat([sat, results()]))) == []

    def test_of_grown_ups_ten_are_few(self):
        rows = self.rows(308, 300, None, None)
        assert [one for _, one in subtracted(rows, PARAMS) if one.high == 8] == []
        assert [
            one.judgement for _, one in subtracted(rows.assign(population="respondents"), PARAMS) if one.high == 8
        ] == ["exact"]

    def test_few_whom_a_share_counts(self):
        rows = self.rows(300, 100, 200)
        bound, nation = rows["municipality_id"].eq("M0"), rows["municipality_id"].eq("")
        told = rows.assign(estimate=rows["estimate"].mask(bound).mask(nation, 34.3))
        made = [(one.judgement, one.low, one.high) for _, one in subtracted(told, PARAMS)]
        assert made == [("exact", 3, 3), ("exact", 97, 97)]  # and whom it does not count

    def test_a_group_of_the_country_that_is_told_to_the_ten(self):
        def group(place: str, n: int | None) -> pd.DataFrame:
            facts = TEST | {"municipality_id": place, "group": "sex=girl", "n": n, "estimate": 20.0 if n else None}
            return evidence(pd.DataFrame([facts]), indicator="high_result_share", unit="percent")

        known = [group("M1", 100), group("M2", 193), group("M3", None)]
        assert [(one.low, one.high) for _, one in subtracted(published(*known, group("", 290)), PARAMS)] == [(0, 2)]
        assert list(subtracted(published(*known, group("", 300)), PARAMS)) == []

    @pytest.mark.parametrize(("sex", "found"), [("girl", [(0, 2)]), ("boy", [])])
    def test_who_does_not_list_a_row_is_silent_only_where_it_has_somebody(self, sex, found):
        def group(place: str, n: int | None) -> pd.DataFrame:
            facts = TEST | {"municipality_id": place, "group": "sex=girl", "n": n, "estimate": 20.0 if n else None}
            return evidence(pd.DataFrame([facts]), indicator="high_result_share", unit="percent")

        unlisted = size("M3", 2).assign(indicator="table_rows", part="high_result_share:group", population="rows")
        rows = published(group("M1", 100), group("M2", 193), unlisted, size("M3", 72), group("", 290))
        sat = results().assign(sex=lambda own: own["municipality_id"].map({"M3": sex}).fillna("girl"))
        assert [(one.low, one.high) for _, one in subtracted(rows, PARAMS, sat)] == found
        assert [(one.low, one.high) for _, one in subtracted(rows, PARAMS)] == [(0, 2)]
