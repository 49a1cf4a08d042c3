"""Section 1: are our children behind or ahead of the country, by stage and domain?"""

from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import expected, naming, school_effects, values
from analysis.report.early.checks import is_shown
from analysis.report.html import Section, require_released
from analysis.report.sections import NOTHING, confidence, figure, newest, section, source_line
from analysis.report.spreads import spreads
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, details, dots, table
from analysis.words.catalogue import capitalised, counted, say
from analysis.words.numbers import listed, percent

_PERCENT = Scale(0, 100, (0, 25, 50, 75, 100), zero=None)


def where_we_are(unit: Unit, released: Released) -> Section:
    """Make the section: places in the country where they exist, otherwise the municipality's own means, and say which."""
    require_released(released)
    own = released.where(school_id="", municipality_id=unit.municipality_id)
    compared = {u: newest(own, unit, indicator="attainment", unit=u, reference="country") for u in ("sd", "points")}
    alone = _alone(newest(own, unit, indicator="attainment", unit="percent"), compared)
    schools = newest(own, unit, indicator="school_mean_average")
    if not any(map(len, (*compared.values(), alone, schools))):
        return NOTHING
    similar = newest(own, unit, indicator="expected_for_similar")
    bodies = [place_dots(unit, rows, u, similar=similar) for u, rows in compared.items() if len(rows)]
    if len(compared["sd"]):
        bodies += expected.sentences(unit, similar)
        bodies += expected.given(unit, own, earlier=school_effects.linked(unit, released))
    bodies += [place_dots(unit, alone, "percent")] if len(alone) else []
    bodies += [_school_means(unit, schools)] if len(schools) else []
    bodies += _behind(unit, own)
    bodies += spreads(unit, released)
    if len(compared["sd"]):
        text = Markup("<p>{}</p>").format(say("how_to_read_text", unit.language))
        bodies.append(details(say("how_to_read", unit.language), text))
    shown = next(rows for rows in (*compared.values(), alone, schools) if len(rows))
    heading, answer = message(unit, compared, schools)
    return section(unit, "where", heading, answer, bodies, source_line(unit, shown))


def _alone(percent_rows: Released, compared: dict[str, Released]) -> Released:
    """Rows in percent of tests that have no comparison with the country."""
    have = {naming.key_of(row) for rows in compared.values() for row in each(rows.rows)}
    frame = percent_rows.rows
    return percent_rows.at([i for i, row in enumerate(each(frame)) if naming.key_of(row) not in have])


def message(unit: Unit, compared: dict[str, Released], schools: Released) -> tuple[Markup, Markup]:
    """Return heading and answer: how many results differ from the country, and which."""
    language = unit.language
    rows = pd.concat([released.rows for released in compared.values()], ignore_index=True)
    if rows.empty and len(schools):
        weighted = (schools.rows["population"] == "papers").all()
        how = say("where_school_means_weighted" if weighted else "where_school_means_equal", language)
        return say("where_heading_schools", language), say("where_school_means", language) + " " + how
    if rows.empty:
        return say("where_heading_alone", language), say("where_alone", language)
    judged = rows[rows["verdict"].isin(["differs", "not_distinguishable"])]
    differs = naming.test_order(judged[judged["verdict"] == "differs"])
    if judged.empty:
        return say("where_heading_too_few", language), Markup("")
    return _heading(len(differs), len(judged), language), _answer(unit, differs, len(judged) - len(differs))


def _heading(differ: int, judged: int, language: str) -> Markup:
    if judged == 1:
        return say("where_heading_one" if differ else "where_heading_only", language)
    if differ == 0:
        return say("where_heading_none", language, count=judged, all=judged)
    return say("where_heading", language, count=judged, n=differ, all=judged)


