"""Whatever evidence goes in, nothing about too few comes out, and the order of rows decides nothing."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.evidence import evidence, verdict
from analysis.indicators import INDICATORS
from analysis.params import load_params
from analysis.release import release
from analysis.release.primary import smallest

PARAMS = load_params()
RATES = ("low_result_share", "high_result_share", "fail_share")
FIGURES = ["n", "estimate", "low", "high"]


def one_test(size: int, seed: int) -> pd.DataFrame:
    """Figures of one test with two attributes, one to five schools, rates and bands, all of the same pupils."""
    rng = np.random.default_rng(seed)
    unknown = rng.choice([0, 0.05])
    pupils = pd.DataFrame({"value": 100 * rng.beta(*[(1, 6), (3, 3), (9, 1)][seed % 3], size).round(2)})
    pupils["sex"] = rng.choice(
        ["boy", "girl", None], size, p=[rare := rng.choice([0.05, 0.45]), 1 - rare - unknown, unknown]
    )
    pupils["sen"] = rng.choice(["yes", "no"], size, p=[rare := rng.choice([0.1, 0.4]), 1 - rare])
    pupils["school_id"] = rng.choice([f"S{i}" for i in range(rng.integers(1, 6))], size)
    rows = [_mean(pupils, indicator="attainment", reference="country")]
    rows += [
        _mean(own, indicator="attainment", reference="municipality", school_id=s)
        for s, own in pupils.groupby("school_id")
    ]
    rows += [_mean(own, indicator="group_gap", reference="country", group=f"{a}={v}")
             for a in ("sex", "sen") for v, own in pupils.groupby(a)]  # fmt: skip
    value, band = pupils["value"], pupils["value"].clip(upper=99) // 20
    flags = {
        ("fail_share", ""): value < 15,
        ("low_result_share", ""): value < 40,
        ("high_result_share", ""): value >= 80,
    }
    flags |= {("band_share", f"{20 * b}-{20 * b + 19}"): band == b for b in range(5)}
    rows += [{"indicator": indicator, "part": part, "unit": "percent", "n": size, "estimate": 100 * flag.mean()}
             for (indicator, part), flag in flags.items()]  # fmt: skip
    return pd.DataFrame(rows).assign(domain=f"{seed}")


@st.composite
def several_tests(draw: st.DrawFn) -> pd.DataFrame:
    seeds = draw(st.lists(st.integers(0, 10_000), min_size=6, max_size=6, unique=True))
    frame = pd.concat([one_test(draw(st.integers(1, 130)), seed) for seed in seeds], ignore_index=True)
    frame["verdict"] = verdict(frame["low"], frame["high"], frame["n"], 10).where(frame["reference"].notna(), "")
    return evidence(frame, municipality_id="M1", school_year=2026, grade="9", test="CE", confidence=0.95)


def _mean(own: pd.DataFrame, **keys: str) -> dict[str, object]:
    z = (own["value"] - 50) / 25
    half = 1.96 * z.std() / np.sqrt(len(z))
    return {**keys, "unit": "sd", "n": len(z), "estimate": z.mean(), "low": z.mean() - half, "high": z.mean() + half}


@settings(max_examples=15, deadline=None)
@given(several_tests(), st.integers(0, 1000))
def test_what_comes_out_of_the_door(rows: pd.DataFrame, seed: int) -> None:
    out = release(rows, PARAMS).rows
    limit = smallest(out["group"], PARAMS)
    gone = out["n"].isna()
    assert (out.loc[~gone, "n"] >= limit[~gone]).all()
    assert out.loc[gone, FIGURES].isna().all(axis=None)
    assert (out.loc[gone, "verdict"] == "").all()
    excludes = (out["low"] > 0) | (out["high"] < 0)
    judged = out["verdict"].isin(["differs", "not_distinguishable"])
    assert (excludes[judged] == (out.loc[judged, "verdict"] == "differs")).all()
    for _, test in out.groupby("domain"):
        _no_small_count(test)
        _no_single_blank(rows.loc[test.index], test)
    _order_decides_nothing(rows, out, seed)


def _no_small_count(out: pd.DataFrame) -> None:
    """No count behind a printed rate, nor the difference of two such counts, is one of 1 to k − 1 pupils."""
    exact = out[out["indicator"].isin([*RATES, "band_share"]) & out["estimate"].notna()]
    counts = (exact["estimate"] * exact["n"].astype(float) / 100).round()
    rest = exact["n"].astype(float) - counts
    assert (counts >= PARAMS.smallest_group).all()
    assert (rest >= PARAMS.smallest_group).all()
    below = {name: c if name != "high_result_share" else r
             for name, c, r in zip(exact["indicator"], counts, rest, strict=True) if name in RATES}  # fmt: skip
    values = sorted(below.values())
    assert all(step == 0 or step >= PARAMS.smallest_group for step in np.diff(values))
    coded = out[
        out["indicator"].map(lambda name: INDICATORS[name].sensitive) & out["estimate"].isna() & out["n"].notna()
    ]
    room = coded["high"].fillna(100 - coded["low"]) * coded["n"].astype(float) / 100
    assert (room >= PARAMS.smallest_group - 1e-9).all()


def _no_single_blank(rows: pd.DataFrame, out: pd.DataFrame) -> None:
    """No set that adds up to a number shown lacks exactly one member, nor members that are together a small group."""
    whole = rows.loc[(rows["indicator"] == "attainment") & (rows["school_id"] == ""), "n"].iloc[0]
    attribute = out["group"].str.split("=").str[0]
    for members in (attribute == "sex", attribute == "sen", out["school_id"] != ""):
        missing = rows.loc[members & out["n"].isna(), "n"]
        unknown = whole - rows.loc[members, "n"].sum()
        if 0 < len(missing) < members.sum():
            assert len(missing) + (unknown > 0) >= 2
            assert missing.sum() + unknown >= PARAMS.smallest_group


def _order_decides_nothing(rows: pd.DataFrame, out: pd.DataFrame, seed: int) -> None:
    shuffled = rows.sample(frac=1, random_state=seed)
    again = release(shuffled, PARAMS).rows
    again.index = shuffled.index
    pd.testing.assert_frame_equal(again.sort_index(), out)
