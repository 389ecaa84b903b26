"""Links to the page on which a git host compares two commits."""

from __future__ import annotations

import pytest
from amplify_job_resource.report.compare import compare_url, hosts_of
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("git@github.com:o/r.git", "https://github.com/o/r/compare/1111111...2222222"),
        ("https://user:tok@github.com/o/r", "https://github.com/o/r/compare/1111111...2222222"),
        ("ssh://git@gitlab.com/g/s/r.git", "https://gitlab.com/g/s/r/-/compare/1111111...2222222"),
        (
            "git@bitbucket.org:o/r.git",
            "https://bitbucket.org/o/r/branches/compare/2222222..1111111",
        ),
        (
            "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop",
            (
                "https://eu-west-1.console.aws.amazon.com/codesuite/codecommit/repositories/shop"
                "/compare/1111111/.../2222222?region=eu-west-1"
            ),
        ),
        (
            "codecommit::eu-west-1://profile@shop",
            (
                "https://eu-west-1.console.aws.amazon.com/codesuite/codecommit/repositories/shop"
                "/compare/1111111/.../2222222?region=eu-west-1"
            ),
        ),
        (
            "ssh://git@ssh.github.com:443/o/r.git",
            "https://github.com/o/r/compare/1111111...2222222",
        ),
        (
            "git@git.example.com:o/r.git",
            "https://git.example.com/o/r/-/compare/1111111...2222222",
        ),
        (
            "https://gitlab.example.com:8443/g/s/r.git",
            "https://gitlab.example.com:8443/g/s/r/-/compare/1111111...2222222",
        ),
        (
            "https://user:tok@github.example.com:443/o/r/",
            "https://github.example.com/o/r/compare/1111111...2222222",
        ),
        (
            "http://gitlab.example.com:8080/g/my%20r",
            "http://gitlab.example.com:8080/g/my%20r/-/compare/1111111...2222222",
        ),
        (
            "ssh://git@gitlab.example.com:2222/g/s/r.git",
            "https://gitlab.example.com/g/s/r/-/compare/1111111...2222222",
        ),
        (
            "git+ssh://git@gitlab.example.com:2222/g/r",
            "https://gitlab.example.com/g/r/-/compare/1111111...2222222",
        ),
        (
            "[git@gitlab.example.com:2222]:g/r.git",
            "https://gitlab.example.com/g/r/-/compare/1111111...2222222",
        ),
        # To git this is a path, and no port.
        (
            "git@gitlab.example.com:2222/r.git",
            "https://gitlab.example.com/2222/r/-/compare/1111111...2222222",
        ),
        (
            "git://gitlab.com:9418/g/r.git",
            "https://gitlab.com/g/r/-/compare/1111111...2222222",
        ),
        ("https://user:tok@bitbucket.example.com:7990/scm/p/r.git", None),
        ("ssh://git@bitbucket.example.com:7999/p/r.git", None),
        ("https://o@dev.azure.com/o/p/_git/r", None),
        ("git@ssh.dev.azure.com:v3/o/p/r", None),
        ("https://github.com:tok@x/o/r", None),
        ("https://github.com:tok/o/r", None),
        ('https://github.x"><b>/o/r', None),
        ("https://[::1/o/r", None),
        ("/srv/git/r.git", None),
        ("https://example.com/o/r", None),
        ("", None),
    ],
)
def test_compare_links(remote: str, url: str | None) -> None:
    """Known hosts have a link, without credentials; others have none."""
    hosts = hosts_of({"CI_SERVER_HOST": "git.example.com"})
    assert compare_url(remote, "1111111", "2222222", hosts) == url


@pytest.mark.parametrize(
    ("url", "remote", "repository"),
    [
        (
            "https://git.example.com:8443/gitlab",
            "https://gitlab-ci-token:tok@git.example.com:8443/gitlab/g/s/r.git",
            "https://git.example.com:8443/gitlab/g/s/r",
        ),
        (
            "https://git.example.com:8443/gitlab/",
            "ssh://git@Git.Example.com:2222/gitlab/s/r.git",
            "https://git.example.com:8443/gitlab/gitlab/s/r",
        ),
        (
            "https://git.example.com:8443",
            "git@git.example.com:g/r.git",
            "https://git.example.com:8443/g/r",
        ),
        # The address within the network is another one than that for browsers.
        (
            "https://git.example.com",
            "http://git.example.com:8080/g/r.git",
            "https://git.example.com/g/r",
        ),
        ("https://u:tok@git.example.com", "git@git.example.com:g/r", "https://git.example.com/g/r"),
        (
            "https://[2001:DB8::1]:8443",
            "ssh://git@[2001:db8::1]:2222/g/r.git",
            "https://[2001:db8::1]:8443/g/r",
        ),
        ("http://[::1]", "git@[::1]:g/r.git", "http://[::1]/g/r"),
        # The name alone would say that it is something else.
        (
            "https://github.example.com",
            "git@github.example.com:g/r",
            "https://github.example.com/g/r",
        ),
        ("https://git.example.com", "https://other.example.com/g/r", None),
        ("git.example.com", "https://git.example.com/g/r", None),
    ],
)
def test_compare_links_of_the_pipeline_s_own_server(
    url: str, remote: str, repository: str | None
) -> None:
    """Port and path prefix are those of the server's address, whatever the remote is written like."""
    for name, between in (("CI_SERVER_URL", "/-/compare/"), ("GITHUB_SERVER_URL", "/compare/")):
        found = compare_url(remote, "1111111", "2222222", hosts_of({name: url}))
        assert found == (repository and f"{repository}{between}1111111...2222222")


_HOST_NAMES = st.from_regex(r"(?:github|gitlab)\.[a-z]{1,9}\.example", fullmatch=True)
_WORDS = st.from_regex(r"[a-z0-9_]{1,9}", fullmatch=True)


@given(_HOST_NAMES, st.integers(1024, 65535), _WORDS, _WORDS, _WORDS)
def test_a_link_never_has_credentials_or_a_port_for_ssh(
    host: str, port: int, user: str, token: str, path: str
) -> None:
    """However a remote is written: the port stays for https, and goes for ssh."""
    user, token = f"user-{user}", f"token-{token}"
    for scheme, kept in (("https", f":{port}"), ("ssh", ""), ("git+ssh", ""), ("git", "")):
        remote = f"{scheme}://{user}:{token}@{host}:{port}/g/{path}.git"
        found = compare_url(remote, "1111111", "2222222")
        assert found
        assert found.startswith(f"https://{host}{kept}/g/{path}/")
        assert user not in found
        assert token not in found
