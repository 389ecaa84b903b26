"""The documentation as a site: everything is on it, and no link leads nowhere."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import amplify_job_resource
import pytest
from amplify_job_resource import emulator, report

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    find_spec("sphinx") is None, reason="Sphinx is installed with Python 3.11 and newer"
)

GUIDE = """# Guide

[folder](../examples/one), [file](../examples/one/policy.json), [page](gone-page.md),
[anchor](README.md#gone-anchor), [folder](../examples/gone-folder)

<img src="../gone-picture.svg"> <a href="gone-html.md">HTML</a>
"""


def build(root: Path, output: Path) -> subprocess.CompletedProcess[str]:
    """What `make docs` runs, for another folder."""
    command = (sys.executable, "-m", "tools.site", "--root", str(root), "--output", str(output))
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


def test_the_site_has_all_pages_and_public_names(tmp_path: Path) -> None:
    """It is built without a warning; the front page leads to each page, the API has each name."""
    done = build(ROOT, tmp_path)
    assert done.returncode == 0, done.stderr
    front = (tmp_path / "index.html").read_text(encoding="utf-8")
    pages = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*/README.md")]
    for page in pages:
        address = page.relative_to(ROOT).with_suffix(".html")
        assert (tmp_path / address).exists()
        assert f'href="{address.as_posix()}"' in front, address
    interface = "".join(path.read_text() for path in (tmp_path / "docs" / "api").glob("*.html"))
    for package in (amplify_job_resource, emulator, report):
        for name in package.__all__:
            public = getattr(package, name)
            names = (f"{package.__name__}.{name}", f"{public.__module__}.{name}")
            assert any(f'id="{name}"' in interface for name in names), names


def test_links_work_as_in_the_repository_or_fail(tmp_path: Path) -> None:
    """A link to an example's folder or file leads to its page; each one to nothing is named."""
    root = tmp_path / "repository"
    pages = {
        "README.md": "# Front\n[docs](docs/README.md)",
        "docs/README.md": "# Documents\n- [The guide](guide.md)\n- [Examples](../examples/README.md)",
        "docs/guide.md": GUIDE,
        "examples/README.md": "# Examples",
        "examples/one/README.md": "# One",
        "examples/one/policy.json": "{}",
    }
    for name, text in pages.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q", root], check=True)
    done = build(root, tmp_path / "site")
    assert done.returncode != 0
    warnings = [line for line in done.stderr.splitlines() if "WARNING" in line]
    assert all("guide.md" in line for line in warnings), done.stderr
    for gone in ("gone-page", "gone-anchor", "gone-folder", "gone-picture", "link in HTML"):
        assert sum(gone in line for line in warnings) == 1, (gone, warnings)
    guide = (tmp_path / "site" / "docs" / "guide.html").read_text(encoding="utf-8")
    assert 'href="../examples/one/README.html"' in guide
    assert 'href="../examples/one/README.html#examples-one-policy-json"' in guide
    assert 'id="examples-one-policy-json"' in (
        tmp_path / "site" / "examples" / "one" / "README.html"
    ).read_text(encoding="utf-8")
