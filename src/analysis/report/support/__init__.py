"""Who needs support, which places there are, and what one more buys."""
