"""Opening municipalities for the attack on their pages: parameters, and rows where a store is at hand."""

from collections.abc import Callable, Iterator
from pathlib import Path

from analysis.audit.run import Audited, audit
from analysis.batch.open import open_unit, params_path
from analysis.faults import Fault, InputFaults
from analysis.intake.store import open_store
from analysis.intake.unit import Unit
from analysis.params import Params, load_params


def audited(
    folder: Path, store: Path | None, only: tuple[str, ...] = (), *, tell: Callable[[Audited], object] = id
) -> Iterator[Audited]:
    """Attack a folder of reports, and tell what each municipality came to as soon as it is known.

    Parameters
    ----------
    folder : Path
        Of a batch.
    store : Path, optional
        What the reports were made from; with it every group that is small in truth is a target.
    only : tuple of str
        Municipalities; empty: all.
    tell : callable
        Takes each one.

    Raises
    ------
    InputFaults
        C14: there is no such store. P05: it has no such municipality.
    """
    if store is not None:
        try:
            open_store(store)
        except FileNotFoundError:
            raise InputFaults([Fault("C14", store.name, facts={"kind": "store missing"})]) from None

    def known(municipality_id: str) -> tuple[Params, Unit | None]:
        if store is None:
            return load_params(params_path(municipality_id)), None
        unit = open_unit(municipality_id, "", str(store.resolve()))
        return unit.params, unit

    for one in audit(folder, known, only):
        tell(one)
        yield one
