"""Checking: types, values, ids and what tables say of each other; every fault with its line."""
