"""The commands: demo, template, check, prepare, reports, page, verify, audit, lab."""

import os
import signal
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click

from analysis.faults import Fault, InputFaults, rejected, tell

NOTEBOOK = "20_municipality"
_MAP = click.option("--map", "maps", multiple=True, metavar="M", help="karte: fails vai nosaukums (data/maps/) · a map")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DIR = click.Path(exists=True, file_okay=False, path_type=Path)
_STORE = click.option("--store", type=click.Path(path_type=Path), help="sagatavotie dati · where the store lies")


@click.group()
def main() -> None:
    """Burtnīca: no pārvaldes datiem līdz lapām, ko var rādīt. · From a board's data to pages that can be shared."""


@main.command()
@click.option("--out", type=click.Path(path_type=Path), help="mape · folder")
@click.option("--seed", default=2026, show_default=True)
@click.option("--size", type=click.Choice(["small", "medium", "country"]), default="small", show_default=True)
@click.option("--municipalities", type=click.IntRange(1, 42), help="pašvaldību skaits · number of municipalities")
@click.option("--earlier", is_flag=True, help="gadu agrāk, pirms robežu maiņas · a year earlier, before a merger")
@click.option(
    "--setting",
    type=click.Choice(["none", "schools", "effects"]),
    default="effects",
    show_default=True,
    help="kas rezultātos atšķiras: nekas, skolas, arī grupas · what differs in results",
)
def demo(out: Path | None, seed: int, size: Any, municipalities: int | None, setting: Any, earlier: bool) -> None:
    """Uzraksta izdomātu datu kopu. · Write a demo set of invented places, schools and pupils."""
    from analysis.batch.open import DEMO
    from analysis.intake.demo import write_demo

    chosen = {"seed": seed, "size": size, "municipalities": municipalities, "setting": setting, "earlier": earlier}
    click.echo(write_demo(out or (DEMO.with_name("demo-earlier") if earlier else DEMO), **chosen))


@main.command()
@click.argument("tables", nargs=-1, metavar="[TABLE …]")
@click.option("--out", type=click.Path(path_type=Path), help="mape (data/templates/) · folder")
@click.option("--language", type=click.Choice(["lv", "en"]), default="lv", show_default=True)
def template(tables: tuple[str, ...], out: Path | None, language: str) -> None:
    """Uzraksta aizpildāmas Excel veidnes. · Write Excel templates to fill in, one a table."""
    from analysis.intake.contracts import TABLES
    from analysis.intake.templates import write_templates
    from analysis.params import ROOT, nearest

    for name in (name for name in tables if name not in TABLES):
        _refuse(InputFaults([Fault("P04", "template", facts={"key": name, "nearest": nearest(name, list(TABLES))})]), 2)
    for path in write_templates(out or ROOT / "data" / "templates", tables or tuple(TABLES), language):
        click.echo(path)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_MAP
def check(folder: Path, maps: tuple[str, ...]) -> None:
    """Pārbauda piegādi un visas kļūdas pasaka reizē. · Check a delivery and say all its faults at once."""
    from analysis.intake.delivery import read_delivery

    try:
        faults: Iterable[Fault] = read_delivery(folder, maps, _today()).faults
    except InputFaults as found:
        faults = found.faults
    _say(faults)
    if rejected(faults):
        sys.exit(1)
    click.echo("Piegāde ir derīga. · The delivery is sound.")


def _today() -> date:
    """Read the clock, here alone: no date in a delivery can be later; nothing on a page depends on it."""
    return date.today()


def _say(faults: Iterable[Fault]) -> None:
    """Print faults, Latvian first, then the same in English."""
    faults = list(faults)
    for language, title in (("lv", "Latviski"), ("en", "English")):
        lines = tell(faults, language)
        if lines:
            click.echo(f"{title}:\n  " + "\n  ".join(lines))


def _refuse(found: InputFaults, code: int) -> NoReturn:
    _say(found.faults)
    sys.exit(code)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_MAP
