"""The demo set is a delivery in the contract's layout, all invented, with a truth that can be found again."""

import csv
import gzip
import hashlib
import json
import os
import re
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.intake.demo import cut_board, write_demo
from analysis.intake.demo import places as demo_places
from analysis.intake.demo import scores as demo_scores
from analysis.intake.demo.write import LARGE

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("BURTNICA_SHARED", ROOT.parent / "shared")) / "data" / "latvia-2018"

# Tolerances: three standard errors of the medium demo's 6,000 pupils a cohort at most.
MEAN_PERCENT = 0.3
SD_PERCENT = 0.5
BELOW_PERCENT = 0.7
EFFECT = 0.10
SLOPE = 0.02

COLUMNS = {
    "municipalities": "municipality_id,name,kind,region,name_genitive,name_locative",
    "schools": "school_id,name,municipality_id,settlement,kind,language,staff_total,lat,lon",
    "pupils": "pupil_id,birth_year,sex,preschool",
    "enrolments": "pupil_id,school_year,grade,school_id,home_language,sen,low_income,repeats,moved,absence_percent",
    "results": "pupil_id,school_year,grade,test,domain,level,session,school_id,score,score_min,score_max,status",
    "items": "pupil_id,school_year,grade,test,domain,item,points",
    "item_map": "school_year,grade,test,domain,item,skill,max_points",
    "published": "school_year,grade,test,domain,level,measure,threshold,value,unit,status,source",
}
KEYS = {
    "municipalities": ["municipality_id"],
    "schools": ["school_id"],
    "pupils": ["pupil_id"],
    "enrolments": ["pupil_id", "school_year"],
    "results": ["pupil_id", "school_year", "grade", "test", "domain", "level", "session"],
    "items": ["pupil_id", "school_year", "grade", "test", "domain", "item"],
    "item_map": ["school_year", "grade", "test", "domain", "item"],
    "published": ["school_year", "grade", "test", "domain", "level", "measure", "threshold"],
}
YES_NO = {"yes", "no", ""}
CODES = {
    ("municipalities", "kind"): {"state_city", "county"},
    ("schools", "settlement"): {"city", "town", "rural"},
    ("pupils", "sex"): {"girl", "boy"},
    ("pupils", "preschool"): {"full", "short", ""},
    ("enrolments", "grade"): {"PS", *(str(grade) for grade in range(1, 13))},
    ("enrolments", "home_language"): {"lv", "other", ""},
    ("enrolments", "sen"): YES_NO,
    ("enrolments", "low_income"): YES_NO,
    ("enrolments", "repeats"): {"yes", "no"},
    ("enrolments", "moved"): {"yes", "no"},
    ("results", "grade"): {"PS", "3", "6", "9", "12"},
    ("results", "test"): {"CE", "diagnostic", "monitoring"},
    ("results", "domain"): {"numeracy", "literacy", "science", "mathematics", "latvian", "english"},
    ("results", "level"): {"", "optimal", "higher"},
    ("results", "session"): {"", "additional"},
    ("results", "status"): {"present", "absent", "exempt", "certificate"},
    ("published", "measure"): {"mean", "sd", "n", "share_below"},
    ("published", "unit"): {"percent", "pupils"},
}
# Published: grade-9 mean in percent, pupils below the threshold by a third of 54,271, 55,353, 51,514 works.
GRADE_9 = {
    ("mathematics", 2023): (50.5, 826 / 18_090),
    ("mathematics", 2024): (43.2, 592 / 18_451),
    ("mathematics", 2025): (53.8, 310 / 17_171),
    ("latvian", 2023): (58.0, 90 / 18_090),
    ("latvian", 2024): (59.1, 88 / 18_451),
    ("latvian", 2025): (58.5, 71 / 17_171),
    ("english", 2023): (66.1, 143 / 18_090),
    ("english", 2024): (63.9, 156 / 18_451),
    ("english", 2025): (65.8, 143 / 17_171),
}
TEST = ["school_year", "grade", "test", "domain", "level"]


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_demo(tmp_path_factory.mktemp("demo") / "small")


