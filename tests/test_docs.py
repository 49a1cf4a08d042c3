"""Pages of docs/ that are made from the code are what the code makes of them."""

import runpy
from pathlib import Path

from analysis.intake.contracts import TABLES, columns

ROOT = Path(__file__).resolve().parents[1]


def test_the_page_of_tables_is_what_the_models_say():
    tool = runpy.run_path(str(ROOT / "tools" / "tables.py"))
    assert (ROOT / "docs" / "tables.md").read_text("utf-8") == tool["page"](), "make docs"


def test_every_table_and_column_stands_on_it():
    page = (ROOT / "docs" / "tables.md").read_text("utf-8")
    for table in TABLES:
        part = page.split(f"\n## {table}\n")[1].split("\n## ")[0]
        assert all(f"| `{column}`" in part for column in columns(table)), table
