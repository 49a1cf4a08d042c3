"""The council's page: what can be decided, and the draft frame of the strategy."""
