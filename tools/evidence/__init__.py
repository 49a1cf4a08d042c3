"""The project's own truth: every method measured on drawn countries in which it is known what is so."""
