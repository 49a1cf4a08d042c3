"""What a council could decide, from released evidence: one candidate a thing, nothing twice."""

from analysis.intake.unit import Unit
from analysis.programmes import Programmes
from analysis.release import Released
from analysis.report.council.candidate import DATA, GROUP, SIGNS, SUPPORT, TARGET, Candidate
from analysis.report.council.results import of_groups, of_signs
from analysis.report.council.support import of_data, of_support
from analysis.report.council.targets import of_targets


def candidates(unit: Unit, released: Released, programmes: Programmes) -> list[Candidate]:
    """Return all that can be decided, certain before uncertain, most children concerned first; nothing twice."""
    own = released.where(municipality_id=unit.municipality_id)
    found = [
        *of_support(unit, own, programmes), *of_groups(unit, own, programmes), *of_targets(unit, own),
        *of_signs(unit, released), *of_data(unit, own, programmes),
    ]  # fmt: skip
    kept: list[Candidate] = []
    for one in sorted(found, key=lambda candidate: candidate.weight):
        if not any(one.subject <= other.subject or other.subject <= one.subject for other in kept):
            kept.append(one)
    return kept


def known_keys(released: Released) -> list[str]:
    """List what a board's entry may be about, whether or not it is due today."""
    rows = released.rows
    of = {name: rows.loc[rows["indicator"].isin(many), column].astype("str").unique() for name, many, column in (
        (SUPPORT, ("support_need", "support_served", "support_note", "plan_unserved"), "part"),
        (GROUP, ("support_group", "group_gap"), "group"), (TARGET, ("target",), "part"))}  # fmt: skip
    keys = {f"{kind}:{str(what).partition(':')[0]}" for kind, whats in of.items() for what in whats if what}
    return sorted({*keys, SIGNS, f"{DATA}:need", f"{DATA}:tables"})
