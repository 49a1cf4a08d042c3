"""Maps: what a board's own columns mean, as data, and how rows of the contract are made of them."""
