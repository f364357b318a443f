"""What a repository's server is sent, and what of it is taken."""

import base64

import pytest

from tools.builtin import remote
from tools.failures import ToolFailedError


def test_a_token_is_the_password_of_a_user_that_nobody_looks_at() -> None:
    scheme, _, value = remote.basic("Bearer ghp_1").partition(" ")
    assert (scheme, base64.b64decode(value)) == ("Basic", b"x-access-token:ghp_1")
    assert remote.basic("Basic YTpi") == "Basic YTpi"


@pytest.mark.parametrize("revision", [None, "HEAD", "main", "feature/one", "v1.2.3", "a" * 40, "refs/heads/main"])
def test_names_of_revisions_are_taken(revision: str | None) -> None:
    remote.check_revision(revision)


@pytest.mark.parametrize("revision", ["", "-x", "--all", "a..b", "a^", "a~1", "a:b", "a b", "a\nb", "@{1}", "x.lock"])
def test_what_git_would_compute_with_is_not(revision: str) -> None:
    with pytest.raises(ToolFailedError):
        remote.check_revision(revision)
