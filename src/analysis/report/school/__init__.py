"""A school's own page."""
