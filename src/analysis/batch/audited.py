"""Opening municipalities for the attack on their pages: parameters, and rows where a store is at hand."""

from collections.abc import Iterator
from pathlib import Path

import click
import pandas as pd

from analysis.audit.aside import Aside
from analysis.audit.pages import read_pages
from analysis.audit.run import Audited, Known, audit, audit_nation
from analysis.audit.told import told, told_of_pages, write_detail
from analysis.batch.aside import aside, aside_of, country_before, read_outside, told_in
from analysis.batch.given import given_words
from analysis.batch.nation import results_of_all
from analysis.batch.open import open_unit, params_path
from analysis.faults import Fault, InputFaults
from analysis.intake.store import open_store
from analysis.intake.unit import Unit
from analysis.params import Params, load_params


def audit_and_tell(
    folder: Path, store: Path | None, only: tuple[str, ...] = (), detail: Path | None = None, public: tuple[Path, ...] = (),
    earlier: tuple[Path, ...] = (),
) -> int:  # fmt: skip
    """Attack a folder of reports and read its pages, tell what each came to as soon as it is known, return the exit code.

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
    public : tuple of Path
        Files of public numbers of schools, beside those that the store was given.
    earlier : tuple of Path
        Folders of earlier reports, or frozen issues, beside those of the store.

    Returns
    -------
    int
        0: none; 2: there was nothing to attack; 3: some, figures that contradict each other, or a number on a page that the
        file beside it does not publish.

    Raises
    ------
    InputFaults
        C14: there is no such store. P05: it has no such municipality. C02, S04, V05: a public file cannot be read.
    """
    _require_store(store)
    outside, before = [read_outside(path) for path in public], [told_in(path) for path in earlier]

    def known(municipality_id: str) -> tuple[Params, Unit | None, Aside]:
        if store is None:
            return load_params(params_path(municipality_id)), None, aside(outside, before, municipality_id)
        unit = open_unit(municipality_id, "", str(store.resolve()), "board")
        return unit.params, unit, aside_of(unit, outside, before)

    found = []
    for one in audit(folder, known, only):
        click.echo("\n".join(told(one)))
        found.append(one)
    for one in () if only else _of_nation(folder, store, before, known):
        click.echo("\n".join(told(one)))
        found.append(one)
    given = () if store is None else given_words(open_store(store))
    read = []
    for pages in read_pages(folder, lambda name: load_params(params_path(name)).smallest_group, only, given):
        click.echo("\n".join(told_of_pages(pages)))
        read.append(pages)
    if not found and not read:
        click.echo("Mapē nav skaitļu, kam uzbrukt. · The folder holds no figures to attack.", err=True)
        return 2
    if detail is not None:
        click.echo(write_detail(detail, found, read))
    return 0 if all(one.sound for one in found) and all(pages.sound for pages in read) else 3


def _of_nation(folder: Path, store: Path | None, before: list[pd.DataFrame], known: Known) -> Iterator[Audited]:
    """Attack the country's figures, unless a board delivered its own pupils alone: then they are public."""
    opened = None if store is None else open_store(store)
    if opened is None or opened.facts["scope"] == "country":
        results = None if opened is None else results_of_all(opened)
        issued = [] if opened is None else [country_before(opened)]
        earlier = aside([], [*issued, *before], "").country
        yield from audit_nation(folder, load_params(params_path("")), known, results, earlier)


def _require_store(store: Path | None) -> None:
    try:
        if store is not None:
            open_store(store)
    except FileNotFoundError:
        raise InputFaults([Fault("C14", getattr(store, "name", ""), facts={"kind": "store missing"})]) from None
