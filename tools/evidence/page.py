"""The page docs/evidence.md from what was measured."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from tools.evidence.bars import MOST_FALSE, bars
from tools.evidence.early_signs import LIMITS, WORKLOAD
from tools.evidence.groups import IN_WORDS, LONE_DRAWS, RULES
from tools.evidence.measured import Measured
from tools.evidence.value_added import WOBBLE

from analysis.intake.demo.known import AS_IN_LIFE

#: Codes in words.
WORDS = {
    "named": "**the workbook's rule**", "bh_far_both": "BH 10 % against −0.10, both", "bh_far": "BH 10 % against −0.10",
    "bh_both": "BH 10 %, both", "bh": "BH 10 %", "each_both": "p < .05 each, both", "each": "p < .05 each",
    "top_both": "ten lowest, both", "top": "ten lowest", "position": "national position", "percent": "raw percent",
    "country": "the country's pupils", "own": "one municipality's own", "low": "below 40 %", "fail": "below 15 %",
} | IN_WORDS  # fmt: skip


def page(found: Measured, day: str, seconds: float) -> str:
    """Write the page.

    Parameters
    ----------
    found : Measured
        The figures.
    day : str
        When they were measured.
    seconds : float
        CPU seconds that it took.
    """
    parts = [_head(found, day, seconds), _bars(found), _groups(found), _sizes(found), _schools(found), _trends(found)]
    return _wrapped("\n".join([*parts, _signs(found), _mixed(found)]))


def _wrapped(text: str) -> str:
    """Fill the paragraphs; tables, headings and comments stay as they are."""
    pieces = re.split(r"((?:^(?:[|#<].*|)$\n?)+)", text, flags=re.M)
    return "".join(
        piece
        if not piece.strip() or piece.lstrip()[0] in "|#<"
        else textwrap.fill(piece, 118, break_on_hyphens=False) + "\n"
        for piece in pieces
    )


def _head(found: Measured, day: str, seconds: float) -> str:
    seeds = found.seeds
    return f"""# What the methods are worth: measured on invented countries

<!-- Written by `make evidence`; do not edit. -->

Izdomātās valstīs patiesība ir zināma, tāpēc var saskaitīt, cik bieži metode kļūdās. Lapu raksta `make evidence`; to
pašu pa solim rāda burtnīca `70_methods`.

Measured on {day}, {seconds / 60:.0f} CPU minutes of one core. Countries are drawn by `burtnica demo`'s own generator
(12 municipalities, 6,100 pupils a cohort) in three settings: no effects at all; municipalities and schools differ,
groups do not; groups differ as well; and the second once more with groups that cluster in schools.
Seeds: groups {_span(seeds.groups)}, value added {_span(seeds.schools)}, trends
{_span(seeds.trends)}, early signs {_span(seeds.signs)}. The generator is the project's own: attributes hang together
less, and pupils stay more often, than in life. A figure here is what the method does when its assumptions nearly
hold.
"""


def _bars(found: Measured) -> str:
    rows = [
        (b.what, _n(b.value, b.decimals), _range(b.low, b.high), "yes" if b.held else "**no**") for b in bars(found)
    ]
    pooled = [_n(found.rules[world].loc["named", "false"]) for world in MOST_FALSE]
    return f"""## What was promised, and what was found

{_table(["figure", "measured", "promised", "held"], rows)}
The false share of a list's names is the false discovery rate of Benjamini and Hochberg (1995): the mean over all lists,
0 for a list without names. Of all names of all lists together {pooled[0]} are false where only schools differ,
{pooled[1]} where groups cluster in them as well, {pooled[2]} with effects: where next to nothing is to be named, the
few names there are come from chance more often than the rate tells (see below).
"""


def _groups(found: Measured) -> str:
    rows = []
    for rule in RULES:
        none, *schools, effects = (found.rules[world].loc[rule] for world in IN_WORDS)
        rows.append(
            (
                WORDS[rule], _n(none["families"]),
                *(_joined(figures, ("families", "false", "false_of_family")) for figures in (*schools, effects)),
                _joined(effects, ("found_1", "found_3"), 2),
            )
        )  # fmt: skip
    counts = ", ".join(f"{number} ({WORDS[setting]})" for setting, number in found.families.items())
    worst = found.by_country["effects"]["false"].max()
    head = [
        "rule",
        "no effects: lists with a name",
        "only schools differ: lists / false / a list",
        "… and groups cluster in them",
        "effects: lists / false / a list",
        "found beyond −0.1 / −0.3",
    ]
    return f"""## Which groups are named

