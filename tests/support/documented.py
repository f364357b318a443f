"""Code in the documentation: which blocks there are, and what it takes to run them as a reader does.

A fenced block of a language that runs is run, unless the line above it says `<!-- not run: the reason -->`. In a
console block a line that begins with `$ ` is a command, which goes on while a quotation or a backslash is open; the
lines after it are its output. Ids in an output stand for those that really came: later commands use these.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from support.template import ROOT

RUN = ("console", "python", "javascript")
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
_FENCE = re.compile(r"^```(\w*)$")
_REASON = re.compile(r"^<!-- not run: (.+) -->$")
_ID = re.compile(r'"(\w+)":\s*"((?:\w+-|\w+_)?[0-9a-f]{8}-?[0-9a-f-]{20,}|\w+-[0-9a-f]{32})"')
_STATUS = re.compile(r'"status":\s*"(\w+)"')
_ERROR = re.compile(r'"error":\s*\{')


class Block(NamedTuple):
    page: str
    line: int
    language: str
    text: str
    not_run: str | None
    """Why, where the page says so."""


class Command(NamedTuple):
    text: str
    output: str
    """As it is documented; empty where nothing is shown."""

    @property
    def only_reads(self) -> bool:
        return self.text.startswith("curl") and not re.search(r" -(d|X|T)\b| --data", self.text)


def blocks() -> Iterator[Block]:
    for page in PAGES:
        yield from _of(page)


def _of(page: Path) -> Iterator[Block]:
    lines = page.read_text().split("\n")
    begun: tuple[int, str] | None = None
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if fence and begun is None:
            begun = number, fence[1]
        elif fence and begun is not None:
            first, language = begun
            begun = None
            if language in RUN:
                said = _REASON.match(lines[first - 2]) if first > 1 else None
                text = "\n".join(lines[first : number - 1])
                yield Block(str(page.relative_to(ROOT)), first, language, text, said[1] if said else None)


def commands(block: Block) -> list[Command]:
    found: list[Command] = []
    lines = block.text.split("\n")
    at = 0
    while at < len(lines):
        if not lines[at].startswith("$ "):
            if found:
                last = found.pop()
                found.append(Command(last.text, f"{last.output}{lines[at]}\n"))
            at += 1
            continue
        text = lines[at][2:]
        at += 1
        while _is_open(text):
            text += "\n" + lines[at]
            at += 1
        found.append(Command(text, ""))
    return found


def _is_open(text: str) -> bool:
    if text.endswith("\\"):
        return True
    try:
        shlex.split(text)
    except ValueError:
        return True
    return False


def difference(documented: str, came: str) -> str | None:
    """In what an output is not what the page shows: whether it is a refusal, states, or a program's words."""
    if not documented.strip() or documented.strip() == "...":
        return None
    if bool(_ERROR.search(documented)) != bool(_ERROR.search(came)):
        return f"it is {'no ' if _ERROR.search(documented) else 'a '}refusal"
    shown = _STATUS.findall(documented)
    if any(state not in _STATUS.findall(came) for state in shown):
        return f"it has the states {_STATUS.findall(came)}, and not {shown}"
    line = documented.strip().split("\n")[0]
    words = max(re.split(r"\S*\d\S*|\.\.\.", line), key=len).strip()
    if not documented.lstrip().startswith(("{", "[", "...")) and words and words not in came:
        return f"it does not say {words!r}"
    return None


def ids(documented: str, came: str) -> dict[str, str]:
    """The ids that really came, by those that the page shows in the same members."""
    found = {}
    for name, shown in _ID.findall(documented):
        actual = re.search(rf'"{name}":\s*"([^"]+)"', came)
        if actual:
            found[shown] = actual[1]
    return found
