"""What is high is counted as pages count it: above a percent, or above the country's cut where results are points."""

import numpy as np
import pandas as pd
import pytest

from analysis.evidence import each, evidence, no_evidence
from analysis.params import load_params
from analysis.release.suppression.subtracted import Place, _in_steps

PARAMS = load_params()
TEST = {"school_year": 2026, "grade": "9", "test": "CE", "domain": "latvian", "level": ""}


@pytest.mark.parametrize(("scale", "cut", "high"), [("percent", np.nan, [10, 4]), ("points", 40.0, [30, 12])])
def test_high_results_of_each_municipality(scale, cut, high):
    """Values 20, 50 and 90: at least 80 is high in percent, above the cut in points."""
    values = {"M0": [20.0] * 30 + [50.0] * 20 + [90.0] * 10, "M1": [20.0] * 9 + [50.0] * 8 + [90.0] * 4}
    rows = [{"municipality_id": place, "value": value} for place, own in values.items() for value in own]
    fixed = {"session": "", "status": "present", "scale": scale, "sex": "girl", "low_cut": cut, "high_cut": cut}
    results = pd.DataFrame(rows).assign(**TEST, **fixed, position=0.0, points=np.nan)
    told = TEST | {"group": "sex=girl", "n": 80, "estimate": 50.0}
    (row,) = each(evidence(pd.DataFrame([told]), indicator="high_result_share", unit="percent"))
    nothing = Place(frozenset(), frozenset(), PARAMS, no_evidence())
    sums = list(_in_steps(row, {("9", "CE", "latvian", ""): results}, dict.fromkeys(values, nothing), PARAMS))
    assert [of.number for of in sums[0][2]] == [60, 21]
    assert [of.number for of in sums[1][2]] == high
