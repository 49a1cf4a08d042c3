"""Section of the plan's page: by what to choose whom to offer support, and which way suffices."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.early import checks as early_checks
from analysis.report.html import Section, require_released
from analysis.report.sections import NOTHING, confidence, confidence_of, figure, section, source_line
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, details, dots
from analysis.stats.risk.targeting import WAYS
from analysis.words.catalogue import capitalised, label, say
from analysis.words.numbers import WITHHELD, listed, number, percent, school_year, span

_STEPS = (2.0, 4.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 80.0, 100.0)
_PER = 100  # children


@dataclass(frozen=True)
class Trial:
    """One stage and outcome: what drawing lots reaches, each way's share (withheld ones too) and distance to the best."""

    lot: Any
    share: dict[str, Any]
    behind: dict[str, Any]

    @property
    def best(self) -> str:
        """The way that reached most."""
        return next(way for way in self.share if way not in self.behind)

    @property
    def suffices(self) -> str:
        """The simplest way that is shown and cannot be told apart from the best."""
        return next(way for way in self.share if way == self.best or self.verdict(way) == "not_distinguishable")

    def verdict(self, way: str) -> str:
        """Return how a way stands beside the best; nothing for the best itself, and where that is withheld."""
        return str(self.behind[way].verdict) if way in self.behind else ""

    @property
    def state(self) -> str:
        """``few``, ``none`` (no two differ from the best), ``more`` (the most demanding way alone suffices), ``suffices``."""
        judged = {self.verdict(way) for way in self.behind}
        if judged <= {"", "too_few"}:
            return "few"
        if judged == {"not_distinguishable"}:  # not where one is withheld
            return "none"
        return "more" if self.suffices == self.best == WAYS[-1] else "suffices"

    @property
    def next(self) -> str:
        """The way that comes nearest to the best."""
        return max((way for way in self.behind if self.verdict(way)), key=lambda way: float(self.behind[way].estimate))


def ways(unit: Unit, released: Released) -> Section:
    """Make the section, the latest stage first; nothing where no trial can be shown."""
    require_released(released)
    found = trials(unit, released)
    if not found:
        return NOTHING
    rows = released.where(indicator="targeting", municipality_id=["", unit.municipality_id])
    lead, others = found[0], found[1:]
    scale = _scale(found)
    bodies = [figure(_table(unit, [lead], scale) + _orders(unit, lead), _measure(unit, lead))]
    bodies += [Markup("<p>{}</p>").format(text) for text in _paragraphs(unit, released, lead, others)]
    bodies += [details(say("ways_details", unit.language), _table(unit, others, scale))] if others else []
    return section(unit, "ways", heading(unit, lead), _answer(unit, lead), bodies, source_line(unit, rows))


def _measure(unit: Unit, trial: Trial) -> Markup:
    """Say what the figure shows, what counts as low, and how many children stand behind it."""
    language, n = unit.language, int(trial.share[trial.best].n)
    return say(
        "ways_sub", language, percent=percent(unit.params.low_result_percent, language), confidence=_level(unit, trial),
        fifth=percent(100 * unit.params.outer_share_of_nation, language),
        need=say("ways_need", language, count=n, n=number(n, language)),
    )  # fmt: skip


def _level(unit: Unit, trial: Trial) -> str:
    return confidence_of(unit, trial.behind[trial.next]) if trial.state != "few" else confidence(unit)


def _orders(unit: Unit, trial: Trial) -> Markup:
    """Say in which order each way chooses."""
    language = unit.language
    said = [str(say("ways_order", language, way=_way(way, language), order=label("way_order", way, language)).unescape())
            for way in trial.share]  # fmt: skip
    return Markup('<p class="key">{}</p>').format(say("ways_orders", language, list=capitalised("; ".join(said))))


