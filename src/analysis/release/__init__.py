"""The one door: evidence and faults go in, what may be published comes out."""

from analysis.release.door import Released, release
from analysis.release.messages import released_faults
from analysis.release.primary import withheld_by_pattern
from analysis.release.suppression.design import designed, share_blank
from analysis.release.suppression.of_nation import OfNation, read_nation
from analysis.release.suppression.pattern import Pattern, read_pattern

__all__ = [
    "OfNation",
    "Pattern",
    "Released",
    "designed",
    "read_nation",
    "read_pattern",
    "release",
    "released_faults",
    "share_blank",
    "withheld_by_pattern",
]
