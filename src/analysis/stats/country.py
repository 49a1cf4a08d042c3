"""What models of a whole delivery look at."""

from dataclasses import dataclass, field

import pandas as pd

from analysis.params import Params


@dataclass(frozen=True)
class Country:
    """All pupils of a delivery: the country's, or one board's own.

    Attributes
    ----------
    results : pd.DataFrame
        Every result with its place (``position``), school, municipality, ``pupil``, ``known`` (False: an id that stands for
        nobody, never linked), attributes and covariates as columns.
    items : pd.DataFrame
        Points by pupil and item (contract ``items``, with ``pupil``); empty where there are none.
    item_map : pd.DataFrame
        Item → skill and highest points; empty where there is none.
    schools : pd.DataFrame
        Contract ``schools``.
    attributes : tuple of str
        Group attributes that hold values, in their fixed order.
    covariates : tuple of str
        Declared numbers of pupils and enrolments.
    scope : {"country", "board"}
        Whose pupils they are.
    params : Params
        The defaults: what is fitted once for all cannot follow one municipality's own parameters.
    published : pd.DataFrame
        Contract ``published``; empty where nothing was.
    """

    results: pd.DataFrame
    items: pd.DataFrame
    item_map: pd.DataFrame
    schools: pd.DataFrame
    attributes: tuple[str, ...]
    covariates: tuple[str, ...]
    scope: str
    params: Params
    published: pd.DataFrame = field(default_factory=pd.DataFrame)
