"""Numbers along an axis: they tell where marks stand and nothing else, if they are as evenly placed as an axis is."""

import re
from collections import defaultdict
from collections.abc import Iterator

from lxml import etree

from analysis.audit.numerals import numerals, plain

_ONLY_NUMBER = re.compile(r"[+−-]?[\d\u00a0]+(?:[.,]\d+)?\s?%?")
_LEFT = re.compile(r"left\s*:\s*([\d.]+)%")
_SAME_LINE = 0.01
_CLOSE = 0.02  # of the axis: positions are rounded


def axis_texts(drawing: etree._Element) -> Iterator[tuple[list[etree._Element], str]]:
    """Yield the marked numbers along each axis of a drawing (SVG texts on one line, or HTML placed by ``left``), as one text."""
    texts = [
        node
        for node in drawing.iter()
        if isinstance(node.tag, str) and _ONLY_NUMBER.fullmatch((node.text or "").strip())
    ]
    lines: dict[tuple[str, float], list[tuple[float, etree._Element]]] = defaultdict(list)
    for node in texts:
        left = _LEFT.search(node.get("style") or "")
        if node.tag == "text" and node.get("x") and node.get("y"):
            x, y = float(node.get("x", "0")), float(node.get("y", "0"))
            lines["y", round(y, 2)].append((x, node))
            lines["x", round(x, 2)].append((y, node))
        elif left:
            lines["left", 0].append((float(left[1]), node))
    taken: set[etree._Element] = set()
    for marks in sorted(lines.values(), key=len, reverse=True):
        marks = [(at, node) for at, node in marks if node not in taken]
        if len(marks) > 1 and _even([(at, _value(node)) for at, node in marks]):
            taken |= {node for _, node in marks}
            yield [node for _, node in marks], " ".join(str(node.text).strip() for _, node in marks)


def _value(node: etree._Element) -> float:
    return next(numerals(plain(str(node.text).strip()))).value


def _even(marks: list[tuple[float, float]]) -> bool:
    """Whether values grow evenly with their places; two alone must be round, neighbouring fives, or alike beside the middle."""
    marks = sorted(marks)
    (first, low), (last, high) = marks[0], marks[-1]
    if first == last or low == high:
        return False
    fives = abs(high - low) == 5 and low % 5 == 0
    if len(marks) == 2 and not (fives or (_round(low) and _round(high))) and low not in (2 * high, high / 2, -high):
        return False
    slope = (high - low) / (last - first)
    return all(abs(low + slope * (at - first) - value) <= _CLOSE * abs(high - low) for at, value in marks)


def _round(value: float) -> bool:
    return 2000 < value < 2100 or len(f"{abs(value):g}".strip("0").replace(".", "").strip("0")) <= 1
