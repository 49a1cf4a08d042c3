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


@st.composite
def one_test(draw: st.DrawFn) -> pd.DataFrame:
    """Pupils of one test with two attributes, two to five schools, rates and bands: all of it consistent."""
    size = draw(st.integers(1, 130))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    pupils = pd.DataFrame({"value": rng.beta(*draw(st.sampled_from([(1, 6), (3, 3), (9, 1)])), size).round(2) * 100})
    pupils["sex"] = rng.choice(["boy", "girl", None], size, p=draw(st.sampled_from([(0.5, 0.5, 0), (0.05, 0.9, 0.05)])))
    pupils["sen"] = rng.choice(["yes", "no"], size, p=draw(st.sampled_from([(0.1, 0.9), (0.4, 0.6)])))
    pupils["school_id"] = rng.choice([f"S{i}" for i in range(draw(st.integers(1, 5)))], size)
    rows = [_mean(pupils, indicator="attainment", reference="country")]
    rows += [_mean(own, indicator="attainment", reference="municipality", school_id=s) for s, own in pupils.groupby("school_id")]
    rows += [_mean(own, indicator="group_gap", reference="country", group=f"{a}={v}")
             for a in ("sex", "sen") for v, own in pupils.groupby(a)]  # fmt: skip
    cuts = {"fail_share": pupils["value"] < 15, "low_result_share": pupils["value"] < 40, "high_result_share": pupils["value"] >= 80}
    rows += [{"indicator": name, "unit": "percent", "n": size, "estimate": 100 * flag.mean()} for name, flag in cuts.items()]
    band = pupils["value"].clip(upper=99) // 20
    rows += [{"indicator": "band_share", "unit": "percent", "n": size, "part": f"{20 * b}-{20 * b + 19}", "estimate": 100 * (band == b).mean()}
             for b in range(5)]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame["verdict"] = verdict(frame["low"], frame["high"], frame["n"], 10).where(frame["reference"].notna(), "")
    return evidence(frame, municipality_id="M1", school_year=2026, grade="9", test="CE", domain="mathematics", confidence=0.95)


def _mean(own: pd.DataFrame, **keys: str) -> dict[str, object]:
    z = (own["value"] - 50) / 25
    half = 1.96 * z.std() / np.sqrt(len(z))
    return {**keys, "unit": "sd", "n": len(z), "estimate": z.mean(), "low": z.mean() - half, "high": z.mean() + half}


@settings(max_examples=60, deadline=None)
@given(one_test(), st.integers(0, 1000))
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
    _no_small_count(out)
    _no_single_blank(rows, out)
    _order_decides_nothing(rows, out, seed)
    pd.testing.assert_frame_equal(release(out, PARAMS).rows, out)


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
    coded = out[out["indicator"].map(lambda name: INDICATORS[name].sensitive) & out["estimate"].isna() & out["n"].notna()]
    room = coded["high"].fillna(100 - coded["low"]) * coded["n"].astype(float) / 100
    assert (room >= PARAMS.smallest_group - 1e-9).all()


def _no_single_blank(rows: pd.DataFrame, out: pd.DataFrame) -> None:
    """No set that adds up to a number shown lacks exactly one member, nor members that are together a small group."""
    sets = {"sex": out["group"].str.startswith("sex"), "sen": out["group"].str.startswith("sen"), "schools": out["school_id"] != ""}
    for members in sets.values():
        missing = rows.loc[members & out["n"].isna(), "n"]
        if len(missing) and members.sum() > len(missing):
            assert len(missing) >= 2 or members.sum() == 2 or _unknown(rows, members) > 0
            assert missing.sum() + _unknown(rows, members) >= PARAMS.smallest_group


def _unknown(rows: pd.DataFrame, members: pd.Series) -> int:
    whole = rows.loc[(rows["indicator"] == "attainment") & (rows["school_id"] == ""), "n"].iloc[0]
    return int(whole - rows.loc[members, "n"].sum())


def _order_decides_nothing(rows: pd.DataFrame, out: pd.DataFrame, seed: int) -> None:
    shuffled = rows.sample(frac=1, random_state=seed)
    again = release(shuffled, PARAMS).rows
    again.index = shuffled.index
    pd.testing.assert_frame_equal(again.sort_index(), out)
