"""A municipality's support plan as its pages show it: solved once, then read for the other languages and editions."""

import pandas as pd

from analysis.batch.kept import kept, kept_path
from analysis.batch.planned import planned
from analysis.intake.unit import Unit


def shown_plan(unit: Unit) -> pd.DataFrame:
    """Return :attr:`analysis.batch.planned.Planned.shown` of a municipality, kept beside the store's versions.

    A plan is a few hundred integer programmes and the same in every edition and language; anything that decides it (data,
    limits, programmes, parameters, code) has it solved anew.

    Parameters
    ----------
    unit : Unit
        The municipality; without a store its plan is solved each time.

    Raises
    ------
    InputFaults
        As :func:`analysis.batch.planned.planned`.
    """
    path = kept_path(unit, "plan-")
    return planned(unit).shown if path is None else kept(path, lambda: planned(unit).shown)
