"""The page on a delivery's data."""
