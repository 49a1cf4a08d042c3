"""Values, identity and names: one fault a delivery, its answer, its place, what its message names, and nothing else said."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.faults import Fault, InputFaults, registry, rejected, render, tell
from analysis.intake.delivery import read_delivery

Files = dict[str, str | bytes]
Change = Callable[[Files], Any]
TODAY = date(2024, 6, 30)
CANARIES = ("zq7", "Kanārijputniņa", "slepena piezīme", "010203-12345", "321234-56789", "atb-")

#: More tables of the contract beside the small sound delivery, so that each rule has something to break.
MORE: Files = {
    "items.csv": (
        "pupil_id,school_year,grade,test,domain,item,points\n"
        + "".join(f"zq7-{p},2024,9,CE,mathematics,{i},{n}\n" for p, i, n in
                  ((1, "u1", "40"), (1, "u2", "24.5"), (2, "u1", "21"), (2, "u2", "10.0"), (3, "u1", "50"), (3, "u2", "27")))
    ),
    "item_map.csv": (
        "school_year,grade,test,domain,item,skill,max_points\n"
        "2024,9,CE,mathematics,u1,algebra,60\n2024,9,CE,mathematics,u2,geometry,40\n"
    ),
    "marks.csv": "pupil_id,school_year,term,domain,mark\nzq7-1,2024,1,mathematics,7\nzq7-2,2024,1,mathematics,\n",
    "wellbeing.csv": (
        "respondent_id,school_year,role,school_id,grade,item,value\n"
        "atb-1,2024,pupil,S1,9,j1,4\natb-2,2024,pupil,S1,9,j1,2\natb-9,2024,teacher,S1,,k1,5\n"
    ),
    "wellbeing_items.csv": "item,role,scale,reversed\nj1,pupil,drošība,no\nk1,teacher,drošība,no\n",
    "wellbeing_roster.csv": "school_year,school_id,role,grade,eligible\n2024,S1,pupil,9,2\n2024,S1,teacher,,5\n",
    "staff_survey.csv": "respondent_id,school_year,school_id,item,value\natb-5,2024,S1,s1,4\natb-6,2024,S1,s1,3\n",
    "staff_survey_items.csv": "item,dimension\ns1,sadarbība\n",
    "teacher_evidence.csv": (
        "teacher_id,school_year,school_id,source,competence,occasion,observer_id,value\n"
        "atb-7,2024,S1,observation,c1,1,atb-8,3\natb-7,2024,S1,self,c1,1,,4\n"
    ),
    "teacher_goals.csv": "teacher_id,school_year,competence,aim\natb-7,2024,c1,4\n",
    "competences.csv": "competence,required\nc1,3\n",
    "activities.csv": (
        "activity_id,school_year,school_id,grade,field,pupils,hours\nA1,2024,S1,9,stem,2,10\nA2,2024,S1,,civic,1,\n"
    ),
    "development_events.csv": (
        "event_id,school_year,municipality_id,school_id,audience,participants\nE1,2024,D901,S1,teachers,12\n"
    ),
    "support_given.csv": (
        "pupil_id,school_year,programme,specialist,minutes,from,to,plan\n"
        "zq7-1,2024,Lasītprasme,logopēds,40,2023-09-04,2024-05-31,yes\n"
        "zq7-2,2024,Lasītprasme,,20,2023-10-16,2024-08-31,no\n"
    ),
    "support_capacity.csv": (
        "programme,municipality_id,school_id,school_year,specialist,places,minutes_per_week,valid_from,valid_to\n"
        "Lasītprasme,D901,S1,2024,logopēds,10,400,2023-09-01,2026-08-31\n"
        "Lasītprasme,D901,,2024,,5,200,2023-09-13,2024-08-31\n"
    ),
    "lesson_hours.csv": "school_id,school_year,grade,domain,planned,delivered\nS1,2024,9,mathematics,140,133\n",
    "board_survey.csv": "municipality_id,school_year,question,answer\nD901,2024,j1,NULL\n",
    "school_results.csv": (
        "school_id,school_year,grade,test,domain,n,mean_score,score_max\n"
        "S1,2024,12,CE,english,20,61.5,100\nS2,2024,12,CE,english,,58,100\nS3,2024,12,CE,english,8,71.2,100\n"
    ),
    "school_bands.csv": (
        "school_id,school_year,grade,test,domain,band,n\nS1,2024,12,CE,english,5,8\nS1,2024,12,CE,english,6,12\n"
    ),
    "self_evaluation.csv": "school_id,school_year,criterion,source,level\nS1,2024,1.1,self,3\nS1,2024,1.1,accreditation,2\n",
    "methodologists.csv": "methodologist_id,school_year,municipality_id,field,visits\natb-3,2024,D901,matemātika,40\n",
    "published.csv": (
        "school_year,grade,test,domain,measure,value,unit,source\n2024,9,CE,mathematics,mean,58.2,percent,VISC\n"
        "2024,9,CE,mathematics,sd,21.0,percent,VISC\n2024,9,CE,mathematics,n,17000,pupils,VISC\n"
    ),
}  # fmt: skip

RESULTS, SCHOOLS, PUPILS, ENROLMENTS, PLACES = (
    "results.csv", "schools.csv", "pupils.csv", "enrolments.csv", "municipalities.csv",
)  # fmt: skip
GIVEN, CAPACITY, ITEMS, DELIVERY = "support_given.csv", "support_capacity.csv", "items.csv", "delivery.yml"

REFERS = {
    ITEMS: ["item_map.csv"], "item_map.csv": [ITEMS], "wellbeing.csv": ["wellbeing_items.csv", "wellbeing_roster.csv"],
    "staff_survey.csv": ["staff_survey_items.csv"], "teacher_evidence.csv": ["competences.csv"],
    "teacher_goals.csv": ["competences.csv"], GIVEN: [CAPACITY], "school_bands.csv": ["school_results.csv"],
}  # fmt: skip


@dataclass
class Case:
    """One change of the sound delivery, and the fault that must come of it."""

    title: str
    file: str
    line: int | tuple[int, ...] | None
    column: str | None
    named: str
    changes: tuple[Change, ...]
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.title

    @property
    def code(self) -> str:
        return self.title.split()[0]

    @property
    def lines(self) -> list[int | None]:
        return list(self.line) if isinstance(self.line, tuple) else [self.line]


def case(
    title: str, file: str, line: Any, column: str | None, named: str, *changes: Change, also: tuple[str, ...] = ()
):
    return Case(title, file, line, column, named, changes, also)


def put(name: str, content: str) -> Change:
    return lambda files: files.__setitem__(name, content)


def add(name: str, *rows: str) -> Change:
    return lambda files: files.__setitem__(name, str(files[name]) + "".join(row + "\n" for row in rows))


def swap(name: str, old: str, new: str, times: int = 1) -> Change:
    def change(files: Files) -> None:
        assert old in str(files[name]), old
        files[name] = str(files[name]).replace(old, new, times)

    return change


def sub(name: str, pattern: str, new: str) -> Change:
    def change(files: Files) -> None:
        files[name], count = re.subn(pattern, new, str(files[name]))
        assert count

    return change


def everywhere(old: str, new: str) -> Change:
    def change(files: Files) -> None:
        for name in files:
            files[name] = str(files[name]).replace(old, new)

    return change


def of_register(place: str) -> Change:
    """Take the delivery's own municipalities away and put its first school into a place of the register."""

    def change(files: Files) -> None:
        files.pop(PLACES)
        for name in files:
            files[name] = str(files[name]).replace("D901", "0023000").replace("D902", "0004000")
        files[SCHOOLS] = str(files[SCHOOLS]).replace("0023000", place)

    return change


