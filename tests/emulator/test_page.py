"""The page of a server, what it shows, and which requests get it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from amplify_job_resource.emulator import Control, Fault, Plan, page
from amplify_job_resource.emulator.overview import CALLS, JOBS

from tests.emulator.conftest import APP, Branch, make_client
from tests.emulator.files import SITE, ask, deploy, manual_branch
from tests.pages import READABLE, browse, contrast

HOSTILE = "<img src=x onerror=alert(1)></script>"
PAGE = Path(page.__file__).with_name("page.html").read_text(encoding="utf-8")


@pytest.fixture
def server(amplify_server: Control) -> Control:
    """A server with the app d1a2b3c4, whose clock is stopped."""
    amplify_server.create_app(APP, ["main", HOSTILE])
    amplify_server.run(0)
    return amplify_server


def branch_of(server: Control, name: str = "main") -> Branch:
    return Branch(make_client(url=server.url), server, name)


def test_a_browser_gets_the_page(server: Control) -> None:
    """Its script and its style are named by the policy, which allows nothing from elsewhere."""
    found = ask(f"{server.url}/")
    assert (found.status, found.body.decode()) == (200, PAGE)
    policy = found.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert policy.count("'sha256-") == 2
    assert "unsafe" not in policy
    assert not re.search(r"""(?:src|href)=["']?(?:http|//)| style=|innerHTML""", PAGE)
    assert ask(f"{server.url}/", "HEAD").body == b""


SIGNED = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"Authorization": SIGNED}),
        ("/?list-type=2", {}),
        ("/", {"Host": "bucket.s3.amazonaws.com"}),
        ("/", {"Host": "main.d1a2b3c4.amplifyapp.localhost"}),
        ("/moto-api", {}),
    ],
)
def test_what_is_for_others_gets_no_page(
    server: Control, path: str, headers: dict[str, str]
) -> None:
    """S3 lists its buckets, a site is served at its host, and moto has its own page."""
    found = ask(f"{server.url}{path}", **headers)
    assert b"<title>Amplify emulator" not in found.body
    if path == "/moto-api":
        assert found.status == 200
        assert b"Moto" in found.body
    if headers.get("Authorization"):
        assert b"ListAllMyBucketsResult" in found.body


def test_the_overview_has_the_newest(server: Control) -> None:
    """Of many jobs and calls, the newest; of a job its steps; of a deployment the site; no secrets."""
    branch = branch_of(server)
    server.default_plan(Plan.instant(outcome="FAILED", status_reason="no such table"))
    for _ in range(JOBS + 2):
        branch.start()
    server.default_plan(Plan.instant())
    deploy(manual_branch(branch.client, server), SITE)
    for _ in range(CALLS):
        branch.listed()
    found = server._perform("overview")
    first, second = found["apps"]
    main, hostile = first["branches"]
    assert (main["job_count"], main["site"], hostile["jobs"]) == (JOBS + 2, None, [])
    assert [job["job_id"] for job in main["jobs"]] == [str(n) for n in range(JOBS + 2, 2, -1)]
    (step,) = main["jobs"][0]["steps"]
    assert (step["name"], step["status"], step["status_reason"]) == (
        "BUILD",
        "FAILED",
        "no such table",
    )
    assert second["branches"][0]["site"] == "/_sites/dmanual/main/"
    assert [call["operation"] for call in found["calls"]] == ["ListJobs"] * CALLS
    assert "access_key" not in found["calls"][0]
    assert found["speed"] == 0


def test_a_log_is_shown_as_far_as_it_is_written(server: Control) -> None:
    """The page gets the text of a step's log; where there is none, it is told."""
    branch = branch_of(server)
    branch.plan(Plan.instant(build=10, logs={"BUILD": ["one", "two"], "DEPLOY": None}))
    where = {"account_id": "123456789012", "region": "us-east-1", "app_id": APP}
    where |= {"branch_name": "main", "job_id": branch.start()}
    server.advance(1)
    assert server._perform("log", **where, step="BUILD").endswith("[INFO]: one\n")
    server.advance(20)
    assert server._perform("log", **where, step="BUILD").endswith("[INFO]: two\n")
    with pytest.raises(ValueError, match="has no log of DEPLOY"):
        server._perform("log", **where, step="DEPLOY")


def rgb(color: str) -> tuple[int, ...]:
    """Red, green and blue of `#rgb` or `#rrggbb`."""
    digits = color[1:] if len(color) == 7 else "".join(each * 2 for each in color[1:])
    return tuple(bytes.fromhex(digits))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_can_be_read(theme: str) -> None:
    """Each colour of a text has a contrast of 4.5 or more to what it stands on, in both themes."""
    roots = re.findall(r":root \{(.*?)\}", PAGE, re.DOTALL)
    colors = dict(re.findall(r"--([\w-]+): (#\w+)", roots[theme == "dark"]))
    places = [(name, on) for name in ("text", "quiet", "bad") for on in ("page", "card", "sunk")]
    places += [(name, f"{name}-tint") for name in ("good", "bad", "busy", "wait", "off")]
    for name, on in [*places, ("link", "page"), ("link", "card"), ("wait", "sunk")]:
        assert contrast(rgb(colors[name]), rgb(colors[on])) >= READABLE, (name, on)


def test_the_page_in_a_browser(server: Control, tmp_path: Path) -> None:
    """Chromium shows apps, jobs, steps, the log and the last calls, and every name as text."""
    main, hostile = branch_of(server), branch_of(server, HOSTILE)
    server.default_plan(Plan.instant(outcome="FAILED", status_reason=HOSTILE))
    main.start(commitMessage=f"{HOSTILE}\nmore")
    server.default_plan(Plan(pending=0, provisioning=0, build=10))
    main.start()
    server.fault(Fault("503", "StartJob"))
    with pytest.raises(main.client.exceptions.ClientError):
        hostile.start()
    server.advance(5)
    address = f"{server.url}/#/123456789012/us-east-1/{APP}/main/2"
    flags = ("--enable-logging=stderr", "--virtual-time-budget=2500", "--window-size=1200,900")
    done = browse(address, tmp_path, *flags)
    assert "CONSOLE" not in done.stderr
    body = done.stdout.partition("<body>")[2].partition("<script>")[0]
    words = re.sub(r"<[^>]+>", " ", body)
    assert "1 running, 0 waiting" in words
    assert re.search(r"Job 2 · RELEASE\s+RUNNING", words)
    assert re.search(r"Build 5 s\s+RUNNING", words)
    assert "# Cloning repository: " in words
    assert re.search(r"Job 1 · RELEASE\s+FAILED", words)
    assert re.search(r"StartJob\s+d1a2b3c4/\S.*\s+503", words)
    escaped = HOSTILE.replace("<", "&lt;").replace(">", "&gt;")
    assert body.count(escaped) >= 4  # the branch, the message, the reason, the call
    assert "<img" not in body
    assert 'aria-current="page"' in body
    assert '<pre class="log" id="log" tabindex="0" role="region"' in body
