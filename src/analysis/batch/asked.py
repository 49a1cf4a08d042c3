"""Is what a run was asked for sound: every municipality's parameters, targets and plans, and the slugs that were named?"""

from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from analysis.aims import load_targets
from analysis.batch.jobs import check_jobs
from analysis.batch.open import params_path
from analysis.batch.parameter_files import targets_path
from analysis.batch.planned import check_plans
from analysis.faults import Fault, InputFaults
from analysis.intake.store import Store
from analysis.params import load_params
from analysis.plan.aims import data_faults


def check_asked(
    store: Store, only: Iterable[str] = (), notebooks: Iterable[Path] = (), editions: Iterable[str] = ()
) -> None:
    """Read every municipality's files before anything starts, and look at the slugs and editions that a run is held to.

    Raises
    ------
    InputFaults
        All faults of parameters, targets and limits of plans; or P05 for slugs that the store does not know, with the
        nearest known one, and P70 for an edition that a notebook does not have.
    """
    ids = list(store.table("municipalities")["municipality_id"])
    faults = [fault for check in (_params, _targets) for place in ids for fault in _found(check, place, store)]
    faults += check_plans(ids)
    if faults:
        raise InputFaults(faults)
    check_jobs(store, notebooks, editions, only)


def _found(check: Callable[[str, Store], None], municipality_id: str, store: Store) -> Iterable[Fault]:
    try:
        check(municipality_id, store)
    except InputFaults as found:
        return found.faults
    return ()


def _params(municipality_id: str, store: Store) -> None:
    load_params(params_path(municipality_id))


def _targets(municipality_id: str, store: Store) -> None:
    """Refuse targets that are at fault, or whose group has a value that a delivered attribute does not have.

    A group of an attribute that was not delivered cannot be measured: the page says so.
    """
    path, given = targets_path(municipality_id), store.facts["attributes"]
    aims = load_targets(path)
    named = [aim for aim in aims if aim.group and all(p.split("=")[0] in given for p in aim.group.split("&"))]
    results = store.slice("results", municipality_id) if named else pd.DataFrame()
    faults = data_faults(tuple(named), results, given, path.name) if len(results) else []
    if wrong := [fault for fault in faults if fault.code == "P46"]:
        raise InputFaults(wrong)
