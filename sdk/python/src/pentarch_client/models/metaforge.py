"""MetaForge: sessions, their artifacts, the workspace, skills, live events."""

from pentarch_client.records import Record


class Artifact(Record):
    path: str
    size: int
    diff: str
    """Lines that come and go, as `+85 -0`."""


class SessionDetails(Record):
    id: str
    skill: str
    status: str
    created: str
    updated: str
    output: Record | None
    error: Record | None


class Run(Record):
    """How far a run is, and what it proposes."""

    session_id: str
    status: str
    agent: str
    progress: float
    message: str | None
    artifacts: list[Artifact]
    approval: Record | None
    error: Record | None

    @property
    def is_over(self) -> bool:
        """Whether the agent has done its part: the next move is a person's, or nobody's."""
        return self.status not in {"created", "queued", "running"}


class Pending(Record):
    session_id: str
    skill: str
    created: str
    digest: str
    digest_required: bool
    expires: str | None
    artifacts: list[Artifact]


class File(Record):
    path: str
    version: int
    size: int
    sha256: str
    content_type: str
    modified: str


class Skill(Record):
    name: str
    description: str
    outputs: list[Record]


class LiveEvent(Record):
    event: str
    data: Record
    seq: int
    id: str
    timestamp: str