MAP = """scope: country
files:
  - pattern: ce.csv
    {}
    tables:
      results:
        {{pupil_id: Kods, school_year: {{from: Gads, school_year: ends}}, grade: {{constant: "9"}}, test: {{constant: CE}},
         domain: {{constant: latvian}}, school_id: {{constant: S1}}, score: {}, score_max: {{constant: 100}},
         status: {{constant: present}}}}
"""


def ce(rows: str, score: str = "Punkti", more: str = "") -> Change:
    def change(files: Files) -> None:
        files[DELIVERY] = MAP.format(more, score)
        files["ce.csv"] = "Kods;Gads;Punkti\n" + rows

    return change


def day_of_data(day: str) -> Change:
    return put(DELIVERY, f'scope: country\ndata_date: "{day}"\n')


def swap_scores(*scores: str) -> Change:
    def change(files: Files) -> None:
        for old, new in zip(("64.5,", "31,", "77,"), scores, strict=True):
            swap(RESULTS, f"S{2 if old == '77,' else 1},{old}", f"S{2 if old == '77,' else 1},{new},")(files)

    return change


FIRST = "zq7-1,2024,9,CE,mathematics,S1,64.5,100,present"
# title, file, line, column, what the message names, what is changed
# fmt: off
CASES = [
    case("V01 points", ITEMS, 3, "points", "-2|0", swap(ITEMS, "24.5", "-2"), also=("D20",)),
    case("V01 a mark", "marks.csv", 2, "mark", "0|1", swap("marks.csv", "mathematics,7", "mathematics,0")),
    case("V01 a maximum of nothing", "item_map.csv", 3, "max_points", "0|pats 0 neder",
         swap("item_map.csv", "geometry,40", "geometry,0"), also=("V19",)),
    case("V02 an answer", "wellbeing.csv", 2, "value", "6|5", swap("wellbeing.csv", "j1,4", "j1,6")),
    case("V02 an answer of staff", "staff_survey.csv", 2, "value", "6|5", swap("staff_survey.csv", "s1,4", "s1,6")),
    case("V02 a level", "self_evaluation.csv", 2, "level", "5|4", swap("self_evaluation.csv", "self,3", "self,5")),
    case("V02 a competence", "teacher_evidence.csv", 3, "value", "5|4", swap("teacher_evidence.csv", ",4\n", ",5\n")),
    case("V02 a mean of a school", "school_results.csv", 2, "mean_score", "161.5|100",
         swap("school_results.csv", "61.5", "161.5")),
    case("V03", RESULTS, None, "score", "3|factor: 100", swap_scores("0.645", "0.31", "0.77"), also=("D20",)),
    case("V03 absence", ENROLMENTS, None, "absence_percent", "4", sub(ENROLMENTS, r"sen\n", "absence_percent\n"),
         sub(ENROLMENTS, r",(?:no|yes)\n", ",0.05\n"), swap(ENROLMENTS, "S3,0.05", "S3,0.2")),
    case("V03 means of schools", "school_results.csv", None, "mean_score", "3",
         sub("school_results.csv", r",(\d\d)\.?(\d?),100", r",0.\1\2,100")),
    case("V04", RESULTS, None, "score", "2", swap(RESULTS, "64.5", "64.5 %"), swap(RESULTS, ",31,", ",31%,")),
    case("V04 through a map", "ce.csv", None, "Punkti", "1", ce("zq7-1;2023;64,5 %\nzq7-2;2023;31\n")),
    case("V05 percent of another range", RESULTS, 2, "score", "40 %",
         swap(RESULTS, "64.5,100", "40 %,50")),
    case("V05 percent of minutes", GIVEN, 2, "minutes", "40 %", swap(GIVEN, ",40,", ",40 %,")),
    case("V06 NaN", RESULTS, 3, "score", "NaN", swap(RESULTS, ",31,", ",NaN,")),
    case("V06 infinity", RESULTS, 3, "score", "-inf", swap(RESULTS, ",31,", ",-inf,")),
    case("V06 too large", RESULTS, 3, "score", "9999999999999999", swap(RESULTS, ",31,", ",9999999999999999,")),
    case("V06 NULL as a code", PUPILS, 3, "sex", "NULL", swap(PUPILS, "2008,boy", "2008,NULL")),
    case("V06 NULL as an id", RESULTS, (2, 3), "pupil_id", "NULL", sub(RESULTS, "zq7-[12]", "NULL"), also=("D20",)),
    case("V06 an error of Excel", RESULTS, 3, "score", "#DIV/0!", swap(RESULTS, ",31,", ",#DIV/0!,")),
    case("V06 no data (VIIS)", RESULTS, 3, "score", "N/D", swap(RESULTS, ",31,", ",N/D,")),
    case("V06 not listed in the map", "ce.csv", 2, "Punkti", "NULL", ce("zq7-1;2023;NULL\nzq7-2;2023;31\n")),
    case("V07 hexadecimal", RESULTS, 3, "score", "0x1F", swap(RESULTS, ",31,", ",0x1F,")),
    case("V07 underscores", RESULTS, 3, "score", "1_000", swap(RESULTS, ",31,", ",1_000,")),
    case("V07 an exponent", RESULTS, 3, "score", "3.1e1", swap(RESULTS, ",31,", ",3.1e1,")),
    case("V08", RESULTS, 3, "score", "٣١", swap(RESULTS, ",31,", ",٣١,")),
    case("V08 full width", RESULTS, 3, "score", "３１", swap(RESULTS, ",31,", ",３１,")),
    case("V09 the whole column", "item_map.csv", None, "skill", "0|2", sub("item_map.csv", "algebra|geometry", "")),
    case("V10", RESULTS, None, "score", "3", swap_scores("50", "50", "50"), also=("D20",)),
    case("V11", GIVEN, 3, "from", "30.04.2025.|2025-04-30", swap(GIVEN, "2023-10-16", "16.10.2023")),
    case("V11 a serial number of Excel", GIVEN, 3, "from", "Excel|2025-04-30", swap(GIVEN, "2023-10-16", "45215")),
    case("V11 serial numbers only", GIVEN, (2, 3), "from", "Excel",
         swap(GIVEN, "2023-09-04", "45173"), swap(GIVEN, "2023-10-16", "45215")),
    case("V11 the month first in one row", GIVEN, 3, "from", "04/30/2025|30/04/2025",
         swap(GIVEN, "2023-10-16", "10/16/2023"), swap(GIVEN, "2023-09-04", "24/09/2023"),
         add(GIVEN, "zq7-3,2024,Lasītprasme,,20,25/09/2023,,no")),
    case("V12", GIVEN, (2, 3), "from", "04/09/2023|%d/%m/%Y",
         swap(GIVEN, "2023-09-04", "04/09/2023"), swap(GIVEN, "2023-10-16", "11/10/2023")),
    case("V12 two digits of a year", GIVEN, (2, 3), "from", "04.09.23|2025-04-30",
         swap(GIVEN, "2023-09-04", "04.09.23"), swap(GIVEN, "2023-10-16", "16.10.23")),
    case("V13", GIVEN, 3, "from", "2024-07-01|2024-06-30", swap(GIVEN, "2023-10-16", "2024-07-01")),
    case("V13 after the day of the data", GIVEN, 3, "from", "2023-10-16|2023-10-15", day_of_data("2023-10-15")),
    case("V13 an end beyond its school year", GIVEN, 3, "to", "2025-05-31|2024-08-31", swap(GIVEN, "2024-08-31", "2025-05-31")),
    case("V14", GIVEN, 3, "from", "2023-02-30", swap(GIVEN, "2023-10-16", "2023-02-30")),
    case("V14 no date", GIVEN, 3, "from", "", swap(GIVEN, "2023-10-16", "slepena piezīme")),
    case("V15 mixed codes", PUPILS, (2, 4), "sex", "girl, boy", swap(PUPILS, "2008,girl", "2008,M"),
         swap(PUPILS, "2007,girl", "2007,V")),
    case("V15 of a later table", "activities.csv", 2, "field", "stem, civic", swap("activities.csv", "stem", "STEM")),
    case("V16 two years", RESULTS, 3, "school_year", "2023/2024|2026", swap(RESULTS, "zq7-2,2024", "zq7-2,2023/2024")),
    case("V16 as people say it", RESULTS, 3, "school_year", "2026", swap(RESULTS, "zq7-2,2024", "zq7-2,2023./2024. m.g.")),
    case("V16 a fraction", RESULTS, 3, "school_year", "2023.5", swap(RESULTS, "zq7-2,2024", "zq7-2,2023.5")),
    case("V16 two forms under a map", "ce.csv", 3, "Gads", "2024|2023./2024.",
         ce("zq7-1;2023./2024.;5\nzq7-2;2024;7\nzq7-3;2023./2024.;8\n")),
    case("V18", GIVEN, 2, "to", "", swap(GIVEN, "2024-05-31", "2023-05-31")),
    case("V18 of a capacity", CAPACITY, 3, "valid_to", "", swap(CAPACITY, ",2024-08-31", ",2022-08-31")),
    case("V19", ITEMS, 3, "points", "44.5|40", swap(ITEMS, "u2,24.5", "u2,44.5"), also=("D20",)),
    case("V20 a band", "school_bands.csv", 2, "band", "5.5",
         swap("school_bands.csv", "english,5,", "english,5.5,"), also=("D24",)),
    case("V20 half a pupil", "activities.csv", 2, "pupils", "1.5", swap("activities.csv", "stem,2", "stem,1.5")),
    case("I01", SCHOOLS, 2, "municipality_id", "5|7", of_register("23000")),
    case("I02", RESULTS, 3, "school_id", "", swap(RESULTS, "mathematics,S1,31", "mathematics,1.23457E+11,31"), also=("I08",)),
    case("I02 of a pupil", RESULTS, 3, "pupil_id", "", everywhere("zq7-2", "1.23457E+11")),
    case("I03 an answer", "wellbeing.csv", 5, None, "wellbeing|2", add("wellbeing.csv", "atb-1,2024,pupil,S1,9,j1,4")),
    case("I03 an answer of staff", "staff_survey.csv", 4, None, "staff_survey|2", add("staff_survey.csv", "atb-5,2024,S1,s1,4")),
    case("I04 another answer of staff", "staff_survey.csv", 4, None, "staff_survey|2|value",
         add("staff_survey.csv", "atb-5,2024,S1,s1,2")),
    case("I04 an answer at another school", "wellbeing.csv", 5, None, "wellbeing|2|school_id",
         add("wellbeing.csv", "atb-1,2024,pupil,S2,9,j1,4")),
    case("I04 a mark", "marks.csv", 4, None, "marks|2|mark", add("marks.csv", "zq7-1,2024,1,mathematics,8")),
    case("I04 an enrolment", ENROLMENTS, 6, None, "enrolments|2|school_id", add(ENROLMENTS, "zq7-1,2024,9,S2,no")),
    case("I04 a result", RESULTS, 6, None, "results|2|score", add(RESULTS, FIRST.replace("64.5", "65"))),
    case("I04 points", ITEMS, 8, None, "items|2|points", add(ITEMS, "zq7-1,2024,9,CE,mathematics,u1,39"), also=("D20",)),
    case("I04 a capacity without school or specialist", CAPACITY, 4, None, "support_capacity|3|places",
         add(CAPACITY, "Lasītprasme,D901,,2024,,6,200,2023-09-13,2024-08-31")),
    case("I05", PUPILS, None, "piezime", "4", sub(PUPILS, "Kanārijputniņa,.*", "Kanārijputniņa,010203-12345")),
    case("I06", PUPILS, 3, "pupil_id", "", everywhere("zq7-2", "321234-56789")),
    case("I07", PUPILS, None, "piezime", "", sub(PUPILS, "x^|$", "")),
    case("I08 an item", ITEMS, 3, "item", "item_map|1",
         swap(ITEMS, "1,2024,9,CE,mathematics,u2", "1,2024,9,CE,mathematics,u9"), also=("D20",)),
    case("I08 an item of a survey", "wellbeing.csv", 2, "item", "wellbeing_items|1", swap("wellbeing.csv", "j1,4", "j7,4")),
    case("I08 an item of staff", "staff_survey.csv", 2, "item", "staff_survey_items|1", swap("staff_survey.csv", "s1,4", "s2,4")),
    case("I08 a competence", "teacher_evidence.csv", 2, "competence", "competences|1",
         swap("teacher_evidence.csv", "c1,1,atb", "c2,1,atb")),
    case("I08 a goal", "teacher_goals.csv", 2, "competence", "competences|1", swap("teacher_goals.csv", "c1", "c2")),
    case("I08 a pupil with support", GIVEN, 2, "pupil_id", "pupils|1", swap(GIVEN, "zq7-1", "zq7-8")),
    case("I08 a pupil with a mark", "marks.csv", 2, "pupil_id", "pupils|1", swap("marks.csv", "zq7-1", "zq7-8")),
    case("I08 a school with lessons", "lesson_hours.csv", 2, "school_id", "schools|1",
         swap("lesson_hours.csv", "S1", "S9")),
    case("I09", RESULTS, 2, "pupil_id", "4", everywhere("zq7-1", "Ilze Kanārijputniņa"),
         everywhere("zq7-2", "Ieva Kanārijputniņa"),
         everywhere("zq7-3", "Anna Kanārijputniņa"), everywhere("zq7-4", "KANĀRIJPUTNIŅA JURIS")),
    case("I10", "wellbeing.csv", 4, "item", "wellbeing_items|pupil", swap("wellbeing.csv", "k1,5", "j1,5"), also=("I08",)),
    case("N01", SCHOOLS, 2, "name", "<b>", swap(SCHOOLS, "Sauleskalna", "<b>Sauleskalna</b>")),
    case("N05", PLACES, 2, "municipality_id", "../D901", everywhere("D901", "../D901")),
    case("N06", PLACES, 3, "municipality_id", "D.901|D 901|2", everywhere("D902", "D 901"), everywhere("D901", "D.901")),
    case("N07", SCHOOLS, 2, "municipality_id", "Madonas novads", of_register("0055000")),
    case("N07 Aglona was split", SCHOOLS, 2, "municipality_id", "Preiļu novads / Krāslavas novads",
         of_register("Aglonas novads")),
    case("N07 Aglona by its code", SCHOOLS, 2, "municipality_id", "Preiļu novads / Krāslavas novads", of_register("0604300")),
    case("N07 Inčukalns was split", SCHOOLS, 2, "municipality_id", "Siguldas novads / Ropažu novads",
         of_register("Inčukalna novads")),
    case("N07 Inčukalns by its code", SCHOOLS, 2, "municipality_id", "Siguldas novads / Ropažu novads", of_register("0801800")),
    case("N08", SCHOOLS, (3, 4), "municipality_id", "Ezerleja|Sauleskalna novads",
         put(DELIVERY, "scope: board\nmunicipality: D901\n")),
    case("N09", SCHOOLS, 2, "municipality_id", "D901", of_register("D901")),
    case("D20", ITEMS, None, None, "1", swap(ITEMS, "u2,24.5", "u2,23.5")),
    case("D21", "wellbeing.csv", None, None, "1", swap("wellbeing_roster.csv", "pupil,9,2", "pupil,9,1")),
    case("D22", GIVEN, None, None, "1", swap(GIVEN, "zq7-2,2024,Lasītprasme", "zq7-2,2024,Rēķinprasme")),
    case("D23", "lesson_hours.csv", None, None, "1", swap("lesson_hours.csv", "140,133", "140,150")),
    case("D24", "school_bands.csv", None, None, "1", swap("school_bands.csv", "6,12", "6,13")),
    case("D25", "marks.csv", None, None, "marks|1", swap("marks.csv", "zq7-1,2024", "zq7-1,2023")),
    case("D26", "activities.csv", None, None, "1", swap("activities.csv", "stem,2", "stem,3")),
    case("D27", RESULTS, None, None, "1", swap(ENROLMENTS, "zq7-4,2024,9", "zq7-4,2024,8")),
]
# fmt: on


