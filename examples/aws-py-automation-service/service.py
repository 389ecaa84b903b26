"""Releases on demand: POST /releases {"branch": "main", "commit": "…"} answers with the outcome."""

import hmac
import json
import os
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

from pulumi import automation

FOLDER = str(Path(__file__).parent)
TOKEN = os.environ["RELEASE_TOKEN"]


def find_stacks():
    """Branch -> the stack that releases it, and the turn to do so; no other branch can be released."""
    workspace = automation.LocalWorkspace(work_dir=FOLDER)
    names = [summary.name for summary in workspace.list_stacks()]
    stacks = [automation.select_stack(name, work_dir=FOLDER) for name in names]
    return {stack.get_config("branchName").value: (stack, Lock()) for stack in stacks}


def release(stack, commit):
    """Release the commit, and wait for the end: an HTTP status, and what to say."""
    reasons = []

    def keep_reason(event):
        found = event.diagnostic_event
        if found and found.severity == "error" and "amplify:Job" in (found.urn or ""):
            reasons.append(found.message)

    try:
        stack.set_config("commitId", automation.ConfigValue(commit))
        outputs = stack.up(on_event=keep_reason).outputs
    except automation.ConcurrentUpdateError:
        return 409, {"error": "somebody else is at work on this stack"}
    except automation.CommandError as error:
        print(error, file=sys.stderr)
        return 502, {"error": "\n".join(reasons) or "pulumi failed: the service's log says why"}
    return 200, {name: output.value for name, output in outputs.items()}


class Releases(BaseHTTPRequestHandler):
    def do_POST(self):
        status, answer = self.answer()
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self):
        given = self.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {TOKEN}".encode()):
            return 401, {"error": "the token is missing or wrong"}
        if self.path != "/releases":
            return 404, {"error": "there is only /releases"}
        try:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            commit = re.fullmatch("[0-9a-f]{40}", asked["commit"])[0]
            stack, turn = STACKS.get(asked["branch"], (None, None))
        except (KeyError, TypeError, ValueError):
            return 400, {"error": "wanted: a branch, and the full sha of a commit"}
        if not stack:
            return 404, {"error": "no stack releases this branch"}
        if not turn.acquire(blocking=False):
            return 409, {"error": "a release of this branch is at work"}
        try:
            return release(stack, commit)
        finally:
            turn.release()


STACKS = find_stacks()
with ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Releases) as server:
    print(f"http://127.0.0.1:{server.server_port}/releases", flush=True)
    server.serve_forever()