def _answer(unit: Unit, differs: pd.DataFrame, same: int) -> Markup:
    parts = []
    for key, mine in (("where_lower", differs["estimate"] < 0), ("where_higher", differs["estimate"] > 0)):
        if mine.any():
            names = by_domain(unit, differs[mine])
            parts.append(say(key, unit.language, list=listed(names, unit.language)))
    if not parts:  # the heading says already that none can be told apart
        return say("where_same", unit.language) if same > 1 else Markup("")
    if same:
        parts.append(say("where_rest", unit.language, count=same, n=same))
    return Markup(" ").join(parts)


def by_domain(unit: Unit, rows: pd.DataFrame) -> list[str]:
    """``tekstpratība (3. klase, 6. klase)``: a domain once, with its stages."""
    found: dict[str, list[str]] = {}
    for row in each(rows):
        found.setdefault(naming.domain(unit, row), []).append(naming.block(unit, row))
    return [f"{name} ({'; '.join(stages)})" for name, stages in found.items()]


def place_dots(
    unit: Unit,
    released: Released,
    measure: str,
    words: str = "where",
    column: str = "",
    similar: Released | None = None,
    *,
    axis: Scale | None = None,
    zero: str = "axis_country",
    said: str = "verdict",
) -> Markup:
    """Draw results as dots with intervals, a row a test.

    Parameters
    ----------
    unit : Unit
        The municipality.
    released : Released
        One row a test.
    measure : {"sd", "points", "percent"}
        Unit of all rows.
    words : str
        First part of the keys of caption and subtitle in the catalogue.
    column : str
        Key of the figures' heading; empty: that of the measure.
    similar : Released, optional
        ``expected_for_similar`` of the same tests, drawn as a second mark.
    axis : Scale, optional
        Another one than that of the measure.
    zero, said : str
        Key of what the strong line is called; kind of label that a verdict is said with.
    """
    language = unit.language
    axis = axis or scale(unit, measure)
    marks = expected.places(similar) if similar is not None and measure == "sd" else {}
    tests = list(each(naming.test_order(released.rows)))
    rows = [_dot_row(unit, row, axis, marks.get(expected.key_of(row)), said) for row in tests]
    head = say(column or ("column_mean" if measure == "percent" else f"column_gap_{measure}"), language)
    small = say("column_interval", language, confidence=confidence(unit))
    drawn = dots(
        language,
        say(f"{words}_caption_{measure}", language),
        [say("column_stage", language), say("column_domain", language)],
        [(head, small)],
        axis,
        str(say(zero, language)),
        rows,
        unit=measure,
        verdicts=measure != "percent",
    )
    key = expected.key(language) if any(expected.key_of(row) in marks for row in tests) else Markup("")
    return figure(drawn + key, say(f"{words}_sub_{measure}", language, confidence=confidence(unit)))


def scale(unit: Unit, measure: str) -> Scale:
    """Return the axis of a measure, the same on all pages of a run."""
    if measure == "percent":
        return _PERCENT
    half = unit.params.council_scale_sd if measure == "sd" else 20.0
    return Scale(-half, half, (-half * 2 / 3, -half / 3, 0.0, half / 3, half * 2 / 3))


def _dot_row(unit: Unit, row: Any, scale: Scale, place: Any = None, said: str = "verdict") -> DotRow:
    language = unit.language
    text, small = values.estimate(row, language), values.interval(row, language)
    among = expected.note(place, language) if place else ""
    drawing = strip(
        scale, row.estimate, row.low, row.high, values.direction(row), ", ".join(filter(None, (text, small, among))),
        expected=place.estimate if place else None,
    )  # fmt: skip
    year = naming.years(unit, row) if int(row.school_year) < _newest_year(unit) else ""
    return DotRow(
        block=capitalised(naming.block(unit, row)),
        name=naming.domain(unit, row),
        drawing=drawing,
        figures=(Figure(text, small),),
        n=values.behind(row, language),
        verdict=values.verdict(row, language, said),
        note=Markup("<br>").join(filter(None, (year, *among.split("; ")))),
    )