Families are municipality × domain × grade 3 or 6, three cohorts pooled: {counts}; groups of one or two of eight
attributes, at least 30 pupils. A name is *false* if the true gap to the country is above −0.10 SD or the group is not
behind its municipality (where only schools differ: not behind its municipality). *Both*: the gap to the municipality
is tested too. *Lists*: share of families with any name. *False*: share of all names. *A list*: mean over families of
the false share of the family's names, 0 where it has none, the rate that Benjamini and Hochberg bound.

{_table(head, rows)}
A list of the ten lowest always names someone, also where nobody is behind; the workbook's rule hardly does, and finds
most groups that are. In the worst of the drawn countries with effects {_n(worst)} of its names were false.

{_where_schools_differ(found)}
"""


def _where_schools_differ(found: Measured) -> str:
    even, clustered = (found.rules[world].loc["named"] for world in ("schools", "clustered"))
    return f"""Where only schools differ, the truth of a group is what its pupils' schools give it. The rule names
{int(even["names"])} groups in {_n(even["families"])} of the lists, and {_n(even["false"])} of them are on the wrong
side. There groups are spread over schools nearly evenly and every true gap to the municipality is next to nothing (its
SD over groups is {_n(found.own_spread["schools"], 2)}), so a name is a toss-up by construction. Where language and
income cluster in schools (SD on the logit of a school's share {AS_IN_LIFE.language:g} and {AS_IN_LIFE.income:g}; SD of
true gaps {_n(found.own_spread["clustered"], 2)}) it names {int(clustered["names"])} in {_n(clustered["families"])} of
the lists, {_n(clustered["false"])} of them falsely."""


def _sizes(found: Measured) -> str:
    rows = [
        (WORDS[setting], _pupils(row["n"]), str(row["groups"]), _n(row["raw"]), _n(row["shrunken"]), _n(row["covered"], 2))
        for setting, errors in found.errors.items() for _, row in errors.iterrows()
    ]  # fmt: skip
    lone = ", ".join(f"{_n(share, 2)} with an effect of {_n(size, 1)} SD" for size, share in found.lone.items())
    head = ["setting", "pupils", "groups", "RMSE as measured", "RMSE shrunken", "90 % interval covers"]
    return f"""## How far estimated gaps are from the true ones

{_table(head, rows)}
Shrinking takes away nearly half of the error of small groups where nothing differs, and some where groups do;
intervals hold about as often as they say, a little less often for small groups where groups differ.

*When not to use an interval:* where one attribute of few has a large effect and the others none. All attributes share one
variance, so the estimate of such a group is drawn towards zero and its 90 % interval holds the truth less often: {lone}
({LONE_DRAWS} draws of 400 pupils with three attributes, 100 pupils in the group). A large gap is rather understated
than invented.
"""


def _schools(found: Measured) -> str:
    rows = [
        (
            str(years), f"{f['n']:.0f}", _n(f["covered"]), _n(f["covered_simple"]), f"{_n(f['raw'])} → {_n(f['shrunken'])}",
            f"{_n(f['reliability'], 2)} ({_n(f['true_reliability'], 2)})",
            *(_n(f[name], 2) for name in ("correlation", "told_apart")), _n(f["wrong_side"]),
        )
        for years, f in found.schools.items()
    ]  # fmt: skip
    head = [
        "school years",
        "median n",
        "95 % covers",
        "without school years",
        "RMSE raw → shrunken",
        "reliability (true)",
        "r with truth",
        "told apart",
        "wrong side",
    ]
    number = int(found.schools[1]["schools"])
    return f"""## Value added of schools

Grade 6 after grade 3, {number} schools × domains; schools differ and move by {WOBBLE} SD from year to year. The truth
of one year holds that year's move, that of several years does not. *Without school years*: the same model without the
yearly moves as a level of their own.

