"""Boards among themselves: what they answered, and pairs for cooperation."""
