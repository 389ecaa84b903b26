"""The lines of a log that say why a step failed."""

from __future__ import annotations

import pytest
from amplify_job_resource._logs.lines import LogLine, clean_lines
from amplify_job_resource._logs.reason import EXCERPT_CHARACTERS, Excerpt, excerpt
from hypothesis import given
from hypothesis import strategies as st

MOST = 6

EPILOGUE = """\
INFO # Starting environment caching...
INFO # Uploading environment cache artifact...
INFO # Uploaded environment cache artifact
INFO # Environment caching completed

Terminating logging..."""

GREEN = """\
INFO # Completed phase: build
     ## Build completed successfully
INFO # Starting caching...
INFO # Creating cache artifact...
INFO # Created cache artifact
INFO # Uploading cache artifact...
INFO # Uploaded cache artifact
INFO # Caching completed"""

START = """\
INFO # Cloning repository: git@github.com:shop/site.git
INFO # Checking for environment cache...
INFO # Retrieved cache
INFO # Starting phase: build
INFO # Executing command: npm run build"""


def build_log(*parts: str) -> str:
    """A BUILD log; further lines of an entry are written here with five spaces in front."""
    return _log(parts, "2026-04-17T17:57:00.{:03}Z")


def deploy_log(*parts: str) -> str:
    """A DEPLOY log: its times have no fraction and no Z."""
    return _log(parts, "2026-04-17T17:57:{:02}")


def _log(parts: tuple[str, ...], time: str) -> str:
    text = ""
    width = 0
    for number, line in enumerate("\n".join(parts).split("\n")):
        level, _, said = line.partition(" ")
        if level in ("INFO", "WARNING", "ERROR"):
            prefix = f"{time.format(number)} [{level}]: "
            width = len(prefix)
            text += f"{prefix}{said}\n"
        elif line.startswith("     "):
            text += " " * width + line[5:] + "\n"
        else:
            text += f"{line}\n"
    return text


def found(log: str, most: int = MOST) -> Excerpt:
    return excerpt(clean_lines(log), most)


