"""The one door: evidence and faults go in, what may be published comes out."""

from analysis.release.door import Released, release
from analysis.release.messages import released_faults

__all__ = ["Released", "release", "released_faults"]
