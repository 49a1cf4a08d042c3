"""How often a change is claimed where none is, by raw percent and by national position, and whether real ones are found."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.desk.known_truth import placed
from analysis.intake.demo import known_country
from analysis.intake.demo.scores import Setting
from analysis.params import Params
from analysis.stats.scale import main_session
from analysis.stats.trend import trend

Z95, SMALLEST = 1.959964, 30
SHIFT = ("9", "mathematics", 2024, 2025)
"""Grade, domain and two school years in which the published national mean went from 43.2 to 53.8 percent."""
_SERIES = ["municipality_id", "grade", "test", "domain", "level"]
MEASURES = {"position": "position", "percent": "percent"}


def results_of(setting: Setting, seed: int, params: Params) -> pd.DataFrame:
    """Draw a country's results of grades 3, 6 and 9 on the national scale, all school years."""
    return main_session(placed(known_country(setting, seed=seed), params))


def changes(results: pd.DataFrame) -> pd.DataFrame:
    """Compare each year of each municipality's test with the year before, in national position and in raw percent.

    Returns
    -------
    pd.DataFrame
        One row a series and pair of years with 30 results at least: z of the change in each measure.
    """
    years = results.groupby([*_SERIES, "school_year"], observed=True)
    table = pd.DataFrame({"n": years.size()})
    for name, column in MEASURES.items():
        table[name], table[f"{name}_se"] = years[column].mean(), years[column].std() / np.sqrt(table["n"])
    table = table[table["n"] >= SMALLEST].reset_index()
    before = table.assign(school_year=table["school_year"] + 1)
    pairs = table.merge(before, on=[*_SERIES, "school_year"], suffixes=("", "_before"))
    for name in MEASURES:
        error = np.hypot(pairs[f"{name}_se"], pairs[f"{name}_se_before"])
        pairs[f"z_{name}"] = (pairs[name] - pairs[f"{name}_before"]) / error
    return pairs


def change_figures(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return, by measure, the share of changes claimed (p < 0.05) and of improvements claimed over the shift in difficulty."""
    grade, domain, _, year = SHIFT
    shift = pairs[(pairs["grade"] == grade) & (pairs["domain"] == domain) & (pairs["school_year"] == year)]
    lines = [
        {
            "measure": name,
            "changes": len(pairs),
            "claimed": (pairs[f"z_{name}"].abs() > Z95).mean(),
            "shifted": len(shift),
            "improved": (shift[f"z_{name}"] > Z95).mean(),
            "worsened": (shift[f"z_{name}"] < -Z95).mean(),
        }
        for name in MEASURES
    ]
    return pd.DataFrame(lines).set_index("measure")


def trends(results: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Fit the trend of every series of every municipality, in national position and (as nobody should) in raw percent."""
    parts = []
    for name, column in MEASURES.items():
        measured = results.assign(position=results[column])
        lines = [trend(own, params) for _, own in measured.groupby("municipality_id", observed=True)]
        parts.append(pd.concat(lines, ignore_index=True).assign(measure=name))
    return pd.concat(parts, ignore_index=True)


def trend_figures(setting: Setting, seeds: Iterable[int], params: Params) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return changes of all seeds, and all trends with ``true`` sign of the planted one (−1, 0, 1)."""
    pairs, lines = [], []
    for seed in seeds:
        results = results_of(setting, seed, params)
        pairs.append(changes(results))
        planted = {"D002": 1, "D003": -1} if setting != "none" else {}
        found = trends(results, params)
        lines.append(found.assign(seed=seed, true=found["municipality_id"].map(planted).fillna(0).astype(int)))
    return pd.concat(pairs, ignore_index=True), pd.concat(lines, ignore_index=True)


def claimed(lines: pd.DataFrame) -> pd.DataFrame:
    """Return, by measure, the share of steady series called a trend, and of planted trends found and found the wrong way."""
    called = (lines["verdict"] == "differs") * np.sign(lines["estimate"])
    rows = []
    for name in MEASURES:
        own, mine = lines["measure"] == name, called[lines["measure"] == name]
        steady = lines.loc[own, "true"] == 0
        true = lines.loc[own, "true"][~steady]
        rows.append(
            {
                "measure": name,
                "steady": int(steady.sum()),
                "false": float((mine[steady] != 0).mean()),
                "planted": len(true),
                "found": float((mine[~steady] == true).mean()),
                "wrong_way": float((mine[~steady] == -true).mean()),
            }
        )
    return pd.DataFrame(rows).set_index("measure")
