"""From what is known to what can be decided; frames in, evidence out, no file is read here."""

from analysis.plan.changes import changes
from analysis.plan.named import named_before

__all__ = ["changes", "named_before"]
