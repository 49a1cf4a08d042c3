"""Which limit keeps a group from being served: at the plan as it stands, one more child would break it."""

import numpy as np
import pandas as pd

from analysis.plan.solving import slack
from analysis.plan.task import Integers, Task

NO_CAPACITY, FLOOR = "no_capacity", "floor"
_ALMOST = 1e-6


def binding(task: Task, need: Integers, children: Integers, without_floors: Integers) -> "pd.Series[str]":
    """Name what limits each unit that is not served in full.

    Each limit is relaxed alone, all else staying as planned. One more child of the unit would need a place, minutes of the
    specialist, minutes on the way, euro: named is what is missing for the capacity that misses least. Missing minutes are
    called ``travel`` where they would suffice but for the way.

    Parameters
    ----------
    task : Task
        Units, capacity, options.
    need : (U,) array of int
        Children of each unit.
    children : (O,) array of int
        The plan.
    without_floors : (U,) array of int
        Children of each unit whom the plan would serve without floors.

    Returns
    -------
    pd.Series of str
        By unit: empty where everybody is served; ``no_capacity``; ``places``, ``minutes``, ``travel``, ``budget``, several
        joined by ``+``; ``floor`` where more would be served without floors for others.
    """
    w = task.ways
    served = np.bincount(w.unit, weights=children, minlength=len(need))
    places, minutes, euro = slack(task, children)
    full = np.bincount(w.pair, weights=children)[w.pair] % w.size == 0  # a begun group takes one more for nothing
    stated = task.capacity["stated"].to_numpy()[w.capacity]  # minutes by places say nothing that places do not
    contact, whole, left = w.contact * full, w.minute * full, minutes[w.capacity] + _ALMOST
    missing = pd.DataFrame(
        {
            "places": places[w.capacity] < 1,
            "minutes": (left < contact) & (stated | (places[w.capacity] >= 1)),
            "travel": (left < whole) & (left >= contact),
            "budget": euro + _ALMOST < whole * w.price,
        }
    )
    names = np.array(list(missing), dtype="str")
    words = ["+".join(names[row]) for row in missing.to_numpy(dtype="bool")]
    fewest = pd.DataFrame({"unit": w.unit, "count": missing.sum(axis=1), "words": pd.Series(words, dtype="str")})
    ordered = fewest.sort_values(["unit", "count"], kind="stable").drop_duplicates("unit").set_index("unit")["words"]
    named = ordered.reindex(task.units.index).fillna(NO_CAPACITY)
    named = named.mask(without_floors > served, FLOOR)
    return named.where(served < need, "").astype("str")
