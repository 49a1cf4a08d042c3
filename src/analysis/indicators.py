"""The list of all indicators: what each asks, in what unit, by which engine, from how many, and across which years."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Indicator:
    """One question the workbook can answer.

    Attributes
    ----------
    name : str
        Fixed name, as it stands in the evidence column ``indicator``.
    question : str
        What it asks, in English; readers get their words from the catalogue.
    units : tuple of str
        Units it may be given in.
    engine : str
        Where the number comes from.
    smallest_n : int
        Below it a released figure is shown, but not judged (``too_few``).
    across_years : {"yes", "no", "linked"}
        Whether values of different school years may be compared or pooled.
    sensitive : bool
        Whether a share near 0 or 100 % says something about every single child in it (top and bottom coding).
    public_source : bool
        Whether the figure was public before it reached the workbook, so that no rule can protect it.
    """

    name: str
    question: str
    units: tuple[str, ...]
    engine: str
    smallest_n: int
    across_years: Literal["yes", "no", "linked"]
    sensitive: bool = False
    public_source: bool = False


_LIST = (
    Indicator(
        "attainment", "Where do the results stand?", ("sd", "points", "percent"), "stats.attainment", 10, "linked"
    ),
    Indicator("trend", "Does the national position move?", ("sd",), "stats.trend", 10, "yes"),
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
        "school_spread", "How much do schools differ?", ("percent", "sd", "probability"), "stats.mixed", 10, "no"
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
        "item_rest_correlation", "Does an item agree with the rest of its test?", ("sd",), "stats.skills", 100, "no"
    ),
    Indicator("test_reliability", "How consistent is a test?", ("percent",), "stats.skills", 100, "no"),
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
    Indicator(
        "fail_share_at",
        "How many would a pass mark have failed in the newest year?",
        ("percent",),
        "stats.pass_marks",
        21,
        "no",
        sensitive=True,
    ),
    Indicator(
        "fail_share_at_published",
        "How many would a pass mark have failed, by published counts?",
        ("percent",),
        "plan.thresholds",
        1,
        "no",
        public_source=True,
    ),
    Indicator(
        "fail_count_at",
        "How many would a pass mark fail in a year as hard as the newest?",
        ("pupils",),
        "plan.thresholds",
        21,
        "no",
    ),
    Indicator(
        "fail_count_coming",
        "How many may a pass mark fail in a coming year, whose test is harder or easier?",
        ("pupils",),
        "plan.thresholds",
        21,
        "no",
    ),
    Indicator(
        "mark_skill",
        "Which share of each skill's points do pupils around a pass mark reach?",
        ("percent",),
        "plan.thresholds",
        10,
        "no",
    ),
    Indicator(
        "target",
        "How likely is a target of the strategy to be reached, and what is expected in its year?",
        ("probability", "sd", "points"),
        "plan.targets",
        10,
        "yes",
    ),
    Indicator(
        "target_set",
        "Where did a target of the strategy start, and what does it aim at?",
        ("sd", "points"),
        "plan.targets",
        1,
        "yes",
        public_source=True,
    ),
    Indicator(
        "target_now", "Where does what a target is about stand now?", ("sd", "points"), "plan.targets", 10, "yes"
    ),
    Indicator(
        "target_settled",
        "How likely is it that a coming measurement tells whether a target will be reached?",
        ("probability", "sd", "points"),
        "plan.targets",
        10,
        "yes",
    ),
    Indicator("lesson_hours", "How many lessons were planned and held?", ("hours",), "plan.hours", 1, "yes"),
    Indicator("lesson_hours_share", "What share of planned lessons was held?", ("percent",), "plan.hours", 1, "no"),
    Indicator(
        "support_minutes",
        "How many minutes a week does a supported child get?",
        ("minutes",),
        "plan.hours",
        10,
        "yes",
    ),
    Indicator(
        "support_minutes_in_need",
        "How many minutes a week are there for each child in need?",
        ("minutes",),
        "plan.hours",
        10,
        "yes",
    ),
    Indicator(
        "change", "How far has a position moved since the last issue, and why?", ("sd",), "plan.changes", 10, "linked"
    ),
    Indicator(
        "low_result_change", "How has a year's share of low results changed?", ("percent",), "plan.changes", 21, "no"
    ),
    Indicator(
        "fail_change", "How has a year's share of failed results changed?", ("percent",), "plan.changes", 21, "no"
    ),
    Indicator("named_before", "Which groups did the last issue name?", ("pupils",), "plan.named", 30, "linked"),
    Indicator("roster", "How many pupils and schools are there?", ("pupils",), "stats.roster", 1, "yes"),
    Indicator("support_need", "How many children need a programme?", ("pupils",), "plan.need", 10, "no"),
    Indicator("support_served", "How many of them get it?", ("pupils",), "plan.need", 10, "no", sensitive=True),
    Indicator("support_unmet", "How many of them do not?", ("pupils",), "plan.need", 10, "no"),
    Indicator("support_met_share", "What share of the need is met?", ("percent",), "plan.need", 21, "no"),
    Indicator("support_note", "Of how many is need or entitlement not known?", ("pupils",), "plan.need", 1, "no"),
    Indicator("plan_served", "How many children does the plan serve?", ("pupils",), "plan.matching", 10, "no"),
    Indicator(
        "plan_unserved", "How many does it leave out, and which limit binds?", ("pupils",), "plan.matching", 10, "no"
    ),
    Indicator("plan_minutes", "How many minutes a week does a child get?", ("minutes",), "plan.matching", 10, "no"),
    Indicator("plan_cost", "What does the plan cost in a year?", ("eur",), "plan.matching", 10, "no"),
    Indicator(
        "plan_marginal",
        "What do more places or euro buy, and fewer cost?",
        ("pupils", "points"),
        "plan.curves",
        10,
        "no",
    ),
    Indicator(
        "audit_minutes",
        "How many minutes a week did the State Audit Office find?",
        ("minutes",),
        "published",
        1,
        "no",
        public_source=True,
    ),
    Indicator(
        "targeting",
        "Which way of choosing whom to support suffices?",
        ("percent", "pupils"),
        "plan.targeting",
        100,
        "no",
    ),
    Indicator("data_received", "How many rows came?", ("pupils",), "intake.findings", 1, "yes"),
    Indicator(
        "data_finding", "What should a school be asked about its data?", ("pupils",), "intake.findings", 1, "yes"
    ),
    Indicator("data_note", "What was left out, kept apart or unknown?", ("pupils",), "stats.roster", 1, "yes"),
)

INDICATORS: dict[str, Indicator] = {indicator.name: indicator for indicator in _LIST}
