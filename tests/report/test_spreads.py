"""The spread over bands: beside the country where that is told, alone and with the reason where it is not."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.release import OfNation, Pattern, release
from analysis.release.suppression.keys import row_keys, share_keys, size_keys
from analysis.report.spreads import spreads
from analysis.words.catalogue import say

PARTS = {"0-39": 40.0, "40-69": 35.0, "70-100": 25.0}


def bands(place: str, n: int) -> pd.DataFrame:
    test = {"school_year": 2026, "grade": "9", "test": "CE", "domain": "latvian", "municipality_id": place, "n": n}
    rows = pd.DataFrame([test | {"part": part, "estimate": share} for part, share in PARTS.items()])
    return evidence(rows.assign(low=rows["estimate"] - 5, high=rows["estimate"] + 5), indicator="band_share",
                    unit="percent", confidence=0.95, method="m")  # fmt: skip


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize(
    ("nation", "sub", "column"),
    [("told", "bands_sub", True), ("withheld", "bands_sub_alone", False), ("none", "bands_sub_own", False)],
)
def test_a_spread_and_the_country_s(large: Any, language: str, nation: str, sub: str, column: bool) -> None:
    unit, own, whole = replace(large, language=language), bands("D001", 300), bands("", 3000)
    rows = own if nation == "none" else pd.concat([own, whole], ignore_index=True)
    known = frozenset([*size_keys(own), *share_keys(own)])
    told = frozenset(row_keys(whole)) if nation == "told" else frozenset()
    pattern = Pattern(known, frozenset(), nation=OfNation(frozenset(row_keys(whole)), told))
    html = "".join(spreads(unit, release(rows, unit.params, pattern)))
    assert str(say(sub, language)) in html
    assert (f">{say('column_nation', language)}<" in html.replace("\n", "").replace("  ", "")) == column
    assert "[–]" not in html
