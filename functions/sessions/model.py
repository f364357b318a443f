"""What the slice is about: sessions, what they propose, and skills."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pentarch.work.model import Owner
from sessions.lifecycle import Status

JsonObject = Mapping[str, Any]

MAX_FILES = 20
MAX_ARTIFACTS = 20
MAX_ROUNDS = 20
MAX_LOG = 200


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file as a run proposes it, and what it was made against."""

    path: str
    sha256: str
    size: int
    content_type: str
    base_version: int
    """The workspace's version of the file that the diff is against; 0: there was none."""
    added: int
    """Lines; of what is no text, 0."""
    removed: int

    @property
    def counts(self) -> str:
        return f"+{self.added} -{self.removed}"


@dataclass(frozen=True, slots=True)
class LogLine:
    at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class Session:
    tenant: str
    id: str
    skill: str
    agent: str
    """As a run names it: `requirements-agent`."""
    status: Status
    input: JsonObject
    """`{"files": [...], "args": {...}}`"""
    owner: Owner
    created_at: datetime
    updated_at: datetime
    revision: int = 1
    """Counts its changes: a write says which one it saw."""
    correlation_id: str = ""
    temperature: float | None = None
    verbose: bool = False
    round: int = 0
    """Counts its runs: 0 before the first, and one more for each revision."""
    started_at: datetime | None = None
    """Of the present run, once a worker has it."""
    instructions: tuple[str, ...] = ()
    """What reviewers asked for, in order."""
    progress: float = 0.0
    message: str = ""
    artifacts: tuple[Artifact, ...] = ()
    """What is proposed; once completed, what was applied."""
    sources: tuple[JsonObject, ...] = ()
    """Files that the run read: path, version, sha256."""
    produced_by: str | None = None
    """The model that answered, or `rules`."""
    rebased: bool = False
    """Whether the workspace moved since the run: an approval must then name the digest of what it saw."""
    expires_at: datetime | None = None
    error: JsonObject | None = None
    reason: str | None = None
    """Of a rejection."""
    comment: str | None = None
    """Of an approval."""
    approved_by: str | None = None
    lease_owner: str | None = None
    leased_until: datetime | None = None
    tries: int = 0
    """How often a worker took the present run."""
    log: tuple[LogLine, ...] = field(default=())

    @property
    def digest(self) -> str:
        """Names what there is to approve: the contents, and the versions that they replace."""
        told = [[one.path, one.sha256, one.base_version] for one in self.artifacts]
        text = json.dumps([self.id, self.round, told], separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def is_leased(self, at: datetime) -> bool:
        return self.lease_owner is not None and self.leased_until is not None and at < self.leased_until

    def is_over(self, at: datetime) -> bool:
        """Whether it waits for an approval that comes too late."""
        return self.status is Status.PENDING_APPROVAL and (self.expires_at is None or at >= self.expires_at)

    def status_at(self, at: datetime) -> Status:
        """What it is to everybody, whether or not the end of its time was written yet."""
        return Status.EXPIRED if self.is_over(at) else self.status


def adoption_digest(subject: str, skill: str, given: JsonObject) -> str:
    """Names what a subject wants of a skill: a run without a session's id is the one of a session with the same."""
    text = json.dumps([subject, skill, given], separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
