"""The register knows every municipality by any name and code a delivery may carry."""

import os
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake import register

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("BURTNICA_SHARED", ROOT.parent / "shared")) / "data" / "latvia-2018"

STATE_CITIES = {
    "0001000": "Rīga", "0002000": "Daugavpils", "0003000": "Jelgava", "0004000": "Jūrmala",
    "0005000": "Liepāja", "0006000": "Rēzekne", "0007000": "Ventspils",
}  # fmt: skip
# County of today: the old counties (genitives) in it, written down apart from our files.
MERGED = {
    "0020000": "Aizkraukles Jaunjelgavas Kokneses Neretas Pļaviņu Skrīveru",
    "0022000": "Daugavpils Ilūkstes",
    "0023000": "Ādažu Carnikavas",
    "0024000": "Balvu Baltinavas Rugāju Viļakas",
    "0025000": "Bauskas Iecavas Rundāles Vecumnieku",
    "0026000": "Amatas Cēsu Jaunpiebalgas Līgatnes Pārgaujas Priekuļu Vecpiebalgas",
    "0027000": "Aizputes Durbes Grobiņas Nīcas Pāvilostas Priekules Rucavas Vaiņodes",
    "0028000": "Auces Dobeles Tērvetes",
    "0030000": "Jelgavas Ozolnieku",
    "0031000": "Aknīstes Jēkabpils Krustpils Salas Viesītes",
    "0032000": "Dagdas Krāslavas",
    "0033000": "Alsungas Kuldīgas Skrundas",
    "0034000": "Baldones Ķekavas",
    "0035000": "Alojas Limbažu Salacgrīvas",
    "0037000": "Ciblas Kārsavas Ludzas Zilupes",
    "0038001": "Cesvaines Ērgļu Lubānas Madonas Varakļānu",
    "0039000": "Babītes Mārupes",
    "0040000": "Ikšķiles Ķeguma Lielvārdes Ogres",
    "0042000": "Preiļu Riebiņu Vārkavas",
    "0043000": "Rēzeknes Viļānu",
    "0044000": "Garkalnes Ropažu Stopiņu",
    "0046000": "Brocēnu Saldus",
    "0047000": "Saulkrastu Sējas",
    "0048000": "Krimuldas Mālpils Siguldas",
    "0049000": "Apes Raunas Smiltenes",
    "0051000": "Dundagas Mērsraga Rojas Talsu",
    "0052000": "Engures Jaunpils Kandavas Tukuma",
    "0054000": "Beverīnas Burtnieku Kocēnu Mazsalacas Naukšēnu Rūjienas Strenču",
    "0021000": "Alūksnes", "0029000": "Gulbenes", "0036000": "Līvānu", "0041000": "Olaines",
    "0045000": "Salaspils", "0053000": "Valkas", "0056000": "Ventspils",
}  # fmt: skip
SPLIT = {
    ("Aglonas novads", "Aglonas pagasts"): "0042000",
    ("Aglonas novads", "Grāveru pagasts"): "0032000",
    ("Aglonas novads", "Kastuļinas pagasts"): "0032000",
    ("Aglonas novads", "Šķeltovas pagasts"): "0032000",
    ("Inčukalna novads", "Inčukalna pagasts"): "0048000",
    ("Inčukalna novads", "Vangažu pilsēta"): "0044000",
}
OLD_WITH_ONE_SUCCESSOR = (
    [(f"{old} novads", code) for code, names in MERGED.items() for old in names.split()]
    + [(name, code) for code, name in STATE_CITIES.items()]
    + [("Jēkabpils", "0031000"), ("Valmiera", "0054000")]
)  # fmt: skip


def shared_table(name: str) -> pd.DataFrame:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not on this machine")
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


# The facts


def test_register_holds_seven_state_cities_and_35_counties() -> None:
    table = register.municipalities()
    assert table["municipality_id"].is_unique
    assert table["iso"].is_unique
    assert dict(table["kind"].value_counts()) == {"county": 35, "state_city": 7}
    cities = table[table["kind"] == "state_city"].set_index("municipality_id")["name"]
    assert cities.to_dict() == STATE_CITIES
    assert set(table["municipality_id"]) == STATE_CITIES.keys() | MERGED.keys()
    assert table["municipality_id"].str.fullmatch("[0-9]{7}").all()


