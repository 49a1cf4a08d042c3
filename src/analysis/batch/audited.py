"""Opening municipalities for the attack on their pages: parameters, and rows where a store is at hand."""

from pathlib import Path

import click

from analysis.audit.run import audit
from analysis.audit.told import told, write_detail
from analysis.batch.open import open_unit, params_path
from analysis.faults import Fault, InputFaults
from analysis.intake.store import open_store
from analysis.intake.unit import Unit
from analysis.params import Params, load_params


def audit_and_tell(folder: Path, store: Path | None, only: tuple[str, ...] = (), detail: Path | None = None) -> int:
    """Attack a folder of reports, tell what each municipality came to as soon as it is known, and return the exit code.

    Parameters
    ----------
    folder : Path
        Of a batch.
    store : Path, optional
        What the reports were made from; with it every group that is small in truth is a target.
    only : tuple of str
        Municipalities; empty: all.
    detail : Path, optional
        Where to write which groups are narrowed down.

    Returns
    -------
    int
        0: none; 2: there was nothing to attack; 3: some, or figures that contradict each other.

    Raises
    ------
    InputFaults
        C14: there is no such store. P05: it has no such municipality.
    """
    _require_store(store)

    def known(municipality_id: str) -> tuple[Params, Unit | None]:
        if store is None:
            return load_params(params_path(municipality_id)), None
        unit = open_unit(municipality_id, "", str(store.resolve()))
        return unit.params, unit

    found = []
    for one in audit(folder, known, only):
        click.echo("\n".join(told(one)))
        found.append(one)
    if not found:
        click.echo("Mapē nav skaitļu, kam uzbrukt. · The folder holds no figures to attack.", err=True)
        return 2
    if detail is not None:
        click.echo(write_detail(detail, found))
    return 0 if all(one.sound for one in found) else 3


def _require_store(store: Path | None) -> None:
    try:
        if store is not None:
            open_store(store)
    except FileNotFoundError:
        raise InputFaults([Fault("C14", getattr(store, "name", ""), facts={"kind": "store missing"})]) from None
