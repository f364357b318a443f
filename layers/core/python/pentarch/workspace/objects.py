"""The workspace's bucket: contents of files, and what sessions propose.

    files/<tenant>/<digest of the path>/<digest of the content>
    proposals/<tenant>/<session>/<round>/...

A content's key follows from it, so writing it twice is writing it once.
"""

import hashlib
import os

from pentarch.files import store as files

FILES = "files"
PROPOSALS = "proposals"


def bucket() -> str:
    return os.environ["WORKSPACE_BUCKET"]


def content_key(tenant: str, path: str, sha256: str) -> str:
    return f"{FILES}/{tenant}/{hashlib.sha256(path.encode()).hexdigest()[:32]}/{sha256}"


def proposal_prefix(tenant: str, session_id: str) -> str:
    return f"{PROPOSALS}/{tenant}/{session_id}/"


def address(tenant: str) -> str:
    """Where a tenant's files lie, as S3 names it."""
    return f"s3://{bucket()}/{FILES}/{tenant}/"


def put(key: str, body: bytes, content_type: str) -> None:
    files.put(key, body, content_type, within=bucket())


def get(key: str) -> bytes:
    return files.get(key, within=bucket())


def delete_below(prefix: str) -> None:
    files.delete_below(prefix, within=bucket())


def presigned_url(key: str, *, expires_in_s: int, file_name: str) -> str:
    return files.presigned_url(key, expires_in_s=expires_in_s, file_name=file_name, within=bucket())