def test_every_place_has_its_genitive_and_locative() -> None:
    table = register.municipalities().set_index("name")
    counties = table[table["kind"] == "county"]
    stems = counties.index.str.removesuffix(" novads")
    assert list(counties["name_genitive"]) == [f"{stem} novada" for stem in stems]
    assert list(counties["name_locative"]) == [f"{stem} novadā" for stem in stems]
    cities = table[table["kind"] == "state_city"]
    assert cities["name_genitive"].to_dict() == {
        "Rīga": "Rīgas", "Daugavpils": "Daugavpils", "Jelgava": "Jelgavas", "Jūrmala": "Jūrmalas",
        "Liepāja": "Liepājas", "Rēzekne": "Rēzeknes", "Ventspils": "Ventspils",
    }  # fmt: skip
    assert cities["name_locative"].to_dict() == {
        "Rīga": "Rīgā", "Daugavpils": "Daugavpilī", "Jelgava": "Jelgavā", "Jūrmala": "Jūrmalā",
        "Liepāja": "Liepājā", "Rēzekne": "Rēzeknē", "Ventspils": "Ventspilī",
    }  # fmt: skip


def test_crosswalk_tells_the_same_history_as_the_table_of_mergers() -> None:
    links = register.crosswalk()
    assert links["code_2020"].nunique() == 119
    assert links["code_2021"].nunique() == 43
    whole, split = links[links["part"] == ""], links[links["part"] != ""]
    found = set(zip(whole["name_2020"], whole["code_2025"], strict=True))
    assert found == set(OLD_WITH_ONE_SUCCESSOR)
    assert len(whole) == 117
    keys = zip(split["name_2020"], split["part"], strict=True)
    assert dict(zip(keys, split["code_2025"], strict=True)) == SPLIT


def test_only_madona_and_varaklani_changed_in_2025() -> None:
    links = register.crosswalk()
    changed = links[links["code_2021"] != links["code_2025"]]
    assert set(changed["code_2021"]) == {"0038000", "0055000"}
    assert set(changed["code_2025"]) == {"0038001"}


def test_no_code_of_one_date_means_something_else_at_another() -> None:
    links = register.crosswalk()
    assert set(links["code_2020"]).isdisjoint(links["code_2021"])
    assert set(links["code_2020"]).isdisjoint(links["code_2025"])


def test_register_agrees_with_the_shared_list() -> None:
    theirs = shared_table("municipalities_2025.csv")
    ours = register.municipalities()[["municipality_id", "iso", "name", "name_en"]]
    assert ours.to_numpy().tolist() == theirs[
        ["atvk_2025", "iso_3166_2", "name_lv", "name_en_csp"]
    ].to_numpy().tolist()  # fmt: skip


def test_crosswalk_agrees_with_the_shared_one() -> None:
    theirs = shared_table("atvk_crosswalk_2020_2021_2025.csv")
    ours = register.crosswalk().rename(columns=lambda name: name.replace("code", "atvk"))
    columns = ["atvk_2020", "name_2020", "atvk_2021", "name_2021", "atvk_2025"]
    assert set(ours[columns].itertuples(index=False, name=None)) == set(
        theirs[columns].itertuples(index=False, name=None)
    )


def test_tables_are_copies() -> None:
    table, links = register.municipalities(), register.crosswalk()
    table.loc[0, "name"] = links.loc[0, "name_2020"] = "changed"
    assert register.municipalities().loc[0, "name"] == "Rīga"
    assert register.crosswalk().loc[0, "name_2020"] == "Rīga"


# Names


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Aizkraukles_novads", "0020000"),
        ("Dobeles_ novads", "0028000"),
        ("Liepajas_valstspilseta", "0005000"),
        ("Marupes novads", "0039000"),
        ("TalsuNovads_", "0051000"),
        ("VALMIERAS-NOVADS_", "0054000"),
        ("Jēkabpils novada pašvaldība", "0031000"),
        ("Cēsis municipality", "0026000"),
        ("Rīgas valstspilsētas pašvaldība", "0001000"),
        ("Rīgas pilsētas pašvaldība", "0001000"),
        ("RĪGA", "0001000"),
        ("Riga", "0001000"),
        ("„Ādažu novads”", "0023000"),
        ('"Ķekavas" novada dome', "0034000"),
        ("Cēsu nov.", "0026000"),
        ("Ce\u0304su novads", "0026000"),
        ("  Siguldas\u00a0novads ", "0048000"),
        ("Tukuma novadā", "0052000"),
        ("Ogres", "0040000"),
        ("Mārupe", "0039000"),
    ],
)
def test_real_spellings_resolve(text: str, code: str) -> None:
    assert register.find(text) == register.Match(code, (code,))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Jelgava", "0003000"),
        ("Jelgavas valstspilsēta", "0003000"),
        ("Jelgavas novads", "0030000"),
        ("Jelgava municipality", "0030000"),
        ("Rēzekne", "0006000"),
        ("Rezeknes_novads", "0043000"),
        ("Ventspils", "0007000"),
        ("VENTSPILS NOVADS", "0056000"),
        ("Daugavpils", "0002000"),
    ],
)
def test_city_and_county_of_one_name_stay_apart(text: str, code: str) -> None:
    assert register.find(text) == register.Match(code, (code,))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Jelgavas", ("0003000", "0030000")),
        ("Rēzeknes pašvaldība", ("0006000", "0043000")),
        ("Ventspils pašvaldība", ("0007000", "0056000")),
        ("Daugavpils pašvaldība", ("0002000", "0022000")),
    ],
)
def test_a_form_that_fits_city_and_county_stays_undecided(text: str, codes: tuple[str, ...]) -> None:
    assert register.find(text) == register.Match(None, codes)


