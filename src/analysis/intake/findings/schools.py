"""Schools that look wrong: spelled two ways, of a kind their pupils contradict, without a subject or a year the others have."""

import re
import unicodedata
from itertools import combinations

import pandas as pd

from analysis.intake.findings.shape import SCHOOL, Tables, main_results, nothing, placed, shaped
from analysis.intake.schoolnames import school_key

_SHORT = {"vsk": "vidusskola", "psk": "pamatskola", "pamsk": "pamatskola", "sk": "skola", "ģim": "ģimnāzija"}
_LONG_WORD = 6
_KINDS = {
    "mixed": "mixed", "mxd": "mixed", "jaukta": "mixed", "girls": "girl", "girl": "girl", "sngl-girls": "girl",
    "meiteņu": "girl", "boys": "boy", "boy": "boy", "sngl-boys": "boy", "zēnu": "boy",
}  # fmt: skip
_MINORITY = 0.1
_JUDGED = 20
_STAGE = ["school_year", "grade", "test"]
_NEARLY_ALL = 0.9
_FEWEST_SCHOOLS = 5
_FEWEST_PUPILS = 5


def spelled_twice(tables: Tables) -> pd.DataFrame:
    """Find two schools of a municipality whose names are the same but for case, marks, abbreviations or one letter."""
    schools = tables.get("schools", pd.DataFrame())
    if schools.empty:
        return nothing()
    rows = []
    for municipality_id, own in schools.groupby("municipality_id", sort=True):
        names = [(school, name, _words(name)) for school, name in zip(own["school_id"], own["name"], strict=True)]
        for (one, _, words), (other, _, others) in combinations(sorted(names), 2):
            if _alike(words, others):
                rows.append({"municipality_id": municipality_id, "school_id": one, "column": other})
    pairs = pd.DataFrame(rows)
    return shaped(pairs, code="spelled_twice", table="schools", population="schools", count=2, of=len(schools))


def _words(name: str) -> list[str]:
    """Return the words of a name in alphabetical order: abbreviations written out, no case, no marks over letters."""
    found = re.findall(r"\w+", school_key(str(name)))
    plain = (unicodedata.normalize("NFD", _SHORT.get(word, word)) for word in found)
    return sorted("".join(c for c in word if not unicodedata.combining(c)) for word in plain)


def _alike(one: list[str], other: list[str]) -> bool:
    """Same words, or all but one, which is long and differs by one letter; numbers must be the same."""
    if one == other:
        return True
    if len(one) != len(other):
        return False
    left, right = sorted(set(one) - set(other)), sorted(set(other) - set(one))
    if len(left) != 1 or len(right) != 1 or min(len(left[0]), len(right[0])) < _LONG_WORD:
        return False
    return left[0].isalpha() and right[0].isalpha() and _one_letter_apart(left[0], right[0])


def _one_letter_apart(one: str, other: str) -> bool:
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))) and len(longer) - len(shorter) == 1


def kind_contradicted(tables: Tables) -> pd.DataFrame:
    """Find schools for both sexes in which at most a tenth are of one, and schools for one sex that have the other.

    Only kinds that speak of sexes are judged (mixed, girls, boys); schools of fewer than twenty pupils are not.
    """
    schools, results = tables.get("schools", pd.DataFrame()), main_results(tables)
    if results.empty or "kind" not in schools or "sex" not in results:
        return nothing()
    kinds = schools.set_index("school_id")["kind"].str.casefold().str.strip().map(_KINDS).dropna()
    pupils = results.dropna(subset="sex").drop_duplicates([*SCHOOL, "pupil_id"])
    counts = pupils.groupby([*SCHOOL, "sex"], observed=True).size().unstack("sex", fill_value=0)
    counts = counts.reindex(columns=["girl", "boy"], fill_value=0).reset_index()
    counts = counts.assign(kind=counts["school_id"].map(kinds), of=counts["girl"] + counts["boy"])
    counts = counts.dropna(subset="kind")
    few_girls = counts["girl"] < counts["boy"]
    mixed = counts["kind"] == "mixed"
    girls_rare = few_girls.where(mixed, counts["kind"] == "boy")
    counts = counts.assign(
        count=counts["girl"].where(girls_rare, counts["boy"]),
        group=girls_rare.map({True: "sex=girl", False: "sex=boy"}),
        code=mixed.map({True: "kind_nearly_one_sex", False: "kind_other_sex"}),
    )
    nearly_one = (counts["of"] >= _JUDGED) & (counts["count"] <= _MINORITY * counts["of"])
    return shaped(counts[nearly_one.where(mixed, counts["count"] > 0)], table="schools", column="kind")


