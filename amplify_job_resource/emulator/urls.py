"""The hosts and paths of Amplify.

All paths have one handler: it finds the operation in AWS's service model.
"""

from __future__ import annotations

from .responses import AmplifyResponse

url_bases = [r"https?://amplify\.(.+)\.amazonaws\.com"]

# A server needs the first one: what it makes of the second does not match a path without a name. The
# second is not `.*`, which matches no line break.
url_paths = {
    "{0}/$": AmplifyResponse.dispatch,
    r"{0}/(?P<path>[\s\S]*)$": AmplifyResponse.dispatch,
}
