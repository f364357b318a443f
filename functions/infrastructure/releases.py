"""Releases: built code in the stack's bucket, and a manifest that says what it is. `make release` makes them.

`releases/<version>/manifest.json` says what a release is made of; `code/<SHA-256>.zip` is the code itself, under its
own hash, so that releases share what is the same in them.
"""

import hashlib
import os
import re
from typing import Annotated

from botocore.exceptions import ClientError
from pydantic import BaseModel, Field, ValidationError

from infrastructure.errors import RolloutFailedError
from pentarch.platform import clients

VERSION_FORM = r"[0-9A-Za-z][0-9A-Za-z._+-]{0,63}"
"""No slash: a version is part of a key."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Artifact(BaseModel):
    sha256: Sha256

    @property
    def key(self) -> str:
        return code_key(self.sha256)


class Manifest(BaseModel):
    version: Annotated[str, Field(pattern=f"^{VERSION_FORM}$")]
    commit: str
    build_date: str
    functions: dict[str, Artifact]
    """By their logical ids in the template."""
    layers: dict[str, Artifact]


def is_name(version: str) -> bool:
    """Whether a release may be called so."""
    return re.fullmatch(VERSION_FORM, version) is not None


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def code_key(sha256: str) -> str:
    return f"code/{sha256}.zip"


def manifest_key(version: str) -> str:
    return f"releases/{version}/manifest.json"


def manifest(version: str) -> Manifest | None:
    """What a release is made of; None when there is no such release."""
    text = _read(manifest_key(version))
    if text is None:
        return None
    try:
        found = Manifest.model_validate_json(text)
    except ValidationError as error:
        msg = f"the manifest of release {version} is not readable"
        raise RolloutFailedError(msg) from error
    if found.version != version:
        msg = f"the manifest of release {version} says that it is {found.version}"
        raise RolloutFailedError(msg)
    return found


def code(sha256: str) -> bytes | None:
    """Code by its hash, and only if it has that hash; None when it is not there."""
    found = _read(code_key(sha256))
    if found is not None and hash_of(found) != sha256:
        msg = f"{code_key(sha256)} is not what its name says: it was changed after it was written"
        raise RolloutFailedError(msg)
    return found


def code_or_raise(sha256: str) -> bytes:
    found = code(sha256)
    if found is None:
        msg = f"{code_key(sha256)} is not in the bucket"
        raise RolloutFailedError(msg)
    return found


def keep(found: bytes) -> None:
    """Keep code that runs, so that there is a way back to it."""
    clients.s3().put_object(Bucket=bucket(), Key=code_key(hash_of(found)), Body=found)


def is_kept(sha256: str) -> bool:
    try:
        clients.s3().head_object(Bucket=bucket(), Key=code_key(sha256))
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchKey", "NotFound"}:
            raise
        return False
    return True


def bucket() -> str:
    return os.environ["RELEASES_BUCKET"]


def _read(key: str) -> bytes | None:
    try:
        return clients.s3().get_object(Bucket=bucket(), Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchKey"}:
            raise
        return None