def trials(unit: Unit, released: Released) -> list[Trial]:
    """Return what may be shown, the latest stage first; a trial whose best way is withheld tells nothing."""
    rows = released.where(indicator="targeting", municipality_id=["", unit.municipality_id])
    tests = naming.test_order(rows.rows.drop_duplicates(naming.TEST_KEYS))
    stages = list(dict.fromkeys(tests["grade"]))
    found = []
    for test in sorted(each(tests), key=lambda test: -stages.index(test.grade)):
        keys = dict(zip(naming.TEST_KEYS, naming.key_of(test), strict=True))
        of = {row.part: row for row in each(rows.where(**keys).rows)}
        trial = Trial(
            of["lot"], {way: of[way] for way in WAYS if way in of},
            {way: of[f"{way}|best"] for way in WAYS if f"{way}|best" in of},
        )  # fmt: skip
        if early_checks.is_shown(trial.share[trial.best]) and early_checks.is_shown(trial.lot):
            found.append(trial)
    return found


def ways_in_short(unit: Unit, released: Released) -> Iterator[tuple[Markup, str]]:
    """Say the message in the page's summary, where something can be said."""
    found = trials(unit, released)
    if found and found[0].state != "few":
        yield heading(unit, found[0]) + ".", "ways"


def heading(unit: Unit, trial: Trial) -> Markup:
    """Return the message of one trial."""
    language = unit.language
    if trial.state == "more":
        n = _per_hundred(-trial.behind[trial.next].estimate)
        key = "ways_heading_more" if n else "ways_heading_little"
        return say(key, language, way=_way(trial.best, language), **({"count": n, "n": n} if n else {}))
    if trial.state == "suffices":
        return say("ways_heading_suffices", language, way=_way(trial.suffices, language))
    return say(f"ways_heading_{trial.state}", language)


def _per_hundred(share: float) -> int:
    return round(share * _PER / 100)


def _way(way: str, language: str) -> str:
    return label("way", way, language)


def _answer(unit: Unit, trial: Trial) -> Markup:
    language = unit.language
    shown = {way: row for way, row in trial.share.items() if early_checks.is_shown(row)}
    items = [
        str(say("ways_answer_item", language, way=_way(way, language), n=percent(row.estimate, language, 1)).unescape())
        for way, row in shown.items()
    ]
    return say(
        "ways_answer", language, stage=naming.stage(unit, trial.lot), stage_loc=naming.stage(unit, trial.lot, "locative"),
        share=percent(trial.lot.estimate, language), outcome=early_checks.outcome(unit, trial.lot, trial.lot),
        list=listed(items, language), lot=percent(trial.lot.estimate, language, 1),
    )  # fmt: skip


def _paragraphs(unit: Unit, released: Released, lead: Trial, others: Sequence[Trial]) -> Iterator[Markup]:
    yield Markup(" ").join([*_how_far(unit, lead), *_elsewhere(unit, others)])
    yield Markup(" ").join([*_who(unit, lead), *_not_due(unit, released, lead)])
    missing = [name for name in ("class", "group", "model") if name not in lead.share]
    yield Markup(" ").join(say(f"ways_{name}", unit.language) for name in (*(f"no_{m}" for m in missing), "no_effect"))


def _how_far(unit: Unit, trial: Trial) -> Iterator[Markup]:
    """Say by how much the best is better, or what cannot be ruled out of a way that is not told apart from it."""
    language, best = unit.language, _way(trial.best, unit.language)
    if trial.state == "more":
        row = trial.behind[trial.next]
        n = number(-row.estimate, language, 1)
        yield say(
            "ways_more_than", language, count=-row.estimate, n=n, way=best, next=_way(trial.next, language),
            interval=span(-row.high, -row.low, language, 1), confidence=confidence_of(unit, row),
        )  # fmt: skip
    elif trial.verdict(trial.suffices) == "not_distinguishable":
        n = math.ceil(-trial.behind[trial.suffices].low)
        yield say("ways_not_ruled_out", language, count=n, n=n, way=_way(trial.suffices, language), best=best)


def _elsewhere(unit: Unit, others: Sequence[Trial]) -> list[Markup]:
    """Say in one sentence what holds for the other trials, those of the same message together."""
    language, tests = unit.language, dict[str, list[str]]()
    for trial in others:
        said = say(f"ways_elsewhere_{trial.state}", language, way=_way(trial.suffices, language))
        tests.setdefault(str(said), []).append(f"{naming.stage(unit, trial.lot)}, {naming.domain(unit, trial.lot)}")
    items = [say("ways_elsewhere_item", language, said=said, tests="; ".join(names)) for said, names in tests.items()]
    return [say("ways_elsewhere", language, list=Markup("; ").join(items))] if items else []


