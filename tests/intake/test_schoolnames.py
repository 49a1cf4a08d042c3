"""Two spellings of one school meet, two schools stay two."""

import pytest

from analysis.intake.schoolnames import school_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.internātpamatskola", "1. internātpamatskola "),
        ('Rīgas "Zelta" skola', "Rīgas „Zelta” skola"),
        ("Rīgas 'Zelta' skola", "Rīgas Zelta skola"),
        ("Rīgas ‚Zelta‘ skola", "Rīgas ‹Zelta› skola"),
        ("Rīgas `Zelta´ skola", "Rīgas ″Zelta″ skola"),
        ("Bērzu internātpamatskola-attīstības centrs", "Bērzu internātpamatskola – attīstības centrs"),
        ("A – B vidusskola", "A-B vidusskola"),
        ("Skola - attīstības centrs", "Skola -attīstības centrs"),
        ("OZOLU VIDUSSKOLA", "Ozolu  vidusskola"),
        ("A\u0304da\u017eu skola", "Ādažu skola"),
        ("Ozolu\u00a0skola", "Ozolu skola"),
    ],
)
def test_spellings_of_one_school_meet(one: str, other: str) -> None:
    assert school_key(one) == school_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ozolu vidusskola (maiņu)", "Ozolu vidusskola"),
        ("Rīgas 1. vidusskola", "Rīgas 11. vidusskola"),
        ("Āraišu skola", "Araišu skola"),
        ("Ozolu pamatskola", "Ozolu sākumskola"),
    ],
)
def test_two_schools_stay_two(one: str, other: str) -> None:
    assert school_key(one) != school_key(other)


def test_a_key_is_its_own_key() -> None:
    for name in ("Rīgas „Zelta” 1.skola – B ", "Ozolu vidusskola (maiņu)"):
        assert school_key(school_key(name)) == school_key(name)
