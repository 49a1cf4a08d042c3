"""Findings: what is odd in sound data and worth a question to a school."""
