"""What runs propose: contents and diffs in the bucket, under the session and the round."""

from collections.abc import Sequence
from dataclasses import replace

from pentarch.files.errors import FileMissingError
from pentarch.workspace import objects
from pentarch.workspace import store as workspace
from pentarch.workspace.model import Content, digest
from sessions import diffs
from sessions.errors import ArtifactNotFoundError
from sessions.model import Artifact, Session

MAX_SHOWN_DIFF = 100_000
"""Characters of a diff in an answer; the whole of it is its own resource."""


def make(session: Session, contents: Sequence[Content]) -> tuple[Artifact, ...]:
    """Keep contents as proposals, each compared with the workspace as it is."""
    made = []
    for one in contents:
        sha256 = digest(one.body)
        objects.put(_key(session, sha256), one.body, one.content_type)
        version, diff = _compared(session.tenant, one.path, one.body)
        made.append(Artifact(one.path, sha256, len(one.body), one.content_type, version, diff.added, diff.removed))
    return tuple(made)


def content(session: Session, artifact: Artifact) -> bytes:
    """The very bytes that the artifact's hash names. ArtifactNotFoundError."""
    try:
        body = objects.get(_key(session, artifact.sha256))
    except FileMissingError as error:
        raise ArtifactNotFoundError from error
    if digest(body) != artifact.sha256:
        raise ArtifactNotFoundError
    return body


def diff(session: Session, artifact: Artifact) -> str:
    """The whole diff against the version that the artifact was made against."""
    base = None
    if artifact.base_version != workspace.ABSENT:
        base = workspace.get(session.tenant, artifact.path, artifact.base_version).body
    return diffs.unified(artifact.path, base, content(session, artifact)).text


def compared_again(session: Session) -> tuple[tuple[Artifact, ...], dict[str, str]]:
    """The artifacts over the workspace as it is now, and each one's diff, as far as an answer may show it."""
    artifacts, texts = [], {}
    for one in session.artifacts:
        version, fresh = _compared(session.tenant, one.path, content(session, one))
        artifacts.append(replace(one, base_version=version, added=fresh.added, removed=fresh.removed))
        texts[one.path] = fresh.text[:MAX_SHOWN_DIFF]
    return tuple(artifacts), texts


def remove(tenant: str, session_id: str) -> None:
    objects.delete_below(objects.proposal_prefix(tenant, session_id))


def _compared(tenant: str, path: str, body: bytes) -> tuple[int, diffs.Diff]:
    found = workspace.heads(tenant, [path]).get(path)
    if found is None:
        return workspace.ABSENT, diffs.unified(path, None, body)
    return found.version, diffs.unified(path, workspace.read(tenant, found), body)


def _key(session: Session, sha256: str) -> str:
    return f"{objects.proposal_prefix(session.tenant, session.id)}{session.round}/{sha256}"
