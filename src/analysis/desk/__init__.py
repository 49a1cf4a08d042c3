"""Widgets of the analyst's own JupyterLab: the import form and the exploration. Nothing here is part of a page."""