def concerned(one: Case, before: Files, files: Files) -> Files:
    """Of the further tables keep those that a case changes or speaks of, and those that they refer to: for speed alone."""
    changed = {name for name in files if files[name] != before.get(name)} | {one.file}
    changed |= {name for first, others in REFERS.items() if first in changed for name in others}
    return {name: content for name, content in files.items() if name not in MORE or name in changed}


@pytest.fixture
def files(sound: Files) -> Files:
    """The small sound delivery with every other table of the contract."""
    return sound | MORE


def found(folder: Path) -> tuple[Fault, ...]:
    try:
        return read_delivery(folder, (), TODAY).faults
    except InputFaults as faults:
        return faults.faults


def test_every_table_of_the_contract_is_sound_and_nothing_is_to_be_said(
    files: Files, written: Callable[[Files], Path]
) -> None:
    delivery = read_delivery(written(files), (), TODAY)
    assert [(f.code, f.file, f.column) for f in delivery.faults] == [
        ("I07", PUPILS, "vards"), ("I07", PUPILS, "piezime"),
    ]  # fmt: skip
    from analysis.intake.contracts import TABLES

    assert set(delivery.tables) == set(TABLES)


@pytest.mark.parametrize("one", CASES, ids=str)
def test_a_fault_is_answered_placed_and_said(one: Case, files: Files, written: Callable[[Files], Path]) -> None:
    before = dict(files)
    for change in one.changes:
        change(files)
    folder = written(concerned(one, before, files))
    faults = found(folder)
    mine = [
        f for f in faults if f.code == one.code and f.file == one.file and (one.code != "I07" or f.column == one.column)
    ]
    assert [fault.line for fault in mine] == one.lines, tell(faults)
    assert {fault.column for fault in mine} == {one.column}
    others = {f.code for f in faults if registry()[f.code]["answer"] != "accept" or f.code.startswith(("V", "D2"))}
    assert others - {one.code} <= set(one.also), tell(faults)
    message = render(mine[0])
    assert message != render(mine[0], "en")
    for name in one.named.split("|"):
        assert name in message
    together = "\n".join([*tell(faults, "lv"), *tell(faults, "en")])
    for forbidden in (*CANARIES, str(folder), "{", "Error", "pandas", "pandera", "?"):
        assert forbidden not in together.replace("“?", ""), together


