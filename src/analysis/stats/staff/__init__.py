"""Teachers as a staff: what observers see, what is lacking, what was trained; never a single teacher."""

from analysis.stats.staff.components import Components, components, reliability, suffices
from analysis.stats.staff.events import development_events
from analysis.stats.staff.gaps import competence_gaps
from analysis.stats.staff.goals import development_views, teacher_goals

__all__ = [
    "Components",
    "competence_gaps",
    "components",
    "development_events",
    "development_views",
    "reliability",
    "suffices",
    "teacher_goals",
]
