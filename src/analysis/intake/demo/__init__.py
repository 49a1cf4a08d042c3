"""The demo set: invented places, schools and pupils, with known effects planted and written beside it."""

from analysis.intake.demo.board import cut_board
from analysis.intake.demo.write import write_demo

__all__ = ["cut_board", "write_demo"]