ANSWERS = {
    "reject": "V03 V06 V07 V08 V11 V12 V13 V14 V16 V18 V19 V20 I01 I02 I09 I10",
    "repair": "V04",
    "accept": "V10 I07 D20 D21 D22 D23 D24 D25 D26 D27",
}


def test_each_class_has_its_answer() -> None:
    given = {code: answer for answer, codes in ANSWERS.items() for code in codes.split()}
    assert {code: registry()[code]["answer"] for code in given} == given


def test_several_faults_of_a_file_come_in_one_run(files: Files, written: Callable[[Files], Path]) -> None:
    for change in (
        swap(RESULTS, "64.5", "NaN"), swap(RESULTS, ",31,", ",0x1F,"), swap(RESULTS, ",77,", ",٣,"),
        swap(RESULTS, "zq7-4,2024", "zq7-4,2023/2024"), swap(RESULTS, "S3,,100", "1.2E+11,,100"),
        swap(GIVEN, "2023-09-04", "2024-02-30"), swap(GIVEN, "2023-10-16", "2025-01-01"),
    ):  # fmt: skip
        change(files)
    codes = {(f.code, f.line) for f in rejected(found(written(files)))}
    assert {("V06", 2), ("V07", 3), ("V08", 4), ("V16", 5), ("I02", 5), ("V14", 2), ("V13", 3)} <= codes


