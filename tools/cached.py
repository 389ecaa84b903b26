"""Folders in the user's cache that outlive a checkout, and how they are filled.

What is made in them is made beside them and then renamed, and only one run fills a folder at a
time: a run that is killed, or two at once, leave nothing half done. Progress and complaints go to
stderr. Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAKING = "building-"
"""How the name of a folder begins in which something is being made."""


class CannotBuild(Exception):
    """Something cannot be built or installed here; the text says why, or what is missing."""


def cache() -> Path:
    """The folder for all that this project keeps on a machine, outside any checkout."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "amplify-job-resource"


def say(text: str) -> None:
    """Tell the person, without mixing into the answer on stdout."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other run fills `folder`; what killed ones left behind is removed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another run is filling {folder}: waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        for leftover in folder.parent.glob(f"{MAKING}{folder.name}-*"):
            shutil.rmtree(leftover)
        yield


@contextmanager
def scratch_beside(folder: Path) -> Iterator[Path]:
    """An empty folder on the same disk as `folder`, so that files can be renamed into it."""
    prefix = f"{MAKING}{folder.name}-"
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=prefix) as scratch:
        yield Path(scratch)


@contextmanager
def ticking(what: str) -> Iterator[None]:
    """Show that a long step is alive: its name, a line every half minute, and its time."""
    began = time.monotonic()
    ended = threading.Event()

    def tick() -> None:
        while not ended.wait(30):
            say(f"  {what}: {time.monotonic() - began:.0f} s so far")

    ticker = threading.Thread(target=tick, daemon=True)
    say(f"  {what} …")
    ticker.start()
    try:
        yield
    finally:
        ended.set()
        ticker.join()
    say(f"  {what}: done in {time.monotonic() - began:.0f} s")