@pytest.mark.parametrize("column", ["municipality_id", "iso", "name", "name_genitive", "name_en"])
def test_every_form_in_the_register_leads_back_to_its_municipality(column: str) -> None:
    table = register.municipalities()
    wrong = {
        text: found
        for text, code in zip(table[column], table["municipality_id"], strict=True)
        if (found := register.find(text)).municipality_id != code or found.abolished
    }
    undecided = {"Jelgavas", "Rēzeknes"} if column == "name_genitive" else set()
    assert wrong.keys() == undecided


@given(data=st.data())
def test_case_blanks_and_underscores_never_matter(data: st.DataObject) -> None:
    table = register.municipalities()
    row = table.iloc[data.draw(st.integers(0, 41))]
    flips = data.draw(st.lists(st.booleans(), min_size=len(row["name"]), max_size=len(row["name"])))
    joints = data.draw(
        st.lists(st.text(" _-\u00a0", max_size=2), min_size=len(flips), max_size=len(flips)),
    )
    text = "".join(
        joint + (sign.swapcase() if flip else sign)
        for sign, flip, joint in zip(row["name"], flips, joints, strict=True)
    )
    assert register.find(text).municipality_id == row["municipality_id"]


@given(st.text())
def test_no_text_raises_and_an_id_is_always_in_the_register(text: str) -> None:
    match = register.find(text, part=text)
    known = set(register.municipalities()["municipality_id"])
    assert set(match.candidates) <= known
    assert (match.municipality_id is None) == (len(match.candidates) != 1)


# Old units


@pytest.mark.parametrize(("text", "code"), OLD_WITH_ONE_SUCCESSOR)
def test_old_unit_leads_to_its_successor(text: str, code: str) -> None:
    current = set(register.municipalities()["name"])
    assert register.find(text) == register.Match(code, (code,), abolished=text not in current)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Daugavpils novads", "0022000"),
        ("Daugavpils municipality", "0022000"),
        ("Varaklanu_novads", "0038001"),
        ("Jēkabpils pilsētas pašvaldība", "0031000"),
        ("Jēkabpils valstspilsēta", "0031000"),
        ("Ogres valstspilsēta", "0040000"),
        ("Stopiņu nov.", "0044000"),
    ],
)
def test_a_unit_that_is_no_municipality_now_says_so(text: str, code: str) -> None:
    assert register.find(text) == register.Match(code, (code,), abolished=True)


@pytest.mark.parametrize(
    ("code", "successor", "abolished"),
    [
        ("0050000", "0002000", False),  # Daugavpils until 2021, same territory
        ("0010000", "0001000", False),  # Rīga until 2021
        ("LV0001000", "0001000", False),
        ("lv0010000", "0001000", False),
        ("0360200", "0021000", False),  # Alūksne, unchanged but for the code
        ("0420200", "0026000", True),  # the smaller Cēsu novads of 2020
        ("0600202", "0032000", True),  # Krāslava gained parts of Aglona
        ("0038000", "0038001", True),  # Madona before Varakļāni
        ("0055000", "0038001", True),  # Varakļāni in 2021
        ("0701800", "0038001", True),  # Varakļāni in 2020
        ("0031010", "0031000", True),  # state cities inside their counties
        ("0040010", "0040000", True),
        ("0054010", "0054000", True),
    ],
)
def test_codes_of_three_dates_resolve(code: str, successor: str, abolished: bool) -> None:
    assert register.find(code) == register.Match(successor, (successor,), abolished=abolished)


@pytest.mark.parametrize("column", ["code_2020", "code_2021", "code_2025"])
def test_every_code_of_every_date_resolves_as_the_crosswalk_says(column: str) -> None:
    links = register.crosswalk()
    for code, rows in links.groupby(column):
        assert set(register.find(str(code)).candidates) == set(rows["code_2025"]), code


# Split units


