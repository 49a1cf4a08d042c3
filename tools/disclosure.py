"""How well a prepared store is protected, and what that costs: the attack with and without what linear programmes withhold.

``python -m tools.disclosure STORE [--only ID …] [--sensitive K] [--smallest K] [--out FILE]``: for every municipality all
evidence of its results is attacked as its pages would be: with figures of too few pupils blank and nothing else, as the
first line lets it out, and with the municipality's pattern. Printed are groups narrowed down, shares of tables withheld,
named groups that keep their figures, CPU seconds.
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
from analysis.batch.open import open_unit
from analysis.batch.suppressed import results_evidence
from analysis.intake.store import open_store
from analysis.intake.unit import Unit
from analysis.params import Params
from analysis.release import release
from analysis.release.door import DECIMALS
from analysis.release.primary import limits
from analysis.release.suppression.planned import of_results
from analysis.release.suppression.suppress import suppress

_TABLE = ["indicator", "grade", "test", "domain", "level", "unit", "reference"]
SIDES = ("primary", "first", "pattern")
_KINDS = ("exact", "proven_small", "narrow", "pinned")
_EVERY, _MOST_WHOLE, _PUPILS = 5, 1000, 5
_SAMPLED = ("whole_groups", "whole_found", "alone", "alone_pairs", "alone_exact")


def measured(unit: Unit, params: Params) -> dict[str, Any]:
    """Measure one municipality."""
    start = time.process_time()
    rows = results_evidence(unit)
    rows = rows[of_results(rows)].reset_index(drop=True)
    made = time.process_time()
    pattern = suppress(rows, unit.results, unit.attributes, params)
    found = time.process_time()
    frames = {
        "primary": _primary_only(rows, params),
        "first": release(rows, params).rows,
        "pattern": release(rows, params, pattern).rows,
    }
    told = {side: _attacked(unit, released, params) for side, released in frames.items()}
    told["pattern"] |= _sampled(unit, frames["pattern"], params)
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
    """Attack a fifth of the linked sets with whole pupils, and as pupils do who are alone in a cell."""
    published = of_pupils(released.drop_duplicates().assign(file="evidence"))
    bounds = Limits(params.smallest_group, params.smallest_group_sensitive, frozenset(params.sensitive_attributes))
    found: Counter[str] = Counter()
    for number, (linked, truth) in enumerate(linked_sets_of(published, params, unit)):
        if number % _EVERY or truth is None or linked.size > _MOST_WHOLE:
            continue
        whole = attack(linked, truth, bounds, whole=True)
        learnt = insiders(linked, truth, bounds, _PUPILS)
        found += Counter(whole_groups=whole.targets, whole_found=len(whole.found))
        found += Counter(alone=learnt.pupils, alone_pairs=learnt.pairs, alone_exact=learnt.exact)
    return {key: found[key] for key in _SAMPLED}


def _attacked(unit: Unit, released: pd.DataFrame, params: Params) -> dict[str, Any]:
    published = released.drop_duplicates().assign(file="evidence")
    audited = audit_municipality("board", unit.municipality_id, of_pupils(published), params, unit)
    blank = released["n"].isna()
    tables = blank.groupby([released[key] for key in _TABLE]).agg(["mean", "size"])
    named = released["indicator"].eq("support_group") & released["part"].eq("headline")
    of_indicator = (100 * blank.groupby(released["indicator"]).mean()).round(1)
    return {
        "targets": audited.targets,
        "refused": len(audited.refused),
        **{kind: audited.counts.get(kind, 0) for kind in _KINDS},
        "rows": len(released),
        "blank_percent": round(100 * float(blank.mean()), 1),
        "table_median": round(100 * float(tables["mean"].median()), 1),
        "table_worst": round(100 * float(tables["mean"].max()), 1),
        "tables": len(tables),
        "tables_above_15": int((tables["mean"] > 0.15).sum()),
        "named": int(named.sum()),
        "named_told": int((named & ~blank).sum()),
        "by_indicator": of_indicator.to_dict(),
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
    sides = [
        f"{side} {'+'.join(str(one[side][k]) for k in _KINDS)} blank {one[side]['blank_percent']} %" for side in SIDES
    ]
    facts = f"{one['municipality']}: {one['schools']} schools, {one['first']['targets']} groups; {'; '.join(sides)}"
    return f"{facts}; added {one['added']}, back {one['given_back']}; CPU s {one['cpu_pattern']} + {one['cpu_attacks']}"


def _together(done: list[dict[str, Any]]) -> dict[str, Any]:
    summed: Counter[str] = Counter()
    for one in done:
        for side in SIDES:
            for key in ("targets", "refused", *_KINDS, "rows", "tables", "tables_above_15", "named", "named_told"):
                summed[f"{side} {key}"] += one[side][key]
        for key in _SAMPLED:
            summed[key] += one["pattern"][key]
        for key in ("figures", "withheld", "added", "given_back", "cpu_evidence", "cpu_pattern", "cpu_attacks"):
            summed[key] += one[key]
    ends = {
        f"{side} {key}": [float(np.median([one[side][key] for one in done])), max(one[side][key] for one in done)]
        for side in SIDES for key in ("blank_percent", "table_median")
    } if done else {}  # fmt: skip
    return {"municipalities": len(done)} | {key: round(value, 1) for key, value in summed.items()} | ends


if __name__ == "__main__":
    main()
