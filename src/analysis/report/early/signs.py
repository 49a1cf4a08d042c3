"""Section 4: how many of today's pupils show early signs, and how pupils like them fared before."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.early import checks as early_checks
from analysis.report.early.figure import BANDS, SIZE, bands_figure
from analysis.report.html import Section, render, require_released
from analysis.report.sections import NOTHING, confidence, confidence_of, figure, section, source_line
from analysis.report.tables import Figure, details, table
from analysis.words.catalogue import capitalised, counted, say
from analysis.words.numbers import number, percent

Block = tuple[Any, dict[str, Released]]
"""A row of a stage and domain, and its released rows by what they tell."""


def early_signs(unit: Unit, released: Released) -> Section:
    """Make the section: the latest stage first; nothing where no band of today's pupils can be shown."""
    require_released(released)
    of_tests = list(blocks(unit, released))
    if not of_tests:
        return NOTHING
    panels = [panel(unit, test, rows) for test, rows in of_tests]
    lead, rows = of_tests[0]
    bodies = [figure(render("panels.html.j2", panels=panels), measure(unit)), *below(unit, of_tests)]
    heading, answer = message(unit, lead, rows)
    return section(unit, "early", heading, answer, bodies, source_line(unit, rows["observed"]))


def below(unit: Unit, of_tests: Sequence[Block]) -> list[Markup]:
    """Return what stands below the figure: what is said of the first test, and the figures of all, folded."""
    return [
        *_paragraphs(unit, *of_tests[0]),
        details(
            say("early_details", unit.language),
            _figures(unit, of_tests),
            early_checks.table_of(unit, of_tests),
            _key(say("early_auc_note", unit.language)),
        ),
    ]


def why_no_early_signs(unit: Unit, released: Released) -> list[Markup]:
    """Say for the section about the data which early signs are not shown, and why; one sentence a reason."""
    require_released(released)
    rows = released.where(indicator="risk_check", municipality_id=["", unit.municipality_id]).rows
    rows = naming.test_order(rows[rows["part"].str.startswith("refused_")])
    by_reason: dict[str, list[str]] = {}
    for row in each(rows):
        by_reason.setdefault(row.part, []).append(naming.stage(unit, row) + ", " + naming.domain(unit, row))
    return [say(f"early_{part}", unit.language, list="; ".join(names)) for part, names in by_reason.items()]


def missing_early_signs(unit: Unit, released: Released) -> list[Markup]:
    """Say the reasons of :func:`why_no_early_signs`, or of a page without the section that the data do not hold it."""
    reasons = why_no_early_signs(unit, released)
    if not reasons and len(unit.results) and next(blocks(unit, released), None) is None:
        return [say("data_missing_early", unit.language)]
    return reasons


def blocks(unit: Unit, released: Released) -> Iterator[Block]:
    """Give each stage and domain with a band that is shown, the latest stage first, with its rows by what they tell."""
    today = released.where(indicator="risk_band", unit="pupils", municipality_id=unit.municipality_id)
    shown = today.where(part=list(BANDS))
    tests = shown.rows.dropna(subset=["estimate"]).drop_duplicates(naming.TEST_KEYS)
    tests = naming.test_order(tests)
    stages = list(dict.fromkeys(tests["grade"]))
    for test in sorted(each(tests), key=lambda test: -stages.index(test.grade)):
        keys = {key: getattr(test, key) for key in naming.TEST_KEYS}
        rates = released.where(indicator="risk_band", unit="percent", **keys)
        country = rates.where(municipality_id="", reference="")
        own = rates.where(municipality_id=unit.municipality_id, reference="")
        checks = released.where(indicator="risk_check", municipality_id=["", unit.municipality_id], **keys)
        observed = country if len(country) else own
        if len(observed):
            yield (
                test,
                {
                    "today": today.where(**keys),
                    "observed": observed,
                    "own": own if len(country) else own.at([]),
                    "passed": rates.where(reference="threshold"),
                    "checks": checks,
                },
            )


def message(unit: Unit, test: Any, rows: dict[str, Released]) -> tuple[Markup, Markup]:
    """Return heading and answer of one stage and domain."""
    language, facts = unit.language, early_checks.facts_of(unit, test)
    counts, rates = early_checks.by_part(rows["today"]), early_checks.by_part(rows["observed"])
    total = early_checks.total(counts)
    if total is None or "high" not in rates:
        heading = say("early_heading_withheld", language)
    else:
        n = number(counts["high"].estimate, language)
        heading = say("early_heading", language, count=total, n=n, all=number(total, language), **facts)
    if not (said := observed(unit, test, rows)):
        return heading, Markup("")
    parts = [said]
    own = early_checks.by_part(rows["own"]).get("high")
    if own is not None and early_checks.is_shown(own):
        place = capitalised(naming.place_loc(unit))
        parts.append(say("early_own" + _coded(own), language, Place_loc=place, **_rate(unit, own)))
    if "low" in rates and early_checks.is_shown(rates["low"]):
        parts.append(say("early_few", language, rate=values.estimate(rates["low"], language)))
    return heading, Markup(" ").join(parts)


