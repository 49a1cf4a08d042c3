"""What the methods have to reach on countries of known truth."""

from collections.abc import Iterator
from dataclasses import dataclass

from tools.evidence.groups import IN_WORDS
from tools.evidence.measured import Measured

MOST_FALSE = {"schools": 0.08, "clustered": 0.08, "effects": 0.03}


@dataclass(frozen=True)
class Bar:
    """One promise: what, the figure, and between what it has to lie."""

    what: str
    value: float
    low: float
    high: float
    decimals: int = 3

    @property
    def held(self) -> bool:
        """Whether the figure as printed lies between the ends."""
        return self.low <= round(self.value, self.decimals) <= self.high


def bars(found: Measured) -> Iterator[Bar]:
    """List every promise with what was measured."""
    none, effects = (found.rules[world].loc["named"] for world in ("none", "effects"))
    yield Bar("lists with any name, no effects", none["families"], 0, 0.03)
    # E[V / max(R, 1)] over lists (Benjamini & Hochberg 1995); the page says beside it how many of all names are false.
    for world, most in MOST_FALSE.items():
        yield Bar(
            f"false share of a list's names, {IN_WORDS[world]}",
            found.rules[world].loc["named", "false_of_family"],
            0,
            most,
        )
    yield Bar("true gaps beyond −0.1 SD named", effects["found_1"], 0.55, 1, 2)
    yield Bar("true gaps beyond −0.3 SD named", effects["found_3"], 0.80, 1, 2)
    for world, share in found.covered.items():
        yield Bar(f"90 % intervals of group gaps cover, {IN_WORDS[world]}", share, 0.87, 0.96, 2)
    for years, figures in found.schools.items():
        yield Bar(f"95 % intervals of value added cover, school years: {years}", figures["covered"], 0.93, 0.97, 2)
    for (whose, limit), figures in found.signs.items():
        most = 0.02 if whose == "country" else 0.035
        yield Bar(f"early signs, {whose}, {limit}: AUC below the true risk's", figures["below_oracle"], -1, most)
        yield Bar(f"early signs, {whose}, {limit}: calibration slope", figures["slope"], 0.85, 1.15, 2)
        yield Bar(
            f"early signs, {whose}, {limit}: shown though one test is better", figures["one_test_better_shown"], 0, 0
        )
    yield Bar("wrong intercepts where schools do not differ, of 75", found.mixed["exact"], 0, 0, 0)
