"""Section 3: which groups need support, how far behind they are, how sure that is, and how many pupils it is."""

from collections import Counter
from collections.abc import Hashable
from typing import Any

from markupsafe import Markup
from scipy import stats

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import groups, naming, values
from analysis.report.high_results import high_results
from analysis.report.html import Section, require_released
from analysis.report.named import gone, marks
from analysis.report.sections import NOTHING, confidence_of, figure, section, source_line
from analysis.report.strips import strip
from analysis.report.tables import DotRow, Figure, dots, left_out, table
from analysis.words.catalogue import capitalised, counted, label, say
from analysis.words.numbers import WITHHELD, listed, number, percent, span

HEADLINE = "headline"
_MOST_TESTS = 4


def who_needs_support(unit: Unit, released: Released, *, whole: bool = True) -> Section:
    """Make the section: the groups named, as a list; all groups examined, folded, a table a test; high results by group.

    Without ``whole`` what is folded stays out, as a review that is printed needs it; a sentence says where it stands.
    """
    require_released(released)
    own = released.where(municipality_id=unit.municipality_id)
    folded = groups.examined_groups(unit, own)
    if not folded:
        return NOTHING
    named, blank = named_groups(unit, own), without_figures(unit, own)
    bodies = [named_list(unit, named, own, most=unit.params.groups_shown)] if named else []
    bodies += [_blank_list(unit, blank)] if blank else []
    no_longer = gone(unit, own, {row.group for row in named})
    bodies += [line for line in (no_longer, _checked(unit, own), _left_out(unit, own)) if line]
    answer = answer_of(unit, [*named, *blank], own)
    gaps = own.where(indicator="group_gap")
    words = say("groups_heading_few", unit.language) if too_few(own) else heading(unit, [*named, *blank])
    bodies += [
        *(folded if whole else [left_out(unit.language, say("groups_details", unit.language))]),
        *high_results(unit, released, whole=whole),
    ]
    return section(unit, "groups", words, answer, bodies, source_line(unit, gaps))


def named_groups(unit: Unit, own: Released) -> list[Any]:
    """Return the released groups that the page names, those with the most extra pupils first."""
    rows = own.where(indicator="support_group", part=HEADLINE, unit="pupils").rows.dropna(subset=["estimate"])
    rows = rows.sort_values(["estimate", "n", "group"], ascending=[False, False, True], kind="stable")
    shown = gaps_of(own)
    return [row for row in each(rows) if key_of(row) in shown]  # a gap that is withheld names nobody


def without_figures(unit: Unit, own: Released) -> list[Any]:
    """Return a row of each group that is named and of which no figure may be told in any test, in the order of attributes."""
    rows = own.where(indicator="support_group", part=HEADLINE, unit="pupils")
    told = {row.group for row in named_groups(unit, own)}
    rest = naming.test_order(rows.rows[~rows.rows["group"].isin(told)]).drop_duplicates("group")
    order = {attribute: place for place, attribute in enumerate(unit.attributes)}
    return sorted(each(rest), key=lambda row: (order.get(row.group.split("=")[0], len(order)), row.group))


def _blank_list(unit: Unit, blank: list[Any]) -> Markup:
    """List the groups that are named and of which no figure may be told: they need support none the less."""
    language = unit.language
    rows = [
        (f"{capitalised(naming.group(unit, row.group))} ({naming.what(unit, row)})", WITHHELD, WITHHELD)
        for row in blank
    ]
    heads = [str(say(f"column_{name}", language)) for name in ("group", "extra", "pupils")]
    return table(language, str(say("groups_blank_caption", language)), heads, rows)


def gaps_of(own: Released, reference: str = "") -> dict[tuple[Hashable, ...], Any]:
    """Return the gaps shown, by test and group: to the country, or to the municipality where no other is known."""
    rows = own.where(indicator="group_gap", **({"reference": reference} if reference else {})).rows
    rows = rows.dropna(subset=["estimate"]).sort_values("reference", ascending=False, kind="stable")
    return {key_of(row): row for row in each(rows)}  # the last one stays: country after municipality


def gap_in_words(unit: Unit, gap: Any) -> str:
    """Return the gap with its unit: ``−0,38 standartnovirzes``, or percentage points."""
    return str(say(f"gap_{gap.unit}", unit.language, gap=values.estimate(gap, unit.language)))