def test_percent_signs_are_taken_off_and_no_number_changes(files: Files, written: Callable[[Files], Path]) -> None:
    swap_scores("64.5 %", "31%", "77\u00a0%")(files)
    delivery = read_delivery(written(files))
    assert delivery.tables["results"]["score"].tolist()[:3] == [64.5, 31, 77]
    assert [f.facts["count"] for f in delivery.faults if f.code == "V04"] == [3]


def test_a_word_for_nothing_that_the_map_lists_is_an_empty_cell(files: Files, written: Callable[[Files], Path]) -> None:
    ce("zq7-1;2023;N/D\nzq7-2;2023;31\n", "{from: Punkti, absent: [N/D]}")(files)
    filled = "{from: Punkti, absent: [N/D], filled: present, default: absent}"
    files[DELIVERY] = str(files[DELIVERY]).replace("{constant: present}", filled)
    delivery = read_delivery(written(files))
    assert not delivery.rejected
    assert delivery.tables["results"].query("school_year == 2023")["score"].fillna(-1).tolist() == [-1, 31]


def test_a_factor_converts_what_has_a_percent_sign_too(files: Files, written: Callable[[Files], Path]) -> None:
    """A share with a sign by mistake: 0.645 % times 100; the sign must not save it from its unit."""
    ce("zq7-1;2023;0,645 %\nzq7-2;2023;0,31\n", "{from: Punkti, factor: 100}")(files)
    delivery = read_delivery(written(files))
    assert delivery.tables["results"].query("school_year == 2023")["score"].tolist() == [64.5, 31]
    assert "V04" in {f.code for f in delivery.faults}


