"""How well a prepared store is protected, and what that costs: the attack with and without what linear programmes withhold.

``python -m tools.disclosure STORE [--only ID …] [--sensitive K] [--smallest K] [--out FILE]``: for every municipality all
evidence of its results is attacked as its pages would be: with figures of too few pupils blank and nothing else, as the
first line lets it out, with the municipality's pattern, and as it is published, where blank rows of a table that has many
became one. Printed are groups narrowed down, how much of the tables (indicator × form × test) is blank, tables left out and
rows that became one, named groups that keep their figures, CPU seconds.
"""

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.audit.attack import Limits, attack
from analysis.audit.insiders import insiders
from analysis.audit.run import audit_municipality, linked_sets_of, of_pupils
from analysis.batch.aside import aside_of
from analysis.batch.open import open_unit
from analysis.batch.suppressed import results_evidence
from analysis.intake.store import open_store
from analysis.intake.unit import Unit
from analysis.params import Params
from analysis.release import designed, release, share_blank
from analysis.release.door import DECIMALS
from analysis.release.primary import limits
from analysis.release.suppression.design import INDICATOR, LEFT_OUT, MERGED, MOST_BLANK, names
from analysis.release.suppression.planned import of_results
from analysis.release.suppression.suppress import suppress

SIDES = ("primary", "first", "pattern", "published")
_KINDS = ("exact", "proven_small", "narrow", "pinned")
_EVERY, _MOST_CELLS = (
    5,
    1000,
)  # of the sets attacked with whole pupils; of one attacked so, or by pupils alone in a group
_PUPILS = 9  # of a set, who are alone in a group
_COUNTED = ("rows", "tables", "tables_above_15", "left_out", "rows_left_out", "rows_merged", "named", "named_told")
_SAMPLED = ("whole_groups", "whole_found", "alone", "alone_pairs", "alone_exact", "alone_anyway")


def measured(unit: Unit, params: Params) -> dict[str, Any]:
    """Measure one municipality."""
    start = time.process_time()
    rows = results_evidence(unit)
    rows = rows[of_results(rows)].reset_index(drop=True)
    made = time.process_time()
    known = aside_of(unit)
    pattern = suppress(rows, unit.results, unit.attributes, params, known.earlier, known.outside)
    found = time.process_time()
    frames = {
        "primary": _primary_only(rows, params),
        "first": release(rows, params).rows,
        "pattern": release(rows, params, pattern).rows,
    }
    frames["published"] = designed(frames["pattern"])
    told = {side: _attacked(unit, released, params) for side, released in frames.items()}
    told["published"] |= _sampled(unit, frames["published"], params)
    return {
        "municipality": unit.municipality_id,
        "pupils": int(unit.results["pupil"].nunique()) if len(unit.results) else 0,
        "schools": len(unit.schools),
        "figures": len(pattern.known),
        "withheld": len(pattern.withheld),
        "added": pattern.added,
        "given_back": pattern.given_back,
        "cpu_evidence": round(made - start, 1),
        "cpu_pattern": round(found - made, 1),
        "cpu_attacks": round(time.process_time() - found, 1),
    } | told


