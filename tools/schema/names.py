"""The tokens of the package, and the texts that stand in files of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PACKAGE: Final = "amplify-job"
ANY: Final = {"$ref": "pulumi.json#/Any"}


def token(name: str) -> str:
    """The token of a resource or type."""
    return f"{PACKAGE}:index:{name}"


def reference(name: str) -> dict[str, str]:
    """A reference to a type of the package."""
    return {"$ref": f"#/types/{token(name)}"}


def examples(name: str) -> str:
    """The examples of a resource or of the provider, as Markdown with a block for each language."""
    return Path(__file__).with_name(f"{name}.md").read_text(encoding="utf-8").strip() + "\n"
