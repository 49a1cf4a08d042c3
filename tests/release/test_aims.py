"""What a target's year measured as a share goes with that share: the very figure, and no other."""

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release import release

PARAMS = load_params()
TEST = {"municipality_id": "M", "grade": "6", "test": "diagnostic", "domain": "numeracy", "school_year": 2026, "n": 300}
NOW = TEST | {"indicator": "target_now", "part": "a", "estimate": 20.0, "method": "measured, low_result_share"}


def shown(now: dict[str, object], **figure: object) -> bool:
    share = TEST | {"indicator": "low_result_share", "estimate": 20.0, "method": "Wilson"} | figure
    rows = release(evidence(pd.DataFrame([now, share]), unit="percent"), PARAMS).rows
    return bool(rows["estimate"].notna().iloc[0])


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ({}, True),
        ({"estimate": 1.0}, False),  # coded: at most 2 %
        ({"n": 4}, False),
        ({"estimate": 1.0, "school_year": 2025}, True),
        ({"estimate": 1.0, "domain": "literacy"}, True),
        ({"estimate": 1.0, "indicator": "high_result_share"}, True),
    ],
)
def test_a_targets_figure_goes_with_the_share_that_it_is(figure: dict[str, object], told: bool) -> None:
    assert shown(NOW, **figure) is told


def test_support_goes_with_its_own_kind() -> None:
    now = NOW | {
        "method": "measured in its year, support_met_share counselling/mentor: achieved",
        "indicator": "target",
    }
    no_test = {"grade": "", "test": "", "domain": ""}
    need = {"indicator": "support_met_share", "n": 4} | no_test
    assert not shown(now | no_test, **need, part="counselling/mentor")
    assert shown(now | no_test, **need, part="reading")