@pytest.mark.parametrize("text", ["Aglonas novads", "AGLONAS_NOVADS", "Aglonas novada pašvaldība", "0604300"])
def test_split_unit_without_a_part_names_both_successors(text: str) -> None:
    assert register.find(text) == register.Match(
        None, ("0042000", "0032000"), ("Preiļu novads", "Krāslavas novads"), abolished=True
    )


@pytest.mark.parametrize("unit", ["Inčukalna novads", "Incukalna novada", "LV0801800"])
def test_split_incukalns_names_sigulda_and_ropazi(unit: str) -> None:
    assert register.find(unit).successors == ("Siguldas novads", "Ropažu novads")


@pytest.mark.parametrize(("unit", "part", "code"), [(*key, code) for key, code in SPLIT.items()])
def test_parish_or_town_decides_a_split_unit(unit: str, part: str, code: str) -> None:
    for spelling in (part, part.upper(), part.replace(" ", "_")):
        assert register.find(unit, part=spelling) == register.Match(code, (code,), abolished=True)


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("Vangaži", "0044000"),
        ("Vangazi", "0044000"),
        ("Inčukalna pag.", "0048000"),
        ("Inčukalns", "0048000"),
        ("Gauja, Inčukalna pagasts, Inčukalna novads, LV-2163", "0048000"),
    ],
)
def test_part_is_read_in_any_spelling_or_out_of_an_address(part: str, code: str) -> None:
    assert register.find("Inčukalna novads", part=part).municipality_id == code


@pytest.mark.parametrize("part", ["", "Ropažu pagasts", "Vangaži, Inčukalna pagasts"])
def test_a_part_that_does_not_decide_changes_nothing(part: str) -> None:
    assert register.find("Inčukalna novads", part=part) == register.find("Inčukalna novads")


def test_a_part_never_moves_a_unit_that_was_not_split() -> None:
    assert register.find("Cēsu novads", part="Vangaži").municipality_id == "0026000"


# Unknown texts


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("Limbažu novds", "Limbažu novads"),
        ("Liepja", "Liepāja"),
        ("20000", "0020000"),  # a spreadsheet ate the zeros: said, never mended
        ("Atlantīda", None),
        ("Paraugu novads", None),
        ("Authority 7", None),
        ("9999999", None),
        ("LV-1050", None),
        ("", None),
        ("novads", None),
    ],
)
def test_unknown_text_gives_no_id_but_the_nearest_name(text: str, nearest: str | None) -> None:
    assert register.find(text) == register.Match(None, nearest=nearest)


@pytest.mark.parametrize("text", ["../Rīga", "<b>Rīga</b>", "=Rīga", "Rīga/Jūrmala"])
def test_paths_markup_and_lists_are_not_read_as_a_name(text: str) -> None:
    assert register.find(text).municipality_id is None


# Thresholds, dated facts beside the register

IN_FORCE = {(2022, 12): 5, (2023, 9): 10, (2023, 12): 10, (2024, 9): 10, (2024, 12): 15, (2025, 9): 10}


def thresholds() -> list[dict[str, object]]:
    text = (ROOT / "params" / "thresholds.yml").read_text(encoding="utf-8")
    return list(yaml.safe_load(text)["thresholds"])


def test_thresholds_in_force_are_the_published_ones() -> None:
    rows = [row for row in thresholds() if row["status"] == "in_force"]
    assert {(row["school_year"], row["grade"]): row["percent"] for row in rows} == IN_FORCE
    assert len({(row["school_year"], row["grade"]) for row in thresholds()}) == len(thresholds())


def test_an_unverified_threshold_has_no_number_and_every_other_has_one() -> None:
    rows = thresholds()
    assert {row["status"] for row in rows} == {"in_force", "planned", "unverified"}
    assert all((row["percent"] is None) == (row["status"] == "unverified") for row in rows)
    assert all("http" not in str(row["source"]) for row in rows)


def test_grade_nine_has_no_language_threshold_from_2026() -> None:
    domains = {row["school_year"]: row["domains"] for row in thresholds() if row["grade"] == 9}
    assert domains[2026] == ["latvian", "mathematics"]
    assert domains[2025] == ["latvian", "mathematics", "english", "german", "french", "russian"]


def test_thresholds_agree_with_the_shared_list() -> None:
    theirs = shared_table("pass_thresholds.csv")
    numbers = theirs[theirs["threshold_percent"].str.fullmatch("[0-9]+")]
    years = numbers["school_year"].str.extract(r"/([0-9]{4})\.$", expand=False).astype(int)
    published = set(zip(years, numbers["grade"].astype(int), numbers["threshold_percent"].astype(int), strict=True))
    ours = {(row["school_year"], row["grade"], row["percent"]) for row in thresholds() if row["percent"] is not None}
    assert ours == published
