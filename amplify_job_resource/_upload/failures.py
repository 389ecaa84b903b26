"""Why an upload failed, in few words.

Its address is signed: whoever has it can replace the site. So it is in no error here, nor in one that
such an error came from.
"""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPException
from typing import Final

from .._amplify.setting_names import STACK, SettingNames

_ANEW: Final = "Run it again: each run gets a new address."
_CHANGED_ON_THE_WAY: Final = "Something between this machine and S3 may change what is sent."

#: S3's code for a sender that was too slow; it answers 400, and takes another try.
_TOO_SLOW: Final = "RequestTimeout"
_TRIED_AGAIN: Final = frozenset({408, 429})
_NOT_IMPLEMENTED: Final = 501


class UploadFailed(Exception):
    """The bytes are not where they were to be sent.

    Attributes:
        reason: why, as a sentence without a full stop; the address is not in it.
        advice: what to do next, in full sentences; empty when there is nothing to say.
        may_have_arrived: whether all bytes were sent in a try whose end is unknown. The job's start
            would tell the truth.
    """

    def __init__(self, reason: str, advice: str = "", *, may_have_arrived: bool = False) -> None:
        self.reason = reason
        self.advice = advice
        self.may_have_arrived = may_have_arrived
        super().__init__(f"{reason}. {advice}" if advice else f"{reason}.")


class ProxyFailed(Exception):
    """A proxy does not lead to the server.

    Attributes:
        error: why it cannot be asked, None where it answers.
        status: what it answers, None where it cannot be asked.
    """

    def __init__(self, error: Exception | None = None, *, status: int | None = None) -> None:
        self.error = error
        self.status = status
        super().__init__()


class CertificatesUnreadable(Exception):
    """The file of the certificates that are to be trusted cannot be used."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one try failed.

    Attributes:
        reason: why, as in `UploadFailed`.
        advice: what to do next, as in `UploadFailed`.
        is_final: whether another try would fail as well.
        is_denial: whether S3 has said that the address cannot be used, or cannot any more.
    """

    reason: str
    advice: str = ""
    is_final: bool = False
    is_denial: bool = False


def unreached(error: Exception, names: SettingNames = STACK) -> Failure:
    """The failure of a try that could not connect.

    Args:
        error: Why it could not.
        names: What the settings are called.
    """
    if isinstance(error, ProxyFailed):
        return _of_proxy(error, names)
    if isinstance(error, CertificatesUnreadable):
        reason = "the certificates that are to be trusted cannot be read"
        ways = names.beside("AWS_CA_BUNDLE", "customCaBundle", by=" and ")
        return Failure(reason, f"See {ways}.", is_final=True)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure("the certificate of S3 is not trusted", _trust(names), is_final=True)
    if isinstance(error, ssl.SSLError):
        return Failure("no secure connection to S3 can be made", _trust(names))
    if isinstance(error, socket.gaierror):
        return Failure("the name of S3's server cannot be resolved", _online(names))
    if isinstance(error, TimeoutError):
        return Failure("S3 cannot be reached: there is no answer", _online(names))
    if isinstance(error, OSError):
        return Failure("S3 cannot be reached", _online(names))
    return _unforeseen(error)


def unsent(error: Exception, names: SettingNames = STACK) -> Failure:
    """The failure of a try in which not all bytes could be sent; see `unreached`."""
    if isinstance(error, TimeoutError):
        return Failure("S3 takes no more bytes", _online(names))
    return _lost(error, names)


def unanswered(error: Exception, names: SettingNames = STACK) -> Failure:
    """The failure of a try in which all bytes were sent, and no answer came; see `unreached`."""
    if isinstance(error, TimeoutError):
        return Failure("S3 does not answer after all bytes were sent")
    return _lost(error, names)


def refusal(status: int, said: bytes) -> Failure:
    """The failure by S3's answer, or by that of something which answers in its place.

    Args:
        status: The HTTP status.
        said: The beginning of the body; AWS's words in it are not repeated, since they may quote the
            address.
    """
    found = re.search(rb"<Code>([A-Za-z][A-Za-z0-9]{1,60})</Code>", said)
    code = found[1].decode() if found else ""
    answer = f"{status} {code}".strip()
    if status >= 500 and status != _NOT_IMPLEMENTED:
        return Failure(f"S3 cannot take it now ({answer})")
    if code == _TOO_SLOW or status in _TRIED_AGAIN:
        return Failure(f"S3 wants it sent again ({answer})")
    if status in (400, 401, 403) and b"expired" in said.lower():
        reason = f"the address for the upload has expired ({answer})"
        return _denial(reason, f"It is valid for three hours. {_ANEW}")
    if code == "SignatureDoesNotMatch":
        return _denial(f"S3 refuses the address for the upload ({answer})", _CHANGED_ON_THE_WAY)
    if status in (401, 403):
        advice = f"It may have been used already, or its job is over. {_ANEW}"
        return _denial(f"S3 refuses the address for the upload ({answer})", advice)
    if 300 <= status < 400:
        advice = "Something else may have answered in its place, such as the sign-in of a network."
        return Failure(f"S3 sends the upload elsewhere ({answer})", advice, is_final=True)
    return Failure(f"S3 does not take it ({answer})", is_final=True)


def _denial(reason: str, advice: str) -> Failure:
    return Failure(reason, advice, is_final=True, is_denial=True)


def _of_proxy(error: ProxyFailed, names: SettingNames) -> Failure:
    if isinstance(error.error, ssl.SSLCertVerificationError):
        return Failure("the certificate of the proxy is not trusted", _trust(names), is_final=True)
    if error.status is None:
        return Failure("the proxy on the way to S3 cannot be reached", _proxy(names))
    if error.status == 407:
        reason = "the proxy on the way to S3 wants a name and a password (407)"
    else:
        reason = f"the proxy on the way to S3 does not lead there ({error.status})"
    return Failure(reason, _proxy(names), is_final=error.status < 500)


def _lost(error: Exception, names: SettingNames) -> Failure:
    if isinstance(error, (OSError, HTTPException)):
        return Failure("the connection to S3 was lost", _online(names))
    return _unforeseen(error)


def _online(names: SettingNames) -> str:
    ways = names.beside("HTTPS_PROXY", "httpsProxy")
    return f"Is this machine online, and does it need a proxy ({ways})?"


def _proxy(names: SettingNames) -> str:
    settings = ("httpsProxy", "httpProxy", "noProxy")
    return f"See {names.beside('HTTPS_PROXY and NO_PROXY', *settings, by=', or ')}."


def _trust(names: SettingNames) -> str:
    ways = names.beside("AWS_CA_BUNDLE", "customCaBundle", by=" or ")
    return f"If the traffic of this network is inspected, name the certificates for it in {ways}."


def _unforeseen(error: Exception) -> Failure:
    """Of an error that nobody knows, only the kind is shown: its text may have the address."""
    return Failure(f"it cannot be sent ({type(error).__name__})", is_final=True)
