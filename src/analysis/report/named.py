"""Whether groups that need support were named in an earlier issue as well."""

from markupsafe import Markup

from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming
from analysis.words.catalogue import say
from analysis.words.numbers import listed, number

_LISTED = 3


def groups_since(own: Released, named: set[str]) -> dict[str, set[str]]:
    """Return groups by what an earlier issue said of them, each once over all tests: ``before``, ``new``, ``gone``.

    Parameters
    ----------
    own : Released
        The municipality's rows.
    named : set of str
        Groups that the page names.
    """
    rows = own.where(indicator="named_before").rows.dropna(subset=["estimate"])
    codes = {part: set(rows.loc[rows["part"] == part, "group"]) for part in ("before", "new", "gone")}
    before = codes["before"] & named
    return {
        "before": before,
        "new": (codes["new"] & named) - before,
        "gone": codes["gone"] - codes["before"] - codes["new"],
    }


def marks(unit: Unit, own: Released, named: set[str]) -> dict[str, str]:
    """Return, for groups of section 3, the word that says whether an earlier issue named them too."""
    groups = groups_since(own, named)
    words = {part: str(say(f"groups_{part}", unit.language)) for part in ("before", "new")}
    return {code: words[part] for part in words for code in groups[part]}


def gone(unit: Unit, own: Released, named: set[str]) -> Markup | None:
    """Say which groups an earlier issue named that are named no longer."""
    codes, language = sorted(groups_since(own, named)["gone"]), unit.language
    if not codes or unit.earlier is None:
        return None
    shown = [naming.group(unit, code) for code in codes[:_LISTED]]
    more = len(codes) - len(shown)
    shown += [str(say("groups_gone_more", language, count=more, n=number(more, language)))] if more else []
    words = say("groups_gone", language, issue=unit.earlier.name, list=listed(shown, language))
    return Markup('<p class="key">{}</p>').format(words)