def _primary_only(rows: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Blank figures of too few pupils and nothing else, as tables are commonly protected."""
    factor = 10.0 ** rows["unit"].map(DECIMALS).astype("float64")
    ends = ("estimate", "low", "high")
    rounded = rows.assign(**{name: (rows[name] * factor).round() / factor for name in ends})
    few = rows["n"].isna() | (rows["n"] < limits(rows, params)).fillna(True)
    rounded.loc[few, ["n", *ends]] = np.nan
    return rounded


def _sampled(unit: Unit, released: pd.DataFrame, params: Params) -> dict[str, int]:
    """Attack a fifth of the linked sets with whole pupils, and every one as pupils do who are alone in a group."""
    published = of_pupils(released.drop_duplicates().assign(file="evidence"))
    bounds = Limits(params.smallest_group, params.smallest_group_sensitive, frozenset(params.sensitive_attributes))
    found: Counter[str] = Counter()
    for number, (linked, truth) in enumerate(linked_sets_of(published, params, unit, aside_of(unit))):
        if truth is None or linked.size > _MOST_CELLS:
            continue
        learnt = insiders(linked, truth, bounds, _PUPILS)
        if number % _EVERY == 0:
            whole = attack(linked, truth, bounds, whole=True)
            found += Counter(whole_groups=whole.targets, whole_found=len(whole.found))
        found += Counter(
            alone=learnt.pupils, alone_pairs=learnt.pairs, alone_exact=learnt.exact, alone_anyway=learnt.anyway
        )
    return {key: found[key] for key in _SAMPLED}


def _attacked(unit: Unit, released: pd.DataFrame, params: Params) -> dict[str, Any]:
    published = released.drop_duplicates().assign(file="evidence")
    audited = audit_municipality("board", unit.municipality_id, of_pupils(published), params, unit, aside_of(unit))
    named = released["indicator"].eq("support_group") & released["part"].eq("headline")
    return {
        "targets": audited.targets,
        "refused": len(audited.refused),
        "anyway": audited.anyway,
        **{kind: audited.counts.get(kind, 0) for kind in _KINDS},
        "named": int(named.sum()),
        "named_told": int((named & released["n"].notna()).sum()),
    } | _tables(released)


def _tables(released: pd.DataFrame) -> dict[str, Any]:
    """Measure how much of each table is blank, and what became of those of which too much was."""
    made, own = (released[released["indicator"].eq(INDICATOR) == flag] for flag in (True, False))
    blank, table = own["n"].isna(), names(own)
    of_table = blank.groupby([table[key] for key in table]).mean()
    above = of_table[of_table > MOST_BLANK]
    of_kind = (100 * blank.groupby(table["part"].str.rpartition(":")[0]).mean()).round(1)
    return {
        "rows": len(own),
        "blank_percent": round(share_blank(released), 1),
        "tables": len(of_table),
        "table_median": round(100 * float(of_table.median()), 1),
        "table_worst": round(100 * float(of_table.max()), 1),
        "tables_above_15": len(above),
        "above_15": above.groupby(level="part").size().to_dict(),
        "left_out": int((made["method"] == LEFT_OUT).sum()),
        "rows_left_out": int(made.loc[made["method"] == LEFT_OUT, "estimate"].sum()),
        "rows_merged": int(made.loc[made["method"] == MERGED, "estimate"].sum()),
        "by_kind": of_kind.to_dict(),
    }


def main() -> None:
    """Measure a store and print one line a municipality, then all of them together."""
    asked = argparse.ArgumentParser()
    asked.add_argument("store", type=Path)
    asked.add_argument("--only", nargs="*", default=[])
    asked.add_argument("--smallest", type=int)
    asked.add_argument("--sensitive", type=int)
    asked.add_argument("--out", type=Path)
    given = asked.parse_args()
    asked_for = {"smallest_group": given.smallest, "smallest_group_sensitive": given.sensitive}
    changed = {name: value for name, value in asked_for.items() if value is not None}
    places = open_store(given.store).table("municipalities")["municipality_id"].astype("str")
    done = []
    for name in places if not given.only else given.only:
        unit = open_unit(name, "", str(given.store.resolve()), "board")
        one = measured(unit, unit.params.model_copy(update=changed)) if len(unit.results) else None
        if one is not None:
            done.append(one)
            print(_line(one), flush=True)
    print(json.dumps(_together(done), indent=1))
    if given.out:
        given.out.write_text(json.dumps(done, indent=1), "utf-8")


def _line(one: dict[str, Any]) -> str:
    sides = [f"{side} {'+'.join(str(one[side][k]) for k in _KINDS)}" for side in SIDES]
    facts = f"{one['municipality']}: {one['schools']} schools, {one['first']['targets']} groups; {'; '.join(sides)}"
    told = [
        f"{side}: blank {own['blank_percent']} %, {own['tables']} tables, of a table {own['table_median']} to"
        f" {own['table_worst']} %, {own['tables_above_15']} above 15 % {', '.join(own['above_15'])}"
        for side, own in (("pattern", one["pattern"]), ("published", one["published"]))
    ]
    own = one["published"]
    gone = f"{own['left_out']} tables left out ({own['rows_left_out']} rows), {own['rows_merged']} rows merged"
    named = f"named groups with figures {own['named_told']} of {own['named']}"
    back = f"added {one['added']}, back {one['given_back']}; CPU s {one['cpu_pattern']} + {one['cpu_attacks']}"
    return "\n  ".join([facts, *told, f"{gone}; {named}", back])


def _together(done: list[dict[str, Any]]) -> dict[str, Any]:
    summed: Counter[str] = Counter()
    for one in done:
        for side in SIDES:
            for key in ("targets", "refused", *_KINDS, *_COUNTED):
                summed[f"{side} {key}"] += one[side][key]
        for key in _SAMPLED:
            summed[key] += one["published"][key]
        for key in ("figures", "withheld", "added", "given_back", "cpu_evidence", "cpu_pattern", "cpu_attacks"):
            summed[key] += one[key]
    ends = {
        f"{side} {key}": [float(np.median([one[side][key] for one in done])), max(one[side][key] for one in done)]
        for side in SIDES for key in ("blank_percent", "table_median", "table_worst")
    } if done else {}  # fmt: skip
    return {"municipalities": len(done)} | {key: round(value, 1) for key, value in summed.items()} | ends


if __name__ == "__main__":
    main()
