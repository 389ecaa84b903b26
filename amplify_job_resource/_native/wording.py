"""The words of this front: what its users call the settings and inputs that a message names.

The package speaks of settings by the names of Pulumi's AWS provider, which the dynamic resource reads.
The native provider has the same settings under its own name, in a stack's config or in a program.
"""

from __future__ import annotations

import re
from typing import Final

from .._amplify.aws_settings import SETTINGS
from .._operation import Front

#: The package's name in tokens and in a stack's config.
PACKAGE: Final = "amplify-job"
#: Properties have their own names here, in every language.
NATIVE: Final = Front(str, "The next `pulumi up`", "customTimeouts")

_NAMES: Final = "|".join(sorted(SETTINGS, key=len, reverse=True))
_REPLACED: Final = (
    (re.compile(rf"\bthe stack's aws:({_NAMES})\b"), r"the provider's \1"),
    (
        re.compile(rf"(?<![\w:])(?:aws|{PACKAGE}):(\w+) of the stack's config\b"),
        r"\1 of the provider's config",
    ),
    (re.compile(rf"(?<![\w:])aws:({_NAMES})\b"), rf"{PACKAGE}:\1"),
    (re.compile(r"\bthe stack's config\b"), "the provider's config"),
)


def in_our_words(text: str) -> str:
    """A message with the settings as the native provider's users know them."""
    for pattern, ours in _REPLACED:
        text = pattern.sub(ours, text)
    return text
