"""`amplify-job`: pending releases as a report, and single jobs from a shell."""

from __future__ import annotations

import sys

from .exit_codes import ERROR


def main() -> None:
    """The console script: says what to install where its extra is missing."""
    try:
        import click  # noqa: F401
        import rich  # noqa: F401
    except ImportError as error:
        sys.stderr.write(
            f"amplify-job needs {error.name}: pip install 'amplify-job-resource[cli]'\n"
        )
        sys.exit(ERROR)
    from .command import run

    sys.exit(run())
