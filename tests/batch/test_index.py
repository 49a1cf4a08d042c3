"""The index lists pages by name, never by result, and says what is not there."""

import re

from analysis.batch.index import index_page
from analysis.report.export import broken_rules
from analysis.words.catalogue import say


def items(*slugs: str, language: str = "lv"):
    return [
        {"notebook": "20_municipality", "slug": slug, "language": language, "municipality_id": slug} for slug in slugs
    ]


def shown(page: str) -> list[str]:
    return re.findall(r'<li><a href="[^"]+" hreflang="\w\w">([^<]+)</a>', page)


def test_names_stand_in_latvian_order():
    names = {"a": "Ādaži", "b": "Čavēni", "c": "Cēsis", "d": "Ķekava", "e": "Krāslava", "f": "Žagari", "g": "Zilupe"}
    page = index_page("public", items(*names), names, [])
    assert shown(page) == ["Ādaži", "Cēsis", "Čavēni", "Krāslava", "Ķekava", "Zilupe", "Žagari"]


def test_each_municipality_is_listed_once_with_its_languages():
    page = index_page("public", [*items("a", language="en"), *items("a")], {"a": "Ādaži"}, [])
    assert shown(page) == ["Ādaži"]
    assert 'href="20_municipality/a.html" hreflang="lv">Ādaži' in page
    assert 'href="20_municipality/a.en.html" hreflang="en"' in page
    assert '<html lang="lv">' in page
    assert str(say("index_intro", "lv", count=1, n=1)) in page


def test_an_english_run_has_an_english_index():
    page = index_page("public", items("a", language="en"), {"a": "Ādaži"}, [])
    assert '<html lang="en">' in page
    assert str(say("index_intro", "en", count=1, n=1)) in page


def test_what_failed_is_named_and_not_linked():
    page = index_page("public", items("a"), {"a": "Ādaži", "b": "Ogre"}, {"b"})
    assert shown(page) == ["Ādaži"]
    assert str(say("index_not_made", "lv", list="Ogre")) in page


def test_a_name_is_never_markup():
    name = "<img src=x onerror=alert(1)>"
    page = index_page("public", items("a"), {"a": name}, {"a"})
    assert name not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") == 2


def test_an_empty_run_has_an_index_that_says_so():
    page = index_page("public", [], {}, [])
    assert str(say("index_intro", "lv", count=0, n=0)) in page
    assert broken_rules(page) == []


def school(slug: str, language: str = "lv", municipality_id: str = "a") -> dict[str, str]:
    facts = {"municipality_id": municipality_id, "school_id": slug, "place": "Ādaži"}
    return {"notebook": "30_school", "slug": slug, "language": language} | facts


def test_schools_stand_below_their_municipality_in_latvian_order():
    names = {"a": "Ādaži", "b": "Ogre", "a/s1": "Žagaru skola", "a/s2": "Čiekuru skola"}
    page = index_page("board", [*items("a", "b"), school("s1"), school("s2"), school("s2", "en")], names, [])
    assert shown(page) == ["Ādaži", "Čiekuru skola", "Žagaru skola", "Ogre"]
    assert 'href="30_school/s2.en.html" hreflang="en"' in page
    assert str(say("index_intro", "lv", count=2, n=2)) in page
    assert str(say("index_intro_schools", "lv", count=2, n=2)) in page


def test_a_municipality_without_a_page_is_named_over_its_schools():
    page = index_page("board", [school("s1")], {"a/s1": "Skola", "a/s2": "Otra skola"}, {"a/s2"})
    assert re.search(r"<li>Ādaži<ul><li><a [^>]*>Skola</a></li></ul></li>", page)
    assert str(say("index_intro", "lv", count=0, n=0)) not in page
    assert str(say("index_not_made", "lv", list="Otra skola")) in page
    assert broken_rules(page) == []


def test_a_school_whose_slug_is_a_municipalitys_is_not_taken_for_it():
    page = index_page("board", [*items("a"), school("a")], {"a": "Ādaži", "a/a": "Skola"}, [])
    assert shown(page) == ["Ādaži", "Skola"]


def test_the_page_of_all_stands_first_and_is_not_counted_among_municipalities():
    whole = {"notebook": "80_country", "slug": "country", "municipality_id": ""}
    both = [whole | {"language": language} for language in ("lv", "en")]
    page = index_page("public", [*items("a"), *both], {"a": "Ādaži", "*": "country"}, [])
    assert shown(page) == [str(say("country_name", "lv")), "Ādaži"]
    assert 'href="80_country/country.en.html"' in page
    assert str(say("index_intro", "lv", count=1, n=1)) in page
    assert shown(index_page("public", both[1:], {"*": "country"}, [])) == [str(say("country_name", "en"))]


def test_where_it_failed_it_is_called_by_its_name():
    page = index_page("public", items("a"), {"a": "Ādaži", "*": "country"}, {"*"})
    assert str(say("index_not_made", "lv", list=say("country_name", "lv"))) in page
