"""The targets of the board's strategy and their state."""
