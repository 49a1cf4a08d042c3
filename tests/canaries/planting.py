"""A delivery, a project and a key in which every private thing has a name of its own that stands nowhere else."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pandas as pd

from analysis.intake.demo import write_demo
from analysis.intake.pseudonyms import own_key, pseudonyms

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "kanārijmape-4b1e7d"
PUPILS = 25
HOSTILE = '<img src=x onerror=alert("skola") $x^2$ {oops'
"""Not closed, so that no check of deliveries takes it for markup: the last word is the page's."""
FORMULA = '=HYPERLINK("http://kanarijs.example";"skola")'
COMMENT = 'Pārvaldes komentārs: <script>alert("kanārijs")</script> & {place} $x^2$'
MUNICIPALITY = 'Vidzare <b onclick="alert(1)" &amp; {place}'
"""What is meant to be seen: it has to be there as text, and as nothing else."""


@dataclass
class Planted:
    """Where the project, its delivery and its key lie, and the canaries by kind."""

    root: Path
    canaries: dict[str, set[str]] = field(default_factory=dict)
    secret: bytes = b""

    def add(self, kind: str, canaries: Iterable[str]) -> list[str]:
        """Note canaries of a kind, and return them in their order."""
        listed = list(canaries)
        self.canaries.setdefault(kind, set()).update(listed)
        return listed

    @property
    def key_file(self) -> Path:
        """The key of pseudonyms."""
        return self.root.parent / "atslēga" / "pseudonyms.key"

    @property
    def rude(self) -> Path:
        """The delivery that has to be refused."""
        return self.root / "data" / "rude"

    @property
    def count(self) -> int:
        """How many canaries there are."""
        return sum(map(len, self.canaries.values()))


def plant(base: Path) -> Planted:
    """Copy the project to a folder with a name of its own, and write a delivery full of canaries into it."""
    planted = Planted(base / FOLDER / "burtnica")
    planted.add("path", [FOLDER])
    _project(planted)
    _delivery(planted)
    _parameters(planted)
    _telltale(planted)
    return planted


def _project(planted: Planted) -> None:
    for name in ("src", "notebooks", "params", "data/maps", "data/reference"):
        shutil.copytree(ROOT / name, planted.root / name, ignore=shutil.ignore_patterns("__pycache__"))
    key = own_key(planted.key_file)
    planted.secret = key.secret
    planted.add("key", [key.secret.hex()])


def _delivery(planted: Planted) -> None:
    folder = write_demo(planted.root / "data" / "raw", municipalities=2)
    (folder / "truth.json").unlink()
    header = (folder / "delivery.yml").read_text("utf-8").replace("demo: true", "demo: false")
    (folder / "delivery.yml").write_text(header, "utf-8")
    _newest_years(folder)
    _ids(planted, folder)
    _names_and_remarks(planted, folder)
    _scores(planted, folder)
    _places(folder)
    _silent_school(folder)
    _rude(planted)


def _newest_years(folder: Path) -> None:
    """Leave out what makes a run long and a sweep no better: results and enrolments of earlier years."""
    for table in ("enrolments", "results", "marks"):
        rows = _edited(folder / f"{table}.csv")
        rows[rows["school_year"] > "2021"].to_csv(folder / f"{table}.csv", index=False)


