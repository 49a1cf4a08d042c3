"""A page as a text document (DOCX)."""
