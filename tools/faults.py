"""Write docs/faults.md from the registry of fault classes (src/analysis/words/faults.yml).

Run by ``make docs``; a test fails where the page is stale.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
REGISTRY = ROOT / "src" / "analysis" / "words" / "faults.yml"
PAGE = ROOT / "docs" / "faults.md"

#: Letter of a code → what its classes are about.
LETTERS = {
    "S": ("Tabulas forma", "Shape of the table"),
    "E": ("Kodējums un burti", "Encoding and letters"),
    "V": ("Vērtības", "Values"),
    "I": ("Identifikatori un atslēgas", "Ids and keys"),
    "N": ("Nosaukumi un reģistrs", "Names and the register"),
    "C": ("Failu veidi", "Kinds of files"),
    "D": ("Piegāde", "The delivery"),
    "M": ("Kartes", "Maps"),
    "P": ("Parametru faili", "Parameter files"),
    "U": ("Formas un izvēlnes", "Forms and menus"),
}
ANSWERS = {"reject": ("noraida", "rejected"), "repair": ("salabo", "repaired"), "accept": ("pieņem", "accepted")}

HEADER = """\
# Kļūdu klases · Fault classes

<!-- Generated from src/analysis/words/faults.yml by `make docs`; do not edit. -->

`burtnica check` par katru kļūdu pasaka vienā rindā: kods, fails, lapa un rinda, kolonna, kas ir nepareizi un ko darīt.
Kodi nemainās, vārdi var mainīties. Daudzpunkte stāv tur, kur ziņojumā ir faila dati; identifikatoru, personas kodu un brīva
teksta vērtības ziņojumos nav.

`burtnica check` says each fault in one line: code, file, sheet and line, column, what is wrong and what to do.
Codes do not change, words may. Dots stand where the message has facts of the file; no message holds the value of an id, a
personal code or free text.

| atbilde · answer | nozīmē · means |
|---|---|
| **noraida · rejected** | nekas netiek ierakstīts; failu vai karti labo cilvēks · nothing is written; a person corrects it |
| **salabo · repaired** | izlasāms tikai vienā veidā; labojumi saskaitīti · only one reading; repairs are counted and named |
| **pieņem · accepted** | neparasti, bet skaidri; pateikts, kā nolasīts · unusual but clear; it is said how it was read |
"""


def cell(text: str) -> str:
    """Return words as they stand in a cell of a table: dots for the facts, nothing that Markdown would read."""
    return re.sub(r"{\w+}", "…", text).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def section(letter: str, classes: dict[str, dict[str, str]]) -> str:
    """Return the table of the classes of one letter, in the order of their codes."""
    lines = [
        f"## {letter} · {' · '.join(LETTERS[letter])}",
        "",
        "| kods | atbilde | klase · class | ziņojums un ko darīt | message and what to do |",
        "|---|---|---|---|---|",
    ]
    for code, words in sorted(classes.items()):
        answer = " · ".join(ANSWERS[words["answer"]])
        columns = [code, answer, cell(words["rule"]), cell(words["lv"]), cell(words["en"])]
        lines.append(f"| {' | '.join(columns)} |")
    return "\n".join(lines)


def page(registry: str) -> str:
    """Return the text of docs/faults.md for the text of the registry."""
    classes = yaml.safe_load(registry)
    letters = [letter for letter in LETTERS if any(code.startswith(letter) for code in classes)]
    strange = sorted(code for code in classes if code[0] not in LETTERS)
    if strange:
        raise ValueError(f"no title for the letter of {', '.join(strange)}: add it to LETTERS")
    sections = [section(x, {code: words for code, words in classes.items() if code[0] == x}) for x in letters]
    return "\n\n".join([HEADER.rstrip("\n"), *sections]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(REGISTRY.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
