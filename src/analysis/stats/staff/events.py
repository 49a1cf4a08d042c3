"""Who was trained, in which form, for how many hours, on what?"""

import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.params import Params
from analysis.words.catalogue import labels

NO_TOPIC = "none"
_WAYS: dict[str, tuple[str, ...]] = {"all": (), "topic": ("topic",), "form": ("form",), "audience": ("audience",)}
_PLACE = ["school_id", "programme"]


def development_events(events: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Add up hours of participants by topic, form and audience: of all programmes, of each of them, and by topic at schools.

    Parameters
    ----------
    events : pd.DataFrame
        ``development_events`` of one municipality; the newest ``pooled_years`` count, as for the gaps.
    params : Params
        ``pooled_years``.

    Returns
    -------
    pd.DataFrame
        Evidence ``development_hours`` (hours × participants), ``n`` participants (a person counts at each event), ``part``
        the topic (a competence's code where the text is its code or name), ``group`` ``form=…`` or ``audience=…``, ``test``
        the programme; hours are missing where one of the events says none. Rows with a school are of events held for it alone.
    """
    if events.empty:
        return no_evidence()
    last = int(events["school_year"].max())
    events = events[events["school_year"] > last - params.pooled_years]
    text = {c: events[c].astype("object").fillna("").astype("str") for c in (*_PLACE, "form", "topic", "audience")}
    people = events["participants"].astype("float64")
    rows = events.assign(**text, n=people, hours=events["hours"].astype("float64") * people)
    rows = rows.assign(topic=rows["topic"].map(topic_code))
    whole, at_school = rows.assign(school_id=""), rows[rows["school_id"] != ""]
    found = [_added(whole.assign(programme=""), by) for by in _WAYS]
    found += [_added(whole[whole["programme"] != ""], by) for by in ("all", "form")]
    found += [_added(at_school.assign(programme=""), by) for by in ("all", "topic")]
    return evidence(
        pd.concat(found, ignore_index=True), indicator="development_hours", unit="hours", population="teachers",
        municipality_id=str(events["municipality_id"].iloc[0]), school_year=last,
        year_from=int(events["school_year"].min()), method="hours × participants",
    )  # fmt: skip


def topic_code(topic: str) -> str:
    """Return the competence that a topic names, by code or by name in either language; otherwise the topic itself."""
    asked = topic.strip().casefold()
    for code, names in labels()["competence"].items():
        forms = [form for one in names.values() for form in (one if isinstance(one, list) else [one])]
        if asked in (code.casefold(), *(str(form).casefold() for form in forms)):
            return str(code)
    return topic.strip() or NO_TOPIC


def _added(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    keys = [*_PLACE, *_WAYS[by]]
    sums = rows.groupby(keys, sort=True)[["n", "hours"]].sum(min_count=1)
    unknown = rows["hours"].isna().groupby([rows[key] for key in keys]).any()
    sums["hours"] = sums["hours"].mask(unknown)
    table = sums.reset_index().rename(columns={"programme": "test", "hours": "estimate", "topic": "part"})
    if by in ("form", "audience"):
        table = table[table[by] != ""]
        table["group"] = by + "=" + table[by]
        table = table.drop(columns=by)
    return table.astype({"n": "int64"})
