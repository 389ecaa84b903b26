"""What a page looks like: in a browser, and to people with weak eyes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

#: The contrast that WCAG's level AA asks for.
READABLE: Final = 4.5


def browse(address: str, folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Open a page in Chromium, and end with its document on stdout; skip the test where there is none.

    Args:
        address: The page.
        folder: Where the browser keeps its profile.
        flags: Further flags, such as the window's size.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium on this machine")
    always = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    always += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    always += [f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
    command = [chromium, *always, *flags, address]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The contrast of two colours, each as red, green and blue from 0 to 255, as WCAG 2 has it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: tuple[int, ...]) -> float:
    parts = [part / 255 for part in color]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
