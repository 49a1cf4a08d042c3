"""Indicators of activities outside lessons: offer, participations, bounds of reach, what groups meet, exams chosen later."""

from functools import partial

from analysis.indicators.model import Indicator

_of_activities = partial(Indicator, engine="stats.activities", smallest_n=1, across_years="linked")

ACTIVITIES = (
    _of_activities("activity_offer", "What does a school offer?", ("hours",)),
    _of_activities("activity_participations", "How many participations are there?", ("pupils",)),
    _of_activities("activity_reach", "Between which bounds does the share of pupils reached lie?", ("percent",)),
    _of_activities("activity_hours", "How many hours are that for each pupil enrolled?", ("hours",)),
    _of_activities(
        "activity_exposure",
        "How much do schools and grades give where a group's pupils learn?",
        ("hours",),
        smallest_n=30,
    ),
    Indicator(
        "activity_choice",
        "Do pupils choose other exams where activities were more?",
        ("sd",),
        "stats.activities",
        30,
        "no",
        explains=("sd",),
    ),
)
