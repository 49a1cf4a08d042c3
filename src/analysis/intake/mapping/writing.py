"""Writing a map: the YAML that the import form saves and a person may go on with by hand."""

from typing import Any

import yaml

from analysis.intake.mapping.maps import Map

_HEADING = """\
# {title}: kā avota faila kolonnas kļūst par „Burtnīcas” tabulām. Šo failu drīkst labot ar roku.
# files – faili (pattern – nosaukuma paraugs) un tabulas; pa kreisi tabulas kolonna, pa labi faila kolonna.
# Kas nav minēts, ir atstāts pēc noklusējuma. Visas iespējas un piemēri: docs/maps.md.
# Pārbaude pēc labošanas: burtnica check MAPE --map ŠIS_FAILS
"""


class _Dumper(yaml.SafeDumper):
    """Quotes every text with a sign that cannot be seen: outside double quotes PyYAML reads some line ends as blanks."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dump_map(one: Map) -> str:
    """Write a map as YAML that ``parse_map`` reads back as the same map.

    Parameters
    ----------
    one : Map
        A valid map.

    Returns
    -------
    str
        A Latvian heading of comments, then the keys in their fixed order, without those that have their default;
        ``score: {from: Punkti}`` in its short form ``score: Punkti``.
    """
    values = one.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for rule in values.get("files", ()):
        rule["tables"] = {table: _short(rules) for table, rules in rule["tables"].items()}
    title = " ".join("".join(c if c.isprintable() else " " for c in one.title).split())
    body = yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120, default_flow_style=None)
    return _HEADING.format(title=title or "Karte") + body


def _short(rules: dict[str, Any]) -> dict[str, Any]:
    """Say a rule that is a column's name and nothing else by the name."""
    return {target: rule["from"] if set(rule) == {"from"} else rule for target, rule in rules.items()}
