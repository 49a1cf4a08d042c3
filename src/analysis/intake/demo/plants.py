"""What is planted in the demo's surveys, support and staff, and where: never read by the product."""

from dataclasses import dataclass

from analysis.intake.demo.exams import YEARS

WEAK_SCALE = ("pupil", "belonging", -0.8)
"""Wellbeing: role, scale, shift of every pupil's standing in standard deviations."""
WEAK_DIMENSION = ("inquiry_innovation", -0.6)
"""School as learning organisation: dimension, shift in standard deviations."""
RESPONSE, LOW_RESPONSE = {"pupil": 0.75, "teacher": 0.6}, 0.35
"""Share of the eligible who answer the wellbeing survey; everywhere, and in one municipality (pupils)."""
SILENCE = 0.35
"""Change of the log odds of answering per standard deviation of general wellbeing: the silent are less well."""
GAP = ("differentiation", -1.1)
"""Competence below what is required in the whole country: shift in levels from the others' mean."""
LOCAL_GAP = ("formative_feedback", -0.8)
"""Competence lower in one municipality, whose events of development leave it out."""
COVERAGE, LOW_COVERAGE = (0.5, 0.9), 0.25
"""Places for children in need, from and to; and in one municipality."""
LOST_LESSONS = ("mathematics", 0.28)
"""Subject whose lessons one municipality does not hold, and the share of them."""
KIND_SELF = 1
"""Levels by which one municipality's schools judge themselves higher than elsewhere."""
SILENT_SCHOOL_YEAR = YEARS.stop - 2
"""School year in which one school sent no answers to the wellbeing survey at all."""


@dataclass(frozen=True)
class Plants:
    """Which municipality (row number) has which planted effect; `silent` is a school."""

    weak_scale: int
    low_response: int
    weak_dimension: int
    local_gap: int
    misplaced: int
    low_coverage: int
    lost_lessons: int
    kind_self: int
    silent: int


def plants(places: int) -> Plants:
    """Spread the planted effects over the first municipalities, as far as there are enough."""

    def at(number: int) -> int:
        return min(number, places - 1)

    return Plants(
        weak_scale=at(1),
        low_response=at(3),
        weak_dimension=at(2),
        local_gap=0,
        misplaced=at(2),
        low_coverage=at(3),
        lost_lessons=at(1),
        kind_self=at(1),
        silent=0,
    )
