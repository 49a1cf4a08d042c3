"""A country made of simulated exams."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from analysis.params import Params, load_params
from analysis.stats.country import Country


@pytest.fixture(scope="session")
def params() -> Params:
    return load_params()


@pytest.fixture(scope="session")
def country(params: Params) -> Callable[..., Country]:
    """Make a country of items, their map and results."""

    def make(items: pd.DataFrame, item_map: pd.DataFrame, results: pd.DataFrame, **more: Any) -> Country:
        given = {"schools": pd.DataFrame(), "attributes": (), "covariates": (), "scope": "country", "params": params}
        return Country(results=results, items=items, item_map=item_map, **{**given, **more})

    return make