def _edited(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def _ids(planted: Planted, folder: Path) -> None:
    """Give pupils of the newest year, teachers, observers and those who answered a survey ids that can be recognised."""
    rows = _edited(folder / "results.csv")
    newest = rows[rows["school_id"].isin(["S001", "S002"]) & (rows["school_year"] == rows["school_year"].max())]
    pupils = newest["pupil_id"].drop_duplicates().head(PUPILS)
    ids = planted.add("pupil id", [f"skolēns-{number:02d}-9f3c" for number in range(PUPILS)])
    given = dict(zip(pupils, ids, strict=False))
    key = own_key(planted.key_file)
    planted.add("pseudonym", pseudonyms(pd.Series(ids), key, "country"))
    replaced = {"pupil_id": given}
    for column, table in (
        ("teacher_id", "teacher_evidence"), ("observer_id", "teacher_evidence"), ("respondent_id", "wellbeing"),
        ("respondent_id", "staff_survey"), ("methodologist_id", "methodologists"),
    ):  # fmt: skip
        known = [value for value in _edited(folder / f"{table}.csv")[column].drop_duplicates() if value][:20]
        made = planted.add(column, [f"{table}-{column}-{number}-77aa" for number in range(len(known))])
        replaced.setdefault(column, {}).update(zip(known, made, strict=True))
    for path in sorted(folder.glob("*.csv")):
        rows = _edited(path)
        here = {column: rows[column].replace(new) for column, new in replaced.items() if column in rows}
        rows.assign(**here).to_csv(path, index=False)


def _names_and_remarks(planted: Planted, folder: Path) -> None:
    """Columns that no contract knows, as exports have them: names of children, remarks about them."""
    for table, column, kind in (
        ("pupils", "vards_uzvards", "name"), ("enrolments", "adrese", "address"), ("results", "piezimes", "remark"),
        ("support_given", "pamatojums", "remark"), ("marks", "komentars", "remark"),
    ):  # fmt: skip
        rows = _edited(folder / f"{table}.csv")
        values = [f"Žanete Ķīvīte {table} {number:02d}" for number in range(20)]
        rows.loc[rows.index[-20:], column] = planted.add(kind, values)
        rows.fillna("").to_csv(folder / f"{table}.csv", index=False)


def _scores(planted: Planted, folder: Path) -> None:
    rows = _edited(folder / "results.csv")
    mine = rows.index[rows["pupil_id"].isin(planted.canaries["pupil id"]) & (rows["status"] == "present")]
    scores = [f"{17 + number % 19}.{2839 + 37 * number}" for number in range(len(mine))]
    rows.loc[mine, "score"] = scores
    planted.add("score", scores)
    planted.add("score", [score.replace(".", ",") for score in scores])
    rows.to_csv(folder / "results.csv", index=False)


def _places(folder: Path) -> None:
    schools = _edited(folder / "schools.csv")
    mine, first = schools["municipality_id"] == "D001", schools["school_id"] == "S001"
    names = schools["name"].mask(mine, FORMULA + schools["school_id"]).mask(first, HOSTILE)
    schools.assign(name=names).to_csv(folder / "schools.csv", index=False)
    places = _edited(folder / "municipalities.csv")
    first = places["municipality_id"] == "D001"
    forms = {c: places[c].mask(first, MUNICIPALITY) for c in ("name", "name_genitive", "name_locative")}
    places.assign(**forms).to_csv(folder / "municipalities.csv", index=False)


def _silent_school(folder: Path) -> None:
    """Take a survey's answers from a school whose name is a formula, so that the file for schools has a question to it."""
    rows = _edited(folder / "wellbeing.csv")
    newest = rows["school_year"] == rows["school_year"].max()
    rows[~(newest & rows["school_id"].eq("S002") & rows["role"].eq("pupil"))].to_csv(
        folder / "wellbeing.csv", index=False
    )


def _rude(planted: Planted) -> None:
    """Copy the delivery, with what has to be refused: personal codes for ids, a child's name for a score or a grade."""
    shutil.copytree(planted.root / "data" / "raw", planted.rude)
    codes = planted.add("personal code", [f"161175-{20001 + 7 * number}" for number in range(10)])
    planted.add("personal code", [code.replace("-", "") for code in codes])
    names = planted.add("name", [f"Ņina Čūskiņa {number:02d}" for number in range(20)])
    rows = _edited(planted.rude / "pupils.csv")
    rows.loc[rows.index[:10], "pupil_id"] = codes
    rows.to_csv(planted.rude / "pupils.csv", index=False)
    for column, some in (("score", names[:10]), ("grade", names[10:])):
        rows = _edited(planted.rude / "results.csv")
        rows.loc[rows.index[-10:], column] = some
        rows.to_csv(planted.rude / "results.csv", index=False)


def _parameters(planted: Planted) -> None:
    (note,) = planted.add("parameter", ["nodomāts tikai pārvaldei 5d20"])
    text = f"# {note}\ncontact: izglitiba@kanarijs.example\ncomments: {{where: {COMMENT!r}}}\n"
    (planted.root / "params" / "D001.yml").write_text(text, "utf-8")


def _telltale(planted: Planted) -> None:
    """A notebook that leaves a child's row wherever a notebook can leave one, and another that fails while it holds one."""
    said = planted.add("notebook", [f"Zelma Zīriņa {way}" for way in range(12)])
    path = planted.root / "notebooks" / "20_municipality.ipynb"
    whole = nbformat.read(path, as_version=4)
    whole.metadata["author"] = said[0]
    whole.cells.insert(1, nbformat.v4.new_markdown_cell(said[1], metadata={"tags": ["publish"]}))
    whole.cells.insert(1, nbformat.v4.new_raw_cell(said[2], metadata={"tags": ["publish"]}))
    source = f"""import logging, sys, warnings
import ipywidgets
from IPython.display import HTML, Markdown, Javascript, display
print({said[3]!r}); print({said[4]!r}, file=sys.stderr); warnings.warn({said[5]!r}); logging.getLogger().error({said[6]!r})
display(HTML({said[7]!r}), ipywidgets.HTML({said[8]!r}), Markdown({said[9]!r}))"""
    before = next(
        n
        for n, cell in enumerate(whole.cells)
        if "publish" in cell.metadata.get("tags", []) and cell.cell_type == "code"
    )
    whole.cells.insert(before, nbformat.v4.new_code_cell(source, id="telltale", metadata={"note": said[10]}))
    nbformat.write(whole, path)
    given = next(cell for cell in whole.cells if "parameters" in cell.metadata.get("tags", []))
    failing = [given, nbformat.v4.new_code_cell(f"raise ValueError({said[11]!r})", id="failing")]
    short = nbformat.v4.new_notebook(cells=failing, metadata={"kernelspec": whole.metadata.kernelspec})
    nbformat.write(short, planted.root / "notebooks" / "21_failing.ipynb")
