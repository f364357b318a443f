"""Unified diffs, as `patch` and `git apply` take them."""

import difflib
from typing import NamedTuple

MAX_COMPARED_LINES = 20_000
"""Of either side: comparing takes a time that grows with the product of the lines that differ."""
_NO_NEWLINE = "\\ No newline at end of file\n"


class Diff(NamedTuple):
    text: str
    added: int
    removed: int

    @property
    def counts(self) -> str:
        return f"+{self.added} -{self.removed}"


def unified(path: str, before: bytes | None, after: bytes) -> Diff:
    """From one content of a file to another; `before` None: there is no such file yet. Empty where they are equal."""
    if before == after:
        return Diff("", 0, 0)
    try:
        old, new = _lines(before), _lines(after)
    except UnicodeDecodeError:
        return Diff(f"Binary files a/{path} and b/{path} differ\n", 0, 0)
    from_file = "/dev/null" if before is None else f"a/{path}"
    if max(len(old), len(new)) > MAX_COMPARED_LINES:
        return _whole(from_file, path, old, new)
    told = [*difflib.unified_diff(old, new, from_file, f"b/{path}")]
    added = sum(line.startswith("+") for line in told[2:])
    removed = sum(line.startswith("-") for line in told[2:])
    return Diff("".join(_ended(line) for line in told), added, removed)


def _lines(content: bytes | None) -> list[str]:
    """With their ends. Only a line feed ends a line, as for `patch`."""
    *lines, rest = ("" if content is None else content.decode()).split("\n")
    return [f"{line}\n" for line in lines] + ([rest] if rest else [])


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"


def _whole(from_file: str, path: str, old: list[str], new: list[str]) -> Diff:
    """Everything out and everything in: right, if not short."""
    head = f"--- {from_file}\n+++ b/{path}\n@@ -{_span(old)} +{_span(new)} @@\n"
    body = "".join(_ended(f"-{line}") for line in old) + "".join(_ended(f"+{line}") for line in new)
    return Diff(head + body, len(new), len(old))


def _span(lines: list[str]) -> str:
    return f"1,{len(lines)}" if lines else "0,0"
