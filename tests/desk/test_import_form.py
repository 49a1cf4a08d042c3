"""The form: nothing proposed is applied unless a person accepts it, and what is saved passes the command's own check."""

import re

import pytest
import yaml

from analysis.desk.form_answers import accept, accept_all, with_code, with_constant, with_rows, with_target
from analysis.desk.form_check import check_delivery, gaps, live_faults
from analysis.desk.form_folder import files_in, header_lines, read, tables_elsewhere
from analysis.desk.form_rules import map_values, missing, tables, year_in_name
from analysis.desk.form_state import UNKNOWN, Decision, with_table
from analysis.desk.import_form import ImportForm, import_form
from analysis.faults import rejected
from analysis.intake.delivery import read_delivery
from analysis.intake.reading.rawtable import ReadOptions
from analysis.intake.register import municipalities

CSV = "ce rezultati 2023_2024.csv"
XLSX = "eksāmeni 2024.xlsx"


@pytest.fixture
def folder(export):
    return export("csv")


@pytest.fixture
def state(folder):
    return read(folder, CSV, ReadOptions(), Decision("1"))


@pytest.fixture
def form(folder):
    made = ImportForm(folder, "lv")
    made.file.file.value = CSV
    return made


def words(widget) -> str:
    return re.sub(r"<[^>]+>", " ", widget.value)


def everything(widget) -> str:
    """All words of a widget and of what it holds."""
    own = [str(getattr(widget, name, "")) for name in ("value", "description", "placeholder")]
    return " ".join([*own, *(everything(child) for child in getattr(widget, "children", ()))])


def answered(form) -> None:
    """Answer as a person would: all proposals, the one value that nobody can guess, whose delivery it is."""
    form.accept.click()
    form.changed(with_code(form.state, "Dzimums", "M", UNKNOWN))
    form.delivery.scope.value = "board"
    form.delivery.municipality.value = "Cēsu novads"


# --- the model ---------------------------------------------------------------------------------------------------------------


def test_a_proposal_changes_nothing_until_it_is_accepted(state):
    assert tables(state) == {}
    assert gaps(state).waiting > 10
    one = accept(with_table(state, "results"), "Skolēna kods")
    assert tables(one) == {"results": {"pupil_id": {"from": "Skolēna kods"}}}


def test_accepted_proposals_become_rules_of_several_tables(state):
    made = tables(accept_all(state))
    key = {"from": "Izglītības iestāde", "school_key": True}
    assert made["schools"] == {
        "school_id": key, "name": {"from": "Izglītības iestāde"}, "municipality_id": {"delivery": "municipality"}
    }  # fmt: skip
    assert made["pupils"]["sex"]["recode"] == {"sieviete": "girl", "vīrietis": "boy"}
    assert made["enrolments"]["home_language"]["recode"] == {"latviešu": "lv", "krievu": "other"}
    results = made["results"]
    assert results["school_id"] == key | {"lookup": "school"}
    assert results["grade"] == {"from": "Klase", "recode": {"9.a": "9", "9.b": "9"}}
    assert results["score"] == {"from": "Procenti", "absent": ["n"]}
    assert results["status"] == {"from": "Procenti", "recode": {"n": "absent", "": "absent"}, "default": "present"}
    assert results["test"] == {"constant": "CE"}
    assert made["enrolments"]["school_year"] == results["school_year"]


def test_what_nobody_can_guess_stays_open_until_a_person_decides(state):
    assert gaps(accept_all(state)).undecided == {"Dzimums": ["M"]}
    decided = with_code(accept_all(state), "Dzimums", "M", "boy")
    assert gaps(decided).undecided == {}
    assert tables(decided)["pupils"]["sex"]["recode"]["M"] == "boy"
    unknown = with_code(accept_all(state), "Dzimums", "M", UNKNOWN)
    assert tables(unknown)["pupils"]["sex"]["recode"]["M"] == ""


def test_a_persons_own_choice_needs_no_accepting(state):
    chosen = with_target(accept_all(state), "Skolēna kods", "")
    assert missing(chosen) == ["results.pupil_id", "pupils.pupil_id", "enrolments.pupil_id"]
    back = with_target(chosen, "Skolēna kods", "results.pupil_id")
    assert missing(back) == []


def test_two_columns_with_one_meaning_are_told(state):
    twice = with_target(accept_all(state), "Nr.p.k.", "results.pupil_id")
    assert gaps(twice).clashes == {"results.pupil_id": ["Nr.p.k.", "Skolēna kods"]}


def test_rows_are_left_out_with_a_reason(state):
    excluded = map_values(accept_all(state))["files"][0]["exclude"]
    assert excluded == [{"column": "Izglītības iestāde", "in": ["Kopā"],
                         "reason": {"lv": "kopsavilkuma rindas", "en": "rows of totals"}}]  # fmt: skip
    own = with_rows(state, "Klase", ("9.b",), "cita klase")
    assert [one["in"] for one in map_values(own)["files"][0]["exclude"]] == [["9.b"]]


