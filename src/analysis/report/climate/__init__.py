"""Section 7: wellbeing, learning organisation and levels of quality."""
