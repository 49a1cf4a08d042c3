"""Freezing what a run published as an issue."""

import json

import pandas as pd

from analysis import __version__
from analysis.batch.issues import decided
from analysis.batch.open import params_path
from analysis.batch.run import Result
from analysis.batch.wanted import Plan
from analysis.faults import Fault, InputFaults
from analysis.intake.issues import Issue, as_csv, checked_name, evidence_path, freeze, issues, sums_path
from analysis.intake.store import Store
from analysis.params import DEFAULTS, THRESHOLDS, Params, load_params
from analysis.plan.sums import cuts_of, newest, sums


def require_free(store: Store, name: str | None) -> None:
    """Refuse before the run starts: P50 not a name, D40 the name holds an issue of other data, D41, D42 not readable."""
    if name is not None:
        checked_name(name)
    taken = next((issue for issue in issues(store.folder.parent) if issue.name == name), None)
    if taken is not None and taken.facts["store"] != store.key:
        raise InputFaults([Fault("D40", f"issues/{name}", facts={"key": name})])


def freeze_run(plan: Plan, result: Result, name: str) -> Issue:
    """Freeze what a run published: its evidence as it stands in the files, parameters, thresholds, sums, schools' places.

    Parameters
    ----------
    plan : Plan
        What the run was asked for.
    result : Result
        How it ended.
    name : str
        Of the issue.

    Raises
    ------
    InputFaults
        D43: pages failed, other than those of a municipality whose own file is at fault. P50, D40, D41, D42.
    """
    failed = [e for e in result.items if e["state"] != "done" and e["municipality_id"] not in plan.bad_input]
    if failed:
        raise InputFaults([Fault("D43", f"issues/{name}", facts={"count": len(failed)})])
    store, out = plan.store, plan.out
    done = [entry for entry in result.items if entry["state"] == "done"]
    content = {
        evidence_path(e["edition"], e["notebook"], e["slug"]): (out / file).read_bytes()
        for e in done for file in e["files"] if file.endswith(".csv")
    }  # fmt: skip
    places = store.table("municipalities")[["municipality_id", "name"]].astype("str")
    published = sorted({str(entry["municipality_id"]) for entry in done} - {""})
    params = {m: load_params(params_path(m)) for m in published}
    for municipality_id in published:
        content[sums_path(municipality_id)] = as_csv(_sums(store, municipality_id, params[municipality_id]))
    content["schools.csv"] = as_csv(store.table("schools")[["school_id", "municipality_id"]].astype("str"))
    content["parameters/defaults.yml"] = DEFAULTS.read_bytes()
    content["parameters/thresholds.yml"] = THRESHOLDS.read_bytes()
    set_to = {m: params[m].model_dump(mode="json") for m in published}
    content["parameters/set.json"] = (json.dumps(set_to, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    return freeze(store.folder.parent, name, content, {
        "burtnica": __version__,
        "store": store.key,
        "params": {m: decided(own) for m, own in set_to.items()},
        "places": {m: n for m, n in places.itertuples(index=False) if m in published},
        "earlier": {e["municipality_id"]: e["earlier"] for e in done if e.get("earlier")},
    })  # fmt: skip


def _sums(store: Store, municipality_id: str, params: Params) -> pd.DataFrame:
    """Add up a municipality's newest results; cells of few pupils are in them, so they stay in the board's own store."""
    rows = store.slice("results", municipality_id)
    return newest(sums(rows, store.facts["attributes"], cuts_of(params)))