def test_latvian_dates_and_the_plans_of_a_board_are_sound(files: Files, written: Callable[[Files], Path]) -> None:
    """With full stops the day comes first; an end or a validity may lie ahead."""
    sub(GIVEN, r"(\d{4})-(\d\d)-(\d\d)", r"\3.\2.\1")(files)
    sub(CAPACITY, r"(\d{4})-(\d\d)-(\d\d)", r"\3.\2.\1.")(files)
    delivery = read_delivery(written(files), (), date(2024, 1, 15))
    assert not delivery.rejected, tell(delivery.faults)
    assert [str(day.date()) for day in delivery.tables["support_given"]["from"]] == ["2023-09-04", "2023-10-16"]
    assert str(delivery.tables["support_capacity"]["valid_to"].iloc[0].date()) == "2026-08-31"


def test_the_day_of_the_data_counts_before_the_clock(files: Files, written: Callable[[Files], Path]) -> None:
    day_of_data("2024-05-01")(files)
    assert not rejected(read_delivery(written(files), (), date(2000, 1, 1)).faults)


def test_without_a_day_no_date_is_too_late(files: Files, written: Callable[[Files], Path]) -> None:
    sub(GIVEN, "2024", "2094")(files)
    sub(GIVEN, "2023-", "2093-")(files)
    assert "V13" not in {f.code for f in read_delivery(written(files)).faults}


