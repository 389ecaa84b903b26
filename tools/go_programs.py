"""Programs built with Go into a folder of the user's cache.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.cached import CannotBuild, alone, say, scratch_beside, ticking

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A program that is built from a Go module of this checkout.

    `flags` is for the linker; `effort` tells the person what a first build takes.
    """

    name: str
    module: Path
    package: str
    flags: str
    effort: str

    def sources(self) -> str:
        """A digest of the files in this checkout that decide what is built."""
        digest = hashlib.sha256(f"{self.package} {self.flags}".encode())
        for file in sorted(self.module.rglob("*")):
            if file.suffix in {".go", ".mod", ".sum"}:
                digest.update(file.read_bytes())
        return digest.hexdigest()

    def is_current(self, folder: Path) -> bool:
        """Whether the program in `folder` was built from these sources."""
        record = self._record(folder)
        built_from = record.read_text() if record.exists() else ""
        return (folder / self.name).exists() and built_from == self.sources()

    def add_to(self, folder: Path) -> None:
        """Build the program into `folder` if it is not there, or is from other sources.

        Raises:
            CannotBuild: There is no Go, or it cannot build this.
        """
        if self.is_current(folder):
            return
        go = find_go()
        if go is None:
            raise CannotBuild("no Go on PATH")
        with alone(folder):
            if self.is_current(folder):
                return  # somebody else was first
            say(f"Building {self.name} with Go. {self.effort}")
            with scratch_beside(folder) as scratch:
                with ticking("compiling"):
                    compile_go(go, self.module, self.package, scratch / self.name, self.flags)
                folder.mkdir(exist_ok=True)
                # The record goes last: without it, the next run builds again.
                self._record(folder).unlink(missing_ok=True)
                (scratch / self.name).replace(folder / self.name)
                (scratch / "record").write_text(self.sources())
                (scratch / "record").replace(self._record(folder))

    def _record(self, folder: Path) -> Path:
        return folder / f"{self.name}.built-from"


def find_go() -> str | None:
    """The `go` command, also where its installer puts it without touching PATH."""
    return shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")


def required(module: Path, what: str) -> str:
    """The version of `what` that a module's go.mod asks for, such as `3.274.1`."""
    found = re.search(rf"(?:^|\s){re.escape(what)} v?(\S+)", (module / "go.mod").read_text())
    assert found, f"{module.name}/go.mod does not say its version of {what}"
    return found[1]


def compile_go(go: str, module: Path, package: str, output: Path, flags: str) -> None:
    """Compile one package of a module, without symbols."""
    stripped = f"-s -w {flags}"
    command = [go, "build", "-buildvcs=false", "-ldflags", stripped, "-o", str(output), package]
    run(command, module)


def run(command: list[str], module: Path) -> str:
    """Run one Go command in a module's folder and return what it printed."""
    done = subprocess.run(command, cwd=module, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBuild(f"{' '.join(command[:3])} … failed:\n{done.stderr.strip()}")
    return done.stdout
