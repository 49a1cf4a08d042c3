"""Activities outside lessons: what schools offer, how much of it there is for a pupil, and what groups meet."""

from analysis.stats.activities.delivery import activities

__all__ = ["activities"]
