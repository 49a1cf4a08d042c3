"""What the notebook on methods shows: each method on data with known truth, as a sentence, a figure and a note.

Every function takes the reader's language and gives a section; those with controls give a widget where a person sits at the
notebook, and its first view where none does.
"""

from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
from markupsafe import Markup

from analysis.batch.open import from_root
from analysis.desk import method_figures as figures
from analysis.desk import method_worlds as worlds
from analysis.desk.keyboard import styled
from analysis.desk.live import has_front_end
from analysis.intake.demo.scores import Setting
from analysis.params import Params, load_params
from analysis.report.frame import lab_style
from analysis.report.html import TEMPLATES, Section
from analysis.stats.intervals import share_interval
from analysis.stats.risk.ranking import ranking
from analysis.words.catalogue import counted, say
from analysis.words.numbers import number, percent, span

SETTINGS: tuple[Setting, ...] = ("none", "schools", "effects")
RULES = ("named", "bh_far_both", "bh_both", "each_both", "top_both", "bh", "each", "top")
_SHOWN = ("D002", "6", "numeracy")  # the family whose intervals are drawn
_PUPILS, _GAP, _WORKLOAD = 40, -0.3, 0.10


def style() -> Section:
    """Return the style of the sections in JupyterLab and in an exported notebook."""
    css = (TEMPLATES / "explore.css").read_text("utf-8")
    return Section(lab_style().html + Markup("<style>{}{}</style>").format(Markup(css), Markup(_CSS)))


_CSS = ".bx .two{display:flex;flex-wrap:wrap;gap:.4rem 1.6rem}.bx .two figure{margin:.4rem 0;flex:1 1 18rem;max-width:22rem}"
_CSS += (
    ".bx figure{margin:.4rem 0}.bx figcaption{font-size:.86rem;color:#59616b}.bx .note{font-size:.86rem;color:#59616b}"
)


def parameters(params_file: str) -> Params:
    """Read the parameters of the naming rule, as reports do: a relative path is the project's."""
    return load_params(from_root(params_file) if params_file else None)


def percent_or_position(params: Params, language: str) -> Section:
    """Show one exam that got easier: change by percent beside change by national position, where nothing changed."""
    rows = worlds.difficulty(params)
    drawn, sure = {}, {}
    for name, decimals in (("percent", 0), ("position", 1)):
        one = rows[[name, f"{name}_se"]].set_axis(["change", "se"], axis=1)
        sure[name] = int((one["change"].abs() > figures.Z95 * one["se"]).sum())
        words = str(say(f"methods_by_{name}", language))
        alt = say("methods_difficulty_alt", language, measure=words, sure=sure[name], total=len(rows))
        drawn[words] = figures.changes(one, language, decimals, "", f"m-{name}", str(alt))
    answer = say(
        "methods_difficulty", language, by_percent=sure["percent"], by_position=sure["position"], total=len(rows)
    )
    return _section(answer, drawn, say("methods_difficulty_note", language), language)


def small_schools(params: Params, language: str) -> Any:
    """Show schools by number of pupils, as measured and shrunken, where they differ or where they do not."""
    return _chosen(("schools", "none"), language, lambda setting: _small_schools(setting, params, language))


def _small_schools(setting: Setting, params: Params, language: str) -> Section:
    schools, sd = worlds.schools(setting, params)
    half = float(schools["raw"].abs().max()) * 1.08
    drawn = {}
    for column in ("raw", "shrunken", "true"):
        words = str(say(f"methods_{column}", language))
        alt = str(say("methods_funnel_alt", language, what=words))
        drawn[words] = figures.funnel(
            schools, column, sd, half, language, str(say("methods_pupils", language)), f"m-{column}", alt
        )
    facts = {name: number(_rmse(schools[name], schools["true"]), language, 2) for name in ("raw", "shrunken")}
    small = int((schools.loc[schools["lowest"], "n"] < schools["n"].median()).sum())
    key = "methods_small_none" if setting == "none" else "methods_small"
    return _section(say(key, language, small=small, **facts), drawn, say("methods_funnel_note", language), language)


def lists(params: Params, language: str) -> Any:
    """Show what a list of the ten lowest, tests and the naming rule name, where nothing, schools or groups differ."""
    return _chosen(SETTINGS, language, lambda setting: _lists(setting, params, language))