def too_few(own: Released) -> bool:
    """Tell whether every group that is shown has too few pupils to be judged."""
    verdicts = own.where(indicator="group_gap").rows.dropna(subset=["estimate"])["verdict"]
    return bool(len(verdicts)) and bool((verdicts == "too_few").all())


def once_each(named: list[Any]) -> list[tuple[Any, int]]:
    """Return each group once, with its row of most extra pupils, and in how many further tests it is named."""
    times = Counter(row.group for row in named)
    first: dict[str, Any] = {}
    for row in named:
        first.setdefault(row.group, row)
    return [(row, times[group] - 1) for group, row in first.items()]


def heading(unit: Unit, named: list[Any]) -> Markup:
    """Say how many groups are named, each counted once in however many tests."""
    if not named:
        return say("groups_heading_none", unit.language)
    n = len(once_each(named))
    return say("groups_heading", unit.language, count=n, n=number(n, unit.language))


def answer_of(unit: Unit, named: list[Any], own: Released) -> Markup:
    """Say where the municipality is behind as a whole, what was examined and by which rule groups are named."""
    return Markup(" ").join([*_as_a_whole(unit, own), _answer(unit, named, own)])


def _as_a_whole(unit: Unit, own: Released) -> list[Markup]:
    """Say first where the municipality is behind as a whole: there every group is behind the country."""
    rows = naming.test_order(own.where(indicator="behind_as_a_whole", part=HEADLINE).rows.dropna(subset=["estimate"]))
    if rows.empty:
        return []
    language = unit.language
    facts = {
        "years": naming.years(unit, next(each(rows))),
        "gap": number(unit.params.material_gap_sd, language, 2),
    }
    if len(rows) > _MOST_TESTS:
        return [say("groups_whole_many", language, count=len(rows), n=number(len(rows), language), **facts)]
    what = [_results_of(unit, row) for row in each(rows)]
    return [say("groups_whole", language, list=listed(what, language), **facts)]


def _results_of(unit: Unit, row: Any) -> str:
    words = say(
        "groups_whole_item", unit.language, stage=naming.stage(unit, row), stage_gen=naming.stage(unit, row, "genitive"),
        domain=naming.domain(unit, row), domain_gen=naming.domain(unit, row, "genitive"), level=naming.level(unit, row),
    )  # fmt: skip
    return str(words.unescape())


def _answer(unit: Unit, named: list[Any], own: Released) -> Markup:
    """Say what was examined and by which rule groups are named; without a national mean they are compared with their own."""
    language, params = unit.language, unit.params
    gaps = own.where(indicator="group_gap", reference="municipality").rows
    n, tests = len(gaps), len(gaps.drop_duplicates(naming.TEST_KEYS))
    if too_few(own):
        few = number(params.smallest_named_group, language)
        words = counted("tests", tests, language)
        return say("groups_answer_few", language, count=n, n=number(n, language), tests=words, few=few)
    country = len(own.where(indicator="group_gap", reference="country")) > 0
    key = ("groups_answer" if named else "groups_answer_none") + ("" if country else "_own")
    return say(
        key, language, count=n, n=number(n, language), tests=counted("tests", tests, language),
        sure=percent(100 * params.named_probability, language), gap=number(params.material_gap_sd, language, 2),
        wrong=percent(100 * params.named_error, language),
    )  # fmt: skip


