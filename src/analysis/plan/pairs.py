"""Which boards have most to tell each other? Strengths beside needs, and pairs that no two boards would leave for each other."""

import numpy as np
import pandas as pd

from analysis.evidence import KEYS, each, evidence, no_evidence
from analysis.plan.task import Floats, kilometres_between

STANDINGS = ("skill_gap", "municipality_effect", "wellbeing_scale", "slo_dimension")
"""What boards can be strong in or in need of: all compared with the country."""
KM_PER_TOPIC = 100.0
"""Kilometres that weigh as much as one topic (decision 0034)."""
PARTNER, INTEREST = "partner=", "interest"
_NO_DIRECTION = ("workload",)
"""Scales of which a survey does not say whether more is better."""
_TOPIC = ["grade", "test", "domain", "level", "part"]


def standings(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what municipalities surely differ in from the country.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence as released: what is withheld decides nothing.

    Returns
    -------
    pd.DataFrame
        By ``municipality_id`` and topic (``grade, test, domain, level`` and ``part``: indicator, part and role joined by
        colons) the ``side``, 1 above the country and −1 below it; ``row`` is the row's label in ``rows``.
    """
    own = rows[rows["indicator"].isin(STANDINGS) & (rows["reference"] == "country") & (rows["school_id"] == "")]
    own = own[(own["municipality_id"] != "") & (own["verdict"] == "differs") & ~own["part"].isin(_NO_DIRECTION)]
    role = own["group"].str.replace(r"^.*=", "", regex=True)
    return own[["municipality_id", *_TOPIC]].assign(
        part=own["indicator"] + ":" + own["part"] + ":" + role, side=np.sign(own["estimate"]).astype(int), row=own.index
    )


def candidates(found: pd.DataFrame, interests: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Weigh every two municipalities that have something to give each other.

    Parameters
    ----------
    found : pd.DataFrame
        :func:`standings`.
    interests : pd.DataFrame
        By ``municipality_id`` the ``interest`` it named.
    schools : pd.DataFrame
        Contract ``schools``; a municipality lies where its schools lie on average.

    Returns
    -------
    pd.DataFrame
        ``a`` < ``b``, ``topics`` (of one that the other needs, both ways, and interests of both), ``km`` (NaN where not
        known), ``score``: topics less kilometres / :data:`KM_PER_TOPIC`, to six decimals so that no machine's last digit
        decides. Only pairs in which each has a topic of the other or an interest in common.
    """
    ids = sorted({*found["municipality_id"], *interests["municipality_id"]})
    topic = found[_TOPIC].astype("str").agg("|".join, axis=1) if len(found) else pd.Series(dtype="str")
    strong, need = (_table(found["municipality_id"], topic, found["side"] == side, ids) for side in (1, -1))
    shared = _table(interests["municipality_id"], interests["interest"], interests["interest"] != "", ids)
    gives, common = strong @ need.T, shared @ shared.T
    topics = gives + gives.T + common
    places = schools.astype({"municipality_id": "str"}).groupby("municipality_id")[["lat", "lon"]].mean().reindex(ids)
    km = kilometres_between(places).to_numpy()
    score = np.round(topics - np.nan_to_num(km) / KM_PER_TOPIC, 6)
    a, b = np.nonzero(np.triu((gives + common > 0) & (gives.T + common > 0), 1))
    names = np.array(ids, dtype=object)
    return pd.DataFrame({"a": names[a], "b": names[b], "topics": topics[a, b], "km": km[a, b], "score": score[a, b]})


def stable(pairs: pd.DataFrame) -> pd.DataFrame:
    """Choose pairs so that no two boards would both rather have each other.

    Both members of a pair weigh it alike, so preferences are those of *globally ranked pairs* (Abraham, Levavi, Manlove,
    O'Malley 2008): taking the heaviest pair, leaving out its members, and so on, is a stable matching, and the only one where
    all scores differ. Equal scores are taken in the order of ids, so that the order of rows decides nothing.

    Parameters
    ----------
    pairs : pd.DataFrame
        :func:`candidates`; those whose way outweighs their topics (score ≤ 0) are not paired.

    Returns
    -------
    pd.DataFrame
        The rows chosen, best first.
    """
    ordered = pairs[pairs["score"] > 0].sort_values(["score", "a", "b"], ascending=[False, True, True])
    taken: set[str] = set()
    chosen = []
    for position, (a, b) in enumerate(zip(ordered["a"], ordered["b"], strict=True)):
        if not {a, b} & taken:
            taken |= {a, b}
            chosen.append(position)
    return ordered.iloc[chosen]


def pair_evidence(
    rows: pd.DataFrame, interests: pd.DataFrame, schools: pd.DataFrame, ids: list[str], year: int
) -> pd.DataFrame:
    """Pair boards and say of each pair what it is made of, and of each board left over why.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence as released.
    interests, schools : pd.DataFrame
        As in :func:`candidates`.
    ids : list of str
        All municipalities.
    year : int
        School year that the page is about.

    Returns
    -------
    pd.DataFrame
        Evidence, ``group`` naming the partner: ``board_pair`` (score), ``board_distance``, ``board_topic`` (of whom can
        tell; of a shared interest, ``interest:…``, of the first), ``board_alone`` (``part`` the reason).
    """
    found = standings(rows)
    possible = candidates(found, interests, schools)
    chosen = stable(possible)
    made = [row for pair in each(chosen) for row in _of_pair(pair, found, interests)]
    paired = {*chosen["a"], *chosen["b"]}
    known = {*found["municipality_id"], *interests["municipality_id"]}
    made += [_alone(one, possible, known) for one in sorted(set(ids) - paired)]
    if not made:
        return no_evidence()
    constants = {"school_year": year, "population": "boards", "method": "stable matching of globally ranked pairs"}
    return evidence(pd.DataFrame(made), **constants)


def behind(rows: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep the standings that stand behind the topics of pairs, of whom can tell and of whom asks; and no others.

    All of them in one file would be the league table that no page has.
    """
    found, keys = standings(rows), ["municipality_id", *_TOPIC]
    told = pairs.loc[pairs["indicator"] == "board_topic", [*keys, "group"]]
    asks = told.assign(municipality_id=told["group"].str.removeprefix(PARTNER))
    wanted = pd.MultiIndex.from_frame(pd.concat([told[keys], asks[keys]]))
    kept = found[pd.MultiIndex.from_frame(found[keys]).isin(wanted)]
    return rows.loc[kept["row"]].sort_values([*KEYS], kind="stable").reset_index(drop=True)


def _table(who: pd.Series, what: pd.Series, where: pd.Series, ids: list[str]) -> Floats:
    """Return a 0/1 table of municipalities × every topic of `what`."""
    columns = sorted(set(what))
    full = pd.crosstab(who[where], what[where]) if where.any() else pd.DataFrame()
    return full.reindex(index=ids, columns=columns, fill_value=0).clip(upper=1).to_numpy(dtype="float64")


def _of_pair(pair: object, found: pd.DataFrame, interests: pd.DataFrame) -> list[dict[str, object]]:
    a, b, score, km = (getattr(pair, name) for name in ("a", "b", "score", "km"))
    own = {"municipality_id": a, "group": PARTNER + b, "n": 2, "unit": "points"}
    made = [own | {"indicator": "board_pair", "estimate": score}]
    made += [own | {"indicator": "board_distance", "estimate": km, "unit": "km"}] if not np.isnan(km) else []
    for one, other in ((a, b), (b, a)):
        needed = found[(found["municipality_id"] == other) & (found["side"] == -1)][_TOPIC]
        given = found[(found["municipality_id"] == one) & (found["side"] == 1)].merge(needed, on=_TOPIC)
        topic = {"indicator": "board_topic", "municipality_id": one, "group": PARTNER + other}
        made += [own | topic | keys for keys in given.sort_values(_TOPIC)[_TOPIC].to_dict("records")]
    named = [set(interests.loc[interests["municipality_id"] == one, "interest"]) for one in (a, b)]
    common = sorted(named[0] & named[1])
    return made + [own | {"indicator": "board_topic", "part": f"{INTEREST}:{topic}:"} for topic in common]


def _alone(one: str, possible: pd.DataFrame, known: set[str]) -> dict[str, object]:
    """Say why a board is left over: nothing known, nobody that fits, all too far, or who fits is paired already."""
    own = possible[(possible["a"] == one) | (possible["b"] == one)]
    reasons = {"unknown": one not in known, "no_fit": own.empty, "far": not (own["score"] > 0).any(), "taken": True}
    reason = next(name for name, holds in reasons.items() if holds)
    return {"indicator": "board_alone", "municipality_id": one, "part": reason, "n": 1, "unit": "points"}
