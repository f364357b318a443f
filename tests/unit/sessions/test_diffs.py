"""Unified diffs are what `git apply` takes, and their counts are those of their lines."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions import diffs

TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "d"]), max_size=12).map("".join)


def applied(before: str, diff: str) -> str:
    """A patch applied as its format says it."""
    old = before.splitlines(keepends=True)
    new: list[str] = []
    place = 0
    lines = diff.splitlines(keepends=True)[2:]
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        text = line[1:-1] if following.startswith("\\") else line[1:]
        if line.startswith("@@"):
            start, _, count = line.split()[1][1:].partition(",")
            begin = int(start) - (count != "0")
            new += old[place:begin]
            place = begin
        elif line.startswith("+"):
            new.append(text)
        elif line.startswith(("-", " ")):
            assert old[place] == text
            place += 1
            new += [text] if line.startswith(" ") else []
    return "".join(new + old[place:])


@given(TEXTS, TEXTS)
@settings(max_examples=150)
def test_a_diff_leads_from_one_text_to_the_other(before: str, after: str) -> None:
    diff = diffs.unified("a.md", before.encode(), after.encode())
    assert applied(before, diff.text) == after if diff.text else before == after
    lines = diff.text.splitlines()[2:]
    assert diff.added == sum(line.startswith("+") for line in lines)
    assert diff.removed == sum(line.startswith("-") for line in lines)


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, "one\ntwo\n"), ("one\n", "two"), ("one", "one\n"), ("", "new\n"), ("a\nb\nc\n", "a\nc\nd\n")],
)
def test_git_applies_it(tmp_path: Path, before: str | None, after: str) -> None:
    if before is not None:
        (tmp_path / "a.md").write_text(before)
    diff = diffs.unified("a.md", None if before is None else before.encode(), after.encode())
    (tmp_path / "the.diff").write_text(diff.text)
    subprocess.run(["git", "apply", "the.diff"], cwd=tmp_path, check=True)
    assert (tmp_path / "a.md").read_text() == after


def test_equal_contents_have_no_diff() -> None:
    assert diffs.unified("a", b"same", b"same") == diffs.Diff("", 0, 0)
    assert diffs.unified("a", b"same", b"same").counts == "+0 -0"


def test_what_is_no_text_is_said_to_differ() -> None:
    assert diffs.unified("a.png", None, b"\xff\x00").text == "Binary files a/a.png and b/a.png differ\n"


def test_a_very_long_text_is_replaced_whole() -> None:
    long = "\n".join(map(str, range(diffs.MAX_COMPARED_LINES + 1))) + "\n"
    diff = diffs.unified("a", b"one\n", long.encode())
    assert diff.counts == f"+{diffs.MAX_COMPARED_LINES + 1} -1"
    assert applied("one\n", diff.text) == long