@pytest.fixture(scope="session")
def tables(folder: Path) -> dict[str, pd.DataFrame]:
    return {name: pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False) for name in COLUMNS}


@pytest.fixture(scope="session")
def truth(folder: Path) -> dict:
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))


def present_rows(results: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Return present pupils of main sessions with percent, national z and the school's municipality."""
    rows = results.query("session == '' and status == 'present'").copy()
    rows["percent"] = 100 * rows["score"].astype(int) / rows["score_max"].astype(int)
    percent = rows.groupby(TEST)["percent"]
    rows["z"] = (rows["percent"] - percent.transform("mean")) / percent.transform("std")
    return rows.merge(schools[["school_id", "municipality_id"]], on="school_id")


@pytest.fixture(scope="session")
def present(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return present_rows(tables["results"], tables["schools"])


@pytest.fixture(scope="session")
def medium_present(medium: Path) -> pd.DataFrame:
    names = ("results.csv.gz", "schools.csv")
    return present_rows(*(pd.read_csv(medium / name, dtype=str, keep_default_na=False) for name in names))


@pytest.fixture(scope="session")
def medium(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_demo(tmp_path_factory.mktemp("demo") / "medium", size="medium")


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(folder: Path, tmp_path: Path) -> None:
    again = hashes(write_demo(tmp_path / "again"))
    other = hashes(write_demo(tmp_path / "other", seed=7))
    assert again == hashes(folder)
    assert {name for name in other if other[name] == again[name]} == {
        "delivery.yml",
        "municipalities.csv",
        "item_map.csv",
        "wellbeing_items.csv",
        "staff_survey_items.csv",
        "competences.csv",
    }


def test_a_new_demo_replaces_the_old_one_of_another_form(tmp_path: Path) -> None:
    (tmp_path / "results.csv.gz").write_bytes(b"old")
    write_demo(tmp_path, municipalities=2)
    assert not (tmp_path / "results.csv.gz").exists()


def test_large_tables_of_a_larger_demo_are_gzipped_without_time(medium: Path) -> None:
    packed = {path.name for path in medium.glob("*.gz")}
    assert packed == {f"{name}.csv.gz" for name in LARGE}
    header = (medium / "results.csv.gz").read_bytes()[:8]
    assert header[3] == 0, "no file name"
    assert header[4:8] == bytes(4), "no time"
    with gzip.open(medium / "results.csv.gz", "rt", encoding="utf-8") as rows:
        assert rows.readline().rstrip("\n") == COLUMNS["results"]
        assert 400_000 < sum(1 for _ in rows) < 700_000


@pytest.mark.parametrize("number", [0, len(demo_places.PLACES) + 1])
def test_a_number_of_municipalities_that_cannot_be_named_is_refused(number: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="municipalities must be 1 to"):
        write_demo(tmp_path, municipalities=number)


@pytest.mark.parametrize("number", [1, 3, 7])
def test_the_number_of_municipalities_can_be_chosen(number: int, tmp_path: Path) -> None:
    towns = pd.read_csv(write_demo(tmp_path, municipalities=number) / "municipalities.csv")
    assert towns["municipality_id"].tolist() == [f"D{i + 1:03d}" for i in range(number)]


# --- the contract


def test_the_delivery_says_that_it_is_a_country_and_a_demo(folder: Path) -> None:
    delivery = yaml.safe_load((folder / "delivery.yml").read_text("utf-8"))
    assert (delivery["scope"], delivery["demo"]) == ("country", True)
    assert set(delivery["source"]) == {"lv", "en"}


@pytest.mark.parametrize("name", COLUMNS)
def test_tables_have_the_contracts_columns_and_unique_keys(name: str, tables: dict[str, pd.DataFrame]) -> None:
    frame = tables[name]
    assert ",".join(frame.columns) == COLUMNS[name]
    assert not frame.duplicated(KEYS[name]).any()
    assert len(frame) > 0


def test_files_are_utf8_with_plain_line_ends(folder: Path) -> None:
    for path in folder.glob("*.csv"):
        data = path.read_bytes()
        assert b"\r" not in data
        assert not data.startswith(b"\xef\xbb\xbf")
        data.decode("utf-8")


@pytest.mark.parametrize(("table", "column"), CODES)
def test_coded_columns_hold_exactly_the_contracts_codes(
    table: str, column: str, tables: dict[str, pd.DataFrame]
) -> None:
    assert set(tables[table][column]) == CODES[table, column]


def test_the_small_set_stays_small(tables: dict[str, pd.DataFrame]) -> None:
    assert 40_000 < len(tables["results"]) <= 60_000
    assert set(tables["results"]["school_year"]) == {str(year) for year in range(2017, 2027)}
    assert len(tables["municipalities"]) == 5


def test_every_reference_from_table_to_table_is_met(tables: dict[str, pd.DataFrame]) -> None:
    schools, pupils = set(tables["schools"]["school_id"]), set(tables["pupils"]["pupil_id"])
    assert set(tables["schools"]["municipality_id"]) == set(tables["municipalities"]["municipality_id"])
    for name in ("enrolments", "results"):
        assert set(tables[name]["school_id"]) <= schools
        assert set(tables[name]["pupil_id"]) <= pupils
    assert set(tables["enrolments"]["pupil_id"]) == pupils
    keys = ["pupil_id", "school_year", "grade"]
    joined = tables["results"].merge(tables["enrolments"][keys], on=keys, how="left", indicator=True)
    assert (joined["_merge"] == "both").all()


def test_a_score_stands_exactly_where_the_pupil_was_present_and_within_its_range(
    tables: dict[str, pd.DataFrame],
) -> None:
    results = tables["results"]
    assert ((results["score"] != "") == (results["status"] == "present")).all()
    score = results.loc[results["score"] != "", ["score", "score_min", "score_max"]].astype(int)
    assert score["score"].between(score["score_min"], score["score_max"]).all()
    assert (results["score_min"] == "0").all()


def test_identifiers_look_like_no_personal_code(tables: dict[str, pd.DataFrame]) -> None:
    assert tables["pupils"]["pupil_id"].str.fullmatch(r"P\d{7}").all()
    assert tables["schools"]["school_id"].str.fullmatch(r"S\d{3}").all()


def test_attributes_have_realistic_shares_and_a_few_blanks(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["enrolments"].merge(tables["schools"][["school_id", "municipality_id"]], on="school_id")
    assert (rows["sen"] == "yes").mean() == pytest.approx(0.07, abs=0.01)
    assert (rows["low_income"] == "yes").mean() == pytest.approx(0.18, abs=0.03)
    for column in ("home_language", "sen", "low_income", "absence_percent"):
        assert 0.005 < (rows[column] == "").mean() < 0.025
    other = (rows["home_language"] == "other").groupby(rows["municipality_id"]).mean()
    assert 0.02 < other.min() < 0.15
    assert 0.45 < other.max() < 0.75
    assert (rows["moved"] == "yes").mean() == pytest.approx(0.025, abs=0.01)


def test_overage_is_rare_and_goes_with_repeating(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["enrolments"].merge(tables["pupils"], on="pupil_id")
    grade = rows["grade"].replace("PS", "0").astype(int)
    overage = rows["birth_year"].astype(int) < rows["school_year"].astype(int) - grade - 7
    assert overage[rows["repeats"] == "yes"].all()
    assert 0.02 < overage.mean() < 0.06
    again = rows.loc[rows["repeats"] == "yes", ["pupil_id", "grade"]].merge(rows[["pupil_id", "grade"]])
    assert (again.groupby(["pupil_id", "grade"]).size() <= 2).all()


def test_schools_teach_the_grades_they_are_enrolled_for(tables: dict[str, pd.DataFrame]) -> None:
    grades = ["PS", *(str(grade) for grade in range(1, 13))]
    taught = {"sākumskola": set(grades[:7]), "pamatskola": set(grades[:10]), "ģimnāzija": set(grades[7:])}
    rows = tables["enrolments"].merge(tables["schools"][["school_id", "kind"]], on="school_id")
    for kind, own in taught.items():
        assert set(rows.loc[rows["kind"] == kind, "grade"]) == own
    assert tables["schools"]["lat"].astype(float).between(55.67, 58.09).all()
    assert tables["schools"]["lon"].astype(float).between(20.9, 28.25).all()


# --- the calendar


def test_exams_are_held_in_the_years_the_law_had_them(present: pd.DataFrame) -> None:
    years = (
        present.groupby(["grade", "test", "domain", "level"])["school_year"].unique().map(lambda y: sorted(map(int, y)))
    )
    whole, since_2023 = list(range(2017, 2027)), [2023, 2024, 2025, 2026]
    assert years["9", "CE", "mathematics", ""] == since_2023
    assert years["9", "CE", "latvian", ""] == since_2023
    assert years["9", "CE", "english", ""] == [2023, 2024, 2025]
    assert years["12", "CE", "mathematics", ""] == list(range(2017, 2023))
    assert years["12", "CE", "mathematics", "optimal"] == since_2023
    assert years["12", "CE", "mathematics", "higher"] == since_2023
    assert years["12", "CE", "english", "higher"] == since_2023
    assert years["6", "diagnostic", "science", ""] == whole
    assert ("3", "diagnostic", "science", "") not in years.index
    assert years["PS", "monitoring", "numeracy", ""] == [2024, 2025, 2026]
    assert set(present.loc[present["grade"] == "9", "test"]) == {"CE"}


@pytest.mark.parametrize(("exam", "figures"), GRADE_9.items())
def test_grade_9_meets_the_published_mean_and_share_below_the_threshold(
    exam: tuple[str, int], figures: tuple[float, float], medium_present: pd.DataFrame
) -> None:
    domain, year = exam[0], str(exam[1])  # noqa: F841 - read by the query
    percent = medium_present.query("grade == '9' and domain == @domain and school_year == @year")["percent"]
    assert percent.mean() == pytest.approx(figures[0], abs=MEAN_PERCENT)
    assert 100 * (percent < 10).mean() == pytest.approx(100 * figures[1], abs=BELOW_PERCENT)
    assert percent.std() == pytest.approx({"mathematics": 22, "latvian": 18, "english": 20}[domain], abs=SD_PERCENT)


@pytest.mark.parametrize(("year", "mean"), [("2023", 35.0), ("2024", 34.3), ("2025", 43.7)])
def test_optimal_mathematics_of_grade_12_meets_the_published_mean(
    year: str, mean: float, medium_present: pd.DataFrame
) -> None:
    percent = medium_present.query("domain == 'mathematics' and level == 'optimal' and school_year == @year")["percent"]
    assert percent.mean() == pytest.approx(mean, abs=MEAN_PERCENT)


def test_raw_percents_jump_from_year_to_year(present: pd.DataFrame) -> None:
    means = present.groupby(TEST)["percent"].mean().groupby(["grade", "domain", "level"])
    assert (means.max() - means.min()).drop("12").median() > 5


def test_published_figures_are_the_demos_own_rounded(present: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> None:
    own = present.groupby(TEST)["percent"].agg(["mean", "std", "count"])
    told = tables["published"].pivot(index=TEST, columns="measure", values="value")
    assert len(told) == len(own)
    told = told.loc[own.index].replace("", np.nan).astype(float)
    pd.testing.assert_series_equal(told["mean"], own["mean"].round(1), check_names=False, atol=0.051)
    pd.testing.assert_series_equal(told["sd"], own["std"].round(1), check_names=False, atol=0.051)
    assert (told["n"] == own["count"]).all()
    assert (tables["published"].query("measure == 'mean'")["value"].str.len() <= 4).all()
    maths = present.query("grade == '9' and domain == 'mathematics' and school_year == '2026'")["percent"]
    below = told.loc[("2026", "9", "CE", "mathematics", ""), "share_below"]
    assert below == pytest.approx(100 * (maths < 15).mean(), abs=0.051)


def test_additional_sessions_follow_a_fail_or_an_absence(tables: dict[str, pd.DataFrame]) -> None:
    keys = KEYS["results"][:-1]
    results = tables["results"]
    again = results[results["session"] == "additional"]
    both = again.merge(results[results["session"] == ""], on=keys, suffixes=("", "_main"))
    assert 0 < len(both) == len(again) < 0.01 * len(results)
    sat = both[both["status_main"] == "present"]
    percent = 100 * sat["score_main"].astype(int) / sat["score_max_main"].astype(int)
    assert percent.max() < 15
    assert set(both["status_main"]) == {"present", "absent"}
    assert set(again["test"]) == {"CE"}


# --- items


def test_items_sum_to_the_score_and_keep_within_their_points(tables: dict[str, pd.DataFrame]) -> None:
    keys = ["pupil_id", "school_year", "grade", "test", "domain"]
    items = tables["items"].assign(points=tables["items"]["points"].astype(int))
    assert set(items["school_year"]) == {"2024", "2025", "2026"}
    assert set(items["domain"]) == {"mathematics", "latvian"}
    total = items.groupby(keys)["points"].sum().reset_index()
    main = tables["results"].query("session == ''")
    joined = total.merge(main, on=keys, how="left")
    assert (joined["points"] == joined["score"].astype(int)).all()
    due = main.query("grade == '9' and domain != 'english' and status == 'present' and school_year >= '2024'")
    assert len(total) == len(due)
    mapped = items.merge(tables["item_map"], on=KEYS["item_map"], how="left")
    assert mapped["points"].between(0, mapped["max_points"].astype(int)).all()


def test_the_weak_skill_shows_in_its_municipality_alone(
    tables: dict[str, pd.DataFrame], present: pd.DataFrame, truth: dict
) -> None:
    weak = truth["weak_skill"]
    items = tables["items"].query("domain == @weak['domain']").merge(tables["item_map"], on=KEYS["item_map"])
    items = items.assign(got=items["points"].astype(int), of=items["max_points"].astype(int))
    shares = items.groupby(["pupil_id", "school_year", "skill"])[["got", "of"]].sum()
    share = (shares["got"] / shares["of"]).rename("share").reset_index()
    share["gap"] = share["share"] - share.groupby(["pupil_id", "school_year"])["share"].transform("mean")
    where = present[["pupil_id", "school_year", "municipality_id"]].drop_duplicates()
    share = share.merge(where, on=["pupil_id", "school_year"])
    share["gap"] -= share.groupby(["school_year", "skill"])["gap"].transform("median")
    gap = share.groupby(["skill", "municipality_id"])["gap"].agg(["mean", "sem", "size"]).query("size >= 60")
    lowest = gap["mean"].idxmin()
    assert lowest == (weak["skill"], weak["municipality_id"])
    assert gap.loc[lowest, "mean"] < -4 * gap.loc[lowest, "sem"]
    elsewhere = gap.drop(index=weak["municipality_id"], level="municipality_id")
    assert elsewhere["mean"].abs().max() < abs(gap.loc[lowest, "mean"]) / 2


# --- the truth


def regression(rows: pd.DataFrame, truth: dict) -> pd.Series:
    """Least squares of z on the groups, the planted interaction and the schools."""
    special = truth["interaction"]["municipality_id"]
    design = pd.DataFrame(
        {
            "home_language=other": rows["home_language"] == "other",
            "low_income=yes": rows["low_income"] == "yes",
            "sen=yes": rows["sen"] == "yes",
            "sex=boy": rows["sex"] == "boy",
        }
    )
    both = design["home_language=other"] & design["sex=boy"]
    design["interaction"] = both & (rows["municipality_id"] == special)
    design["interaction elsewhere"] = both & (rows["municipality_id"] != special)
    design = pd.concat([design, pd.get_dummies(rows["school_id"])], axis=1).astype(float)
    return pd.Series(np.linalg.lstsq(design.to_numpy(), rows["z"].to_numpy())[0], design.columns)


@pytest.fixture(scope="session")
def with_groups(present: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    groups = tables["enrolments"].drop(columns="school_id")
    rows = present.merge(groups, on=["pupil_id", "school_year", "grade"]).merge(tables["pupils"], on="pupil_id")
    return rows[(rows[["home_language", "low_income", "sen"]] != "").all(axis=1)]


@pytest.mark.parametrize("domain", ["literacy", "latvian", "numeracy", "science"])
def test_planted_group_effects_are_found_again(domain: str, with_groups: pd.DataFrame, truth: dict) -> None:
    found = regression(with_groups[with_groups["domain"] == domain], truth)
    for effect in truth["group_effects"]:
        planted = effect["effect"] if domain in effect["domains"] else 0.0
        assert found[effect["group"]] == pytest.approx(planted, abs=EFFECT), effect["group"]


def test_the_interaction_is_in_its_municipality_and_in_language_alone(with_groups: pd.DataFrame, truth: dict) -> None:
    assert truth["interaction"]["domains"] == ["literacy", "latvian"]
    language = regression(with_groups[with_groups["domain"].isin(["literacy", "latvian"])], truth)
    assert language["interaction"] == pytest.approx(truth["interaction"]["extra"], abs=EFFECT)
    assert language["interaction elsewhere"] == pytest.approx(0, abs=EFFECT)
    numbers = regression(with_groups[with_groups["domain"].isin(["numeracy", "mathematics"])], truth)
    assert numbers["interaction"] == pytest.approx(0, abs=EFFECT)


def test_absence_goes_with_lower_results(with_groups: pd.DataFrame, truth: dict) -> None:
    rows = with_groups.query("absence_percent != '' and low_income == 'no'")
    log = np.log(rows["absence_percent"].astype(float).clip(lower=0.1))
    slope = np.polyfit((log - log.mean()) / log.std(), rows["z"], 1)[0]
    assert slope == pytest.approx(truth["absence"]["per_sd_of_log"], abs=0.03)


def test_true_positions_are_the_means_to_expect(medium: Path, medium_present: pd.DataFrame) -> None:
    told = pd.DataFrame(json.loads((medium / "truth.json").read_text(encoding="utf-8"))["positions"])
    own = medium_present.groupby(["municipality_id", *TEST])["z"].agg(["mean", "size"]).reset_index()
    both = told.astype({"school_year": str}).merge(own, on=["municipality_id", *TEST])
    assert len(both) == len(told) == len(own)
    assert (both["n"] == both["size"]).all()
    total = both.groupby(TEST)["n"].transform("sum")
    assert ((both["position"] * both["n"]).groupby([both[key] for key in TEST]).sum().abs() < 0.5).all()
    # A mean of n pupils misses by the residual's SD / sqrt(n); the part of the nation it is itself goes out.
    both = both.assign(miss=(both["mean"] - both["position_score"]) * np.sqrt(both["n"] / (1 - both["n"] / total)))
    miss = both.loc[both["n"] >= 5, "miss"]
    assert np.sqrt((miss**2).mean()) == pytest.approx(0.93, abs=0.04)
    assert abs(miss.mean()) < 0.05
    assert np.corrcoef(told["position"], told["position_score"])[0, 1] > 0.99


def test_two_municipalities_have_the_planted_trend(present: pd.DataFrame, truth: dict) -> None:
    rows = present[present["test"] == "diagnostic"].assign(year=lambda f: f["school_year"].astype(int))
    slope = {
        town: np.polyfit(own["year"], own["z"], 1)[0]
        for town, own in rows.groupby("municipality_id")
        if len(own) > 1_000
    }
    planted = {trend["municipality_id"]: trend["per_year"] for trend in truth["trends"]}
    assert sorted(planted.values()) == [-0.05, 0.05]
    for town, found in slope.items():
        assert found == pytest.approx(planted.get(town, 0.0), abs=SLOPE), town


def test_pupils_are_followed_from_grade_to_grade(present: pd.DataFrame) -> None:
    family = {"numeracy": "numbers", "mathematics": "numbers", "literacy": "language", "latvian": "language"}
    rows = present.assign(family=present["domain"].map(family)).dropna(subset=["family"])
    wide = rows.drop_duplicates(["pupil_id", "family", "grade"]).pivot(
        index=["pupil_id", "family"], columns="grade", values="z"
    )
    correlation = wide.corr()
    assert 0.58 < correlation.loc["3", "6"] < 0.72
    assert 0.58 < correlation.loc["6", "9"] < 0.72
    assert 0.5 < correlation.loc["3", "9"] < correlation.loc["3", "6"]
    assert wide[["3", "6", "9"]].notna().all(axis=1).sum() > 1_500


def test_municipalities_and_schools_differ_as_much_as_documented() -> None:
    drawn = [demo_scores.effects(42, 250, np.random.default_rng(seed)) for seed in range(50)]
    assert np.mean([e.municipality.var(axis=0, ddof=1) for e in drawn]) == pytest.approx(0.12**2, rel=0.1)
    assert np.mean([e.school.var(axis=0, ddof=1) for e in drawn]) == pytest.approx(0.055, rel=0.1)


def test_the_tiny_municipality_is_tiny(tables: dict[str, pd.DataFrame]) -> None:
    schools = tables["schools"].query("municipality_id == 'D005'")["school_id"]
    assert 1 <= len(schools) <= 2
    rows = tables["enrolments"][tables["enrolments"]["school_id"].isin(schools)]
    pupils = rows.groupby(["school_year", "grade"]).size()
    assert (pupils < 10).mean() > 0.5
    assert pupils.min() > 0
    assert tables["schools"].groupby("municipality_id").size()["D001"] == 12


# --- names


def words(names: "list[str] | pd.Series") -> set[str]:
    return set(chain.from_iterable(re.findall(r"\w+", str(name).casefold()) for name in names))


def all_invented() -> set[str]:
    forms = [(place, *demo_places.case_forms(place)) for place in demo_places.PLACES]
    return words([*chain.from_iterable(forms), *demo_places.village_names()])


def test_no_invented_place_is_a_municipality_of_today_or_before_2021() -> None:
    folder = ROOT / "data" / "reference"
    with (folder / "municipalities.csv").open(encoding="utf-8", newline="") as lines:
        real = words([row[c] for row in csv.DictReader(lines) for c in ("name", "name_genitive", "name_locative")])
    with (folder / "municipality_crosswalk.csv").open(encoding="utf-8", newline="") as lines:
        real |= words([row[c] for row in csv.DictReader(lines) for c in ("name_2020", "part", "name_2021")])
    assert {"rīga", "madonas", "aglonas"} <= real
    assert not all_invented() & real


@pytest.mark.shared
def test_no_invented_place_or_school_is_in_the_register_of_schools() -> None:
    if not SHARED.exists():
        pytest.skip("public data folder missing: set BURTNICA_SHARED")
    register = pd.read_csv(SHARED / "schools_2017_2018.csv")
    real = words(pd.concat([register[c].dropna() for c in ("name", "parish", "address")]))
    assert {"ozolnieku", "lazdukalna"} <= real
    assert not all_invented() & real


def test_there_are_enough_names_and_none_twice() -> None:
    assert len(set(demo_places.PLACES)) == len(demo_places.PLACES) >= 45
    rng = np.random.default_rng(1)
    sizes = demo_places.cohort_sizes("country", None)
    schools = demo_places.schools(demo_places.municipalities(len(sizes)), sizes, rng)
    assert schools["name"].is_unique
    assert 500 < len(schools) < 650


@pytest.mark.parametrize(
    ("name", "genitive", "locative"),
    [
        ("Vidzare", "Vidzares", "Vidzarē"),
        ("Vējmala", "Vējmalas", "Vējmalā"),
        ("Bērzlauks", "Bērzlauka", "Bērzlaukā"),
        ("Silkrasti", "Silkrastu", "Silkrastos"),
        ("Vecdruvas", "Vecdruvu", "Vecdruvās"),
    ],
)
def test_places_are_declined_as_latvian_declines_them(name: str, genitive: str, locative: str) -> None:
    assert demo_places.case_forms(name) == (genitive, locative)


def test_a_county_is_named_in_the_genitive_and_a_city_as_itself() -> None:
    towns = demo_places.municipalities(5).set_index("municipality_id")
    forms = ["name", "name_genitive", "name_locative"]
    assert towns.loc["D001", forms].tolist() == ["Vidzare", "Vidzares", "Vidzarē"]
    assert towns.loc["D003", forms].tolist() == ["Silkrastu novads", "Silkrastu novada", "Silkrastu novadā"]


# --- one board's part


@pytest.mark.parametrize("with_published", [True, False])
def test_a_boards_delivery_holds_its_own_rows_and_nothing_else(
    with_published: bool, folder: Path, tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    out = cut_board(folder, "D004", tmp_path, with_published=with_published)
    expected = {"scope": "board", "municipality": "D004", "demo": True}
    delivery = yaml.safe_load((out / "delivery.yml").read_text("utf-8"))
    assert {key: delivery[key] for key in expected} == expected
    assert (out / "published.csv").exists() == with_published
    assert not (out / "truth.json").exists()
    own = set(tables["schools"].query("municipality_id == 'D004'")["school_id"])
    cut = {p.stem: pd.read_csv(p, dtype=str, keep_default_na=False) for p in out.glob("*.csv")}
    for name in ("results", "enrolments"):
        kept = tables[name][tables[name]["school_id"].isin(own)].reset_index(drop=True)
        pd.testing.assert_frame_equal(cut[name], kept)
    assert set(cut["schools"]["school_id"]) == own
    assert cut["municipalities"]["municipality_id"].tolist() == ["D004"]
    assert set(cut["pupils"]["pupil_id"]) == set(cut["results"]["pupil_id"]) | set(cut["enrolments"]["pupil_id"])
    total = cut["items"].astype({"points": int}).groupby(["pupil_id", "school_year", "domain"])["points"].sum()
    main = cut["results"].query("grade == '9' and session == '' and status == 'present'")
    scores = main.set_index(["pupil_id", "school_year", "domain"])["score"].astype(int)
    assert (scores.loc[total.index] == total).all()
    assert len(total) == main.query("domain != 'english' and school_year >= '2024'").shape[0]


def test_a_board_the_demo_does_not_know_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="D999"):
        cut_board(folder, "D999", tmp_path, with_published=True)


def test_the_demo_a_year_earlier_lacks_the_newest_year_and_the_merger(demo, tmp_path):
    """Same country: without its newest school year, with a municipality that D002 has taken in since."""
    before = write_demo(tmp_path, earlier=True)
    now, then = (pd.read_csv(folder / "results.csv", dtype=str) for folder in (demo, before))
    assert (now["school_year"].max(), then["school_year"].max()) == ("2026", "2025")
    missing = (now["school_year"] < "2026").sum() - len(then)
    schools = [pd.read_csv(folder / "schools.csv", dtype=str).set_index("school_id") for folder in (demo, before)]
    moved = schools[0].index[schools[0]["municipality_id"] != schools[1]["municipality_id"]]
    truth = json.loads((before / "truth.json").read_text("utf-8"))["earlier"]
    assert sorted(moved) == truth["merged_since"]["schools"]
    assert set(schools[0].loc[moved, "municipality_id"]) == {"D002"}
    assert set(schools[1].loc[moved, "municipality_id"]) == {"D006"}
    of_school = ((now["school_year"] == "2025") & (now["school_id"] == truth["results_missing_in"])).sum()
    assert missing == pytest.approx(of_school / 3, rel=0.2)
    gone = now[now["school_year"] == "2025"].merge(then, how="left", indicator=True)
    assert set(gone.loc[gone["_merge"] == "left_only", "school_id"]) == {truth["results_missing_in"]}
