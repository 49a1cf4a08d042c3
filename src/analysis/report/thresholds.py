"""Section: what does a pass mark of 10, 15 or 20 % do, as it was and as it may be?"""

from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.plan.thresholds import OWN_NEWEST
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.html import Section, require_released
from analysis.report.sections import NOTHING, confidence, confidence_of, figure, section, source_line
from analysis.report.skills import skill
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, details, dots, table
from analysis.stats.pass_marks import mark_in_force
from analysis.words.catalogue import capitalised, counted, labels, say
from analysis.words.numbers import WITHHELD, listed, number, percent

_SHARES = ("fail_share_at", "fail_share_at_published")
_HARD, _COMING = "fail_count_at", "fail_count_coming"
_ENDS = (10.0, 20.0, 40.0, 60.0, 80.0, 100.0)
_TEST = ["school_year", *naming.TEST_KEYS]


def threshold_stress(unit: Unit, released: Released) -> Section:
    """Make the section: a row an exam and mark; nothing where no exam has a pass mark or all of it is withheld."""
    require_released(released)
    own = released.where(municipality_id=unit.municipality_id, school_id="")
    shown = own.where(indicator=[*_SHARES, _HARD, _COMING])
    hard = own.where(indicator=_HARD).rows
    told = shown.rows.dropna(subset=["n"])
    if told.empty or hard.empty:
        return NOTHING
    tests = list(each(naming.test_order(told.drop_duplicates(_TEST))))
    drawn = [test for test in tests if _of(hard, test)["estimate"].notna().any()]
    heading, answer = _message(unit, shown, tests, drawn)
    axis = _axis(shown)
    bodies = [_key(unit, shown)] if drawn else []
    bodies += [_dots(unit, test, shown, axis) for test in drawn]
    bodies += _quiet(unit, hard, tests) if drawn else []
    bodies += [_all(unit, shown, tests), *_skills(unit, own.where(indicator="mark_skill")), _how(unit, shown, tests[0])]
    return section(unit, "thresholds", heading, answer, bodies, source_line(unit, shown))


def _of(rows: pd.DataFrame, test: Any) -> pd.DataFrame:
    """Keep one exam's rows, marks in rising order."""
    mine = _mine(rows, test)
    return mine.iloc[mine["part"].astype("float64").argsort(kind="stable").tolist()]


def _mine(rows: pd.DataFrame, test: Any) -> pd.DataFrame:
    kept: pd.DataFrame = rows[rows[naming.TEST_KEYS].eq(list(naming.key_of(test))).all(axis=1)]
    return kept


def _beside(rows: pd.DataFrame, row: Any, *indicators: str) -> Any:
    """Return the row of another indicator of the same exam and mark; None where there is none."""
    mine = _of(rows[rows["indicator"].isin(indicators) & (rows["part"] == row.part)], row)
    return next(each(mine), None)


def _message(unit: Unit, shown: Released, tests: list[Any], drawn: list[Any]) -> tuple[Markup, Markup]:
    """Return heading and answer: the exam in which the highest mark would have most pupils beyond the one in force."""
    language, rows = unit.language, shown.rows
    hard = rows[rows["indicator"] == _HARD]
    if not drawn:
        few = hard["high"].max()
        all_few = hard["high"].notna().all()
        key = "marks_heading_few" if all_few else "marks_heading_table"
        facts = {"few": number(few, language)} if all_few else {}
        return say(key, language, **facts), Markup("")
    top = max((_more_of(hard, test) for test in drawn), key=lambda found: found[0])[1]
    facts = {"mark": _mark(top.part, language), "pupils": _pupils(top, language)}
    heading = say(
        "marks_heading",
        language,
        **facts,
        **_named(unit, top),
    )
    return heading, _answer(unit, rows, top)


def _named(unit: Unit, row: Any) -> dict[str, str]:
    if unit.language == "lv":
        domain = capitalised(naming.domain(unit, row, "locative"))
        return {
            "Domain_loc": domain,
            "stage_loc": naming.stage(unit, row, "locative"),
            "level": naming.level(unit, row),
        }
    stage = capitalised(naming.stage(unit, row))
    return {"Stage": stage, "domain": naming.domain(unit, row), "level": naming.level(unit, row)}


def _more_of(hard: pd.DataFrame, test: Any) -> tuple[float, Any]:
    """Return how many more pupils the highest mark would have than the one in force, and its row."""
    rows = [row for row in each(_of(hard, test)) if not pd.isna(row.estimate)]
    now = next((row.estimate for row in rows if float(row.part) == _in_force(test)), 0.0)
    return rows[-1].estimate - now, rows[-1]


