"""The audit counts what it says, for groups large enough."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.risk.audit import audit


def pupils(n: int = 400) -> tuple[pd.DataFrame, np.ndarray]:
    boys = np.arange(n) % 2 == 0
    event = np.zeros(n)
    event[boys & (np.arange(n) < 160)] = 1  # 80 boys
    event[~boys & (np.arange(n) < 100)] = 1  # 50 girls
    flagged = np.arange(n) < 120  # 60 boys, all of them right; 60 girls, 50 right
    frame = pd.DataFrame({"sex": np.where(boys, "boy", "girl"), "event": event, "probability": 0.25})
    return frame.assign(sen=np.where(np.arange(n) < 90, "yes", None), school_id="S"), flagged


def test_shares_are_those_counted_by_hand():
    found = audit(*pupils(), 0.95).set_index(["group", "part"])
    assert found.loc[("sex=boy", "recall"), ["n", "estimate"]].tolist() == pytest.approx([80, 75.0])
    assert found.loc[("sex=boy", "precision"), ["n", "estimate"]].tolist() == pytest.approx([60, 100.0])
    assert found.loc[("sex=girl", "recall"), ["n", "estimate"]].tolist() == pytest.approx([50, 100.0])
    assert found.loc[("sex=girl", "false_alarms"), ["n", "estimate"]].tolist() == pytest.approx([150, 100 * 10 / 150])
    assert found.loc[("sex=boy", "calibration"), ["n", "estimate"]].tolist() == pytest.approx([200, 100 * 50 / 80])
    assert ((found["low"] <= found["estimate"]) & (found["estimate"] <= found["high"])).all()


def test_small_groups_and_what_is_no_attribute_of_the_audit_are_left_out():
    assert set(audit(*pupils(), 0.95)["group"]) == {"sex=boy", "sex=girl"}
    few = pupils(150)
    assert audit(*few, 0.95).empty
    assert list(audit(*few, 0.95).columns) == ["group", "part", "n", "estimate", "low", "high"]
