"""JupyterLab opens on the start page, without news from outside; localhost and its token stay as they are."""

c = get_config()  # noqa: F821
c.LabApp.default_url = "/lab/tree/notebooks/00_start.ipynb"
c.LabApp.news_url = None
c.ServerApp.open_browser = True
