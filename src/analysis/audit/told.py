"""What is said of an attack: counts for everybody, the groups themselves in a file for their owner alone."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from analysis.audit.pages import PagesRead
from analysis.audit.run import Audited
from analysis.intake.store import write_atomically

_AROUND = 60  # letters of the text on each side of a number
_KINDS = {
    "exact": ("precīzi zināmas", "exact"),
    "proven_small": ("noteikti mazas", "proven small"),
    "narrow": ("pārāk šauri ierobežotas", "narrow"),
    "pinned": ("ar gandrīz zināmu rezultātu", "pinned"),
}


def told(one: Audited) -> Iterator[str]:
    """Give lines on one municipality: what was read, how many groups are narrowed down, by linked set, without naming any."""
    counts = Counter(one.counts)
    lv, en = (", ".join(f"{words[i]} {counts[kind]}" for kind, words in _KINDS.items()) for i in (0, 1))
    whose = one.municipality_id or "valsts · country"
    latvian = f"nolasītas rindas {one.read} no {one.rows}; grupas: pārbaudītas {one.targets}, {lv}"
    yield f"{whose} {one.reader}: {latvian} · rows read {one.read} of {one.rows}; groups: tried {one.targets}, {en}"
    if one.anyway:
        yield f"  zināmas arī bez šīm lapām {one.anyway} · known without these pages as well {one.anyway}"
    for name, count in one.late:
        latvian = f"no agrāk vai citur publicētā atšķiras tikai par dažiem skolēniem {count}"
        yield f"  {name}: {latvian} · differ by a few pupils from what was published before or elsewhere {count}"
    if one.others:
        latvian = f"publiski skolu skaitļi, kuros ieskaitīti arī skolēni ārpus šiem datiem: {one.others}"
        yield f"  {latvian} · public numbers of schools that count pupils who are not in these data as well: {one.others}"
    by_set = Counter((name, small.judgement) for name, small in one.found)
    for (name, kind), count in sorted(by_set.items()):
        yield f"  {name}: {_KINDS[kind][0]} {count} · {_KINDS[kind][1]} {count}"
    for name, _ in one.refused:
        yield f"  {name}: skaitļi nesader cits ar citu vai ar datiem · figures contradict each other or the data"


def told_of_pages(one: PagesRead) -> Iterator[str]:
    """Give lines on a municipality's finished files: how many numbers, and in what kinds of places some are not accounted for."""
    whose = " ".join(part for part in (one.municipality_id or "–", one.edition) if part)
    missing = len(one.unaccounted)
    latvian = f"skaitļi lapās {one.numbers} (failos: {one.files}), bez pamata failā blakus {missing}"
    yield f"{whose}: {latvian} · numbers on pages {one.numbers} (files: {one.files}), not accounted for {missing}"
    places = Counter((name, number.place.kind) for name, number in one.unaccounted)
    yield from (f"  {name}: {kind} {count}" for (name, kind), count in sorted(places.items()))


def write_detail(path: Path, found: Sequence[Audited], read: Sequence[PagesRead] = (), *, numbers: bool = True) -> Path:
    """Write what is narrowed down and which numbers are not accounted for, for their owner alone: it must not be known.

    Parameters
    ----------
    path : Path
        Where.
    found, read : sequence
        What the attack and the reading came to.
    numbers : bool
        Whether the numbers on the pages themselves are told, or only where they stand.
    """

    def shown(text: str) -> str:
        return text if numbers else re.sub(r"\d", "#", text)

    content = [
        {"municipality_id": one.municipality_id, "reader": one.reader, "set": name, "judgement": small.judgement,
         "group": {key: sorted(levels) for key, levels in small.group.items()}, "size": small.size,
         "low": small.low, "high": small.high}
        for one in found for name, small in one.found
    ]  # fmt: skip
    content += [{"municipality_id": one.municipality_id, "reader": one.reader, "set": name, "refused": why}
                for one in found for name, why in one.refused]  # fmt: skip
    content += [{"municipality_id": one.municipality_id, "reader": one.reader, "indicator": name, "differ_by_few": count}
                for one in found for name, count in one.late]  # fmt: skip
    content += [
        {"municipality_id": one.municipality_id, "reader": one.edition, "file": name, "place": number.place.kind,
         "number": shown(number.place.text[number.start : number.end]),
         "words": shown(number.place.text[max(0, number.start - _AROUND) : number.end + _AROUND]),
         "around": [shown(words) for words in number.place.around]}
        for one in read for name, number in one.unaccounted
    ]  # fmt: skip
    write_atomically(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n", mode=0o600)
    return path
