"""Names of groups: several attributes become one noun with what is said of it."""

from types import SimpleNamespace

import pytest

from analysis.report.naming import group


@pytest.mark.parametrize(
    ("code", "latvian", "english"),
    [
        ("sex=boy", "zēni", "boys"),
        ("home_language=other&sex=boy", "zēni, kuru ģimenē runā citā valodā", "boys who speak another language at home"),
        ("moved=no&sex=girl", "meitenes, kuras skolu nemainīja", "girls who did not change school"),
        (
            "sen=yes&settlement=rural",
            "lauku skolu skolēni ar speciālām vajadzībām",
            "pupils of rural schools with special educational needs",
        ),
        (
            "home_language=other&repeats=yes",
            "skolēni, kuru ģimenē runā citā valodā un kuri klasi atkārto",
            "pupils who speak another language at home and who repeat the grade",
        ),
        (
            "low_income=yes&sen=yes",
            "skolēni ar speciālām vajadzībām no ģimenēm ar zemiem ienākumiem",
            "pupils with special educational needs from low-income families",
        ),
        ("club=chess&sex=boy", "club: chess · zēni", "club: chess · boys"),
    ],
)  # fmt: skip
def test_a_group_of_several_attributes_is_named_as_one(code, latvian, english) -> None:
    for language, words in (("lv", latvian), ("en", english)):
        assert group(SimpleNamespace(language=language, facts={"labels": {}}), code) == words


def test_names_that_a_map_brings_stand_side_by_side() -> None:
    own = {"sex=boy": {"lv": "puikas", "en": "lads"}}
    reader = SimpleNamespace(language="lv", facts={"labels": own})
    assert group(reader, "sen=yes&sex=boy") == "skolēni ar speciālām vajadzībām · puikas"
