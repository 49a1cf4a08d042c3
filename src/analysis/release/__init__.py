"""The one door: evidence goes in, what may be published comes out."""

from analysis.release.door import Released, release

__all__ = ["Released", "release"]
