"""What a run says of the pages that failed: a line for each, without data, and one where all were taken back together."""

from collections.abc import Iterable, Iterator

from analysis.batch.gate import PRIVACY
from analysis.batch.making import Entry

OF_COUNTRY = "country"
"""Stands as the error of a page that was taken back for what follows from all pages together."""
_TAKEN_BACK = (
    " – no skaitļiem varētu aprēķināt mazu grupu, vai to neizdevās pārbaudīt: lapas atsauktas, iemesls krātuves mapē „failed”"
    " · a small group would follow from the figures, or this could not be checked: the pages were taken back, why is in the"
    " store's folder “failed”"
)
_ALL_TAKEN_BACK = (
    " – no valsts skaitļiem un visu pašvaldību lapām kopā varētu aprēķināt mazu grupu, vai to neizdevās pārbaudīt: visu"
    " pašvaldību lapas atsauktas, iemesls krātuves mapes „failed” failā „privacy-country.json” · a small group would follow from"
    " the country's figures and all municipalities' pages together, or this could not be checked: the pages of all"
    " municipalities were taken back, why is in “privacy-country.json” in the store's folder “failed”"
)


def failure_lines(entries: Iterable[Entry], *, all_taken_back: bool) -> Iterator[str]:
    """Say every failure, and once what took back the pages of all municipalities."""
    if all_taken_back:
        yield PRIVACY + _ALL_TAKEN_BACK
    for entry in entries:
        if entry["state"] == "failed" and entry["error"] != OF_COUNTRY:
            yield _line(entry)


def _line(entry: Entry) -> str:
    """Say a failure in one line: who, why, in which cell, of what kind; never the text of the error."""
    where = f", {entry['cell']}" if entry.get("cell") else ""
    kind = f" ({entry['error']})" if entry.get("error") else ""
    kind += _TAKEN_BACK if entry["reason"] == PRIVACY else ""
    return f"{entry['slug']} [{entry['language']}]: {entry['reason']}{where}{kind}"
