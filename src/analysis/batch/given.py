"""Which names and titles came with the data: a page repeats them, and the digits in them are no figures of it."""

import pandas as pd

from analysis.audit.listed import telling_words
from analysis.intake.store import Store, slug


def given_words(store: Store) -> tuple[str, ...]:
    """Return the names and titles of a delivery that hold digits: a page repeats them, and they are no figures of it."""
    places, schools = store.table("municipalities"), store.table("schools")
    forms = [name for name in ("municipality_id", "name", "name_genitive", "name_locative") if name in places]
    named = pd.concat([*(places[name] for name in forms), schools["school_id"], schools["name"]]).dropna().astype("str")
    facts = store.facts
    labels = [word for own in facts["labels"].values() for word in own.values()]
    reasons = [word for entry in facts["excluded"] for word in entry["reason"].values()]
    reasons += [word for note in facts["notes"] for word in note.values()]
    said = map(str, [facts["title"], *facts["files"], *facts["source"].values(), *labels, *reasons])
    return telling_words([*named, *said, *map(slug, named)])
