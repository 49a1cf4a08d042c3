"""The demo set: invented places, schools and pupils, with known effects planted and written beside it."""

from analysis.intake.demo.board import cut_board
from analysis.intake.demo.known import Known, known_country
from analysis.intake.demo.write import write_demo

__all__ = ["Known", "cut_board", "known_country", "write_demo"]
