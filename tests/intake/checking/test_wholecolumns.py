"""What only a whole column tells: shares where percent are due, and one value everywhere."""

import pandas as pd
import pytest

from analysis.intake.checking.typed import typed


def enrolments(**columns: list[str]) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    base = {"pupil_id": [f"p{i}" for i in range(count)], "school_year": ["2024"] * count, "grade": ["9"] * count,
            "school_id": ["S1"] * count}  # fmt: skip
    frame = pd.DataFrame(base | columns, dtype="str")
    return frame.assign(_file="e.csv", _line=range(2, 2 + count))


def codes(frame: pd.DataFrame, table: str = "enrolments", **more: tuple[str, ...]) -> list[tuple[str, str | None]]:
    return [(f.code, f.column) for f in typed(table, frame, **more)[1]]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["0.05", "0", "1"], "V03"), (["0,05", "0,5", "0,25"], "V03"),
        (["0", "1", "1"], None), (["0.5", "0.2", "12"], None), (["0.5", "0.2"], None), (["0", "0", "1"], None),
    ],
)  # fmt: skip
def test_shares_are_told_where_percent_are_due(cells: list[str], code: str | None) -> None:
    assert codes(enrolments(absence_percent=cells)) == ([(code, "absence_percent")] if code else [])


def test_each_file_is_judged_by_itself() -> None:
    shares = enrolments(absence_percent=["0.1", "0.2", "0.3"])
    percent = enrolments(absence_percent=["10", "20", "30"]).assign(_file="f.csv")
    both = pd.concat([shares, percent], ignore_index=True)
    assert [(f.code, f.file) for f in typed("enrolments", both)[1] if f.code == "V03"] == [("V03", "e.csv")]


def test_a_number_and_a_group_without_variation_are_notes() -> None:
    faults = typed("enrolments", enrolments(absence_percent=["5"] * 12, sen=["no"] * 12))[1]
    assert [(f.code, f.column, f.answer, f.facts["count"]) for f in faults] == [
        ("V10", "absence_percent", "accept", 12), ("V10", "sen", "accept", 12),
    ]  # fmt: skip


def test_few_equal_groups_say_nothing_and_keys_never_do() -> None:
    assert codes(enrolments(sen=["no"] * 9)) == []


def test_a_covariate_without_variation_is_told() -> None:
    assert codes(enrolments(points=["4"] * 3), covariates=("points",)) == [("V10", "points")]
