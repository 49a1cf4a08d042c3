"""Around the sections: header, footer, the evidence beside the page, the mark that a page is whole."""

import csv
import io
import json
from dataclasses import replace

import pandas as pd
import pytest

from analysis import report
from analysis.evidence import COLUMNS, evidence, no_evidence
from analysis.release import release
from analysis.report.html import DONE_TYPE, EVIDENCE_TYPE

ROW = {
    "indicator": "attainment", "municipality_id": "D001", "school_year": 2026, "grade": "9", "test": "CE", "n": 40,
    "domain": "mathematics", "estimate": -3.25, "low": -5.0, "high": -1.5, "confidence": 0.95, "unit": "points",
    "reference": "country", "verdict": "differs",
}  # fmt: skip


def downloaded(released) -> list[dict[str, str]]:
    text = report.evidence_file(released)._repr_mimebundle_()[EVIDENCE_TYPE]
    return list(csv.DictReader(io.StringIO(text)))


def let_out(params, *rows):
    return release(evidence(pd.DataFrame([ROW | row for row in rows])), params)


def test_the_download_has_the_columns_of_evidence_in_their_order(large):
    text = report.evidence_file(let_out(large.params, {}))._repr_mimebundle_()[EVIDENCE_TYPE]
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert "\r" not in text


def test_numbers_have_a_decimal_point_and_are_never_made_text(large):
    (row,) = downloaded(let_out(large.params, {}))
    assert (row["estimate"], row["low"], row["high"], row["n"]) == ("-3.2", "-5.0", "-1.5", "40")


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_text_that_a_spreadsheet_would_run_is_defused(formula, large):
    (row,) = downloaded(let_out(large.params, {"domain": formula}))
    assert row["domain"] == "'" + formula


def test_a_carriage_return_neither_hides_a_formula_nor_breaks_the_row(large):
    (row,) = downloaded(let_out(large.params, {"domain": "\r=1"}))
    assert row["domain"] == "'=1"


def test_a_withheld_figure_is_empty_in_every_column_of_figures(large):
    others = [{"school_id": f"S{i:03d}"} for i in range(20)]
    rows = downloaded(let_out(large.params, {"n": 3, "school_id": "S999"}, *others))
    (row,) = (row for row in rows if row["school_id"] == "S999")
    assert [row[name] for name in ("n", "estimate", "low", "high", "verdict")] == [""] * 5
    assert row["domain"] == "mathematics"


def test_commas_and_quotes_in_a_text_do_not_move_columns(large):
    (row,) = downloaded(let_out(large.params, {"domain": 'a,"b"\nc'}))
    assert row["domain"] == 'a,"b"\nc'
    assert row["unit"] == "points"


MAKERS = [report.evidence_file, lambda rows: report.header(None, rows), lambda rows: report.footer(None, rows)]


@pytest.mark.parametrize("maker", MAKERS, ids=["evidence", "header", "footer"])
def test_nothing_is_shown_that_was_not_released(maker):
    with pytest.raises(TypeError, match="Released"):
        maker(no_evidence())


def test_the_mark_of_a_whole_page_is_the_key_of_the_unit(large):
    assert json.loads(report.done(large)._repr_mimebundle_()[DONE_TYPE]) == {"key": large.key}


def test_the_header_lists_only_sections_that_are_there(large):
    released = let_out(large.params, {})
    sections = [report.about_data(large, released)]
    html = report.header(large, released, *sections).html
    assert 'href="#data"' in html
    assert 'href="#groups"' not in html


def test_a_page_of_real_data_has_no_watermark(large):
    real = replace(large, facts=large.facts | {"demo": False})
    released = let_out(large.params, {})
    assert "watermark" in report.header(large, released).html
    assert "watermark" not in report.header(real, released).html


def test_the_footer_says_whom_to_ask_only_where_the_board_says_so(large):
    released = let_out(large.params, {})
    asked, silent = (replace(large, params=large.params.model_copy(update={"contact": contact}))
                     for contact in ("pārvalde@example.lv", ""))  # fmt: skip
    assert "Jautājumi: pārvalde@example.lv" in report.footer(asked, released).html
    assert "Jautājumi" not in report.footer(silent, released).html


def test_the_style_in_jupyterlab_holds_for_pages_and_the_exploration_and_not_for_other_widgets():
    style = str(report.lab_style().html)
    nested, scoped = style.split("@scope ")
    assert nested.startswith("<style>.jp-OutputArea-output.jp-RenderedHTML{")
    assert scoped.startswith("(.jp-OutputArea-output:has(.bx)){")
    assert not any(root in style for root in (":root{", "html{", "body{", "@media print"))
    assert "&{" in nested
    assert "&{" not in scoped
