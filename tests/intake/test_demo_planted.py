"""What is planted in the demo's surveys, support and staff is found again with plain pandas."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def truth(demo: Path) -> dict[str, Any]:
    return json.loads((demo / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def tables(demo: Path) -> Tables:
    found = {path.stem: pd.read_csv(path, dtype={"grade": "str"}) for path in demo.glob("*.csv")}
    place = found["schools"].set_index("school_id")["municipality_id"]
    for name, rows in found.items():
        if "school_id" in rows and "municipality_id" not in rows:
            found[name] = rows.assign(municipality_id=rows["school_id"].map(place))
    return found


def answers(tables: Tables) -> pd.DataFrame:
    """Return pupils' answers with the scale, turned so that high is good."""
    rows = tables["wellbeing"].merge(tables["wellbeing_items"], on=["item", "role"]).query("role == 'pupil'")
    return rows.assign(value=rows["value"].where(rows["reversed"] == "no", 6 - rows["value"]))


def test_one_scale_of_wellbeing_is_low_in_its_municipality_alone(tables: Tables, truth: dict[str, Any]) -> None:
    planted = truth["wellbeing"]["weak_scale"]
    people = answers(tables).groupby(["municipality_id", "respondent_id", "scale"])["value"].mean().unstack()
    standard = (people - people.mean()) / people.std()
    own = standard.sub(standard.mean(axis=1), axis=0).groupby("municipality_id").agg(["mean", "size"])
    gaps = own.xs("mean", axis=1, level=1)[own.iloc[:, 1] > 100].stack()
    assert gaps.idxmin() == (planted["municipality_id"], planted["scale"])
    assert gaps.drop(index=planted["municipality_id"], level=0).min() > gaps.min() / 2
    others = standard[planted["scale"]].drop(index=planted["municipality_id"], level=0)
    shift = standard.loc[planted["municipality_id"], planted["scale"]].mean() - others.mean()
    assert shift == pytest.approx(planted["shift_sd"], abs=0.25)


def test_items_of_a_scale_hang_together(tables: Tables) -> None:
    """Cronbach's alpha, computed from its definition: a short scale of a survey has about 0.8."""
    rows = answers(tables)
    for _, scale in rows.groupby("scale"):
        wide = scale.pivot(index="respondent_id", columns="item", values="value")
        number = wide.shape[1]
        alpha = number / (number - 1) * (1 - wide.var().sum() / wide.sum(axis=1).var())
        assert 0.7 < alpha < 0.9


def test_fewer_answer_in_one_municipality_and_one_school_is_silent(tables: Tables, truth: dict[str, Any]) -> None:
    planted = truth["wellbeing"]
    keys = ["municipality_id", "school_id", "school_year"]
    people = answers(tables).drop_duplicates("respondent_id").groupby(keys).size().rename("answered")
    asked = tables["wellbeing_roster"].query("role == 'pupil'").groupby(keys)["eligible"].sum()
    both = asked.to_frame().join(people).fillna({"answered": 0}).reset_index()
    silent = both[both["answered"] == 0]
    told = planted["silent"]
    here = (silent["school_id"] == told["school_id"]) & (silent["school_year"] == told["school_year"])
    assert here.sum() == 1
    assert (silent.loc[~here, "eligible"] < 15).all()
    heard = both.drop(index=silent.index[here]).groupby("municipality_id")[["answered", "eligible"]].sum()
    rate = heard["answered"] / heard["eligible"]
    low = planted["low_response"]
    assert rate.idxmin() == low["municipality_id"]
    assert rate[low["municipality_id"]] == pytest.approx(low["share"], abs=0.05)
    large = heard["eligible"] > 500
    assert rate[large].drop(index=low["municipality_id"], errors="ignore").to_numpy() == pytest.approx(
        planted["response"]["pupil"], abs=0.05
    )


def test_one_dimension_of_the_learning_organisation_is_low_in_its_municipality(
    tables: Tables, truth: dict[str, Any]
) -> None:
    planted = truth["learning_organisation"]
    rows = tables["staff_survey"].merge(tables["staff_survey_items"], on="item")
    means = rows.groupby(["municipality_id", "dimension"])["value"].mean().unstack()
    assert means.shape[1] == 7
    means = means.drop(index="D005")  # two schools
    apart = means.sub(means.mean(axis=1), axis=0)
    apart = apart - apart.median()
    assert apart.stack().idxmin() == (planted["municipality_id"], planted["dimension"])


