"""Indicators of results: where pupils stand, how that moves, which groups need support, how sure the data are."""

from analysis.indicators.model import Indicator

RESULTS = (
    Indicator(
        "attainment", "Where do the results stand?", ("sd", "points", "percent"), "stats.attainment", 10, "linked"
    ),
    Indicator("trend", "Does the national position move?", ("sd",), "stats.trend", 10, "yes", parameters=2),
    Indicator(
        "low_result_share", "How many have a low result?", ("percent",), "stats.shares", 21, "no", sensitive=True
    ),
    Indicator(
        "high_result_share", "How many have a high result?", ("percent",), "stats.shares", 21, "no", sensitive=True
    ),
    Indicator(
        "fail_share", "How many are below the year's threshold?", ("percent",), "stats.shares", 21, "no", sensitive=True
    ),
    Indicator("band_share", "How are the results spread?", ("percent",), "stats.bands", 21, "no"),
    Indicator(
        "group_gap", "How far from the mean is a group?", ("sd", "points", "percent"), "stats.groups", 30, "linked"
    ),
    Indicator(
        "school_group",
        "Where does a group of a school's pupils stand?",
        ("sd", "points"),
        "stats.school_groups",
        30,
        "linked",
    ),
    Indicator(
        "support_group",
        "Which groups need support, and how many pupils is that?",
        ("pupils", "probability"),
        "stats.support_groups",
        30,
        "linked",
    ),
    Indicator(
        "group_check",
        "Do groups chosen on earlier years still lie behind in the newest?",
        ("sd", "percent", "level"),
        "stats.honesty",
        30,
        "linked",
    ),
    Indicator(
        "behind_as_a_whole", "Is the municipality behind as a whole?", ("sd", "points"), "stats.groups", 30, "linked"
    ),
    Indicator("expected_for_similar", "What would pupils like these reach?", ("sd",), "stats.schools", 10, "linked"),
    Indicator(
        "explained_by_intake",
        "How much of the differences does the intake explain?",
        ("percent",),
        "stats.schools",
        10,
        "no",
        explains=("percent",),
    ),
    Indicator(
        "school_effect",
        "How far are a school's pupils from what their earlier results let expect?",
        ("sd",),
        "stats.schools",
        10,
        "linked",
    ),
    Indicator(
        "municipality_effect",
        "How far are a municipality's pupils from what their earlier results let expect?",
        ("sd",),
        "stats.schools",
        10,
        "linked",
    ),
    Indicator(
        "school_spread",
        "How much do schools differ?",
        ("percent", "sd", "probability"),
        "stats.mixed",
        10,
        "no",
        explains=("percent",),
    ),
    Indicator(
        "earlier_missing", "Whose earlier results are missing?", ("percent",), "stats.schools", 10, "no", sensitive=True
    ),
    Indicator(
        "risk_band",
        "How many are in each band of early signs, and how did such pupils fare before?",
        ("pupils", "percent"),
        "stats.risk",
        21,
        "no",
        sensitive=True,
    ),
    Indicator("risk_check", "How well did the early signs work?", ("percent", "probability"), "stats.risk", 100, "no"),
    Indicator(
        "skill_gap",
        "Which skills are weaker than those of pupils with the same total?",
        ("percent", "points"),
        "stats.skills",
        15,
        "linked",
    ),
    Indicator("skill_share", "What share of a skill's points is reached?", ("percent",), "stats.skills", 10, "no"),
    Indicator("item_facility", "How hard is an item?", ("percent",), "stats.skills", 100, "no"),
    Indicator(
        "item_rest_correlation",
        "Does an item agree with the rest of its test?",
        ("sd",),
        "stats.skills",
        100,
        "no",
        explains=("sd",),
    ),
    Indicator(
        "test_reliability", "How consistent is a test?", ("percent",), "stats.skills", 100, "no", explains=("percent",)
    ),
    Indicator(
        "item_difference",
        "Is an item harder for a group than for others with the same total?",
        ("points",),
        "stats.skills",
        100,
        "no",
    ),
    Indicator(
        "item_difference_slope",
        "Does that change with the total?",
        ("points",),
        "stats.skills",
        100,
        "no",
    ),
    Indicator(
        "growth",
        "Does the national position of the same pupils change over the grades?",
        ("sd",),
        "stats.growth",
        10,
        "yes",
    ),
    Indicator(
        "growth_percentile",
        "How does growth compare with pupils of the same start?",
        ("percentile",),
        "stats.growth",
        10,
        "linked",
    ),
    Indicator(
        "school_mean", "What mean was published for a school?", ("percent",), "published", 1, "no", public_source=True
    ),
    Indicator(
        "school_mean_average",
        "What is the mean of the published school means?",
        ("percent",),
        "stats.published_means",
        1,
        "no",
        public_source=True,
    ),
    Indicator(
        "school_band_share",
        "How are published results spread?",
        ("percent",),
        "stats.bands",
        1,
        "no",
        public_source=True,
    ),
    Indicator("roster", "How many pupils and schools are there?", ("pupils",), "stats.roster", 1, "yes"),
    Indicator("data_received", "How many rows came?", ("pupils",), "intake.findings", 1, "yes"),
    Indicator(
        "data_finding", "What should a school be asked about its data?", ("pupils",), "intake.findings", 1, "yes"
    ),
    Indicator("data_note", "What was left out, kept apart or unknown?", ("pupils",), "stats.roster", 1, "yes"),
    Indicator(
        "table_rows", "How many rows of a table show no figure?", ("rows",), "release.suppression.design", 1, "no"
    ),
)
