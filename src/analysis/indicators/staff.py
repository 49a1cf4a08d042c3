"""Indicators of staff: competence, goals, events, and the methodologists' plan."""

from typing import Any

from analysis.indicators.model import Indicator


def _of_staff(name: str, question: str, unit: str, **more: Any) -> Indicator:
    """Return an indicator of at least ten teachers, of which single schools stay with the board."""
    return Indicator(name, question, (unit,), "stats.staff", 10, "linked", schools_for_board=True, **more)


def _of_visits(name: str, question: str, **more: Any) -> Indicator:
    return Indicator(name, question, ("visits",), "plan.visits", 1, "no", schools_for_board=True, **more)


STAFF = (
    _of_staff("competence_gap", "How far is what a staff shows from what is required?", "level"),
    _of_staff("competence_reliability", "How sure is a staff's level?", "probability"),
    _of_staff("competence_lessons", "How many observed lessons would suffice?", "visits"),
    _of_staff(
        "observation_share",
        "How much of an observed value is the teacher, the observer, the lesson?",
        "percent",
        explains=("percent",),
    ),
    _of_staff("self_gap", "How far below what is required does a staff see itself?", "level"),
    _of_staff("self_bias", "How far is self-judgement above that of others?", "level"),
    _of_staff("goal_share", "How many teachers aim at a competence?", "percent", sensitive=True),
    _of_staff("goal_aim", "Which level do they aim at?", "level"),
    _of_staff("development_view", "How many of the staff name a barrier or a form?", "percent", sensitive=True),
    _of_staff("development_hours", "Who was trained, for how many hours?", "hours"),
    _of_staff("gap_before", "How far was a staff, visited since, from what is required, as published?", "level"),
    _of_staff("gap_after", "How far is it by what was seen since?", "level"),
    _of_staff(
        "gap_expected", "How far would it be without change, for large gaps are large in part by chance?", "level"
    ),
    _of_staff("gap_moved", "Has the gap moved more than expected?", "level"),
    _of_visits("visits_wanted", "How many visits would the needs take?"),
    _of_visits("visits_planned", "How many does the methodologists' plan give, and which limit binds?"),
    _of_visits("visits_offered", "How many visits are there?", public_source=True),
)
