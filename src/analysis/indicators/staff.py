"""Indicators of staff: competence, goals, events, and the methodologists' plan."""

from analysis.indicators.model import Indicator

_GAPS, _SMALLEST = "stats.staff", 10
STAFF = (
    Indicator(
        "competence_gap",
        "How far is what a staff shows from what is required?",
        ("level",),
        _GAPS,
        _SMALLEST,
        "linked",
    ),
    Indicator("competence_reliability", "How sure is a staff's level?", ("probability",), _GAPS, _SMALLEST, "linked"),
    Indicator(
        "competence_lessons", "How many observed lessons would suffice?", ("visits",), _GAPS, _SMALLEST, "linked"
    ),
    Indicator(
        "observation_share",
        "How much of an observed value is the teacher, the observer, the lesson?",
        ("percent",),
        _GAPS,
        _SMALLEST,
        "linked",
    ),
    Indicator(
        "self_gap", "How far below what is required does a staff see itself?", ("level",), _GAPS, _SMALLEST, "linked"
    ),
    Indicator("self_bias", "How far is self-judgement above that of others?", ("level",), _GAPS, _SMALLEST, "linked"),
    Indicator(
        "goal_share", "How many teachers aim at a competence?", ("percent",), _GAPS, 21, "linked", sensitive=True
    ),
    Indicator("goal_aim", "Which level do they aim at?", ("level",), _GAPS, _SMALLEST, "linked"),
    Indicator(
        "development_view",
        "How many of the staff name a barrier or a form of development?",
        ("percent",),
        _GAPS,
        21,
        "no",
        sensitive=True,
    ),
    Indicator("development_hours", "Who was trained, for how many hours?", ("hours",), _GAPS, _SMALLEST, "linked"),
    Indicator("visits_wanted", "How many visits would a school's needs take?", ("visits",), "plan.visits", 1, "no"),
    Indicator(
        "visits_planned",
        "How many does the methodologists' plan give, and which limit binds?",
        ("visits",),
        "plan.visits",
        1,
        "no",
    ),
    Indicator("visits_offered", "How many visits are there?", ("visits",), "plan.visits", 1, "no", public_source=True),
)