def subject_lacking(tables: Tables) -> pd.DataFrame:
    """Find schools without a subject that nine in ten schools have in the same year, grade and test, five or more of them."""
    results = main_results(tables)
    if results.empty:
        return nothing()
    rows = results[[*SCHOOL, *_STAGE, "domain", "pupil_id"]]
    pupils = rows.groupby([*SCHOOL, *_STAGE], observed=True)["pupil_id"].nunique().rename("of").reset_index()
    pupils = pupils[pupils["of"] >= _FEWEST_PUPILS]
    sat = rows[[*SCHOOL, *_STAGE, "domain"]].drop_duplicates().merge(pupils[[*SCHOOL, *_STAGE]], on=[*SCHOOL, *_STAGE])
    schools = pupils.groupby(_STAGE, observed=True)["school_id"].nunique().rename("schools")
    have = sat.groupby([*_STAGE, "domain"], observed=True)["school_id"].nunique().rename("have").reset_index()
    have = have.merge(schools.reset_index(), on=_STAGE)
    usual = have[(have["schools"] >= _FEWEST_SCHOOLS) & (have["have"] >= _NEARLY_ALL * have["schools"])]
    due = pupils.merge(usual[[*_STAGE, "domain"]], on=_STAGE)
    lacking = due.merge(sat.assign(there=True), on=[*SCHOOL, *_STAGE, "domain"], how="left")
    lacking = lacking[lacking["there"].isna()]
    lacking = lacking.assign(count=lacking["of"], year_from=lacking["school_year"])
    return shaped(lacking, code="subject_lacking", table="results")


def year_lacking(tables: Tables) -> pd.DataFrame:
    """Find school years without results of a grade that a school had before, where other schools have that year.

    Where enrolments came, five pupils must have been enrolled in the grade; otherwise the year must lie between two
    others of the school.
    """
    results, enrolments = main_results(tables), tables.get("enrolments", pd.DataFrame())
    if results.empty:
        return nothing()
    stages = results[[*SCHOOL, *_STAGE]].drop_duplicates()
    by = [*SCHOOL, "grade", "test"]
    span = stages.groupby(by, observed=True)["school_year"].agg(first="min", last="max").reset_index()
    held = stages.groupby(_STAGE, observed=True)["school_id"].nunique().rename("schools").reset_index()
    due = span.merge(held[held["schools"] >= _FEWEST_SCHOOLS], on=["grade", "test"])
    there = stages.assign(there=True)
    due = due[due["school_year"] > due["first"]].merge(there, on=[*SCHOOL, *_STAGE], how="left")
    due = due[due["there"].isna()]
    if enrolments.empty:
        due = due[due["school_year"] < due["last"]].assign(count=1, of=1, population="schools")
    else:
        enrolled = placed(enrolments, tables).groupby([*SCHOOL, "school_year", "grade"], observed=True).size()
        due = due.merge(enrolled.rename("of").reset_index(), on=[*SCHOOL, "school_year", "grade"])
        due = due[due["of"] >= _FEWEST_PUPILS].assign(count=lambda rows: rows["of"])
    return shaped(due.assign(year_from=due["school_year"]), code="year_lacking", table="results")