def _who(unit: Unit, trial: Trial) -> Iterator[Markup]:
    language, row = unit.language, trial.lot
    yield say(
        "ways_who", language, count=int(row.n), n=number(int(row.n), language), stage=naming.stage(unit, row),
        stage_loc=naming.stage(unit, row, "locative"), year=school_year(int(row.year_from), language),
        need=number(int(trial.share[trial.best].n), language),
    )  # fmt: skip
    if not row.municipality_id:
        yield say("ways_country", language)


def _not_due(unit: Unit, released: Released, trial: Trial) -> Iterator[Markup]:
    """Say so where ways learnt from outcomes that were not known when the pupils stood at the stage."""
    keys = dict(zip(naming.TEST_KEYS, naming.key_of(trial.lot), strict=True))
    for row in each(released.where(indicator="risk_check", part="learnt_from", **keys).rows):
        if int(row.school_year) > int(trial.lot.year_from):
            ends = dict.fromkeys(int(year) for year in (row.year_from, row.school_year))
            yield say("ways_not_due", unit.language, years="–".join(school_year(y, unit.language) for y in ends))


def _scale(found: Sequence[Trial]) -> Scale:
    """Return one axis for all trials: from the farthest behind to what the best way may lose at the most."""
    ends = [(row.low, row.high) for trial in found for way, row in trial.behind.items() if trial.verdict(way)]
    least, most = (min((low for low, _ in ends), default=-1.0), max((high for _, high in ends), default=0.0))
    reach = next((step for step in _STEPS if step >= -least), _STEPS[-1])
    return Scale(-reach, max(min(most, reach), 0.2 * reach), (-reach, -reach / 2, 0.0))


def _table(unit: Unit, found: Sequence[Trial], scale: Scale) -> Markup:
    language, several = unit.language, len(found) > 1
    level = str(say("column_interval", language, confidence=_level(unit, found[0])))
    heads = [str(say(name, language)) for name in (*(["column_ways_test"] if several else []), "column_way")]
    return dots(
        language,
        str(say("ways_caption", language)),
        heads,
        [(str(say("column_behind", language)), level)],
        scale,
        str(say("ways_best", language)),
        [row for trial in found for row in _rows(unit, trial, scale, several)],
        unit="points",
        n_head=str(say("column_ways_reached", language)),
        n_short=str(say("ways_chosen_short", language)),
    )


def _rows(unit: Unit, trial: Trial, scale: Scale, several: bool) -> Iterator[DotRow]:
    language, best = unit.language, trial.share[trial.best]
    n = number(int(best.n), language)
    what = say("ways_block", language, what=early_checks.short_name(unit, trial.lot), n=n)
    for way, row in trial.share.items():
        reached = percent(row.estimate, language, 1)
        cell, verdict, side, ends = _beside_best(trial, way, language)
        key = "ways_strip" if way in trial.behind else "ways_strip_best"
        said = say(
            key,
            language,
            n=reached,
            **({"behind": cell.text, "interval": cell.interval} if way in trial.behind else {}),
        )
        drawing = strip(scale, *ends, side, str(said.unescape()), mark=trial.lot.estimate - best.estimate)
        block = str(what.unescape()) if several else ""
        yield DotRow(block, capitalised(_way(way, language)), drawing, (cell,), reached, verdict)


def _beside_best(
    trial: Trial, way: str, language: str
) -> tuple[Figure, tuple[str, str, str], str, tuple[float, float, float]]:
    """Return a way's difference to the best as figure, verdict, side and ends; the best has none."""
    row = trial.behind.get(way)
    if row is None:
        return Figure("–"), ("", "same", str(say("ways_most", language))), "same", (0.0, math.nan, math.nan)
    figure = Figure(number(row.estimate, language, 1, signed=True), span(row.low, row.high, language, 1))
    figure = figure if early_checks.is_shown(row) else Figure(WITHHELD)
    ends = (row.estimate, row.low, row.high)
    return figure, values.verdict(row, language, "way_verdict"), values.direction(row), ends
