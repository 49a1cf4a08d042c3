"""The words readers see: one catalogue in two languages, with Latvian plurals, cases, numbers and sort order."""
