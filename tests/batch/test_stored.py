"""Every table is stored under pseudonyms, each row with its municipality, and read only when it is asked for."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.batch.stored import homes, partitions
from analysis.intake.contracts import IDS, TABLES, columns
from analysis.intake.derived import with_pupils
from analysis.intake.mapping.maps import Map
from analysis.intake.pseudonyms import DEMO_KEY, Key, pseudonyms
from analysis.intake.store import Store, open_store
from analysis.intake.unit import Unit, read_unit
from analysis.params import load_params

WHOLE = {"item_map", "competences", "wellbeing_items", "staff_survey_items", "municipalities", "schools", "published"}


def unit_of(store: Store, municipality_id: str) -> Unit:
    return read_unit(store, municipality_id, load_params(), edition="board", language="lv", key="k")


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store)


@pytest.fixture(scope="module")
def unit(store: Store) -> Unit:
    return unit_of(store, "D003")


@pytest.fixture(scope="module")
def raw(demo: Path) -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in demo.glob("*.csv")}


@pytest.mark.parametrize("name", sorted(set(TABLES) - {"pupils"}))
def test_a_unit_reads_any_table_of_the_contract_under_pseudonyms(name: str, unit: Unit) -> None:
    rows = unit.table(name)
    assert len(rows) > 0
    assert not set(IDS) & set(rows)
    if name != "results":
        assert {column.removesuffix("_id") if column in IDS else column for column in columns(name)} <= set(rows)
    if name not in WHOLE:
        assert set(rows["municipality_id"]) == {"D003"}


def test_the_tables_that_arrived_are_told(unit: Unit) -> None:
    assert unit.facts["tables"] == sorted(TABLES)


def test_a_table_that_did_not_arrive_is_empty_with_its_columns(store: Store, tmp_path: Path) -> None:
    (tmp_path / "municipalities.parquet").write_bytes((store.folder / "municipalities.parquet").read_bytes())
    (tmp_path / "schools.parquet").write_bytes((store.folder / "schools.parquet").read_bytes())
    (tmp_path / "facts.json").write_bytes((store.folder / "facts.json").read_bytes())
    rows = unit_of(Store(tmp_path), "D003").table("support_given")
    assert rows.empty
    assert {"pupil", "programme", "minutes", "municipality_id"} <= set(rows)
    assert "pupil_id" not in rows


def test_a_table_that_the_contract_does_not_know_is_refused(unit: Unit) -> None:
    with pytest.raises(KeyError):
        unit.table("names_of_pupils")


def test_a_page_pays_for_no_table_that_it_does_not_ask_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    slices = Store.slice

    def counted(self: Store, name: str, municipality_id: str) -> pd.DataFrame:
        read.append(name)
        return slices(self, name, municipality_id)

    monkeypatch.setattr(Store, "slice", counted)
    opened = unit_of(store, "D001")
    assert read == ["results", "school_results", "school_bands"]
    opened.table("support_given")
    assert read[3:] == ["support_given"]


def test_pupils_of_all_tables_are_those_of_the_results(store: Store, raw: dict[str, pd.DataFrame]) -> None:
    known = pseudonyms(raw["pupils"]["pupil_id"], Key(DEMO_KEY), "country")
    for name in ("enrolments", "items", "marks", "support_given"):
        stored = pd.concat([store.slice(name, f"D00{i}") for i in range(1, 6)])
        assert len(stored) == len(raw[name]), name
        assert set(stored["pupil"]) == set(pseudonyms(raw[name]["pupil_id"], Key(DEMO_KEY), "country")), name
        assert set(stored["pupil"]) <= set(known)


def test_support_and_marks_belong_where_the_pupil_was_enrolled_that_year(
    unit: Unit, raw: dict[str, pd.DataFrame]
) -> None:
    own = raw["schools"].loc[raw["schools"]["municipality_id"] == "D003", "school_id"]
    years = raw["enrolments"].loc[raw["enrolments"]["school_id"].isin(own), ["pupil_id", "school_year"]]
    for name in ("support_given", "marks"):
        expected = raw[name].merge(years, on=["pupil_id", "school_year"])
        assert len(unit.table(name)) == len(expected), name
        assert set(unit.table(name)["school_id"]) <= set(own)


def test_items_belong_where_the_exam_was_sat(unit: Unit) -> None:
    keys = ["pupil", "school_year", "grade", "test", "domain"]
    main = unit.results[(unit.results["session"] == "") & (unit.results["status"] == "present")]
    points = (
        unit.table("items").groupby([*keys, "school_id"], observed=True)["points"].sum().rename("sum").reset_index()
    )
    both = points.merge(main, on=[*keys, "school_id"])
    assert len(both) == len(points) > 0
    assert (both["sum"] == both["score"]).all()


def test_goals_of_teachers_stand_beside_their_evidence(unit: Unit) -> None:
    assert set(unit.table("teacher_goals")["teacher"]) == set(unit.table("teacher_evidence")["teacher"])


SCHOOLS = pd.DataFrame({"school_id": ["S1", "S2"], "municipality_id": ["D1", "D2"]})


def stored(tables: dict[str, pd.DataFrame], own: str = "") -> dict[str, pd.DataFrame]:
    tables = {"schools": SCHOOLS, **tables}
    known = homes(tables, own)
    tables.pop("schools")
    return dict(partitions(tables, known, Key(DEMO_KEY), "country"))


def test_one_id_in_two_surveys_is_two_persons_and_in_two_tables_of_teachers_one() -> None:
    answer = {"respondent_id": ["x1"], "school_year": [2026.0], "school_id": ["S1"], "item": ["a"], "value": [3.0]}
    evidence = {"teacher_id": ["x1"], "school_year": [2026.0], "school_id": ["S1"], "observer_id": ["x1"]}
    goals = {"teacher_id": ["x1"], "school_year": [2026.0], "competence": ["a"]}
    made = stored(
        {
            "wellbeing": pd.DataFrame(answer),
            "staff_survey": pd.DataFrame(answer),
            "teacher_evidence": pd.DataFrame(evidence),
            "teacher_goals": pd.DataFrame(goals),
        }
    )
    teacher = made["teacher_evidence"]["teacher"].item()
    assert made["teacher_goals"]["teacher"].item() == teacher
    others = [made["wellbeing"]["respondent"], made["staff_survey"]["respondent"], made["teacher_evidence"]["observer"]]
    assert len({teacher, *(person.item() for person in others)}) == 4
    assert pseudonyms(pd.Series(["x1"]), Key(DEMO_KEY), "country").item() not in {teacher, *(p.item() for p in others)}


def test_of_whom_nothing_is_known_belongs_to_the_board_or_to_nobody() -> None:
    given = pd.DataFrame({"pupil_id": ["p1", "p2"], "school_year": [2026.0, 2026.0], "programme": ["reading"] * 2})
    enrolled = pd.DataFrame({"pupil_id": ["p1"], "school_year": [2026.0], "school_id": ["S2"]})
    tables = {"enrolments": enrolled, "support_given": given}
    assert stored(tables)["support_given"]["municipality_id"].tolist() == ["D2", ""]
    assert stored(tables, own="D2")["support_given"]["municipality_id"].tolist() == ["D2", "D2"]


def test_each_table_is_let_go_before_the_next_is_asked_for() -> None:
    tables = {
        "schools": SCHOOLS,
        "activities": pd.DataFrame({"activity_id": ["a"], "school_id": ["S1"], "school_year": [2026.0]}),
        "methodologists": pd.DataFrame({"methodologist_id": ["m"], "municipality_id": ["D1"], "school_year": [2026.0]}),
    }
    known = homes(tables, "")
    del tables["schools"]
    made = partitions(tables, known, Key(DEMO_KEY), "country")
    assert next(made)[0] == "activities"
    assert list(tables) == ["methodologists"]


def test_enrolments_know_of_pupils_what_results_know_and_a_coarse_age(unit: Unit, raw: dict[str, pd.DataFrame]) -> None:
    """By another way: joined on ids in the raw files, compared as counts, for pseudonyms tell nothing."""
    pupils, places = raw["pupils"], raw["schools"].set_index("school_id")
    own = raw["enrolments"].merge(pupils, on="pupil_id", validate="many_to_one")
    own = own[own["school_id"].map(places["municipality_id"]) == "D003"]
    age = (own["school_year"].astype(int) - own["birth_year"].astype(int)).clip(12, 22)
    told = unit.table("enrolments")
    assert told["age"].value_counts().sort_index().to_dict() == age.value_counts().sort_index().to_dict()
    for column in ("sex", "preschool"):
        expected = own[column].mask(own[column] == "").value_counts().sort_index().to_dict()
        assert told[column].astype("str").value_counts().drop("nan", errors="ignore").sort_index().to_dict() == expected
    settlement = own["school_id"].map(places["settlement"]).value_counts().to_dict()
    assert told["settlement"].astype("str").value_counts().to_dict() == settlement
    grade = own["grade"].replace("PS", "0").astype(int)
    late = (own["birth_year"].astype(int) < own["school_year"].astype(int) - grade - 7).sum()
    assert (told["overage"] == "yes").sum() == late


def test_without_birth_years_no_age_is_invented() -> None:
    tables = {
        "enrolments": pd.DataFrame(
            {"pupil_id": ["a", "b"], "school_year": [2026.0, 2026.0], "grade": "9", "school_id": "S"}
        ),
        "schools": pd.DataFrame({"school_id": ["S"], "settlement": ["town"]}),
        "pupils": pd.DataFrame({"pupil_id": ["a"], "birth_year": [2010.0], "sex": ["girl"]}),
    }
    joined = with_pupils(tables, Map())["enrolments"]
    assert joined["age"].tolist()[0] == 16
    assert joined["age"].isna().tolist() == [False, True]
    assert "age" not in with_pupils({k: v for k, v in tables.items() if k != "pupils"}, Map())["enrolments"].dropna(
        axis=1
    )
