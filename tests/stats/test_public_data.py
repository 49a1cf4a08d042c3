"""Real and public data give what an independent computation gives."""

import csv
import gzip
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy import stats

from analysis.batch.prepare import prepare
from analysis.intake.store import Store
from analysis.params import ROOT
from analysis.stats import attainment

pytestmark = [pytest.mark.shared, pytest.mark.slow]

# From data/README.md beside the files: authorities whose own 95 % interval leaves out the country's mean; rows of the
# last three years joined to the same pupil and subject one year and one grade before, and the sum of prior scores.
DIFFERENT_AUTHORITIES, AUTHORITIES = 62, 131
JOINED_ROWS, PRIOR_SUM = 171_886, 100_865_095
SHORTEST_NAME = 5  # in texts; among raw bytes five letters come about by chance
STATISTICIANS = {
    "brier",
    "student",
    "wilson",
}  # the evidence of models is called after them; pupils have the same names
SHORTEST_IN_BYTES = 8


@pytest.fixture(scope="module")
def chem97(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return prepare(shared_data / "chem97", ("chem97",), tmp_path_factory.mktemp("chem97")).store


@pytest.fixture(scope="module")
def authorities(chem97: Store, params) -> pd.DataFrame:
    slices = [chem97.slice("results", place) for place in chem97.table("municipalities")["municipality_id"]]
    found = attainment(pd.concat(slices), params)
    return found[found["unit"] == "sd"].set_index("municipality_id")


@pytest.mark.parametrize("authority", [1, 60, 131])
def test_an_authority_by_pandas_alone(authority: int, authorities: pd.DataFrame, shared_data: Path) -> None:
    raw = pd.read_csv(shared_data / "chem97" / "Chem97.csv")
    z = (raw["score"] - raw["score"].mean()) / raw["score"].std()
    own = z[raw["lea"] == authority]
    half = stats.t.ppf(0.975, len(own) - 1) * own.std() / np.sqrt(len(own))
    row = authorities.loc[str(authority)]
    assert row["n"] == len(own)
    expected = [own.mean(), own.mean() - half, own.mean() + half]
    assert row[["estimate", "low", "high"]].tolist() == pytest.approx(expected, abs=1e-9)


def test_as_many_authorities_differ_by_their_own_intervals_as_published(authorities: pd.DataFrame) -> None:
    assert len(authorities) == AUTHORITIES
    assert (authorities["verdict"] == "differs").sum() == DIFFERENT_AUTHORITIES


@pytest.fixture(scope="module")
def sgp(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return prepare(shared_data / "sgp-long", ("sgp-long",), tmp_path_factory.mktemp("sgp")).store


def test_pupils_are_linked_over_years_by_their_pseudonym(sgp: Store) -> None:
    columns = ["pupil", "domain", "school_year", "grade", "score"]
    rows = pd.concat([sgp.slice("results", place)[columns] for place in sgp.table("municipalities")["municipality_id"]])
    rows = rows.dropna(subset=["score"]).astype({"domain": "str", "grade": "int64"})
    prior = rows.assign(school_year=rows["school_year"] + 1, grade=rows["grade"] + 1)
    joined = rows.merge(prior, on=columns[:4], suffixes=("", "_prior"))
    joined = joined[joined["school_year"] > rows["school_year"].max() - 3]
    assert len(joined) == JOINED_ROWS
    assert joined["score_prior"].sum() == PRIOR_SUM


def test_no_name_of_a_pupil_reaches_the_store(sgp: Store, shared_data: Path) -> None:
    names: set[str] = set()
    other = _words((ROOT / "data" / "maps" / "sgp-long.yml").read_text("utf-8"))  # names of codes, all of them public
    with gzip.open(shared_data / "sgp-long" / "sgpData_LONG.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            names |= _words(f"{row['FIRST_NAME']} {row['LAST_NAME']}")
            other |= _words(f"{row['DISTRICT_NAME']} {row['ETHNICITY']} {row['CONTENT_AREA']}")
    for own in (
        "faults.yml",
        "columns.yml",
        "check.yml",
    ):  # the project's own words, which stand in the facts of a store
        other |= _words((ROOT / "src" / "analysis" / "words" / own).read_text("utf-8"))
    names -= other | STATISTICIANS  # some are called White, Valley or Country; some Case, Self or Marks
    assert len(names) > 1000
    files = [path for path in sgp.folder.rglob("*") if path.is_file()]
    assert len(files) > 4
    long = {name for name in names if len(name) >= SHORTEST_IN_BYTES}
    for path in files:
        content = path.read_bytes()
        told = _words(_decoded(path)) if path.suffix == ".parquet" else _words(" ".join(_texts(json.loads(content))))
        assert not names & told, path.name
        assert not long & _words(content.decode("latin-1")), path.name


def _texts(value: object) -> list[str]:
    """All texts of a JSON file but the names of its fields, which are the project's own."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W_]+", text.casefold()) if len(word) >= SHORTEST_NAME}


def _decoded(path: Path) -> str:
    """Every distinct text of every column, as a reader of the file sees it."""
    table = pq.read_table(path)
    texts = {str(value) for column in table.columns for value in column.unique().to_pylist()}
    return "\n".join([*table.column_names, *texts])
