"""The content at an address, which AWS reads itself: nobody looks at it here."""

from __future__ import annotations

import hashlib

from .._values.addresses import MAX_LENGTH, unsigned
from .files import ContentError


def digest_of_address(address: str) -> str:
    """What stands for the content: equal for equal addresses, whatever signs them.

    It tells nobody the address, whose query may be a secret.

    Raises:
        ContentError: AWS takes no such address. The message does not show it.
    """
    if address.lower().startswith("http://"):
        raise ContentError("give an address with https, which AWS can read safely")
    if len(address) > MAX_LENGTH:
        raise ContentError(
            f"the address has {len(address)} characters; AWS allows at most {MAX_LENGTH}"
        )
    return f"sha256:{hashlib.sha256(f'address {unsigned(address)}'.encode()).hexdigest()}"