def test_a_parish_or_the_map_decides_a_split_municipality(files: Files, written: Callable[[Files], Path]) -> None:
    rules = """scope: country
abolished: map
files:
  - pattern: skolas.csv
    tables:
      schools:
        {school_id: Kods, name: Nosaukums, municipality_id: {from: Novads, lookup: municipality, part: Pagasts,
         parts: {Inčukalna novads: "0048000"}}}
"""
    files.clear()
    files |= {
        DELIVERY: rules,
        "skolas.csv": "Kods,Nosaukums,Novads,Pagasts\n"
        "S1,A skola,Aglonas novads,Šķeltovas pagasts\nS2,B skola,Inčukalna novads,\n",
        "school_results.csv": "school_id,school_year,grade,test,domain,mean_score\nS1,2024,12,CE,english,50\n",
    }
    delivery = read_delivery(written(files))
    assert not delivery.rejected, tell(delivery.faults)
    assert delivery.tables["schools"]["municipality_id"].tolist() == ["0032000", "0048000"]


def test_a_split_municipality_in_a_map_is_refused_with_both_successors(
    files: Files, written: Callable[[Files], Path]
) -> None:
    rules = """scope: country
abolished: map
files:
  - pattern: skolas.csv
    tables: {schools: {school_id: Kods, name: Kods, municipality_id: {from: Novads, lookup: municipality}}}
"""
    files |= {DELIVERY: rules, "skolas.csv": "Kods,Novads\nS8,Inčukalna novads\nS9,Aglonas novads\n"}
    told = [render(f) for f in found(written(files)) if f.code == "N07"]
    assert any("Siguldas novads / Ropažu novads" in line for line in told)
    assert any("Preiļu novads / Krāslavas novads" in line for line in told)


