"""The short form of docs/evidence.md for groups: bars with room for chance; the long form is `make evidence`."""

import pytest
from tools.evidence.groups import covered, errors_by_size, groups_of, rule_figures

from analysis.params import load_params

pytestmark = pytest.mark.slow

FAMILIES = 50
# 110 lists without effects: 3 % promised, three standard errors of a share more.
MOST_LISTS, MOST_FALSE, LEAST_FOUND = 0.075, 0.06, {"found_1": 0.45, "found_3": 0.70}
COVERAGE = (0.85, 0.98)


@pytest.fixture(scope="module")
def params():
    return load_params()


@pytest.fixture(scope="module")
def none(params):
    return groups_of("none", (1, 2), params)


@pytest.fixture(scope="module")
def effects(params):
    return groups_of("effects", (1,), params)


@pytest.fixture(scope="module")
def schools(params):
    return groups_of("schools", (1,), params)


def test_where_nobody_needs_support_hardly_any_group_is_named(none):
    assert none["family"].nunique() > 2 * FAMILIES
    assert rule_figures(none).loc["named", "families"] <= MOST_LISTS


def test_simpler_rules_name_groups_where_nobody_needs_support(none):
    lists = rule_figures(none)["families"]
    assert lists["top_both"] > 0.95
    assert lists["each_both"] > 2 * MOST_LISTS


def test_named_groups_need_support(effects):
    assert effects["family"].nunique() > FAMILIES
    assert rule_figures(effects).loc["named", "false"] <= MOST_FALSE


def test_groups_that_need_support_are_found(effects):
    found = rule_figures(effects).loc["named"]
    assert all(found[size] >= least for size, least in LEAST_FOUND.items())


@pytest.fixture(scope="module")
def clustered(params):
    return groups_of("clustered", (1,), params)


@pytest.mark.parametrize("world", ["schools", "clustered"])
def test_where_only_schools_differ_few_lists_hold_a_false_name(world, request):
    assert rule_figures(request.getfixturevalue(world)).loc["named", "false_of_family"] <= MOST_FALSE


def test_where_groups_cluster_in_schools_their_true_gaps_are_what_schools_give_them(schools, clustered):
    language = {name: rows[rows["group"] == "home_language=other"]["true_own"].std()
                for name, rows in (("even", schools), ("clustered", clustered))}  # fmt: skip
    assert language["clustered"] > 1.5 * language["even"]


def test_a_rule_that_asks_for_less_is_caught(none, effects):
    """The bars above are no formality: named as soon as it is likelier than not, too many lists and names are wrong."""
    lax = none.assign(named=none["probability"] > 0.3), effects.assign(named=effects["probability"] > 0.3)
    assert rule_figures(lax[0]).loc["named", "families"] > MOST_LISTS
    assert rule_figures(lax[1]).loc["named", "false"] > MOST_FALSE


@pytest.mark.parametrize("setting", ["none", "schools", "clustered", "effects"])
def test_intervals_hold_the_true_gap(setting, request):
    assert COVERAGE[0] <= covered(request.getfixturevalue(setting)) <= COVERAGE[1]


@pytest.mark.parametrize(("setting", "most"), [("none", 0.7), ("effects", 1.0)])
def test_shrunken_gaps_are_nearer_to_the_truth_where_groups_are_small(setting, most, request):
    errors = errors_by_size(request.getfixturevalue(setting))
    assert (errors["shrunken"] <= errors["raw"]).all()
    assert errors["shrunken"].iloc[0] < most * errors["raw"].iloc[0]


def test_the_truth_of_a_group_is_not_what_was_measured(effects):
    assert effects["raw"].corr(effects["true"]) > 0.8
    assert (effects["raw"] - effects["true"]).abs().min() > 0
