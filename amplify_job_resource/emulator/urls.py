"""Which addresses are Amplify's; the service model knows the paths, so every path comes here."""

from __future__ import annotations

from .responses import AmplifyResponse

url_bases = [r"https?://amplify\.(.+)\.amazonaws\.com"]

url_paths = {"{0}/.*$": AmplifyResponse.dispatch}