@_STORE
def prepare(folder: Path, maps: tuple[str, ...], store: Path | None) -> None:
    """Pārbauda, pseidonimizē un saglabā piegādi. · Check, pseudonymise and store a delivery."""
    from analysis.batch.nation import suppress_and_tell

    try:
        prepared = _prepare(folder, maps, store or _own_store(folder))
    except InputFaults as found:
        _refuse(found, 1)
    suppress_and_tell(prepared.store)
    click.echo(prepared.store.folder)
    sys.exit(int(bool(prepared.delivery.failed_municipalities)))


def _own_store(folder: Path) -> Path:
    from analysis.intake.store import slug
    from analysis.params import ROOT

    return ROOT / "data" / "store" / slug(folder.resolve().name)


def _prepare(folder: Path, maps: tuple[str, ...], store: Path) -> Any:
    from analysis.batch.prepare import prepare as prepare_store
    from analysis.intake.pseudonyms import KeyRefused

    try:
        prepared = prepare_store(folder, maps, store, _today())
    except KeyRefused as refused:
        click.echo(f"Pseidonīmu atslēga nav droša · The key of pseudonyms is not safe: {refused}", err=True)
        sys.exit(2)
    if prepared.key_made_at:
        click.echo(
            f"Izveidota pseidonīmu atslēga: {prepared.key_made_at}. Glabājiet to; bez tās skolēnus gadu no gada nevar savienot.\n"
            f"A key of pseudonyms was made: {prepared.key_made_at}. Keep it; without it pupils cannot be linked over years.",
            err=True,
        )
    return prepared


@main.command()
@click.option("--data", type=click.Path(path_type=Path), help="piegādes mape · folder of the delivery")
@_MAP
@_STORE
@click.option("--notebook", "notebooks", multiple=True, default=[NOTEBOOK], show_default=True, metavar="NAME")
@click.option("--only", multiple=True, metavar="SLUG", help="tikai šīs, arī skolas · these only, schools too")
@click.option("--edition", "editions", multiple=True, type=click.Choice(["public", "board"]), help="skolām: board")
@click.option("--language", type=click.Choice(["lv", "en", "both"]), default="lv", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="izvades mape (reports/) · output folder")
@click.option("--issue", metavar="NAME", help="iesaldēt publicēto ar šo nosaukumu · freeze it as NAME")
@click.option("--workers", type=click.IntRange(1, 256), help="procesu skaits · worker processes")
@click.option("--retry", is_flag=True, help="tikai neizdevušās lapas · failed pages only")
@click.option("--force", is_flag=True, help="visas lapas no jauna · every page anew")
def reports(
    data: Path | None, maps: tuple[str, ...], store: Path | None, notebooks: tuple[str, ...], only: tuple[str, ...],
    editions: tuple[str, ...], language: str, out: Path | None, issue: str | None, workers: int | None, retry: bool,
    force: bool,
) -> None:  # fmt: skip
    """Sagatavo lapu katrai pašvaldībai vai skolai. · Make a page per municipality, or per school."""
    from analysis.batch.asked import check_asked
    from analysis.batch.freezing import require_free
    from analysis.batch.notebooks import notebook_path
    from analysis.batch.run import Locked, run
    from analysis.batch.wanted import Plan
    from analysis.batch.workers import cores
    from analysis.params import ROOT

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        opened, store_path, bad_input = _opened(data, maps, store)
        paths = tuple(notebook_path(name) for name in notebooks)
        check_asked(opened, only, paths, editions)
        require_free(opened, issue)
    except InputFaults as found:
        _refuse(found, 2)
    plan = Plan(
        opened, store_path.resolve(), paths, editions, ("lv", "en") if language == "both" else (language,),
        (out or ROOT / "reports").resolve(), frozenset(only), workers or cores(), retry, force, bad_input,
    )  # fmt: skip
    try:
        result = run(plan)
    except Locked:
        click.echo("Šajā mapē jau strādā cita izpilde. · Another run is at work in this folder.", err=True)
        sys.exit(75)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        click.echo(f"Nevar rakstīt izvades mapē · Cannot write the output folder: {error.strerror}", err=True)
        sys.exit(1 if (plan.out / "manifest.json").exists() else 2)
    _tell_result(plan.out, result)
    frozen = issue is None or _frozen(issue, plan, result)
    sys.exit(result.code if frozen else max(result.code, 1))


