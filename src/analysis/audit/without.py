"""What a reader knows of a group without the rows that are attacked: what is public, and what was published earlier."""

from dataclasses import replace

from analysis.audit.bounds import Reader, whole_ends
from analysis.audit.scored import reader_of
from analysis.audit.sets import Group, LinkedSet


class Without:
    """What is known without the rows that are attacked; a class because a programme is made only where a group is asked about.

    What is known speaks of few dimensions. Of a group that is told from others by a further one nothing is known but that it is
    within the group without that.
    """

    def __init__(self, linked: LinkedSet, *, whole: bool) -> None:
        means = () if linked.scores is None else tuple(mean for mean in linked.scores.means if mean.source)
        scores = replace(linked.scores, means=means, truth=None) if linked.scores is not None and means else None
        figures = tuple(figure for figure in linked.figures if figure.source)
        groups = [*(mean.group for mean in means), *(figure.group for figure in figures)]
        groups += [figure.event for figure in figures if figure.event is not None]
        by_period = {"period"} if scores else set()  # so are results
        spoken = {name for group in groups for name in group} | by_period
        dims = {name: levels for name, levels in linked.dims.items() if name in spoken} or linked.dims
        self._all, self._linked = linked.dims, LinkedSet(linked.name, dict(dims), figures, scores)
        self._whole, self.narrow = whole, 0
        self._reader: Reader | None = None
        self._ends: dict[frozenset[tuple[str, frozenset[str]]], tuple[float, float]] = {}

    def ends(self, group: Group) -> tuple[float, float] | None:
        """Return between which whole numbers a group lies without the rows; None where nothing is known without them."""
        if not (self._linked.figures or self._linked.scores):
            return None
        around = {name: levels for name, levels in group.items() if name in self._linked.dims}
        key = frozenset(around.items())
        if key not in self._ends:
            self._reader = self._reader or reader_of(self._linked, whole=self._whole)
            cells = self._linked.mask(around)
            self._ends[key] = whole_ends(self._reader.least(cells)[0], self._reader.most(cells)[0])
        within = any(group[name] != frozenset(self._all[name]) for name in group.keys() - around.keys())
        return (0.0 if within else self._ends[key][0]), self._ends[key][1]

    def as_narrow(self, group: Group, low: float, high: float, k: int) -> bool:
        """Tell whether a group is hardly wider without the rows: what they add is less than a small group."""
        ends = self.ends(group)
        same = ends is not None and as_narrow(ends, low, high, k)
        self.narrow += same
        return same


def left_by(least: float, most: float, k: int) -> tuple[float, float]:
    """Return how far, and how wide, a group may be asked to be that lies between two numbers whatever is published."""
    return min(k, most), min(k, most - least)


def as_narrow(ends: tuple[float, float], low: float, high: float, k: int) -> bool:
    """Tell whether a group that lies between two numbers whatever is published is as narrow with what is."""
    reach, width = left_by(*ends, k)
    return high >= reach and high - low >= width