FAILURES = {
    "a command that fails": (
        build_log(
            START,
            "WARNING src/cart.ts(7,3): error TS2322: not assignable\n"
            "INFO \n"
            "WARNING npm ERR! code ELIFECYCLE\n"
            "ERROR !!! Build failed\n"
            "ERROR !!! Non-Zero Exit Code detected",
            EPILOGUE,
        ),
        [
            "# Starting phase: build",
            "# Executing command: npm run build",
            "src/cart.ts(7,3): error TS2322: not assignable",
            "npm ERR! code ELIFECYCLE",
            "!!! Build failed",
            "!!! Non-Zero Exit Code detected",
        ],
    ),
    "a variable that is missing": (
        build_log(
            START,
            "INFO > site@1.0.0 build\n"
            "     > node build.js\n"
            "WARNING Error: API_URL is not set\n"
            "         at check (build.js:4:11)\n"
            "ERROR !!! Build failed\n"
            "ERROR !!! Error: Command failed with exit code 1",
            EPILOGUE,
        ),
        [
            "> site@1.0.0 build",
            "> node build.js",
            "Error: API_URL is not set",
            "    at check (build.js:4:11)",
            "!!! Build failed",
            "!!! Error: Command failed with exit code 1",
        ],
    ),
    "a build spec": (
        build_log(
            "INFO # Cloning repository: git@github.com:shop/site.git\n"
            "ERROR !!! CustomerError: Unable to parse build spec: bad indentation (7:5)\n"
            "     \n"
            "      6 |   commands:\n"
            "      7 |  - npm ci\n"
            "     --------^",
            EPILOGUE,
        ),
        [
            "# Cloning repository: git@github.com:shop/site.git",
            "!!! CustomerError: Unable to parse build spec: bad indentation (7:5)",
            " 6 |   commands:",
            " 7 |  - npm ci",
            "--------^",
        ],
    ),
    "a folder of artifacts that is not there": (
        build_log(
            "INFO vite v5 built in 3s",
            GREEN,
            "ERROR !!! CustomerError: Artifact directory doesn't exist: dist",
            EPILOGUE,
        ),
        [
            "vite v5 built in 3s",
            "# Completed phase: build",
            "!!! CustomerError: Artifact directory doesn't exist: dist",
        ],
    ),
    "a monorepo": (
        build_log(
            'ERROR !!! CustomerError: Monorepo spec provided without "applications" key', EPILOGUE
        ),
        ['!!! CustomerError: Monorepo spec provided without "applications" key'],
    ),
    "a build output that is too large": (
        build_log(
            GREEN,
            "ERROR !!! CustomerError: The size of the build output (301234567) exceeds the max"
            " allowed size of230686720 bytes\n     Reduce it.",
            EPILOGUE,
        ),
        [
            "# Completed phase: build",
            "!!! CustomerError: The size of the build output (301234567) exceeds the max"
            " allowed size of230686720 bytes",
            "Reduce it.",
        ],
    ),
    "a deploy manifest": (
        build_log(
            GREEN,
            "WARNING We failed to validate the deploy-manifest.json:\n"
            "     routes is missing\n"
            "INFO # Build artifact upload completed",
            EPILOGUE,
        ),
        [
            "# Completed phase: build",
            "We failed to validate the deploy-manifest.json:",
            "routes is missing",
        ],
    ),
    "no memory, as Node.js says it": (
        build_log(
            START,
            "WARNING <--- Last few GCs --->\n"
            "     FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n"
            "     1: 0xb0 node::Abort()\n"
            "INFO one more line",
            EPILOGUE,
        ),
        [
            "# Cloning repository: git@github.com:shop/site.git",
            "# Starting phase: build",
            "# Executing command: npm run build",
            "<--- Last few GCs --->",
            "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
            "1: 0xb0 node::Abort()",
        ],
    ),
    "no memory, as the build says it": (
        build_log(
            "INFO Creating an optimized production build...\n"
            "INFO The build failed because the process exited too early.\n"
            "INFO npm notice new version",
            EPILOGUE,
        ),
        [
            "Creating an optimized production build...",
            "The build failed because the process exited too early.",
        ],
    ),
    "a submodule": (
        build_log(
            "INFO # Switching to commit: 1f3c9e2\n"
            "WARNING # Unable to update submodules: Error: Command failed\n"
            "     fatal: could not read Username for 'https://github.com'\n"
            "     fatal: clone of theme failed\n"
            "INFO # Ends here",
            EPILOGUE,
        ),
        [
            "# Switching to commit: 1f3c9e2",
            "# Unable to update submodules: Error: Command failed",
            "fatal: could not read Username for 'https://github.com'",
            "fatal: clone of theme failed",
        ],
    ),
    "a deployment": (
        deploy_log(
            "INFO Starting Deployment\nINFO Got archive: 5120 bytes\nERROR Failed to deploy"
        ),
        ["Starting Deployment", "Got archive: 5120 bytes", "Failed to deploy"],
    ),
    "an error without a verdict": (
        build_log(
            "INFO # Cloning\nERROR # Unable to assume role\n     AccessDenied\nINFO # Ends",
            EPILOGUE,
        ),
        ["# Cloning", "# Unable to assume role", "AccessDenied"],
    ),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_the_cause_is_shown(kind: str) -> None:
    """With what stands above it, and without what every build says after it or in between."""
    log, lines = FAILURES[kind]
    assert found(log) == Excerpt(tuple(lines), names_a_cause=True)


@pytest.mark.parametrize(
    ("log", "lines"),
    [
        ("", ()),
        ("\n\n", ()),
        (build_log(EPILOGUE), ()),
        (build_log(START), ("# Starting phase: build", "# Executing command: npm run build")),
        (
            build_log("INFO vite built", GREEN, "INFO # Build artifact upload completed", EPILOGUE),
            ("# Completed phase: build", "# Build artifact upload completed"),
        ),
        (
            deploy_log("INFO Updating Edge config\nINFO Deployment complete"),
            ("Updating Edge config", "Deployment complete"),
        ),
    ],
)
def test_a_log_may_name_no_cause(log: str, lines: tuple[str, ...]) -> None:
    """A build out of time just stops, and some fail with all green: the end is shown, as such."""
    assert found(log, 2) == Excerpt(lines, names_a_cause=False)


def test_the_last_verdict_counts() -> None:
    """Errors and well-known words elsewhere do not, nor do exclamation marks of tools."""
    log = build_log(
        "ERROR !!! Retrying\nWARNING above\nERROR !!! Build failed\n"
        "ERROR # Unable to write cache\nWARNING JavaScript heap out of memory\nINFO !!! not ours"
    )
    assert found(log, 2).lines == ("above", "!!! Build failed")


def test_of_errors_and_causes_the_last_counts() -> None:
    """The nearer to the end, the more it has to do with it."""
    error, cause = "ERROR # Unable to write", "INFO JavaScript heap out of memory"
    assert found(build_log(error, cause, "INFO end"), 1).lines == (cause[5:],)
    assert found(build_log(cause, error, "INFO end"), 1).lines == (error[6:],)


def test_a_failure_of_the_cache_is_told() -> None:
    """Only what says that all went well is left out."""
    log = build_log("ERROR # Unable to write cache: 503\nERROR !!! Build failed")
    assert found(log).lines == ("# Unable to write cache: 503", "!!! Build failed")


@pytest.mark.parametrize(
    ("most", "lines"),
    [
        (-1, ()),
        (0, ()),
        (1, ("!!! spec",)),
        (2, ("!!! spec", "l1")),
        (3, ("!!! spec", "l1", "l2")),
        (4, ("above", "!!! spec", "l1", "l2")),
        (9, ("first", "above", "!!! spec", "l1", "l2")),
    ],
)
def test_as_many_lines_are_shown_as_are_asked_for(most: int, lines: tuple[str, ...]) -> None:
    """The verdict is always among them; what belongs to it comes before what stands above."""
    log = build_log("INFO first\nWARNING above\nERROR !!! spec\n     l1\n     l2\nINFO after")
    assert found(log, most) == Excerpt(lines, names_a_cause=most > 0)


def test_a_verdict_is_the_services_own() -> None:
    """A line that no level belongs to is no verdict, and ends the entry above it."""
    log = build_log("INFO a\nERROR !!! b\n     c", "!!! d")
    assert found(log).lines == ("a", "!!! b", "c")
    assert found("!!! d\n") == Excerpt(("!!! d",), names_a_cause=False)


def test_long_lines_are_cut() -> None:
    """An ellipsis says so."""
    (line,) = found(build_log("ERROR !!! " + "x" * 1000)).lines
    assert line == "!!! " + "x" * (EXCERPT_CHARACTERS - 5) + "…"


LINES = st.builds(
    LogLine,
    st.sampled_from([None, "2026-04-17T17:57:00"]),
    st.sampled_from([None, "INFO", "ERROR"]),
    st.text() | st.sampled_from(["!!! Build failed", "# Caching completed", "heap out of memory"]),
)


@given(st.lists(LINES), st.integers(-1, 5))
def test_an_excerpt_is_safe_to_print(lines: list[LogLine], most: int) -> None:
    """Also where the lines are not: it has no more than was asked for, and no control characters."""
    shown = excerpt(lines, most).lines
    assert len(shown) <= max(most, 0)
    assert all(line.isprintable() and len(line) <= EXCERPT_CHARACTERS for line in shown)
