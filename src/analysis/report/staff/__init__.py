"""The page on competences of teachers, development and methodologists' visits."""