{_table(head, rows)}
Intervals hold at every number of years because the yearly moves are modelled; most schools still cannot be told from
the country.
"""


def _trends(found: Measured) -> str:
    rows = []
    for setting, lines in found.trends.items():
        for measure, line in lines.iterrows():
            change = found.changes[setting].loc[measure]
            rows.append(
                (
                    WORDS[setting], WORDS[str(measure)],
                    *(_n(value, 2) for value in (change["claimed"], change["improved"], line["false"], line["found"])),
                )
            )  # fmt: skip
    head = [
        "setting",
        "measure",
        "year on year: changes claimed",
        "easier exam: “improved”",
        "steady series: trends claimed",
        "planted ±0.05 SD a year: found",
    ]
    pairs = int(found.changes["none"].loc["position", "changes"])
    return f"""## Change over the years

{pairs} year-on-year comparisons of municipalities with at least 30 results a year (p < .05), none of them real in the
first setting. The easier exam is grade-9 mathematics of 2025 after 2024: national means 53.8 after 43.2 percent.

{_table(head, rows)}
Raw percent follows the difficulty of the test: nearly every municipality “improves” on an easier exam. National
position errs as often as its level says, and its trends, from a series of years with inflated errors, are hardly ever
false.
"""


def _signs(found: Measured) -> str:
    rows = [
        (
            WORDS[whose], WORDS[limit], str(int(f["tests"])), f"{f['events']:.0f}",
            _joined(f, ("auc_oracle", "auc", "auc_one_test", "auc_school")),
            _joined(f, ("recall_oracle", "recall", "recall_one_test"), 2),
            *(_n(f[name], 2) for name in ("slope", "expected", "one_test_better", "refused", "one_test_better_shown")),
        )
        for (whose, limit), f in found.signs.items()
    ]  # fmt: skip
    head = [
        "learnt from", "result", "back-tests", "median events", "AUC: true risk / signs / one test / school",
        "recall: true / signs / one test", "slope", "E/O", "one test better", "refused by the gate", "shown and one test better",
    ]  # fmt: skip
    return f"""## Early signs, grade 6 → 9 mathematics

Learnt on the cohorts known in time, with a shift by municipality and school, judged on the newest; recall
when {100 * WORKLOAD:.0f} % of pupils are looked at;
{len(LIMITS)} limits; means weighted by events. *True risk* knows what was planted (school, municipality, groups) and
reads the same pupil's earlier tests; absence to come is chance for it too. {found.unfit} back-tests of single
municipalities had too few events and were not fitted.

{_table(head, rows)}
Ranking is near what anyone could know; counts (E/O, expected over observed) move with the difficulty of the exam,
which nobody knows beforehand. Where a small municipality's own signs do worse than one test, the gate, which looks at
this very cohort, does not show them. The distance to the true risk is what the signs leave out on purpose (language,
income, sex) or know of one earlier cohort alone (the school, the municipality).
"""


def _mixed(found: Measured) -> str:
    m = found.mixed
    return f"""## The mixed model where schools do not differ

Of {m["sets"]} fits of 5 to 12 schools without differences the usual call of statsmodels' `MixedLM` returned a wrong
intercept in {m["usual"]} ({m["said_converged"]} of them with `converged=True`), the workbook's exact model in
{m["exact"]}.
"""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def _joined(figures: Any, names: Sequence[str], decimals: int = 3) -> str:
    return " / ".join(_n(figures[name], decimals) for name in names)


def _n(value: float, decimals: int = 3) -> str:
    return "–" if pd.isna(value) else f"{value:.{decimals}f}".replace("-", "−")


def _range(low: float, high: float) -> str:
    if low == high:
        return f"{low:g}"
    if low <= 0:
        return f"≤ {high:g}"
    return f"≥ {low:g}" if high == 1 else f"{low:g}–{high:g}"


def _span(seeds: range) -> str:
    return f"{seeds[0]}–{seeds[-1]}"


def _pupils(size: tuple[int, int]) -> str:
    return f"{size[0]}–{size[1] - 1}" if size[1] < 10**6 else f"{size[0]} and more"