def named_list(
    unit: Unit, named: list[Any], own: Released, *, most: int | None = None, with_test: bool = True
) -> Markup:
    """Draw the named groups: gap with interval, and the extra pupils.

    Parameters
    ----------
    unit : Unit
        The municipality.
    named : list
        Rows of :func:`named_groups`, at least one.
    own : Released
        The municipality's rows, with the gaps of these groups.
    most : int, optional
        How many groups at most.
    with_test : bool
        Whether a group's small print names its test.
    """
    language, groups_named = unit.language, once_each(named)
    shown = groups_named[:most]
    gaps, home = gaps_of(own), gaps_of(own, "municipality")
    since = marks(unit, own, {row.group for row in named})
    pairs = [(row, gaps[key_of(row)], home.get(key_of(row)), more) for row, more in shown]
    measure = pairs[0][1].unit
    scale = groups.gap_scale(unit, measure)
    against = "country" if pairs[0][1].reference == "country" else "own"
    gap_head = f"column_{against}" + ("" if measure == "sd" else "_points")
    small = str(say("column_interval", language, confidence=confidence_of(unit, pairs[0][1])))
    heads = [(str(say(gap_head, language)), small), (str(say("column_extra", language)), small)]
    drawn = dots(
        language,
        str(say("groups_list_caption", language).unescape()),
        [say("column_group", language)],
        heads,
        scale,
        str(say("axis_country" if against == "country" else "axis_own", language)),
        [_row(unit, scale, *pair, since.get(pair[0].group, ""), with_test=with_test) for pair in pairs],
        unit=measure,
        verdicts=False,
    )
    sub = list_words(unit, pairs[0][1])
    if len(shown) < len(groups_named):
        sub += say("groups_list_first", language, n=number(len(shown), language))
    return figure(drawn + key_line(unit, against), sub)


def list_words(unit: Unit, gap: Any) -> Markup:
    """Say what the list draws: gaps to the country or to the municipality, in which unit."""
    against = "country" if gap.reference == "country" else "own"
    return say(f"groups_list_sub_{against}" + ("" if gap.unit == "sd" else "_points"), unit.language)


def key_line(unit: Unit, against: str) -> Markup:
    """Explain extra children, and that they and the pupils are those of all years taken together."""
    level, language = unit.params.group_level_sd, unit.language
    words = say(
        f"groups_list_key_{against}", language, level=number(level, language, 1, signed=True),
        share=percent(100 * float(stats.norm.cdf(level)), language), years=number(unit.params.pooled_years, language),
        count=unit.params.pooled_years,
    )  # fmt: skip
    return Markup('<p class="key">{}</p>').format(words)


def _row(unit: Unit, scale: Any, row: Any, gap: Any, home: Any, more: int, since: str, *, with_test: bool) -> DotRow:
    language = unit.language
    text, small = values.estimate(gap, language), values.interval(gap, language)
    mark = gap.estimate - home.estimate if gap.reference == "country" and home is not None else None
    extra = number(row.estimate, language, 0)
    return DotRow(
        block="",
        name=capitalised(naming.group(unit, row.group)),
        drawing=strip(scale, gap.estimate, gap.low, gap.high, values.direction(gap), f"{text}, {small}", mark),
        figures=(Figure(text, small), Figure(extra, values.interval(row, language))),
        n=values.behind(row, language),
        note=((naming.what(unit, row) + _also(unit, more) if with_test else "") + since).removeprefix("; "),
    )


def _also(unit: Unit, more: int) -> str:
    words = say("groups_also", unit.language, tests=counted("more_tests", more, unit.language)) if more else Markup("")
    return str(words.unescape())


def key_of(row: Any) -> tuple[Hashable, ...]:
    """Return test and group of a row."""
    return (*naming.key_of(row), row.group)


def _checked(unit: Unit, own: Released) -> Markup | None:
    """Say whether groups chosen on earlier years were still behind in the newest: the board's own honesty check."""
    check, language = own.where(indicator="group_check").rows.dropna(subset=["estimate"]), unit.language
    row = next(each(check[(check["part"] == "held_out") & (check["unit"] == "percent")]), None)
    chosen = check.loc[check["part"] == "groups", "estimate"]
    if row is None or chosen.empty:
        return None
    n = int(chosen.iloc[0])
    words = say(
        "groups_check", language, count=n, n=number(n, language), share=percent(row.estimate, language),
        confidence=confidence_of(unit, row), interval=span(row.low, row.high, language, unit="percent"),
        results=counted("results", int(row.n), language),
    )  # fmt: skip
    return Markup('<p class="key">{}</p>').format(words)


def _left_out(unit: Unit, own: Released) -> Markup | None:
    """Say which attributes the model could not carry in every test."""
    codes = own.where(indicator="support_group", part="left_out").rows["group"].str.removesuffix("=").drop_duplicates()
    if codes.empty:
        return None
    names = [label("attribute", code, unit.language, own=unit.facts["labels"]) for code in codes]
    return Markup('<p class="key">{}</p>').format(
        say("groups_left_out", unit.language, list=listed(names, unit.language))
    )
