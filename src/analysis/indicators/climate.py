"""Indicators of wellbeing, of the school as a learning organisation, and of schools' own judgement."""

from functools import partial

from analysis.indicators.model import Indicator

_of_survey = partial(Indicator, engine="stats.climate", smallest_n=10, schools_for_board=True)
_of_schools = partial(Indicator, engine="stats.climate", smallest_n=1, across_years="linked")

CLIMATE = (
    _of_survey("wellbeing_scale", "How are pupils and teachers?", ("level",), across_years="linked"),
    _of_survey(
        "wellbeing_response", "How many of those who could answer did?", ("percent",), across_years="linked", sensitive=True
    ),
    _of_survey(
        "wellbeing_reliability", "How well do the scales measure, and tell schools apart?", ("percent",), across_years="linked",
        explains=("percent",),
    ),
    _of_survey(
        "wellbeing_careless", "How many answers contradict themselves and were left out?", ("percent",),
        across_years="linked", sensitive=True,
    ),
    _of_schools("wellbeing_schools", "Of how many schools can something be said?", ("pupils",)),
    Indicator(
        "wellbeing_link", "Are schools' ratings and results associated?", ("sd", "percent"), engine="stats.climate",
        smallest_n=8, across_years="no", explains=("sd",),
    ),
    _of_survey(
        "slo_dimension", "How far are schools learning organisations, as their staff see it?", ("level",),
        across_years="linked",
    ),
    _of_survey(
        "slo_agreement", "How far do a school's staff agree?", ("percent",), across_years="linked", explains=("percent",)
    ),
    _of_survey("slo_response", "How many of the staff answered?", ("percent",), across_years="linked", sensitive=True),
    _of_survey(
        "slo_reliability", "How well do the dimensions measure, and tell schools apart?", ("percent",), across_years="linked",
        explains=("percent",),
    ),
    _of_schools(
        "slo_schools", "How are schools spread?", ("level", "pupils"),
        quantiles=(("q25", 0.25), ("q50", 0.5), ("q75", 0.75)),
    ),
    _of_schools(
        "quality_level", "Which level do a school itself and accreditation give it?", ("level",), schools_for_board=True
    ),
    _of_schools("quality_schools", "How many schools are at each level of a criterion?", ("pupils",)),
    _of_schools(
        "quality_apart", "In how many schools do their own level and accreditation's differ?", ("pupils",)
    ),
)  # fmt: skip
