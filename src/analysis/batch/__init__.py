"""The batch: preparing a delivery, running the notebook once per municipality, publishing what is whole."""

from analysis.batch.open import open_check, open_unit

__all__ = ["open_check", "open_unit"]
