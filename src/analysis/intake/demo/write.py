"""Write a demo delivery.

The demo set is a country of invented places, schools and pupils in the contract's own layout: ten school years
of results and enrolments, three of items, five of every other table. `truth.json` beside the tables says what
was planted; the product never reads it.
"""

import gzip
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from analysis.intake.demo import marks as demo_marks
from analysis.intake.demo import network as demo_network
from analysis.intake.demo import published as demo_published
from analysis.intake.demo import staff as demo_staff
from analysis.intake.demo import support as demo_support
from analysis.intake.demo import tables as demo_tables
from analysis.intake.demo import wellbeing as demo_wellbeing
from analysis.intake.demo.earlier import as_before, year_before
from analysis.intake.demo.items import items_and_map
from analysis.intake.demo.places import Size
from analysis.intake.demo.plants import Plants, plants
from analysis.intake.demo.scores import Setting
from analysis.intake.demo.truth import planted_beside_results, truth
from analysis.intake.demo.world import World, draw

HEADER = """scope: {scope}
demo: true
data_date: "{year}-08-15"
source: {{lv: "izdomāti paraugdati", en: "invented sample data"}}
"""
LARGE = (
    "pupils", "enrolments", "results", "items", "marks", "wellbeing", "staff_survey", "teacher_evidence",
    "support_given", "school_bands", "lesson_hours",
)  # fmt: skip
_ROWS = 200_000
Tables = Iterator[tuple[str, pd.DataFrame]]


def write_demo(
    out: Path,
    *,
    seed: int = 2026,
    size: Size = "small",
    municipalities: int | None = None,
    setting: Setting = "effects",
    earlier: bool = False,
) -> Path:
    """Write one demo delivery of scope `country`.

    Parameters
    ----------
    out : pathlib.Path
        Folder to write; made where missing, tables of an earlier demo in it are replaced.
    seed : int
        Same seed and size, same bytes.
    size : {"small", "medium", "country"}
        About 600, 6,100 or 16,200 pupils a cohort; large tables are gzipped from `medium` on.
    municipalities : int, optional
        Number of municipalities in place of 5 (small) or 42.
    setting : {"none", "schools", "effects"}
        What differs in results: nothing but chance, municipalities and schools, or groups as well. Surveys, support and
        staff have their planted differences in every setting.
    earlier : bool
        The same country a school year earlier: before two municipalities merged, and with results of one school missing.

    Returns
    -------
    pathlib.Path
        `out`.

    Raises
    ------
    ValueError
        More municipalities than invented places, or none.
    """
    rng = np.random.default_rng(seed)
    chance = rng.spawn(2)
    world = draw(size, municipalities, rng, chance[0], setting)
    chosen = plants(len(world.sizes))
    known: dict[str, Any] = {"seed": seed, "size": size}
    if setting != "effects":
        known["setting"] = setting
    before = year_before(world) if earlier else None
    known |= before.truth if before else {}
    out.mkdir(parents=True, exist_ok=True)
    for tables in (_of_results(world, rng, chance[1]), _beside_results(world, chosen, chance[1], known)):
        for name, table in tables:
            frame = as_before(name, table, before) if before else table
            write_table(frame, out, name, packed=size != "small" and name in LARGE)
    (out / "delivery.yml").write_text(
        HEADER.format(scope="country", year=2025 if earlier else 2026), encoding="utf-8", newline="\n"
    )
    told = truth(world) | planted_beside_results(world, chosen) | known
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (out / "truth.json").write_text(text, encoding="utf-8", newline="\n")
    return out


def _of_results(world: World, rng: np.random.Generator, chance: np.random.Generator) -> Tables:
    """Give the tables of places, pupils and results; each can be let go before the next."""
    exams, sat, people = world.exams, world.sat, world.people
    items, mapped = items_and_map(exams, sat.results, people.years, world.planted.weak_skill, rng, chance)
    yield "items", demo_tables.items(exams, items, people)
    del items
    yield "item_map", demo_tables.item_map(exams, mapped)
    yield "municipalities", world.towns
    yield "schools", demo_tables.schools(world.network)
    yield "pupils", demo_tables.pupils(people)
    yield "enrolments", demo_tables.enrolments(people, world.network, rng, chance)
    yield "results", demo_tables.results(exams, sat, people, world.network)
    yield "published", demo_tables.published(exams, sat)


def _beside_results(world: World, chosen: Plants, chance: np.random.Generator, known: dict[str, Any]) -> Tables:
    """Give every other table, each with chances of its own; what was planted in support goes to `known`."""
    draws = iter(chance.spawn(11))
    yield "marks", demo_marks.marks(world, next(draws))
    answers, roster = demo_wellbeing.wellbeing(world, chosen, next(draws))
    yield "wellbeing", answers
    del answers
    yield "wellbeing_roster", roster
    yield "wellbeing_items", demo_wellbeing.wellbeing_items()
    yield "staff_survey", demo_staff.staff_survey(world, chosen, next(draws))
    yield "staff_survey_items", demo_staff.staff_survey_items()
    evidence, goals = demo_staff.teacher_evidence(world, chosen, next(draws))
    yield "teacher_evidence", evidence
    yield "teacher_goals", goals
    yield "competences", demo_staff.competences()
    yield "methodologists", demo_staff.methodologists(world, next(draws))
    given, capacity, need = demo_support.support(world, chosen, next(draws))
    known["support_by_place"] = need.to_dict("records")
    yield "support_given", given
    yield "support_capacity", capacity
    yield "lesson_hours", demo_network.lesson_hours(world, chosen, next(draws))
    yield "activities", demo_network.activities(world, next(draws))
    yield "development_events", demo_network.development_events(world, chosen, next(draws))
    yield "self_evaluation", demo_network.self_evaluation(world, chosen, next(draws))
    yield "board_survey", demo_network.board_survey(world, next(draws))
    means, bands = demo_published.school_tables(world)
    yield "school_results", means
    yield "school_bands", bands


def write_table(frame: pd.DataFrame, folder: Path, name: str, *, packed: bool) -> None:
    """Write a table as UTF-8 CSV, gzipped without name and time; an earlier one goes."""
    for suffix in (".csv", ".csv.gz"):
        (folder / f"{name}{suffix}").unlink(missing_ok=True)
    # No text of the demo holds a comma, quote or line break; the writer refuses one that does.
    options = csv.WriteOptions(include_header=False, quoting_style="none")
    with (folder / f"{name}.csv{'.gz' if packed else ''}").open("wb") as raw, _sink(raw, packed=packed) as sink:
        sink.write((",".join(frame.columns) + "\n").encode())
        for start in range(0, len(frame), _ROWS):
            buffer = BytesIO()
            csv.write_csv(_plain(frame.iloc[start : start + _ROWS]), buffer, options)
            sink.write(buffer.getvalue())


def _sink(raw: BinaryIO, *, packed: bool) -> AbstractContextManager[Any]:
    return gzip.GzipFile("", "wb", 5, fileobj=raw, mtime=0) if packed else raw


def _plain(frame: pd.DataFrame) -> pa.Table:
    """Turn codes into texts: the writer knows no dictionaries."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    columns = [c.cast(c.type.value_type) if pa.types.is_dictionary(c.type) else c for c in table.columns]
    return pa.table(columns, names=table.column_names)
