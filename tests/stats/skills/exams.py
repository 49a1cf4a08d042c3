"""Exams simulated by the Rasch model: pupils of one total do alike on every item but for chance and what is planted."""

from typing import Any

import numpy as np
import pandas as pd

TEST = {"school_year": 2026, "grade": "9", "test": "CE", "domain": "mathematics"}
SKILLS = ("algebra", "data", "geometry", "number")


def answers(rng: np.random.Generator, pupils: int, items: int, shift: Any = 0.0, ability: Any = 0.0) -> np.ndarray:
    """Right (1) and wrong (0) answers; ``shift`` is added to the logit, pupils × items."""
    theta = rng.normal(0, 1, pupils) + ability
    logit = theta[:, None] - rng.normal(0, 0.8, items)[None, :] + shift
    return (rng.random((pupils, items)) < 1 / (1 + np.exp(-logit))).astype("float64")


def long(points: np.ndarray, pupils: Any = None, **test: Any) -> pd.DataFrame:
    """Points as the contract has them: a row a pupil and item; a missing value is a missing row."""
    names = [f"{j + 1:02d}" for j in range(points.shape[1])]
    who = [f"P{i:05d}" for i in range(len(points))] if pupils is None else list(pupils)
    wide = pd.DataFrame(points, index=pd.Index(who, name="pupil"), columns=pd.Index(names, name="item"))
    return wide.stack().rename("points").reset_index().assign(**{**TEST, **test})


def mapped(items: int, skills: Any = SKILLS, most: Any = 1.0, **test: Any) -> pd.DataFrame:
    """A map of items; skills in turn."""
    return pd.DataFrame({"item": [f"{j + 1:02d}" for j in range(items)]}).assign(
        skill=[skills[j % len(skills)] for j in range(items)], max_points=most, **{**TEST, **test}
    )


def sat(schools: Any, pupils: Any = None, municipality: Any = None, **test: Any) -> pd.DataFrame:
    """Results of those pupils, row by row."""
    schools = list(schools)
    who = [f"P{i:05d}" for i in range(len(schools))] if pupils is None else list(pupils)
    place = [name.split("-")[0] for name in schools] if municipality is None else municipality
    return pd.DataFrame({"pupil": who, "school_id": schools, "municipality_id": place}).assign(
        level="", session="", status="present", value=50.0, known=True, **{**TEST, **test}
    )