def _answer(unit: Unit, rows: pd.DataFrame, top: Any) -> Markup:
    language = unit.language
    facts = {"years": naming.years(unit, _newest(top)), "confidence": confidence_of(unit, top)}
    facts |= {"mark": _mark(top.part, language), "pupils": _pupils(top, language), "all": number(int(top.n), language)}
    answer = say("marks_answer", language, interval=values.interval(top, language), **facts)
    force, coming = _in_force(top), _beside(rows, top, _COMING)
    now = next((row for row in each(_of(rows[rows["indicator"] == _HARD], top)) if float(row.part) == force), None)
    if now is not None and now.part != top.part and _count(now, language) != WITHHELD:
        small = values.interval(now, language)
        text = say("marks_approximately", language, n=_count(now, language), interval=small) if small else ""
        mark = _mark(now.part, language)
        answer += say("marks_answer_now", language, mark=mark, n=text or _count(now, language))
    wide = "" if coming is None else values.interval(coming, language)
    return answer + (say("marks_answer_coming", language, interval=wide) if wide else say("marks_answer_end", language))


def _newest(row: Any) -> Any:
    """Return the row as one of its newest year alone."""
    return row._replace(year_from=pd.NA)


def _in_force(test: Any) -> float | None:
    return mark_in_force(int(test.school_year), str(test.grade), str(test.test), str(test.domain))


def _mark(part: str | float, language: str) -> str:
    value = float(part)
    return percent(value, language, 0 if value.is_integer() else 1)


def _pupils(row: Any, language: str) -> str:
    return counted("papers" if row.population == "papers" else "pupils", int(row.estimate), language)


def _count(row: Any, language: str) -> str:
    """Return an expected number: as it is, as a bound, or withheld."""
    if row is None:
        return "–"
    if not pd.isna(row.estimate):
        return number(row.estimate, language)
    if not pd.isna(row.high):
        return str(say("marks_fewer", language, n=number(row.high, language)))
    if not pd.isna(row.low):
        return str(say("marks_more", language, n=number(row.low, language)))
    return WITHHELD


def _figures(rows: pd.DataFrame, row: Any, language: str) -> tuple[Figure, Figure, Figure]:
    """Return the share as it was, the number in an exam as hard, and in a coming one."""
    then, coming = _beside(rows, row, *_SHARES), _beside(rows, row, _COMING)
    was = Figure("–") if then is None else Figure(values.estimate(then, language), values.interval(then, language))
    counts = [Figure(_count(r, language), "" if r is None else values.interval(r, language)) for r in (row, coming)]
    return was, counts[0], counts[1]


def _axis(shown: Released) -> Scale:
    """Return one axis for all exams, from 0 to what their intervals need."""
    rows = shown.rows
    rows = rows[rows["estimate"].notna()]
    ends = rows["high"].where(rows["unit"] == "percent", 100 * rows["high"] / rows["n"].astype("float64"))
    end = next((end for end in _ENDS if end >= ends.max()), _ENDS[-1]) if len(ends) else _ENDS[-1]
    return Scale(0, end, tuple(end * part / 4 for part in range(5)), zero=None)


def _dots(unit: Unit, test: Any, shown: Released, axis: Scale) -> Markup:
    language, rows = unit.language, shown.rows
    force = _in_force(test)
    what = capitalised(naming.what(unit, test))
    body = []
    for row in each(_of(rows[rows["indicator"] == _HARD], test)):
        figures = _figures(rows, row, language)
        note = say("marks_in_force", language) if float(row.part) == force else ""
        body.append(
            DotRow(
                block="",
                name=_mark(row.part, language),
                drawing=_strip(axis, rows, row, figures),
                figures=figures,
                n=values.behind(row, language),
                note=note,
            )
        )
    heads = [(str(say(f"column_{name}", language)), "") for name in ("then", "as_hard", "coming")]
    drawn = dots(
        language, str(say("marks_caption", language, what=what).unescape()), [str(say("column_mark", language))], heads, axis,
        "", body, unit="percent", verdicts=False, n_head=_n_head(test, language),
        n_short=str(say("of_papers_short" if test.population == "papers" else "of_pupils_short", language)),
    )  # fmt: skip
    return figure(drawn, say("marks_sub", language, years=naming.years(unit, _newest(test))), what)


def _key(unit: Unit, shown: Released) -> Markup:
    """Say once for all figures what their marks mean."""
    level = confidence(unit, shown.where(indicator=_HARD))
    return Markup('<p class="figsub">{}</p>').format(say("marks_key", unit.language, confidence=level))


def _n_head(test: Any, language: str) -> str:
    return str(say("column_papers" if test.population == "papers" else "column_pupils", language))


