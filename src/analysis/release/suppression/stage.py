"""All linked sets of one test's domains: what one of them withholds, every other one does as well."""

from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from analysis.release.suppression.keys import Key, size_of
from analysis.release.suppression.protect import Guarded


class Reason(NamedTuple):
    """For whom a figure was withheld: numbers of the set, of its small group, and of the group of one, if for such."""

    number: int
    target: int
    one: int | None = None


@dataclass
class Stage:
    """The linked sets of a stage and what is withheld in them; it changes while it is protected.

    Attributes
    ----------
    name : tuple of str
        Its grade and test.
    sets : list of Guarded
        Of every domain.
    wrong : set of tuple
        Figures that the pupils contradict: not understood, so never told.
    first : set of tuple
        What the first line withholds.
    withheld : set of tuple
        What is withheld now.
    why : dict
        Figure withheld by a programme → for whom it was.
    """

    name: tuple[str, str]
    sets: list[Guarded]
    wrong: set[Key]
    first: set[Key]
    withheld: set[Key] = field(default_factory=set)
    why: dict[Key, Reason] = field(default_factory=dict)
    given_back: int = 0

    def __post_init__(self) -> None:
        self._shares: dict[Key, list[Key]] = {}
        for key in sorted({key for one in self.sets for key in one.by_key}):
            if key[0] == "share":
                self._shares.setdefault(size_of(key), []).append(key)
        for key in sorted(self.first | self.wrong):
            self.withhold(key)

    @property
    def added(self) -> int:
        """How many figures the programmes withheld."""
        return len(self.why)

    def withhold(self, key: Key) -> list[Key]:
        """Withhold a figure in all sets, all that tell the same, and with a size the shares of its group; return what is new."""
        gone: list[Key] = []
        todo = [key]
        while todo:
            one = todo.pop(0)
            if one not in self.withheld:
                self.withheld.add(one)
                gone.append(one)
                todo += [*self._shares.get(one, ()), *sorted(self.same(one))]
        for guarded in self.sets:
            for name in gone:
                guarded.hide(name)
        return gone

    def same(self, key: Key) -> frozenset[Key]:
        """Return the other figures that tell the same number: of one group, or of the results below one cut."""
        numbers = (one.linked.figures[figure].keys for one in self.sets for figure in one.by_key.get(key, ()))
        return frozenset[Key]().union(*numbers) - {key}

    def protect(self) -> None:
        """Withhold until every small group of every set is cleared."""
        before = -1
        while len(self.withheld) > before:
            before = len(self.withheld)
            for number in range(len(self.sets)):
                self._protect(number)

    def _protect(self, number: int) -> None:
        """Clear the groups of one set."""
        guarded = self.sets[number]
        for target in guarded.attack():
            guarded.ask(target)
            if guarded.is_open(target):
                guarded.protect(target, partial(self.because, Reason(number, target)))

    def because(self, why: Reason, figures: list[int]) -> None:
        """Withhold figures of a set for the sake of one of its groups."""
        for figure in figures:
            for key in sorted(self.sets[why.number].linked.figures[figure].keys):
                for gone in self.withhold(key):
                    self.why.setdefault(gone, why)
