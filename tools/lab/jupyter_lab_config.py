"""JupyterLab opens on the start page and asks nobody for news; localhost and its token stay as they are."""

from pathlib import Path

c = get_config()  # noqa: F821
c.LabApp.default_url = "/lab/tree/notebooks/00_start.ipynb"
c.LabApp.app_settings_dir = str(Path(__file__).parent / "settings")
c.LabApp.news_url = None