@pytest.mark.parametrize(
    "name",
    ["=SUM(A1)", "+Skola", "@skola", "-attīstības centrs", "$x^2$ skola", "{oops} {0}", "Skola % {{ x }}"],
)
def test_formulas_dollars_and_braces_in_names_are_accepted_as_they_are(
    name: str, files: Files, written: Callable[[Files], Path]
) -> None:
    """N02, N03, N04: nothing is said and nothing is changed; what is shown of it is literal (the tests of the page)."""
    swap(SCHOOLS, "Sauleskalna vidusskola", name)(files)
    swap(PLACES, "Sauleskalna novads", name)(files)
    delivery = read_delivery(written(files))
    assert not [f for f in delivery.faults if f.answer != "accept"]
    assert delivery.tables["schools"]["name"].iloc[0] == name
    assert delivery.tables["municipalities"]["name"].iloc[0] == name


def test_a_wrong_column_of_a_large_file_is_told_in_little_time_and_memory(
    files: Files, written: Callable[[Files], Path]
) -> None:
    rows = 60_000
    body = "".join(f"zq7-{i},2024,9,CE,mathematics,S1,x{i % 7},100,present\n" for i in range(rows))
    files[RESULTS] = str(files[RESULTS]).split("\n")[0] + "\n" + body
    files[PUPILS] = "pupil_id\n" + "".join(f"zq7-{i}\n" for i in range(rows))
    faults = found(written(files))
    wrong = [f for f in faults if f.code == "V05"]
    assert len(wrong) == 1001
    assert sum(f.times for f in wrong) == rows
    assert tell(wrong)[-1].endswith(str(rows - 20))
