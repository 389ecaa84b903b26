"""Sphinx's configuration for the site; `make docs` builds it."""

from __future__ import annotations

import importlib.metadata
import shutil

from sphinx.application import Sphinx

from tools.site.additions import FRONT, add
from tools.site.docstrings import Docstrings
from tools.site.links import LinksToPages
from tools.site.repository import PAGES

project = "amplify-job-resource"
version = release = importlib.metadata.version(project)

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
root_doc = FRONT.removesuffix(".md")
include_patterns = list(PAGES)
exclude_patterns = [".*", "**/node_modules", "**/.venv", "build"]

myst_enable_extensions = ["html_image"]
# Headings get the anchors by which links to them work in the repository.
myst_heading_anchors = 6
myst_ref_domains = ["std"]

# Docstrings name things in single backticks: what is found is a link, all else is code.
default_role = "py:obj"
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
python_maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Raises from every method", "raises")]

html_theme = "furo"
pygments_dark_style = "github-dark"
html_title = project
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
copybutton_prompt_text = "$ "


def setup(app: Sphinx) -> None:
    """Add what this repository needs beyond Sphinx."""
    app.connect("source-read", add)
    app.connect("build-finished", _front_page)
    Docstrings().connect(app)
    app.add_transform(LinksToPages)


def _front_page(app: Sphinx, failure: Exception | None) -> None:
    """Browsers ask for index.html; the pages beside it call it by the name of its source."""
    if failure is None:
        shutil.copyfile(app.outdir / f"{root_doc}.html", app.outdir / "index.html")
