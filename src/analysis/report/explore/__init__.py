"""Views an analyst chooses, and those kept as pictures."""
