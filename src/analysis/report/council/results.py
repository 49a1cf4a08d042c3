"""What can be decided of results: groups that are named, and pupils with many early signs."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from analysis.intake.unit import Unit
from analysis.programmes import Programmes, last_day_of
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.council.candidate import SIGNS, Candidate, interval_of
from analysis.report.early import signs as early_signs
from analysis.report.early.checks import by_part
from analysis.report.early.checks import total as all_of
from analysis.report.programme_names import names_listed
from analysis.report.sections import confidence_of
from analysis.report.support.who import gap_in_words, gaps_of, key_of, named_groups, once_each
from analysis.words.catalogue import say
from analysis.words.numbers import number


def of_groups(unit: Unit, own: Released, programmes: Programmes) -> Iterator[Candidate]:
    """Give each group that section 3 names, by its test with most extra pupils."""
    for row, _ in once_each(named_groups(unit, own)):
        language, gap, group = unit.language, gaps_of(own)[key_of(row)], naming.group(unit, row.group)
        parts = _open_to(programmes, row)
        offered = (say("council_group_offered", language, list=names_listed(programmes, parts, language)) if parts
                   else say("council_group_none", language))  # fmt: skip
        against = "country" if gap.reference == "country" else "own"
        reason = say(f"council_group_{against}", language, what=naming.what(unit, row), offered=offered,
                     gap=gap_in_words(unit, gap),
                     confidence=confidence_of(unit, gap), interval=values.interval(gap, language), years=naming.years(unit, row),
                     pupils=values.behind(row, language, noun=True))  # fmt: skip
        decide = say("council_group" if parts else "council_group_new", language, group=group)
        reached = say("council_reached_group", language, count=int(row.estimate), **interval_of(row, language))
        subject = frozenset(row.group.split("&"))
        yield Candidate(f"group:{row.group}", subject, decide, reason, reached, float(row.estimate),
                        certain=gap.verdict == "differs", row=gap)  # fmt: skip


def _open_to(programmes: Programmes, row: Any) -> list[str]:
    """Return programmes open to every pupil of a grade, and those for low results of the domain that was tested."""
    found = []
    for entry in programmes.on(last_day_of(int(row.school_year))).values():
        rule, low = entry.eligible, entry.need.low_result if entry.need else None
        if entry.for_whom != "pupils" or entry.status != "running" or not rule or rule.where or rule.failed_exam:
            continue
        if (not rule.grades or row.grade in rule.grades) and (low is None or low.domain == row.domain):
            found.append(entry.code)
    return found


def of_signs(unit: Unit, released: Released) -> Iterator[Candidate]:
    """Give the stage and domain with most pupils who show many signs, of the latest stage that is shown."""
    of_tests = list(early_signs.blocks(unit, released))
    shown = [(by_part(rows["today"]), test, rows) for test, rows in of_tests if test.grade == of_tests[0][0].grade]
    shown = [one for one in shown if all_of(one[0]) and one[0]["high"].estimate >= 1]
    if not shown:
        return
    counts, test, rows = max(shown, key=lambda one: one[0]["high"].estimate)
    language, n, among = unit.language, int(counts["high"].estimate), all_of(counts) or 0
    heading, _ = early_signs.message(unit, test, rows)
    observed = early_signs.observed(unit, test, rows)
    decide = say("council_signs", language, stage=naming.stage(unit, test), stage_loc=naming.stage(unit, test, "locative"),
                 domain=naming.domain(unit, test))  # fmt: skip
    reached = say("council_reached_signs", language, count=among, n=number(n, language), all=number(among, language))
    yield Candidate(SIGNS, frozenset({SIGNS}), decide, Markup("{}. {}").format(heading, observed), reached, float(n),
                    certain=True, row=counts["high"])  # fmt: skip
