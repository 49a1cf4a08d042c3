"""The attack: what can a reader of the finished files work out about a few pupils?

It shares no code with the rooms that decide what is withheld; it reads what was published, as a stranger would.
"""
