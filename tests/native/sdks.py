"""SDKs made from `schema.json`, as `pulumi package add` makes them on a user's machine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.engine.stack import NO_PULUMI, clean_environment
from tools.schema.package import PATH

MODULE: Final = "pulumi_amplify_job"
"""What a Python program imports."""

FENCED: Final = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)

ROOT: Final = Path(__file__).parents[2]
#: A language -> the example in it, and its file.
EXAMPLES: Final = {
    "python": ("aws-py-native", "__main__.py"),
    "typescript": ("aws-ts-first-release", "index.ts"),
    "go": ("aws-go-first-release", "main.go"),
}


class SDKs:
    """SDKs in a folder of the tests' own: made when a test asks for one, once a run.

    `pulumi-generate-sdk` lies beside a CLI that this project built. An installed Pulumi has the
    language hosts with which its own command does the same.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def python(self) -> Path:
        """The folder for PYTHONPATH: it has the module, and what pip would say of its version."""
        folder = self._made("python")
        about = folder / f"{MODULE}-{version()}.dist-info" / "METADATA"
        about.parent.mkdir(exist_ok=True)
        about.write_text(f"Metadata-Version: 2.1\nName: {MODULE}\nVersion: {version()}\n")
        return folder

    def nodejs(self) -> Path:
        """The folder with the TypeScript sources, as npm would put it among the packages."""
        return self._made("nodejs")

    def go(self) -> Path:
        """The folder with the Go module."""
        return self._made("go")

    def _made(self, language: str) -> Path:
        folder = self.folder / language
        if folder.exists():
            return folder
        own = shutil.which("pulumi-generate-sdk")
        pulumi = shutil.which("pulumi")
        assert own or pulumi, NO_PULUMI
        command = (
            [own, str(PATH), language, str(folder)]
            if own
            else [
                str(pulumi),
                *("package", "gen-sdk", str(PATH)),
                *("--language", language, "--out", str(self.folder)),
            ]
        )
        done = subprocess.run(
            command, env=clean_environment(self.folder), check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return folder


def schema() -> dict[str, Any]:
    """The schema that the package ships."""
    found: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return found


def version() -> str:
    """The version that the SDKs have."""
    return str(schema()["version"])


def examples(language: str) -> Iterator[str]:
    """Each program in a language: in the schema's texts, and in the folder of examples."""
    documented = [*schema()["resources"].values(), schema()["provider"]]
    for text in (item["description"] for item in documented):
        yield from (code for fence, code in FENCED.findall(text) if fence == language)
    folder, program = EXAMPLES[language]
    yield (ROOT / "examples" / folder / program).read_text(encoding="utf-8")
