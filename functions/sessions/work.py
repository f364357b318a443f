"""One run as an agent sees it: what it is given, and how it tells how far it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pentarch.workspace.model import File

Say = Callable[[float, str], None]
"""How far the run is, from 0 to 1, and what it does now."""
Detail = Callable[[str], None]
"""Something more, which is kept only of a verbose run."""


class Source(NamedTuple):
    """A text that the agent works on."""

    path: str
    text: str
    version: int
    sha256: str

    @classmethod
    def of(cls, file: File) -> "Source":
        """UnicodeDecodeError where it is no text."""
        return cls(file.path, file.body.decode(), file.version, file.sha256)

    def told(self) -> dict[str, Any]:
        return {"path": self.path, "version": self.version, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Task:
    sources: tuple[Source, ...]
    args: Mapping[str, Any]
    instructions: tuple[str, ...]
    """What reviewers asked for since the first run."""
    say: Say
    detail: Detail
    remaining_s: Callable[[], float]


Rules = Callable[[Task], Mapping[str, str]]
"""What an agent does without a model: from its task to the texts of its outputs, by their names. Raises RunError."""
