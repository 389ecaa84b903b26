"""What a message calls a setting: the name by which its reader can set it.

The package has one name for each setting. A stack's config has those of Pulumi's AWS provider under
`aws:`, and our own under `amplify-job:`; the native provider has all of them as its own, in a stack's
config or as inputs in a program; a shell has options for a few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .._values.text import printable

#: The settings that Pulumi's AWS provider does not have.
OWN: Final = frozenset({"lookahead", "logLines"})
#: Characters of a provider's name that are shown.
_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class SettingNames:
    """What the users of one front call the settings; the default is the stack of a dynamic resource.

    Attributes:
        config: what has the settings; empty where there is nothing that has any.
        whose: what stands before the name of an AWS setting that is the subject of a sentence.
        aws: what a key for an AWS setting begins with.
        own: what a key for one of ours begins with.
        place: what follows keys in a sentence that does not name `config`.
    """

    config: str = "the stack's config"
    whose: str = "the stack's aws:"
    aws: str = "aws:"
    own: str = "amplify-job:"
    place: str = ""

    def subject(self, name: str) -> str:
        """An AWS setting as the subject of a sentence: `the stack's aws:region`."""
        return self.whose + name

    def keys(self, *names: str) -> str:
        """Settings in a sentence that names their place: `aws:accessKey and aws:secretKey`."""
        *others, last = [(self.own if name in OWN else self.aws) + name for name in names]
        return f"{', '.join(others)} and {last}" if others else last

    def alone(self, *names: str) -> str:
        """Settings in a sentence that does not name their place: `region of the provider west`."""
        return self.keys(*names) + self.place

    def in_config(self, name: str) -> str:
        """A setting and what has it: `aws:accessKey of the stack's config`."""
        return f"{self.keys(name)} of {self.config}"

    def beside(self, other: str, *names: str, by: str = ", ") -> str:
        """Settings and something else that does the same, which stands alone where nothing has them.

        Args:
            other: What else there is, such as a variable of the environment.
            names: The settings.
            by: What stands between.
        """
        return by.join([self.alone(*names), other] if self.config else [other])

    def command(self, name: str) -> str:
        """How a setting of a stack is set, in brackets; empty where it is set in another way."""
        key = self.keys(name)
        return f" (pulumi config set {key} …)" if ":" in key else ""


#: A stack with dynamic resources.
STACK: Final = SettingNames()
#: The native provider whose settings are in the stack's config.
PROVIDER: Final = SettingNames("the provider's config", "the provider's ", "amplify-job:")
#: A shell: there is no stack, but a few options.
SHELL: Final = SettingNames("", "--", "--", "--")


def of_provider(name: str) -> SettingNames:
    """The names for the native provider that a program declares under this name."""
    provider = f"the provider {printable(name, _SHOWN)}"
    return SettingNames(provider, "the provider's ", "", "", f" of {provider}")
