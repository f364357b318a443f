"""A workspace: a tenant's files, each with its versions."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

MAX_FILE_BYTES = 4 * 1024 * 1024
"""A request of Lambda has 6 MB, and binary bodies travel in base64, which adds a third."""
MAX_FILES_AT_ONCE = 20
"""Of one change that happens whole or not at all: each is three items of a transaction, which has 100."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one version of a file without reading it. Versions of a path count from 1, over deletions."""

    path: str
    version: int
    size: int
    """Bytes."""
    sha256: str
    content_type: str
    modified: datetime
    author: str
    """The subject who wrote it."""
    event_id: str
    """Of the event that tells of it."""
    deleted: bool = False
    """Whether this version is the file's end; it has no content then."""


@dataclass(frozen=True, slots=True)
class File:
    """One version of a file with its content."""

    entry: Entry
    body: bytes

    @property
    def path(self) -> str:
        return self.entry.path

    @property
    def version(self) -> int:
        return self.entry.version

    @property
    def size(self) -> int:
        return self.entry.size

    @property
    def sha256(self) -> str:
        return self.entry.sha256

    @property
    def content_type(self) -> str:
        return self.entry.content_type

    @property
    def modified(self) -> datetime:
        return self.entry.modified


class Content(NamedTuple):
    """What shall be written to a path."""

    path: str
    body: bytes
    content_type: str


class Author(NamedTuple):
    """Who changes files, and in which request."""

    tenant: str
    subject: str
    correlation_id: str = ""


class Totals(NamedTuple):
    """Of a whole workspace: its files, and the bytes of their present versions."""

    files: int = 0
    size: int = 0


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def resource(path: str) -> str:
    """A file as events name it: a name that somebody gave may tell of a person, so the log has its digest."""
    return f"file:{hashlib.sha256(path.encode()).hexdigest()[:24]}"
