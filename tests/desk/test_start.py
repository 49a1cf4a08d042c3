"""The start page's button: what it says for each way a run can end, and a real run that the data forbid."""

import time
from pathlib import Path

import ipywidgets as widgets
import pytest

from analysis.desk.start import _tell, make_report
from analysis.params import ROOT


@pytest.fixture
def shown():
    return widgets.HTML(), widgets.Button(disabled=True)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (0, "Gatavs."),
        (1, "Daļa lapu ir gatava"),
        (2, "datos ir kļūdas"),
        (75, "cita izpilde"),
        (-9, "Neizdevās."),
    ],
)
def test_every_way_to_end_has_its_sentence_and_the_button_can_be_pressed_again(shown, code, says, tmp_path):
    told, button = shown
    _tell(told, button, tmp_path, "lv", code, "")
    assert says in told.value
    assert 'role="status"' in told.value
    assert not button.disabled


def test_what_the_program_said_is_text_and_never_markup(shown, tmp_path):
    told, button = shown
    _tell(told, button, tmp_path, "lv", 2, "N01 <script>x</script>\n 10%|# | 1/9")
    assert "&lt;script&gt;" in told.value
    assert "<script>" not in told.value
    assert "%|" not in told.value


def test_pages_inside_the_project_can_be_opened_from_the_sentence(shown):
    told, button = shown
    index = ROOT / "reports" / "public" / "index.html"
    existed = index.exists()
    index.parent.mkdir(parents=True, exist_ok=True)
    try:
        if not existed:
            index.write_text("", encoding="utf-8")
        _tell(told, button, ROOT / "reports", "en", 0, "")
        assert 'href="/files/reports/public/index.html"' in told.value
    finally:
        if not existed:
            index.unlink()


def _pressed(form: widgets.Widget, seconds: float = 120) -> str:
    (_, button), told = form.children[0].children, form.children[1]
    button.click()
    until = time.monotonic() + seconds
    while button.disabled and time.monotonic() < until:
        time.sleep(0.1)
    return str(told.value)


def test_faults_of_the_data_are_told_in_words_and_no_page_is_made(tmp_path: Path):
    folder, out = tmp_path / "data", tmp_path / "out"
    folder.mkdir()
    (folder / "results.csv").write_text("", encoding="utf-8")
    (folder / "delivery.yml").write_text("scope: country\n", encoding="utf-8")
    told = _pressed(make_report("lv", str(folder), str(out)))
    assert "datos ir kļūdas" in told
    assert "S01 results.csv" in told
    assert "Traceback" not in told
    assert not out.exists()