def observed(unit: Unit, test: Any, rows: dict[str, Released]) -> Markup:
    """Say how earlier pupils with many signs fared; nothing where that is withheld."""
    rate = early_checks.by_part(rows["observed"]).get("high")
    if rate is None or not early_checks.is_shown(rate):
        return Markup("")
    outcome, facts = (
        early_checks.outcome(unit, test, next(each(rows["observed"].rows))),
        early_checks.facts_of(unit, test),
    )
    return say("early_answer" + _coded(rate), unit.language, outcome=outcome, **_rate(unit, rate), **facts)


def _coded(row: Any) -> str:
    """Choose the words of a rate that is only given as a limit: it has no interval."""
    return "" if values.interval(row, "lv") else "_coded"


def _rate(unit: Unit, row: Any) -> dict[str, object]:
    language = unit.language
    interval = values.interval(row, language)
    n = values.behind(row, language, noun=True)
    return {
        "rate": values.estimate(row, language),
        "interval": interval,
        "n": n,
        "confidence": confidence_of(unit, row),
    }


def measure(unit: Unit) -> Markup:
    """Say what the figure shows, and what counts as low."""
    cut = percent(unit.params.low_result_percent, unit.language)
    return say(
        "early_sub", unit.language, percent=cut, fifth=percent(100 * unit.params.outer_share_of_nation, unit.language)
    )


def panel(unit: Unit, test: Any, rows: dict[str, Released], size: tuple[int, int] = SIZE) -> dict[str, Any]:
    """Make the figure of one stage and domain: title, note, drawing and its text alternative."""
    language = unit.language
    counts, rates = early_checks.by_part(rows["today"]), early_checks.by_part(rows["observed"])
    what = f"{capitalised(naming.stage(unit, test))} · {naming.domain(unit, test)}"
    total = early_checks.total(counts)
    n = counted("pupils", total, language) if total is not None else ""
    later = early_checks.outcome_row(test, next(each(rows["observed"].rows)))
    short = naming.stage(unit, later, with_test=True)
    note = say("early_note", language, outcome_short=short, n=n) if n else short
    items = [
        say("early_alt_item", language, band=say(f"early_band_{band}", language),
            pupils=counted("pupils", int(counts[band].estimate), language), rate=values.estimate(rates[band], language))
        for band in BANDS
        if band in counts and band in rates and not math.isnan(counts[band].estimate)
    ]  # fmt: skip
    alt = str(say("early_alt", language, what=what, n=n or "–", list=Markup("; ").join(items)).unescape())
    key = "-".join(str(part) for part in ("early", *size, *naming.key_of(test)))
    drawing = bands_figure(rows["today"], rows["observed"], language, key, alt, size)
    return {"title": what, "note": note, "drawing": drawing}


def _paragraphs(unit: Unit, test: Any, rows: dict[str, Released]) -> list[Markup]:
    """Say what may be expected, how well it worked, what signs are not, and whom they alarm in vain."""
    language = unit.language
    texts = [*early_checks.expected(unit, rows["today"]), *early_checks.worked(unit, test, rows["checks"])]
    high = early_checks.by_part(rows["observed"]).get("high")
    if high is not None and early_checks.is_shown(high):
        texts.append(say("early_no_destiny", language, rate=values.estimate(high, language)))
    texts += early_checks.false_alarms(unit, rows["checks"])
    texts.append(say("early_signs_used", language))
    return [Markup("<p>{}</p>").format(text) for text in texts]


def _key(text: Markup) -> Markup:
    return Markup('<p class="key">{}</p>').format(text)


def _figures(unit: Unit, of_tests: Sequence[Block]) -> Markup:
    language = unit.language
    own = any(len(rows["own"]) for _, rows in of_tests)
    passed = any(len(rows["passed"]) for _, rows in of_tests)
    names = ["signs", "today", "not_low", *(["not_low_own"] if own else []), *(["not_failed"] if passed else [])]
    body = []
    for test, rows in of_tests:
        counts = early_checks.by_part(rows["today"])
        wanted = ["observed", *(["own"] if own else []), *(["passed"] if passed else [])]
        rates = [early_checks.by_part(rows[name]) for name in wanted]
        for band in BANDS:
            name = ", ".join([early_checks.short_name(unit, test), str(say(f"early_band_{band}", language))])
            today = counts.get(band)
            count = number(today.estimate, language) if today is not None else "–"
            body.append((name, Figure(count), *(_cell(found.get(band), language) for found in rates)))
    caption = str(say("early_caption", language, confidence=confidence(unit, of_tests[0][1]["observed"])))
    return table(language, caption, [say(f"column_{name}", language) for name in names], body)


def _cell(row: Any, language: str) -> Figure:
    if row is None:
        return Figure("–")
    n = values.behind(row, language)
    small = " · ".join(
        filter(None, (values.interval(row, language), f"n\u00a0{n}" if early_checks.is_shown(row) else ""))
    )
    return Figure(values.estimate(row, language), small)