def _lists(setting: Setting, params: Params, language: str) -> Section:
    rows = worlds.groups(setting, params)
    families = rows["family"].nunique()
    shares = {
        rule: 100 * (rows.loc[rows[rule], "family"].nunique() / families if setting == "none" else _false(rows, rule))
        for rule in RULES
    }
    names = [str(say(f"methods_rule_{rule}", language)) for rule in shares]
    told = {rule: percent(value, language) for rule, value in shares.items()}
    parts = "; ".join(f"{name} {value}" for name, value in zip(names, told.values(), strict=True))
    bars = figures.shares(
        names, list(shares.values()), 0, language, "m-rules", str(say("methods_lists_alt", language, parts=parts))
    )
    key = "methods_lists_none" if setting == "none" else "methods_lists"
    answer = say(
        key, language, named=told["named"], top=told["top"], each=told["each"],
        families=say("methods_families", language, count=families, n=number(families, language)),
        names=say("methods_names", language, count=int(rows["named"].sum()), n=number(int(rows["named"].sum()), language)),
    )  # fmt: skip
    return _section(answer, {str(say(f"{key}_bars", language)): bars}, say("methods_lists_note", language), language)


def _false(rows: pd.DataFrame, rule: str) -> float:
    return float(rows.loc[rows[rule], "false"].mean()) if rows[rule].any() else 0.0


def coverage(params: Params, language: str) -> Section:
    """Show the intervals of one municipality's groups with the true gaps, and how often intervals hold in the country."""
    rows = worlds.groups("effects", params)
    place, grade, domain = _SHOWN
    own = rows[rows["family"].str.startswith(f"{place}_{grade}_") & rows["family"].str.contains(f"_{domain}_")]
    held = (rows["gap"] - rows["true"]).abs() <= figures.Z90 * rows["gap_sd"]
    missed = int((~held[own.index]).sum())
    alt = say("methods_intervals_alt", language, missed=missed, shown=len(own))
    drawn = {"": figures.intervals(own, language, str(say("methods_gap", language)), "m-intervals", str(alt))}
    every = percent(100 * held.mean(), language)
    answer = say("methods_intervals", language, held=len(own) - missed, shown=len(own), all=every)
    return _section(answer, drawn, say("methods_intervals_note", language), language)


def one_group(language: str) -> Any:
    """Show how estimates of one group's gap scatter, by its number of pupils and its true gap; both can be moved."""
    if not has_front_end():
        return _one_group(_PUPILS, _GAP, language)
    # The sentence below says both values, as its readers write numbers.
    words = {"style": {"description_width": "auto"}, "layout": {"width": "100%"}, "readout": False}
    pupils = ipywidgets.IntSlider(_PUPILS, 10, 300, 10, description=str(say("methods_of_pupils", language)), **words)
    gap = ipywidgets.FloatSlider(
        _GAP, min=-0.5, max=0, step=0.05, description=str(say("methods_true_gap", language)), **words
    )
    return _live((pupils, gap), lambda: _one_group(pupils.value, gap.value, language))


def _one_group(pupils: int, gap: float, language: str) -> Section:
    measured, shrunken = worlds.repeated(pupils, gap)
    values = {str(say(f"methods_{name}_gap", language)): v for name, v in (("raw", measured), ("shrunken", shrunken))}
    ends = [span(float(np.quantile(v, 0.05)), float(np.quantile(v, 0.95)), language, 2) for v in (measured, shrunken)]
    noticed = (measured + figures.Z95 * 0.97 / np.sqrt(pupils) < 0).mean()
    answer = say(
        "methods_repeated", language, pupils=counted("pupils", pupils, language), gap=number(gap, language, 2),
        raw=ends[0], shrunken=ends[1], power=percent(100 * noticed, language),
    )  # fmt: skip
    drawn = figures.draws(
        values, gap, language, str(say("methods_gap", language)), "m-draws", str(say("methods_repeated_alt", language))
    )
    return _section(answer, {"": drawn}, Markup(), language)


def early_signs(params: Params, language: str) -> Section:
    """Show early signs on a cohort they have not seen: calibration, and what they find beside one test and the true risk."""
    test, oracle = worlds.early_signs(params)
    event = test.judged["event"].to_numpy(dtype="float64")
    scores = {"model": test.judged["logit"].to_numpy(), "one": test.judged["one_test"].to_numpy(), "oracle": oracle}
    ranked = {name: ranking(score, event, _WORKLOAD) for name, score in scores.items()}
    names = {name: str(say(f"methods_early_{name}", language)) for name in scores}
    tenths, curves = _tenths(test.judged), {names[name]: _found(score, event) for name, score in scores.items()}
    words = [str(say(f"methods_{name}", language)) for name in ("predicted", "observed", "looked", "found")]
    told = (number(value, language) for value in (test.calibrated.expected, test.calibrated.observed))
    alt = str(say("methods_calibration_alt", language, **dict(zip(("expected", "observed"), told, strict=True))))
    drawn = {
        str(say("methods_early_calibration", language)): figures.calibration(
            tenths, language, (words[0], words[1]), "m-calibration", alt
        ),
        str(say("methods_early_recall", language)): figures.recalls(
            curves, language, (words[2], words[3]), "m-recall", str(say("methods_recall_alt", language))
        ),
    }
    facts = {name: percent(100 * found.recall, language) for name, found in ranked.items()}
    facts |= {f"auc_{name}": number(found.auc, language, 2) for name, found in ranked.items()}
    return _section(say("methods_early", language, **facts), drawn, say("methods_early_note", language), language)


