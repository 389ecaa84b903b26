"""Check the workflows of this repository and of its examples, and what else GitHub reads here.

Three checkers look at them: GitHub's schemas (which keys there are), zizmor (what an attacker could
use), and actionlint (expressions, types, shell). None of them asks the network; actionlint is built
with Go once on a machine, into the user's cache.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.cached import CannotBuild, cache, say
from tools.go_programs import Program, required

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / ".github" / "zizmor.yml"
WORKFLOWS = (".github/workflows/*.yml", "examples/*/.github/workflows/*.yml")
BY_SCHEMA = {
    "github-workflows": WORKFLOWS,
    "github-actions": (".github/actions/*/action.yml",),
    "github-issue-forms": (".github/ISSUE_TEMPLATE/[!c]*.yml",),
    "github-issue-config": (".github/ISSUE_TEMPLATE/config.yml",),
    "dependabot": (".github/dependabot.yml",),
}
"""For each schema that check-jsonschema brings along, the files that must match it."""

MODULE = ROOT / "tools" / "actionlint"
SOURCE = "github.com/rhysd/actionlint"
ACTIONLINT = Program(
    name="actionlint",
    module=MODULE,
    package=f"{SOURCE}/cmd/actionlint",
    flags=f"-X {SOURCE}.version=v{required(MODULE, SOURCE)}",
    effort="That takes some seconds, and happens once on a machine.",
)


def main() -> int:
    """Run all checkers, also when one of them finds something."""
    try:
        wrong = [command for command in (*offline(), actionlint()) if not passes(command)]
    except CannotBuild as problem:
        say(f"actionlint cannot be built: {problem}")
        return 1
    return bool(wrong)


def offline() -> list[list[str]]:
    """The commands that need nothing but the locked tools."""
    schema = [sys.executable, "-m", "check_jsonschema", "--quiet", "--builtin-schema"]
    zizmor = [
        str(Path(sys.executable).with_name("zizmor")),
        "--offline",
        "--no-progress",
        "--quiet",
    ]
    zizmor += ["--strict-collection", "--collect=all", "--config", str(CONFIG)]
    return [
        *([*schema, f"vendor.{name}", *files(globs)] for name, globs in BY_SCHEMA.items()),
        [*zizmor, str(ROOT / ".github"), *files(WORKFLOWS[1:])],
    ]


def actionlint() -> list[str]:
    """The command of actionlint, which is built if need be.

    Raises:
        CannotBuild: There is no Go, or it cannot build this.
    """
    folder = cache() / f"actionlint-{required(MODULE, SOURCE)}"
    ACTIONLINT.add_to(folder)
    return [str(folder / ACTIONLINT.name), *files(WORKFLOWS)]


def files(globs: tuple[str, ...]) -> list[str]:
    """The files of this checkout that match, from its root."""
    found = sorted(str(path.relative_to(ROOT)) for glob in globs for path in ROOT.glob(glob))
    assert found, f"nothing matches {' '.join(globs)}"
    return found


def passes(command: list[str]) -> bool:
    """Run a checker, which prints what it finds; whether it found nothing."""
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
