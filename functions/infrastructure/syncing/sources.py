"""Where desired states lie: the stack's own bucket of releases, or a file of a Git repository."""

import hashlib
from typing import Annotated, Literal, NamedTuple

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field

from infrastructure import releases
from infrastructure.syncing.document import MAX_BYTES
from infrastructure.syncing.errors import SourceError, SourceUnavailableError
from infrastructure.syncing.model import Source
from pentarch.identity.model import Caller
from pentarch.platform import clients

PREFIX = "state/"
_GIT_TOOL = "tool-git"
_GIT_TIMEOUT_S = 20
_THEIRS = frozenset({"upstream_failed", "timeout", "out_of_memory", "internal"})
"""Faults of the tool that another request may not meet."""


class Bucket(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: Literal["s3"]
    key: Annotated[str, Field(pattern=r"^state/[A-Za-z0-9][A-Za-z0-9._/-]{0,500}$")]


class Repository(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: Literal["git"]
    repository: Annotated[str, Field(min_length=1, max_length=500)]
    path: Annotated[str, Field(min_length=1, max_length=1024)]
    ref: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    credential: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """The name of one that is stored."""


Place = Annotated[Bucket | Repository, Field(discriminator="type")]


class Found(NamedTuple):
    content: bytes
    source: Source


def fetch(place: Bucket | Repository, caller: Caller, correlation_id: str) -> Found:
    """The document's bytes; SourceError when it is not there."""
    found = _from_bucket(place) if isinstance(place, Bucket) else _from_repository(place, caller, correlation_id)
    content, where, revision = found
    return Found(content, Source(where, revision, hashlib.sha256(content).hexdigest()))


def _from_bucket(place: Bucket) -> tuple[bytes, str, str]:
    try:
        answer = clients.s3().get_object(Bucket=releases.bucket(), Key=place.key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchKey"}:
            raise
        msg = f"the stack's bucket has no {place.key}"
        raise SourceError(msg) from error
    content = answer["Body"].read(MAX_BYTES + 1)
    return content, f"s3://{releases.bucket()}/{place.key}", answer.get("VersionId") or answer["ETag"].strip('"')


def _from_repository(place: Repository, caller: Caller, correlation_id: str) -> tuple[bytes, str, str]:
    from pentarch.tools import client as tools

    asked = {
        "repository": place.repository,
        "operation": "show",
        "path": place.path,
        **({} if place.ref is None else {"ref": place.ref}),
        **({} if place.credential is None else {"credential": place.credential}),
    }
    told = tools.run(
        caller.tenant, caller.subject, _GIT_TOOL, asked, timeout_s=_GIT_TIMEOUT_S, correlation_id=correlation_id
    )
    if told.error is not None or not isinstance(told.result, dict):
        code, message = told.error or ("internal", "the repository could not be read")
        if code in _THEIRS:
            raise SourceUnavailableError(message)
        raise SourceError(message)
    content = told.result.get("content")
    if content is None or told.result.get("truncated") or told.truncated:
        msg = "the file is no text, or too long"
        raise SourceError(msg)
    where = f"{place.repository.partition('?')[0]}#{place.path}"
    return str(content).encode(), where, str(told.result["commit"]["id"])
