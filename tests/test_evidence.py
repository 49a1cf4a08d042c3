"""The one shape of every statistic refuses what contradicts itself."""

import pandas as pd
import pytest
from pandera.errors import SchemaError

from analysis.evidence import COLUMNS, REFERENCES, UNITS, VERDICTS, each, evidence, no_evidence, verdict

ROW = {"n": [20], "estimate": [0.2], "low": [0.1], "high": [0.3]}


def make(**columns: object) -> pd.DataFrame:
    constants = {
        "indicator": "attainment",
        "municipality_id": "M1",
        "unit": "sd",
        "reference": "country",
        "confidence": 0.95,
    }
    return evidence(
        pd.DataFrame(ROW | {k: [v] for k, v in columns.items()}),
        **{k: v for k, v in constants.items() if k not in columns},
    )


def test_what_is_not_given_means_all() -> None:
    row = make().iloc[0]
    assert tuple(make().columns) == COLUMNS
    assert (
        row[["school_id", "grade", "test", "domain", "level", "part", "group", "verdict", "method"]].tolist()
        == [""] * 9
    )
    assert row[["year_from", "school_year"]].isna().all()
    assert row["population"] == "pupils"


def test_other_columns_are_dropped_and_categories_become_text() -> None:
    frame = evidence(
        pd.DataFrame(ROW | {"grade": pd.Categorical(["3"], ["3", "6"]), "sd": [1.0]}), indicator="attainment", unit="sd"
    )
    assert "sd" not in frame
    assert frame["grade"].tolist() == ["3"]
    assert pd.api.types.is_string_dtype(frame["grade"])


def test_a_missing_key_is_the_empty_text() -> None:
    assert make(domain=None)["domain"].tolist() == [""]


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": "metres"},
        {"reference": "neighbour"},
        {"verdict": "good"},
        {"population": "cats"},
        {"confidence": 0.8},
        {"n": -1},
        {"verdict": "not_distinguishable"},
        {"verdict": "differs", "low": -0.1},
        {"verdict": "differs", "low": 0.0},
        {"verdict": "differs", "low": None, "high": None},
        {"estimate": 0.05},
        {"estimate": 0.35},
    ],
)
def test_contradictions_and_unknown_words_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SchemaError):
        make(**wrong)


@pytest.mark.parametrize(
    "right", [{"verdict": "differs"}, {"verdict": "too_few"}, {"low": None, "high": None}, {"n": None}]
)
def test_what_agrees_passes(right: dict[str, object]) -> None:
    assert len(make(**right)) == 1


def test_a_threshold_is_not_zero() -> None:
    assert len(make(reference="threshold", verdict="not_distinguishable")) == 1


def test_an_empty_frame_has_the_shape() -> None:
    assert tuple(no_evidence().columns) == COLUMNS
    assert no_evidence().empty
    assert list(each(no_evidence())) == []


def test_verdicts() -> None:
    low = pd.Series([0.1, -0.3, -0.1, 0.0, None, None, 0.1])
    high = pd.Series([0.3, -0.1, 0.1, 0.2, None, None, 0.2])
    n = pd.Series([10, 10, 10, 10, 10, 1, 9])
    assert verdict(low, high, n, 10).tolist() == [
        "differs", "differs", "not_distinguishable", "not_distinguishable", "", "too_few", "too_few"
    ]  # fmt: skip


def test_rows_are_walked_by_name() -> None:
    assert [(row.unit, row.n) for row in each(make())] == [("sd", 20)]


def test_the_lists_are_those_of_the_design() -> None:
    assert set(VERDICTS) == {"differs", "not_distinguishable", "too_few"}
    assert {"sd", "percent", "pupils"} <= set(UNITS)
    assert {"country", "municipality", "threshold"} <= set(REFERENCES)