def test_faults_are_those_of_the_answers_so_far(state):
    sound = with_code(accept_all(state), "Dzimums", "M", "boy")
    assert rejected(live_faults(sound)) == []
    assert [fault.code for fault in rejected(live_faults(with_code(sound, "Klase", "9.b", "")))] == ["V15", "V15"]
    small = with_constant(sound, "results.score_max", "60")
    found = rejected(live_faults(small))
    assert {(fault.code, fault.column, fault.line) for fault in found} == {
        ("V02", "Procenti", 2),
        ("V02", "Procenti", 4),
    }


def test_the_folder_knows_what_else_feeds_a_table(folder):
    (folder / "schools.csv").write_text("school_id,name,municipality_id\nS1,Izdomātā 1. vidusskola,0022000\n", "utf-8")
    (folder / ".slēpts.csv").write_text("x", "utf-8")
    assert files_in(folder) == [CSV, "schools.csv"]
    assert tables_elsewhere(folder, CSV) == {"schools"}
    made = tables(accept_all(read(folder, CSV, ReadOptions(), Decision("1"))))
    assert "schools" not in made
    assert made["results"]["school_id"]["lookup"] == "school"


@pytest.mark.parametrize(
    ("text", "lines"), [("3", (3,)), ("4, 5", (4, 5)), ("5 4", (4, 5)), ("", (1,)), ("x", (1,)), ("0", (1,))]
)
def test_lines_of_a_header_are_read_as_people_write_them(text, lines):
    assert header_lines(text) == lines


@pytest.mark.parametrize(("file", "year"), [("ce 2023_2024.csv", "2024"), ("viis 2024.xlsx", "2024"), ("ce.csv", "")])
def test_the_year_in_a_files_name_is_the_one_in_which_the_school_year_ends(file, year):
    assert year_in_name(file) == year


# --- the form ----------------------------------------------------------------------------------------------------------------


def test_what_is_proposed_is_called_so_until_accepted(form):
    row = form.rows["Klase"]
    assert "Ierosinājums" in words(row.standing)
    assert row.accepted.value is False
    row.accepted.value = True
    assert "Ierosinājums" not in words(row.standing)
    assert "Pieņemts" in words(row.standing)
    row.accepted.value = False
    assert "Ierosinājums" in words(row.standing)


def test_choosing_is_accepting(form):
    form.rows["Nr.p.k."].target.value = "results.level"
    assert "Jūsu izvēle" in words(form.rows["Nr.p.k."].standing)
    assert form.state.columns["Nr.p.k."].held == "results.level"


def test_the_button_says_how_many_proposals_wait(form):
    assert re.search(r"\((\d+)\)", form.accept.description).group(1) == str(gaps(form.state).waiting)
    form.accept.click()
    assert "(0)" in form.accept.description


def test_columns_that_are_not_read_say_why(form):
    assert "personu vārdi" in words(form.rows["Vārds, uzvārds"].standing)
    assert "brīvā tekstā" in words(form.rows["Piezīmes"].standing)


def test_what_was_saved_passes_the_commands_own_check(form, folder, command):
    answered(form)
    assert "Viss vajadzīgais ir izlemts" in words(form.gaps)
    form.save.click()
    assert "Saglabāts" in words(form.result)
    assert "burtnica reports" in words(form.result)
    ended = command("check", folder)
    assert ended.returncode == 0, ended.stdout
    delivery = read_delivery(folder)
    assert len(delivery.tables["results"]) == 4
    assert sorted(delivery.tables["results"]["status"]) == ["absent", "present", "present", "present"]
    assert set(delivery.tables["schools"]["municipality_id"]) == {
        municipalities().set_index("name").loc["Cēsu novads", "municipality_id"]
    }


def test_the_check_before_saving_finds_what_the_command_finds_after(form, folder):
    answered(form)
    form.constants.fields["results.score_max"][0].value = "60"
    before = check_delivery(folder, form.state).faults
    form.check.click()
    assert "Piegādē ir kļūdas (skaits: 2)" in words(form.result)
    assert "V02" in words(form.result)
    assert files_in(folder) == [CSV]
    form.save.click()
    assert "melnraksts" in words(form.result)
    assert rejected(read_delivery(folder).faults) == rejected(before)


def test_nothing_is_overwritten_without_a_word(form, folder):
    answered(form)
    form.save.click()
    written = {name: (folder / name).read_bytes() for name in ("ce rezultati 2023_2024.map.yml", "delivery.yml")}
    form.save.click()
    assert "Saglabāts" in words(form.result)
    form.rows["Dzimums"].target.value = ""
    form.delivery.municipality.value = "Rīga"
    form.save.click()
    assert "ce rezultati 2023_2024.map.yml un delivery.yml" in words(form.result)
    assert {name: (folder / name).read_bytes() for name in written} == written
    form.may_replace.value = True
    form.save.click()
    assert "Saglabāts" in words(form.result)
    assert all((folder / name).read_bytes() != content for name, content in written.items())


