"""Proposals: what a file of unknown layout may mean, for a person to accept or not."""
