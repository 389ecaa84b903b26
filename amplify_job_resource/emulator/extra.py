"""What is said where a package of the extra is missing."""

from __future__ import annotations


def missing(what: str, error: ImportError) -> ImportError:
    """An error that says which package a part of the emulator needs, and what installs it."""
    install = "pip install 'amplify-job-resource[emulator]'"
    return ImportError(f"{what} needs {error.name}: {install}", name=error.name)
