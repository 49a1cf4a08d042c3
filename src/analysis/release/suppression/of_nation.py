"""The rows of the whole country that pages may show, as they are kept beside the patterns of municipalities."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.release.suppression.keys import Key, row_keys
from analysis.release.suppression.planned import INSTITUTIONS, plan


@dataclass(frozen=True)
class OfNation:
    """Rows of the country by their keys.

    Attributes
    ----------
    known : frozenset of tuple
        Every row that was looked at.
    told : frozenset of tuple
        Those of them that may be told beside the pages of all municipalities.
    """

    known: frozenset[Key]
    told: frozenset[Key]

    def withholds(self, rows: pd.DataFrame) -> "pd.Series[bool]":
        """Tell which rows of evidence are withheld: of those about results also what nobody has looked at."""
        mine = rows[(rows["municipality_id"] == "") & ~rows["population"].isin(INSTITUTIONS)]
        results = mine["indicator"].isin(list(plan())).tolist()
        keys = row_keys(mine)
        gone = [key not in self.told and (of_results or key in self.known)
                for key, of_results in zip(keys, results, strict=True)]  # fmt: skip
        return pd.Series(gone, index=mine.index, dtype="bool").reindex(rows.index, fill_value=False)

    def dump(self) -> str:
        """Return it as JSON, the same for the same rows."""
        both = {"known": self.known, "told": self.told}
        return json.dumps(
            {name: [list(key) for key in sorted(keys)] for name, keys in both.items()}, ensure_ascii=False
        )


def read_nation(path: Path) -> OfNation:
    """Read it as :meth:`OfNation.dump` writes it."""
    found = json.loads(path.read_text("utf-8"))
    return OfNation(*(frozenset(tuple(key) for key in found[name]) for name in ("known", "told")))
