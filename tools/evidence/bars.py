"""What the methods have to reach on countries of known truth."""

from collections.abc import Iterator
from dataclasses import dataclass

from tools.evidence.measured import Measured


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
    none, schools, effects = (found.rules[setting].loc["named"] for setting in ("none", "schools", "effects"))
    yield Bar("lists with any name, no effects", none["families"], 0, 0.03)
    yield Bar("false share of the names, only schools differ", schools["false"], 0, 0.08)
    yield Bar("false share of the names, with effects", effects["false"], 0, 0.03)
    yield Bar("true gaps beyond −0.1 SD named", effects["found_1"], 0.55, 1, 2)
    yield Bar("true gaps beyond −0.3 SD named", effects["found_3"], 0.80, 1, 2)
    for setting, share in found.covered.items():
        yield Bar(f"90 % intervals of group gaps cover ({setting})", share, 0.87, 0.96, 2)
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