def _newest_year(unit: Unit) -> int:
    source = unit.results if len(unit.results) else unit.school_results
    return int(source["school_year"].max())


def _school_means(unit: Unit, released: Released) -> Markup:
    language = unit.language
    rows = [
        (
            f"{capitalised(naming.what(unit, row))}",
            Figure(values.estimate(row, language)),
            counted(row.population, int(row.n), language),
        )
        for row in each(naming.test_order(released.rows))
    ]
    head = [say("column_domain", language), say("column_mean", language), say("column_schools", language)]
    return figure(table(language, say("where_caption_schools", language), head, rows))


def _behind(unit: Unit, own: Released) -> list[Markup]:
    """Fold the table behind the figure: mean percent, low, high and failed results of the newest year."""
    language = unit.language
    percent_of = _by_test(newest(own, unit, indicator="attainment", unit="percent"))
    found = {name: _by_test(newest(own, unit, indicator=name, group="")) for name in _SHARES}
    shares = {name: by_test for name, by_test in found.items() if any(map(is_shown, by_test.values()))}
    if not shares and not (percent_of and any(found.values())):
        return []
    rows = []
    tests = newest(own, unit, indicator=list(found), group="").rows.drop_duplicates(naming.TEST_KEYS)
    for row in each(naming.test_order(tests)):
        key = naming.key_of(row)
        cells = [_cell(by_test.get(key), language) for by_test in (percent_of, *shares.values()) if by_test]
        n = values.behind(percent_of.get(key, row), language)  # a share may be withheld where the mean is not
        rows.append((capitalised(naming.what(unit, row)), n, *cells))
    columns = [*(["mean"] if percent_of else []), *(_SHARES[name] for name in shares)]
    names = [str(say(f"where_details_{c}", language)) for c in columns]
    title, caption = (
        say("where_details", language, list=listed(names, language)),
        say("where_details_caption", language),
    )
    heads = [say(f"column_{c}", language) for c in ("domain", "pupils", *columns)]
    words = _cuts(unit, bool(percent_of), len(percent_of) < len(tests))
    if "failed" in columns:
        words += " " + say("where_details_threshold", language)
    note = Markup('<p class="key">{}</p>').format(words)
    return [details(title, table(language, caption, heads, rows), note)]


def _cell(row: Any, language: str) -> Figure:
    return Figure("–") if row is None else Figure(values.estimate(row, language), values.interval(row, language))


_SHARES = {"low_result_share": "low", "high_result_share": "high", "fail_share": "failed"}


def _by_test(released: Released) -> dict[Any, Any]:
    return {naming.key_of(row): row for row in each(released.rows)}


def _cuts(unit: Unit, by_percent: bool, by_nation: bool) -> Markup:
    words = {name: _cut(unit, name, by_percent, by_nation) for name in ("low", "high")}
    return say("where_details_note", unit.language, **words)


def _cut(unit: Unit, name: str, by_percent: bool, by_nation: bool) -> Markup:
    """Say what counts as low or high: a share of the attainable score, or of the country where a test has none."""
    language, params = unit.language, unit.params
    cut = percent({"low": params.low_result_percent, "high": params.high_result_percent}[name], language)
    outer = percent(100 * params.outer_share_of_nation, language)
    given = [say(f"cut_percent_{name}", language, percent=cut)] if by_percent else []
    given += [say(f"cut_nation_{name}", language, percent=outer)] if by_nation else []
    return Markup("; ").join(given)


def high_cut(unit: Unit, own: Released) -> Markup:
    """Say what counts as high in the tests of which a municipality's shares are shown."""
    tests = set(_by_test(newest(own, unit, indicator="high_result_share")))
    by_percent = set(_by_test(newest(own, unit, indicator="attainment", unit="percent")))
    return _cut(unit, "high", bool(tests & by_percent), bool(tests - by_percent))