def _opened(data: Path | None, maps: tuple[str, ...], store: Path | None) -> tuple[Any, Path, dict[str, list[str]]]:
    """Find what to report on: a store, a delivery to prepare, ``data/raw`` if it is filled, or the demo set."""
    from analysis.batch.open import DEMO, DEMO_STORE, demo_set
    from analysis.intake.store import open_store
    from analysis.params import ROOT

    if data is None and store is not None:
        try:
            opened = open_store(store)
            return opened, store, {municipality_id: [] for municipality_id in opened.facts["failed"]}
        except FileNotFoundError:
            raise InputFaults([Fault("C14", store.name, facts={"kind": "store missing"})]) from None
    raw = ROOT / "data" / "raw"
    if data is None:
        data = raw if raw.is_dir() and any(not p.name.startswith(".") for p in raw.iterdir()) else demo_set()
    store = store or (DEMO_STORE if data == DEMO else _own_store(data))
    prepared = _prepare(data, maps, store)
    failed = prepared.delivery.failed_municipalities
    faults = [fault for own in failed.values() for fault in own]
    if not set(failed) <= set(prepared.store.table("municipalities")["municipality_id"]):
        raise InputFaults(faults)
    _say(faults)
    return prepared.store, store, {m: sorted({f.code for f in own}) for m, own in failed.items()}


def _frozen(issue: str, plan: Any, result: Any) -> bool:
    """Freeze what was published and tell how it went."""
    from analysis.batch.freezing import freeze_run

    try:
        click.echo(f"Laidiens iesaldēts · Issue frozen: {freeze_run(plan, result, issue).folder}")
    except InputFaults as found:
        _say(found.faults)
        return False
    return True


def _tell_result(out: Path, result: Any) -> None:
    done = sum(entry["state"] == "done" for entry in result.items)
    click.echo(
        f"{done} lapas gatavas ({result.skipped} bez izmaiņām) · {done} pages done ({result.skipped} unchanged): {out}"
    )
    for line in result.failures:
        click.echo(f"neizdevās · failed: {line}", err=True)


@main.command()
@click.argument("notebook", type=_FILE)
@click.option("--out", type=click.Path(path_type=Path), help="lapas fails · file of the page")
def page(notebook: Path, out: Path | None) -> None:
    """Izpildītu burtnīcu pārvērš lapā. · Turn an executed notebook into a page and its CSV."""
    from analysis.batch.page import write_page

    try:
        sys.exit(write_page(notebook, out))
    except InputFaults as found:
        _refuse(found, 1)


@main.command()
@click.argument("folder", type=_DIR)
def verify(folder: Path) -> None:
    """Salīdzina lapas ar manifestu. · Check published files against the manifest."""
    from analysis.batch.manifest import broken_files

    broken = broken_files(folder)
    for name in broken:
        click.echo(f"atšķiras · differs: {name}", err=True)
    sys.exit(1 if broken else 0)


@main.command()
@click.argument("folder", type=_DIR)
@_STORE
@click.option("--only", multiple=True, metavar="SLUG", help="tikai šīs · these only")
@click.option("--detail", type=click.Path(path_type=Path), help="kuras grupas: fails tikai jums · for you only")
@click.option(
    "--public", multiple=True, metavar="F", type=_FILE, help="zināmi skolu skaitļi · known numbers of schools"
)
@click.option("--earlier", multiple=True, metavar="DIR", type=_DIR, help="agrāk publicētais · published earlier")
def audit(folder: Path, store: Path | None, **asked: Any) -> None:
    """Uzbrūk publicētajam: vai var aprēķināt kādu mazu grupu? · Attack what is published: does a small group follow?"""
    from analysis.batch.audited import audit_and_tell

    try:
        sys.exit(audit_and_tell(folder, store, **asked))
    except InputFaults as found:
        _refuse(found, 2)


@main.command()
def lab() -> None:
    """Atver JupyterLab sākuma lapā. · Open JupyterLab on the start page."""
    from analysis.params import ROOT

    config = ROOT / "tools" / "lab" / "jupyter_lab_config.py"
    root_user = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    arguments = [f"--config={config}", f"--ServerApp.root_dir={ROOT}", *root_user]
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *arguments])


if __name__ == "__main__":
    main()
