"""Indicators of boards among themselves: what they answered, and which of them have something to tell each other."""

from typing import Any

from analysis.indicators.model import Indicator


def _of_boards(name: str, question: str, unit: str, engine: str, **more: Any) -> Indicator:
    return Indicator(name, question, (unit,), engine, 1, "no", **more)


BOARDS = (
    _of_boards("board_answers", "What do boards answer, and how has that changed?", "percent", "stats.boards"),
    _of_boards("board_pair", "Which boards have most to tell each other?", "points", "plan.pairs"),
    _of_boards("board_distance", "How far are they from each other?", "km", "plan.pairs"),
    _of_boards("board_topic", "What can one tell the other about?", "points", "plan.pairs"),
    _of_boards("board_alone", "Why has a board no partner?", "points", "plan.pairs"),
)
