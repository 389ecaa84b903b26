"""Write `amplify_job_resource/schema.json`: what Pulumi and all its languages know of the package."""

from __future__ import annotations

import sys

from .package import PATH, as_text, package


def main() -> int:
    """Write the file, and say so where it has changed."""
    text = as_text(package())
    if not PATH.exists() or PATH.read_text(encoding="utf-8") != text:
        PATH.write_text(text, encoding="utf-8")
        print(f"{PATH.name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
