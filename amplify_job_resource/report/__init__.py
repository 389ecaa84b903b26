"""Pending releases as a report: read from a preview, completed from git, rendered.

The core of `amplify-job pending`, usable without it: `read_preview`, then a renderer.
"""

from .pending import Pending, Report, StackReport, read_preview
from .render_html import to_html
from .render_json import to_json
from .render_markdown import to_markdown

__all__ = [
    "Pending",
    "Report",
    "StackReport",
    "read_preview",
    "to_html",
    "to_json",
    "to_markdown",
]