def _strip(axis: Scale, rows: pd.DataFrame, row: Any, figures: tuple[Figure, ...]) -> Markup:
    then, coming = _beside(rows, row, *_SHARES), _beside(rows, row, _COMING)
    share = 100 / float(row.n) if not pd.isna(row.n) else float("nan")
    outer = None if coming is None or pd.isna(coming.estimate) else (coming.low * share, coming.high * share)
    was = None if then is None else then.estimate
    said = "; ".join(", ".join(filter(None, (figure.text, figure.interval))) for figure in figures)
    ends = (row.estimate * share, row.low * share, row.high * share)
    return strip(axis, *ends, "same", said, was, outer=outer)


def _quiet(unit: Unit, hard: pd.DataFrame, tests: list[Any]) -> list[Markup]:
    """Name the exams in which every mark would have fewer than can be told as a number."""
    few = [test for test in tests if _of(hard, test)["high"].notna().all() and _of(hard, test)["estimate"].isna().all()]
    if not few:
        return []
    names = listed([naming.what(unit, test) for test in few], unit.language)
    text = say("marks_quiet", unit.language, few=number(float(hard["high"].where(hard["estimate"].isna()).min()), unit.language),
               list=names)  # fmt: skip
    return [Markup("<p>{}</p>").format(text)]


def _all(unit: Unit, shown: Released, tests: list[Any]) -> Markup:
    """Fold the table of every exam and mark."""
    language, rows = unit.language, shown.rows
    hard = rows[rows["indicator"] == _HARD]
    body = [
        (str(say("marks_row", language, what=capitalised(naming.what(unit, test)), mark=_mark(row.part, language)).unescape()),
         *_figures(rows, row, language), values.behind(row, language))
        for test in tests for row in each(_of(hard, test))
    ]  # fmt: skip
    head = [str(say(f"column_{name}", language)) for name in ("mark", "then", "as_hard", "coming")]
    caption = str(say("marks_details_caption", language, confidence=confidence(unit, shown.where(indicator=_HARD))))
    return details(say("marks_details", language), table(language, caption, [*head, _n_head(tests[0], language)], body))


def _skills(unit: Unit, found: Released) -> list[Markup]:
    """Fold the skills of pupils around the marks; columns without any figure are left out."""
    language, rows = unit.language, found.rows.dropna(subset=["estimate"])
    if rows.empty:
        return []
    rows = rows.assign(span=rows["part"].str.partition(":")[0], part=rows["part"].str.partition(":")[2])
    known, tables = {code: i for i, code in enumerate(labels()["skill"])}, []
    for test in each(naming.test_order(rows.drop_duplicates(_TEST))):
        mine = _mine(rows, test)
        cells = {(row.part, row.span): row for row in each(mine)}
        spans = sorted({span for _, span in cells}, key=lambda span: [float(end) for end in span.split("-")][::-1])
        body = [
            (capitalised(skill(unit, part)), *(_skill(cells.get((part, span)), language) for span in spans))
            for part in sorted(set(mine["part"]), key=lambda part: (known.get(part, len(known)), part))
        ]
        what, years = capitalised(naming.what(unit, test)), naming.years(unit, test)
        caption = str(say("marks_skills_caption", language, what=what, years=years).unescape())
        head = [str(say("column_skill", language)), *(_span(span, language) for span in spans)]
        tables.append(table(language, caption, head, body))
    note = Markup('<p class="key">{}</p>').format(say("marks_skills_text", language))
    return [details(say("marks_skills", language), *tables, note)]


def _skill(row: Any, language: str) -> Figure:
    if row is None:
        return Figure("–")
    n = f"n\u00a0{values.behind(row, language)}"
    return Figure(values.estimate(row, language), " · ".join(filter(None, (values.interval(row, language), n))))


def _span(span: str, language: str) -> str:
    first, mark = span.split("-")
    if float(first) == 0:
        return str(say("marks_skills_below", language, mark=_mark(mark, language)))
    return str(say("marks_skills_between", language, first=_mark(first, language), mark=_mark(mark, language)))


def _how(unit: Unit, shown: Released, test: Any) -> Markup:
    language, rows = unit.language, shown.rows
    texts = [say("marks_how_text", language, years=naming.years(unit, _newest(test)))]
    texts += [say("marks_how_alone", language)] if (rows["method"] == OWN_NEWEST).any() else []
    texts += [say("marks_how_published", language)] if (rows["indicator"] == "fail_share_at_published").any() else []
    return details(say("marks_how", language), *(Markup("<p>{}</p>").format(text) for text in texts))
