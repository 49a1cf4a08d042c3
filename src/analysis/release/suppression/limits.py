"""From how many pupils on a group is not small, and when what is known of one leaves it wide enough."""

from dataclasses import dataclass
from typing import Any

import numpy as np

_NEAR = 1e-6


@dataclass(frozen=True)
class Limits:
    """From how many pupils on a group is not small: of any, of one by a sensitive attribute, and which attributes are that."""

    smallest: int
    sensitive: int
    attributes: tuple[str, ...]


def wide(high: Any, low: Any, reach: Any, width: Any) -> Any:
    """Tell whether the whole numbers from the least to the most are so wide, and reach so far."""
    most, least = np.floor(high + _NEAR), np.ceil(low - _NEAR)
    return (most >= reach) & (most - least >= width)