def _tenths(judged: pd.DataFrame) -> pd.DataFrame:
    """Return predicted and observed percent, with 95 % intervals, of ten groups of pupils by predicted risk."""
    tenth = (judged["probability"].rank(method="first", pct=True) * 10).clip(upper=9.999).astype(int)
    groups = judged.groupby(tenth)
    n, count = groups.size(), groups["event"].sum()
    low, high = share_interval(count, n, 0.95)
    predicted = 100 * groups["probability"].mean()
    return pd.DataFrame({"predicted": predicted, "observed": 100 * count / n, "low": low, "high": high})


def _found(score: np.ndarray, event: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return percent of pupils looked at, highest score first, and percent of the events among them."""
    order = np.argsort(-score, kind="stable")
    looked = 100 * np.arange(1, len(order) + 1) / len(order)
    return looked, 100 * np.cumsum(event[order]) / event.sum()


def mixed_model_trap(language: str) -> Section:
    """Show fits of schools that do not differ: the usual call of a statistics package beside the exact model."""
    usual, exact, said = worlds.fits_without_differences()
    wrong = {name: int((np.abs(v - 60) > 6).sum()) for name, v in (("usual", usual), ("exact", exact))}
    values = {str(say(f"methods_trap_{name}", language)): v for name, v in (("usual", usual), ("exact", exact))}
    alt = say("methods_trap_alt", language, **wrong)
    drawn = figures.fits(values, 60, language, str(say("methods_intercept", language)), "m-trap", str(alt))
    return _section(say("methods_trap", language, sets=len(usual), said=said, **wrong), {"": drawn}, Markup(), language)


def same_total(language: str) -> Section:
    """Show skills of two municipalities by share of points and against pupils of the same total."""
    rows = worlds.same_total()
    drawn = {}
    for who in ("all", "one"):
        own = rows[rows["who"] == who].reset_index(drop=True)
        names = [str(say(f"methods_skill_{name}", language)) for name in own["skill"]]
        parts = "; ".join(
            f"{name} {number(raw, language, 1)} → {number(same, language, 1)}"
            for name, raw, same in zip(names, own["raw"], own["same"], strict=True)
        )
        words = str(say(f"methods_skills_{who}", language))
        alt = str(say("methods_skills_alt", language, who=words, parts=parts))
        drawn[words] = figures.pairs(own, names, language, str(say("methods_points", language)), f"m-{who}", alt)
    weak = rows[(rows["who"] == "one") & (rows["skill"] == worlds.WEAK)]["same"].iloc[0]
    answer = say("methods_skills", language, gap=number(weak, language, 1))
    return _section(answer, drawn, say("methods_skills_note", language), language)


def _rmse(estimate: pd.Series, truth: pd.Series) -> float:
    return float(np.sqrt(((estimate - truth) ** 2).mean()))


def _section(answer: Markup, drawn: dict[str, Markup], note: Markup, language: str) -> Section:
    """Put sentence, figures with their captions, and note together."""
    figure = Markup("<figure>{}{}</figure>")
    caption = Markup("<figcaption>{}</figcaption>")
    parts = [figure.format(caption.format(words) if words else "", svg) for words, svg in drawn.items()]
    body = Markup('<div class="{}">{}</div>').format("two" if len(parts) > 1 else "one", Markup().join(parts))
    below = Markup('<p class="note">{} {}</p>').format(note, say("methods_invented", language))
    whole = Markup('<div class="bx" lang="{}"><div class="view"><p class="answer">{}</p>{}{}</div></div>')
    return Section(whole.format(language, answer, body, below))


def _chosen(settings: tuple[Setting, ...], language: str, make: Callable[[Setting], Section]) -> Any:
    """Let a person choose what differs in the country; each is drawn when it is first asked for."""
    if not has_front_end():
        return make(settings[0])
    made: dict[Setting, Section] = {}
    options = [(str(say(f"methods_setting_{setting}", language)), setting) for setting in settings]
    control = ipywidgets.Dropdown(options=options, description=str(say("methods_setting", language)))

    def current() -> Section:
        if control.value not in made:
            made[control.value] = make(control.value)
        return made[control.value]

    return _live((control,), current)


def _live(controls: tuple[Any, ...], make: Callable[[], Section]) -> Any:
    """Show controls above the view they decide."""
    css = (TEMPLATES / "explore.css").read_text("utf-8") + _CSS
    sheet = ipywidgets.HTML(str(lab_style().html + styled(css, ".bx")))
    shown = ipywidgets.HTML(str(make().html))
    for control in controls:
        control.observe(lambda _: setattr(shown, "value", str(make().html)), "value")
    row = ipywidgets.Box(list(controls))
    row.add_class("bx-controls")
    whole = ipywidgets.VBox([sheet, row, shown])
    whole.add_class("bx")
    return whole
