"""Burtnīca: from a board's assessment data to pages that can be shared."""

__version__ = "0.1.0"
