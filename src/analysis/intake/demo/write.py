"""Write a demo delivery, and cut one board's part out of it.

The demo set is a country of invented places, schools and pupils in the contract's own layout, with ten
school years of results. `truth.json` beside the tables says what was planted; the product never reads it.
"""

import gzip
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from analysis.intake.demo import places as demo_places
from analysis.intake.demo import tables as demo_tables
from analysis.intake.demo.exams import calendar
from analysis.intake.demo.items import items_and_map
from analysis.intake.demo.places import Size
from analysis.intake.demo.pupils import careers
from analysis.intake.demo.scores import effects, sit
from analysis.intake.demo.truth import truth

TABLES = ("municipalities", "schools", "pupils", "enrolments", "results", "items", "item_map", "published")
HEADER = """scope: {scope}
demo: true
data_date: "2026-08-15"
source: {{lv: "izdomāti paraugdati", en: "invented sample data"}}
"""
_LARGE = ("pupils", "enrolments", "results", "items")


def write_demo(out: Path, *, seed: int = 2026, size: Size = "small", municipalities: int | None = None) -> Path:
    """Write one demo delivery of scope `country`.

    Parameters
    ----------
    out : pathlib.Path
        Folder to write; made where missing, tables of an earlier demo in it are replaced.
    seed : int
        Same seed and size, same bytes.
    size : {"small", "medium", "country"}
        About 600, 6,100 or 18,000 pupils a cohort; large tables are gzipped from `medium` on.
    municipalities : int, optional
        Number of municipalities in place of 5 (small) or 42.

    Returns
    -------
    pathlib.Path
        `out`.

    Raises
    ------
    ValueError
        More municipalities than invented places, or none.
    """
    tables, planted = _world(np.random.default_rng(seed), demo_places.cohort_sizes(size, municipalities))
    out.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        _write(frame, out, name, packed=size != "small" and name in _LARGE)
    (out / "delivery.yml").write_text(HEADER.format(scope="country"), encoding="utf-8", newline="\n")
    text = json.dumps(planted | {"seed": seed, "size": size}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (out / "truth.json").write_text(text, encoding="utf-8", newline="\n")
    return out


def cut_board(source: Path, municipality_id: str, out: Path, *, with_published: bool) -> Path:
    """Cut one municipality's own rows out of a country delivery into one of scope `board`.

    Own are the schools of the municipality, results earned and enrolments held there, and the pupils these
    name; the item map is kept whole. `truth.json` stays behind.

    Parameters
    ----------
    source : pathlib.Path
        Folder written by `write_demo`.
    municipality_id : str
        The board's municipality.
    out : pathlib.Path
        Folder to write.
    with_published : bool
        Whether the board also holds the published national figures.

    Raises
    ------
    ValueError
        The source does not know the municipality.
    """
    tables = {name: _read(source, name) for name in TABLES}
    towns = tables["municipalities"]
    tables["municipalities"] = towns[towns["municipality_id"] == municipality_id]
    if tables["municipalities"].empty:
        raise ValueError(f"no municipality {municipality_id!r} in the demo set")
    own = tables["schools"]["municipality_id"] == municipality_id
    tables["schools"] = tables["schools"][own]
    ids = tables["schools"]["school_id"]
    for name in ("enrolments", "results"):
        tables[name] = tables[name][tables[name]["school_id"].isin(ids)]
    known = pd.concat([tables["enrolments"]["pupil_id"], tables["results"]["pupil_id"]])
    tables["pupils"] = tables["pupils"][tables["pupils"]["pupil_id"].isin(known)]
    keys = ["pupil_id", "school_year", "grade", "test", "domain"]
    main = tables["results"].loc[tables["results"]["session"] == "", keys].drop_duplicates()
    tables["items"] = tables["items"].merge(main, on=keys, how="inner")
    if not with_published:
        del tables["published"]
    out.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        _write(frame, out, name, packed=(source / f"{name}.csv.gz").exists())
    header = HEADER.format(scope="board") + f"municipality: {municipality_id}\n"
    (out / "delivery.yml").write_text(header, encoding="utf-8", newline="\n")
    return out


def _world(rng: np.random.Generator, sizes: list[int]) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Draw the country; return the contract's tables and the truth."""
    towns = demo_places.municipalities(len(sizes))
    network = demo_places.schools(towns, sizes, rng)
    exams = calendar(rng)
    people = careers(network, sizes, rng)
    planted = effects(len(sizes), len(network), rng)
    sat = sit(exams, people.years, planted, len(people.pupils), rng)
    points, mapped = items_and_map(exams, sat.results, people.years, planted.weak_skill, rng)
    tables = {
        "municipalities": towns,
        "schools": demo_tables.schools(network),
        "pupils": demo_tables.pupils(people),
        "enrolments": demo_tables.enrolments(people, network, rng),
        "results": demo_tables.results(exams, sat, people, network),
        "items": demo_tables.items(exams, points, people),
        "item_map": demo_tables.item_map(exams, mapped),
        "published": demo_tables.published(exams, sat),
    }
    return tables, truth(exams, sat, planted, towns["municipality_id"].tolist(), network["school_id"].tolist())


def _read(folder: Path, name: str) -> pd.DataFrame:
    """Read a table as text; an empty cell stays an empty text."""
    path = folder / f"{name}.csv"
    return pd.read_csv(path if path.exists() else folder / f"{name}.csv.gz", dtype=str, keep_default_na=False)


def _write(frame: pd.DataFrame, folder: Path, name: str, *, packed: bool) -> None:
    """Write a table as UTF-8 CSV, gzipped without name and time; an earlier one goes."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    # Codes become texts here; the writer knows no dictionaries.
    plain = [c.cast(c.type.value_type) if pa.types.is_dictionary(c.type) else c for c in table.columns]
    buffer = BytesIO((",".join(frame.columns) + "\n").encode())
    buffer.seek(0, 2)
    # No text of the demo holds a comma, quote or line break; the writer refuses one that does.
    options = csv.WriteOptions(include_header=False, quoting_style="none")
    csv.write_csv(pa.table(plain, names=table.column_names), buffer, options)
    for suffix in (".csv", ".csv.gz"):
        (folder / f"{name}{suffix}").unlink(missing_ok=True)
    if not packed:
        (folder / f"{name}.csv").write_bytes(buffer.getvalue())
        return
    with (
        (folder / f"{name}.csv.gz").open("wb") as raw,
        gzip.GzipFile("", "wb", 5, fileobj=raw, mtime=0) as packer,
    ):
        packer.write(buffer.getvalue())
