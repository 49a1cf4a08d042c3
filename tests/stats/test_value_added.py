"""Value added: what schools' pupils reach beside what their earlier results let expect."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.mixed import fit_nested
from analysis.stats.shrinking import fit_groups, fit_schools
from analysis.stats.value_added import school_effects

VERDICTS = ["differs", "not_distinguishable", "too_few"]


def shrunken(found: pd.DataFrame, reference: str = "country") -> pd.DataFrame:
    rows = found[(found["indicator"] == "school_effect") & (found["part"] == "") & (found["reference"] == reference)]
    return rows.set_index("school_id")


@pytest.mark.parametrize(("years", "seeds"), [(1, 4), (3, 3), (5, 2)])
def test_intervals_hold_their_level_with_one_three_and_five_years(
    country, followed_pupils, years: int, seeds: int
) -> None:
    """Of one year the school in that year is meant; of several, what it is apart from how single years went."""
    covered = []
    for seed in range(seeds):
        rng = np.random.default_rng(100 * years + seed)
        results, effect, by_year = followed_pupils(rng, 451, years)
        rows = shrunken(school_effects(country(results, pooled_years=years)))
        truth = by_year[0] if years == 1 else effect
        truth = (truth - truth.mean()).reindex(rows.index)
        covered.append(((rows["low"] <= truth) & (truth <= rows["high"])).mean())
        assert np.corrcoef(rows["estimate"], truth)[0, 1] > 0.75
    assert 0.93 <= np.mean(covered) <= 0.97


@pytest.mark.parametrize("school_sd", [0.0, 0.2])
def test_few_schools_get_honest_intervals_too(followed_pupils, school_sd: float) -> None:
    """With a dozen schools the best variance is often 0; its unsureness is part of the interval."""
    covered, widths = [], []
    for seed in range(25):
        results, effect, _ = followed_pupils(np.random.default_rng(seed), 12, 3, school_sd=school_sd, year_sd=0.05)
        before, after = (results[results["grade"] == g].reset_index(drop=True) for g in ("6", "9"))
        x = np.column_stack([np.ones(len(after)), before["position"]])
        found = fit_schools(after["position"].to_numpy(), x, after["school_id"], after["school_year"]).schools
        covered.append(((found["effect"] - (effect - effect.mean())).abs() <= 1.96 * found["sd"]).mean())
        widths.append(found["sd"].min())
    assert np.mean(covered) >= 0.93
    assert min(widths) > 0.005


def test_shrunken_effects_lie_nearer_to_the_truth_than_raw_ones(country, followed_pupils) -> None:
    results, effect, _ = followed_pupils(np.random.default_rng(7), 200, 1, 20)
    found = school_effects(country(results))
    plain = found[found["part"] == "unshrunken"].set_index("school_id")["estimate"]
    truth = effect - effect.mean()
    errors = [((series - truth) ** 2).mean() for series in (shrunken(found)["estimate"], plain)]
    assert errors[0] < 0.8 * errors[1]


def test_the_same_as_statsmodels_by_another_way(country, followed_pupils) -> None:
    """One school year of 60 schools: MixedLM (powell) on the same columns gives the same effects."""
    results, _, _ = followed_pupils(np.random.default_rng(1), 60, 1)
    mine = shrunken(school_effects(country(results)))["estimate"]
    wide = results.pivot(index=["pupil", "school_id"], columns="grade", values="position").reset_index()
    wide = wide.rename(columns={"6": "start", "9": "end"})
    fit = smf.mixedlm("end ~ start + I(start**2)", wide, groups="school_id").fit(method="powell")
    theirs = pd.Series({school: effect.iloc[0] for school, effect in fit.random_effects.items()})
    assert mine.to_numpy() == pytest.approx(theirs.reindex(mine.index).to_numpy(), abs=2e-3)


@pytest.mark.shared
def test_chem97_no_authority_differs_and_443_schools_do(country, shared_data) -> None:
    file = pd.read_csv(shared_data / "chem97" / "Chem97.csv")
    score = (file["score"] - file["score"].mean()) / file["score"].std()
    results = pd.DataFrame(
        {
            "pupil": [f"P{i}" for i in range(len(file))], "school_id": file["school"].astype(str),
            "municipality_id": file["lea"].astype(str), "school_year": 1997, "grade": "12", "domain": "chemistry",
            "position": score, "gcsescore": file["gcsescore"], "age_months": file["age"],
            "sex": file["gender"].map({"F": "girl", "M": "boy"}),
        }
    )  # fmt: skip
    found = school_effects(country(results, covariates=("gcsescore", "age_months"), attributes=("sex",)))
    authorities = found[found["indicator"] == "municipality_effect"]
    assert len(authorities) == 131
    assert not ((authorities["low"] > 0) | (authorities["high"] < 0)).any()
    schools = shrunken(found, "municipality")
    assert len(schools) == 2410
    assert int(((schools["low"] > 0) | (schools["high"] < 0)).sum()) == 443
    reference = pd.read_csv(shared_data / "chem97" / "chem97_m2_reml_school_blups.csv").astype({"school": str})
    theirs = reference.set_index("school")["blup"].reindex(schools.index) / file["score"].std()
    assert schools["estimate"].to_numpy() == pytest.approx(theirs.to_numpy(), abs=1e-4)


def test_pupils_without_the_required_earlier_result_are_counted_and_left_out(country, followed_pupils) -> None:
    results, _, _ = followed_pupils(np.random.default_rng(2), 40, 1)
    first = results[(results["grade"] == "6") & (results["municipality_id"] == "M1")].index[::2]
    found = school_effects(country(results.drop(first)))
    missing = found[found["indicator"] == "earlier_missing"].set_index("municipality_id")
    of_place = results[(results["grade"] == "9") & (results["municipality_id"] == "M1")]
    assert missing.loc["M1", "n"] == len(of_place)
    assert missing.loc["M1", "estimate"] == pytest.approx(100 * len(first) / len(of_place))
    assert missing.loc["M2", "estimate"] == 0
    counted = shrunken(found)
    assert counted.loc[counted["municipality_id"] == "M1", "n"].sum() == len(of_place) - len(first)


def test_a_group_whose_earlier_results_are_missing_more_often_is_told_for_the_country(country, followed_pupils) -> None:
    results, _, _ = followed_pupils(np.random.default_rng(3), 40, 1)
    results["sen"] = np.where(np.arange(len(results)) % 5 == 0, "yes", "no")
    gone = results[(results["grade"] == "6") & (results["sen"] == "yes")].index[::2]
    found = school_effects(country(results.drop(gone), attributes=("sen",)))
    groups = found[(found["indicator"] == "earlier_missing") & (found["group"] != "")]
    assert groups["group"].tolist() in (["sen=yes"], [])
    whole = found[(found["indicator"] == "earlier_missing") & (found["municipality_id"] == "") & (found["group"] == "")]
    assert len(whole) == 1


def test_a_boards_expectation_is_its_own_and_names_no_country(country, followed_pupils) -> None:
    results, _, _ = followed_pupils(np.random.default_rng(4), 15, 3, places=1)
    found = school_effects(country(results, scope="board"))
    effects = found[found["indicator"] == "school_effect"]
    assert set(effects["reference"]) == {"municipality"}
    assert len(found[found["indicator"] == "municipality_effect"]) == 0


def test_without_earlier_results_and_covariates_there_is_no_value_added(country, followed_pupils) -> None:
    results, _, _ = followed_pupils(np.random.default_rng(5), 20, 1)
    assert school_effects(country(results[results["grade"] == "9"])).empty
    assert school_effects(country(results.iloc[:0])).empty


BAD = {
    "one school": lambda r: r[r["school_id"] == "S000"],
    "constant scores": lambda r: r.assign(position=0.0),
    "a constant start": lambda r: r.assign(position=r["position"].where(r["grade"] == "9", 1.0)),
    "one pupil": lambda r: r[r["pupil"] == "P0"],
    "every school one pupil": lambda r: r[r["pupil"].isin(r.drop_duplicates("school_id")["pupil"])],
    "a copy of the earlier result in another domain": lambda r: pd.concat(
        [r, r[r["grade"] == "6"].assign(domain="literacy")], ignore_index=True
    ),
    "a school of one": lambda r: r[(r["school_id"] != "S001") | (r["pupil"] == r.loc[r["school_id"] == "S001", "pupil"].iloc[0])],
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_bad_input_gives_a_stated_verdict_or_nothing(country, followed_pupils, what: str) -> None:
    results, _, _ = followed_pupils(np.random.default_rng(6), 12, 2, 10)
    found = school_effects(country(BAD[what](results)))
    effects = found[found["indicator"] == "school_effect"]
    assert effects["verdict"].isin(VERDICTS).all()
    assert np.isfinite(effects[["estimate", "low", "high"]]).all(axis=None)
    assert (effects["high"] > effects["low"]).all()


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10**6))
def test_order_names_and_a_constant_change_nothing(country, followed_pupils, seed: int) -> None:
    rng = np.random.default_rng(11)
    results, _, _ = followed_pupils(rng, 45, 2, 12)
    chance = np.random.default_rng(seed)
    names = pd.Series(chance.permutation(45), index=sorted(results["school_id"].unique())).map("T{:02}".format)
    other = results.assign(school_id=results["school_id"].map(names), position=results["position"] + chance.normal())
    other = other.sample(frac=1, random_state=seed % 2**31)
    before = shrunken(school_effects(country(results)))[["estimate", "low", "high", "n"]]
    after = shrunken(school_effects(country(other)))[["estimate", "low", "high", "n"]]
    assert after.loc[names[before.index]].to_numpy(dtype=float) == pytest.approx(before.to_numpy(dtype=float), abs=1e-6)


def test_many_groups_give_the_fit_itself_and_few_an_average() -> None:
    rng = np.random.default_rng(9)
    group = np.repeat(np.arange(60), 20)
    y = rng.normal(0, 0.3, 60)[group] + rng.normal(0, 1, len(group))
    x = np.ones((len(y), 1))
    _, inner, _ = fit_groups(y, x, group)
    assert inner["sd"].to_numpy() == pytest.approx(fit_nested(y, x, group).inner["conditional_sd"].to_numpy())
    few = group < 10
    _, inner, _ = fit_groups(y[few], x[few], group[few])
    plain = fit_nested(y[few], x[few], group[few]).inner
    assert (inner["sd"] > 0).all()
    assert inner["effect"].to_numpy() == pytest.approx(plain["effect"].to_numpy(), abs=0.12)