def test_a_competence_lacks_everywhere_and_another_in_one_municipality(tables: Tables, truth: dict[str, Any]) -> None:
    gaps = truth["competence_gap"]
    seen = tables["teacher_evidence"].query("source == 'observation'").merge(tables["competences"], on="competence")
    lack = (seen["value"] - seen["required"]).groupby([seen["municipality_id"], seen["competence"]]).mean().unstack()
    lack = lack.drop(index="D005")
    everywhere, local = gaps["everywhere"]["competence"], gaps["local"]
    assert (lack.idxmin(axis=1) == everywhere).all()
    others = lack.drop(index=local["municipality_id"])
    found = lack.loc[local["municipality_id"], local["competence"]] - others[local["competence"]].mean()
    assert found == pytest.approx(local["shift"], abs=0.3)
    own = tables["teacher_evidence"].query("source == 'self'").merge(tables["competences"], on="competence")
    assert (own["value"] - own["required"]).mean() > (seen["value"] - seen["required"]).mean()
    events = tables["development_events"]
    here = events[events["municipality_id"] == local["municipality_id"]]
    assert local["competence"] not in set(here["topic"])
    assert set(events["topic"]) == set(tables["competences"]["competence"])


def reading(tables: Tables) -> pd.DataFrame:
    """Return per school the share of grades 1 to 3 with reading support and the mean result of literacy in grade 3."""
    young = tables["enrolments"].query("grade in ['1', '2', '3'] and school_year >= 2022")
    given = tables["support_given"].query("programme == 'reading'")
    served = young.merge(given[["pupil_id", "school_year"]], on=["pupil_id", "school_year"], how="left", indicator=True)
    share = served["_merge"].eq("both").groupby([served["municipality_id"], served["school_id"]]).mean().rename("share")
    works = tables["results"].query("grade == '3' and domain == 'literacy' and school_year >= 2022")
    percent = works["score"] / works["score_max"]
    z = percent.sub(percent.groupby(works["school_year"]).transform("mean"))
    return share.to_frame().join(z.groupby(works["school_id"]).mean().rename("result"), on="school_id").reset_index()


def test_reading_places_stand_where_the_need_is_and_in_one_municipality_where_it_is_not(
    tables: Tables, truth: dict[str, Any]
) -> None:
    misplaced = truth["support"]["misplaced"]["municipality_id"]
    by_place = {place: own for place, own in reading(tables).groupby("municipality_id") if len(own) >= 4}
    assert misplaced in by_place
    for place, own in by_place.items():
        correlation = own["share"].corr(own["result"])
        assert correlation > 0 if place == misplaced else correlation < -0.5, place
        weakest = own.loc[own["result"].idxmin()]
        assert weakest["share"] == 0 if place == misplaced else weakest["share"] > own["share"].median(), place


def test_need_places_and_who_is_reached_are_told_and_one_municipality_has_few_places(
    tables: Tables, truth: dict[str, Any]
) -> None:
    told = pd.DataFrame(truth["support_by_place"])
    places = tables["support_capacity"].groupby(["municipality_id", "programme"])["places"].sum()
    sums = told.groupby(["municipality_id", "programme"])[["need", "places", "served"]].sum()
    assert (sums.loc[places.index, "places"] == places).all()
    assert (sums["served"] <= sums[["need", "places"]].min(axis=1)).all()
    total = sums.groupby("municipality_id").sum()
    covered = total["places"] / total["need"]
    low = truth["support"]["low_coverage"]
    assert covered.idxmin() == low["municipality_id"]
    assert covered[low["municipality_id"]] == pytest.approx(low["share"], abs=0.05)
    misplaced = sums.loc[(truth["support"]["misplaced"]["municipality_id"], "reading")]
    assert misplaced["served"] < 0.7 * misplaced["places"]
    assert (
        sums.drop(index=truth["support"]["misplaced"]["municipality_id"], level=0).eval("served / places") > 0.99
    ).all()


def test_lessons_are_lost_in_one_municipality_and_subject(tables: Tables, truth: dict[str, Any]) -> None:
    planted = truth["lost_lessons"]
    hours = tables["lesson_hours"].groupby(["municipality_id", "domain"])[["planned", "delivered"]].sum()
    lost = 1 - hours["delivered"] / hours["planned"]
    assert lost.idxmax() == (planted["municipality_id"], planted["domain"])
    assert lost.max() == pytest.approx(planted["share"], abs=0.03)
    assert lost.drop(index=(planted["municipality_id"], planted["domain"])).max() < 0.12


def test_schools_of_one_municipality_judge_themselves_kindly(tables: Tables, truth: dict[str, Any]) -> None:
    planted = truth["kind_self_evaluation"]
    keys = ["municipality_id", "school_id", "school_year", "criterion"]
    wide = tables["self_evaluation"].pivot(index=keys, columns="source", values="level").dropna()
    gap = (wide["self"] - wide["accreditation"]).groupby("municipality_id").mean()
    assert gap.idxmax() == planted["municipality_id"]
    assert gap.max() - gap.drop(index=planted["municipality_id"]).median() > 0.5 * planted["levels"]
