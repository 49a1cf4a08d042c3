"""Indicators of plans: need and places, pass marks, targets, hours, and what has changed since an earlier issue."""

from analysis.indicators.model import Indicator

PLANS = (
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
    Indicator("support_need", "How many children need a programme?", ("pupils",), "plan.need", 10, "no"),
    Indicator("support_served", "How many of them get it?", ("pupils",), "plan.need", 10, "no", sensitive=True),
    Indicator("support_unmet", "How many of them do not?", ("pupils",), "plan.need", 10, "no"),
    Indicator("support_met_share", "What share of the need is met?", ("percent",), "plan.need", 21, "no"),
    Indicator("support_note", "Of how many is need or entitlement not known?", ("pupils",), "plan.need", 1, "no"),
    Indicator(
        "support_places",
        "How many places does a programme offer?",
        ("pupils",),
        "plan.places",
        1,
        "no",
        public_source=True,
    ),
    Indicator("plan_served", "How many children does the plan serve?", ("pupils",), "plan.matching", 10, "no"),
    Indicator(
        "plan_unserved", "How many does it leave out, and which limit binds?", ("pupils",), "plan.matching", 10, "no"
    ),
    Indicator("plan_minutes", "How many minutes a week does a child get?", ("minutes",), "plan.matching", 10, "no"),
    Indicator("plan_cost", "What does the plan cost in a year?", ("eur",), "plan.matching", 10, "no"),
    Indicator(
        "plan_budget", "What may support cost, and what would all the time cost?", ("eur",), "plan.planned", 10, "no"
    ),
    Indicator(
        "plan_floor",
        "How many children would a more even plan serve, how many fewer, and how many schools stay far below?",
        ("pupils", "schools", "percent"),
        "plan.floors",
        10,
        "no",
    ),
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
        ("percent",),
        "stats.risk.targeting",
        30,
        "no",
    ),
)
