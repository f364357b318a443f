"""What a file of a workspace may be called."""

import posixpath
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.workspace import paths
from pentarch.workspace.errors import PathError

NAMES = st.text(string.ascii_letters + string.digits + "äß日._- ", min_size=1, max_size=12)


@pytest.mark.parametrize(
    "path", ["PRD.md", "bench supply/PRD v2.md", "a/b/c.json", ".gitignore", "Größe/日本.md", "x-(1)+2=3,4.txt"]
)
def test_plain_relative_names_are_taken_as_they_are(path: str) -> None:
    assert paths.checked(path) == path


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "it is empty"),
        ("/etc/passwd", "begins with a slash"),
        ("../PRD.md", "leads out"),
        ("a/../../b", "leads out"),
        ("a/./b", "leads out"),
        ("a//b", "empty"),
        ("a/", "empty"),
        ("a\\b", "U+005C"),
        ("a\x00b", "U+0000"),
        ("a\nb", "U+000A"),
        ("a#b", "U+0023"),
        ("anna@example.org.md", "U+0040"),
        ("..%2fb", "U+0025"),
        ("C:/b", "U+003A"),
        ("a\u202eb", "U+202E"),
        ("\ud800", "U+D800"),
        (" a", "begins or ends with a space"),
        ("a ", "begins or ends with a space"),
        ("a./b", "ends with a dot"),
        ("...", "ends with a dot"),
        ("A\u0308", "not composed"),
        ("x" * 201, "200 bytes"),
        ("/".join(["x"] * 17), "deeper than 16"),
        ("/".join(["x" * 100] * 6), "512 bytes"),
    ],
)
def test_other_names_are_refused_with_the_reason(path: str, reason: str) -> None:
    with pytest.raises(PathError, match=re.escape(reason)):
        paths.checked(path)


@given(st.lists(NAMES, min_size=1, max_size=5).map("/".join) | st.text(max_size=40))
def test_what_is_taken_stays_below_any_folder_that_it_is_put_in(path: str) -> None:
    try:
        paths.checked(path)
    except PathError:
        return
    assert posixpath.normpath(posixpath.join("/root", path)) == f"/root/{path}"
    assert "#" not in path


@pytest.mark.parametrize("prefix", ["", "a", "a/", "a/b", "a b/PR"])
def test_a_prefix_may_end_within_a_name(prefix: str) -> None:
    assert paths.checked_prefix(prefix) == prefix


@pytest.mark.parametrize("prefix", ["/", "../", "a/../", "a#", "a\\"])
def test_a_prefix_leads_nowhere_else(prefix: str) -> None:
    with pytest.raises(PathError):
        paths.checked_prefix(prefix)


def test_the_folder_of_a_file() -> None:
    assert paths.folder_of("PRD.md") == ""
    assert paths.folder_of("a/b/PRD.md") == "a/b/"