def test_a_delivery_file_keeps_what_it_said(form, folder):
    (folder / "delivery.yml").write_text('data_date: "2024-08-15"\nmaps:\n  "*viis*.csv": viis_ce\n', "utf-8")
    answered(form)
    form.save.click()
    said = yaml.safe_load((folder / "delivery.yml").read_text("utf-8"))
    assert said == {
        "scope": "board", "municipality": "Cēsu novads", "data_date": "2024-08-15",
        "maps": {"*viis*.csv": "viis_ce", CSV: "ce rezultati 2023_2024.map.yml"},
    }  # fmt: skip
    assert "papildināts" in words(form.result)


def test_no_message_repeats_an_id_a_name_or_a_remark(form, canaries):
    answered(form)
    form.rows["Skolēna kods"].target.value = "results.score"
    form.rows["Piezīmes"].target.value = "results.status"
    form.rows["Vārds, uzvārds"].target.value = "pupils.birth_year"
    form.check.click()
    said = " ".join(words(one) for one in (form.message, form.gaps, form.live, form.result))
    assert "V05" in said
    assert [canary for canary in canaries if canary in said] == []


def test_a_notebook_that_keeps_the_forms_words_keeps_no_row(form, canaries):
    bundle = form._repr_mimebundle_()
    assert bundle["text/plain"] == "ImportForm()"
    assert not [canary for canary in canaries if canary in str(bundle)]


def test_an_unexpected_error_is_one_sentence_in_both_languages_and_no_traceback(form, monkeypatch):
    def broken(*_):
        raise RuntimeError("zq7 slepena piezīme")

    monkeypatch.setattr("analysis.desk.import_form.check_delivery", broken)
    form.check.click()
    said = words(form.message)
    assert said.count("U01") == 2
    assert "neparedzēta kļūda" in said
    assert "unexpected error" in said
    assert "slepena" not in said
    assert "Traceback" not in said


def test_a_broken_delivery_file_is_told_in_words(form, folder):
    (folder / "delivery.yml").write_text("scope: [\n", "utf-8")
    form.check.click()
    assert "P01" in words(form.message)


def test_a_file_that_cannot_be_read_says_so_and_offers_no_steps(folder):
    (folder / "tukšs.csv").write_bytes(b"")
    form = ImportForm(folder, "lv")
    form.file.file.value = "tukšs.csv"
    assert "S01" in everything(form)
    assert form.steps.children == ()


def test_an_empty_folder_and_none_say_what_to_do(tmp_path):
    assert "Ielieciet tajā" in words(ImportForm(tmp_path, "lv").file.told)
    assert "There is no folder" in words(ImportForm(tmp_path / "nav", "en").file.told)
    assert isinstance(import_form("nav/tādas"), ImportForm)


def test_an_uploaded_file_goes_into_the_folder_and_over_no_other(form, folder):
    form.file._keep([{"name": "../jauns.csv", "content": b"a,b\n1,2\n"}])
    assert (folder / "jauns.csv").read_bytes() == b"a,b\n1,2\n"
    form.file._keep([{"name": "jauns.csv", "content": b"cits"}])
    assert (folder / "jauns.csv").read_bytes() == b"a,b\n1,2\n"
    assert "nav aizstāts" in words(form.file.told)
    assert "jauns.csv" in [value for _, value in form.file.file.options]


def test_a_workbook_with_titles_and_a_header_of_two_lines_is_proposed_whole(export):
    form = ImportForm(export("xlsx"), "lv")
    form.file.file.value = XLSX
    assert (form.state.header.value, form.state.header.accepted) == ("4, 5", False)
    assert form.file.sheet in form.file.reading.children
    assert {name: part.value for name, part in form.state.parts.items()} == {
        "Rezultāts, % Matemātika": "mathematics", "Rezultāts, % Latviešu valoda": "latvian"
    }  # fmt: skip


def test_a_workbook_of_subjects_side_by_side_passes_the_commands_check(export, command):
    folder = export("xlsx")
    form = ImportForm(folder, "lv")
    form.file.file.value = XLSX
    form.accept.click()
    assert "ko nozīmē tukša šūna" in words(form.gaps)
    form.constants.empty_cell.value = "keep"
    form.delivery.scope.value = "board"
    form.delivery.municipality.value = "Cēsu novads"
    form.save.click()
    ended = command("check", folder)
    assert ended.returncode == 0, ended.stdout
    results = read_delivery(folder).tables["results"]
    assert results.groupby("domain")["score"].count().to_dict() == {"latvian": 23, "mathematics": 24}
    assert results.loc[results["status"] == "absent", "domain"].tolist() == ["latvian"]


def test_a_folders_own_municipalities_are_those_to_choose_from(folder):
    (folder / "municipalities.csv").write_text("municipality_id,name\nD003,Izdomātais novads\n", "utf-8")
    form = ImportForm(folder, "lv")
    form.file.file.value = CSV
    assert [value for _, value in form.delivery.municipality.options] == ["", "D003"]
    answered_names = tables(accept_all(form.state))["schools"]["municipality_id"]
    assert answered_names == {"delivery": "municipality"}


def test_the_form_speaks_english_too(folder):
    form = ImportForm(folder, "en")
    form.file.file.value = CSV
    text = everything(form)
    assert "Proposal" in text
    assert not re.search(r"Ierosinājums|Pieņemt|Saglabāt|netiek lasīta", text)
