"""Early signs: who is likely to need support later, and how far that can be trusted."""
