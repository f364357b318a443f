"""The stack's bucket: whole objects, ranges, listings, and objects too large to be held in memory."""

import os
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from botocore.exceptions import ClientError

from pentarch.files.errors import FileChangedError, FileMissingError
from pentarch.files.model import Entry, Version
from pentarch.platform import clients
from pentarch.platform.errors import UnavailableError

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import CompletedPartTypeDef, ObjectIdentifierTypeDef

PART_BYTES = 8 * 1024 * 1024
"""Of an upload in parts; S3 takes no part below 5 MB but the last, and 10,000 parts at most."""
_CHUNK_BYTES = 1024 * 1024
_MAX_DELETED = 1_000
"""Objects that S3 deletes in one call."""


def bucket() -> str:
    return os.environ["FILES_BUCKET"]


def put(key: str, body: bytes, content_type: str, *, within: str | None = None) -> None:
    """Write an object; `within` names another bucket than the one of files, here and below."""
    clients.s3().put_object(Bucket=within or bucket(), Key=key, Body=body, ContentType=content_type)


def put_once(key: str, body: bytes, content_type: str) -> bool:
    """Write an object unless there is one already; whether this call wrote it."""
    try:
        clients.s3().put_object(Bucket=bucket(), Key=key, Body=body, ContentType=content_type, IfNoneMatch="*")
    except ClientError as error:
        if _status(error) in (409, 412):  # 409: another conditional write of the key is under way
            return False
        raise
    return True


def get(
    key: str, *, etag: str | None = None, start: int = 0, length: int | None = None, within: str | None = None
) -> bytes:
    """An object or a range of it; with `etag`, only if it still has that content."""
    return _open(key, etag, start, length, within).read()  # type: ignore[no-any-return]


def chunks(key: str, *, etag: str | None = None) -> Iterator[bytes]:
    """An object piece by piece, for what may be too large for the memory."""
    yield from _open(key, etag, 0, None).iter_chunks(_CHUNK_BYTES)


def entry(key: str) -> Entry | None:
    try:
        answer = clients.s3().head_object(Bucket=bucket(), Key=key)
    except ClientError as error:
        if _status(error) == 404:  # noqa: PLR2004 (the status is its own name)
            return None
        raise
    return Entry(key, answer["ETag"], answer["ContentLength"])


def entries(prefix: str, *, within: str | None = None) -> Iterator[Entry]:
    """The objects below a prefix, in the order of their keys; what only marks a folder is left out."""
    pages = clients.s3().get_paginator("list_objects_v2").paginate(Bucket=within or bucket(), Prefix=prefix)
    for page in pages:
        for found in page.get("Contents", ()):
            if not found["Key"].endswith("/"):
                yield Entry(found["Key"], found["ETag"], found["Size"])


def page(prefix: str, limit: int, after: str | None = None) -> tuple[list[Entry], str | None]:
    """Up to `limit` objects (1,000 at most) below a prefix behind a key, and the key behind which more are."""
    answer = clients.s3().list_objects_v2(Bucket=bucket(), Prefix=prefix, MaxKeys=limit, StartAfter=after or "")
    found = answer.get("Contents", [])
    entries = [Entry(one["Key"], one["ETag"], one["Size"]) for one in found if not one["Key"].endswith("/")]
    return entries, found[-1]["Key"] if answer.get("IsTruncated") and found else None


def has_entries(prefix: str) -> bool:
    """Whether anything lies below a prefix, in one call: two keys, as the first may only mark the folder."""
    answer = clients.s3().list_objects_v2(Bucket=bucket(), Prefix=prefix, MaxKeys=2)
    return any(not found["Key"].endswith("/") for found in answer.get("Contents", ()))


def delete_below(prefix: str, *, within: str | None = None) -> None:
    """Delete every object below a prefix."""
    keys = [found.key for found in entries(prefix, within=within)]
    for start in range(0, len(keys), _MAX_DELETED):
        objects: list[ObjectIdentifierTypeDef] = [{"Key": key} for key in keys[start : start + _MAX_DELETED]]
        answer = clients.s3().delete_objects(Bucket=within or bucket(), Delete={"Objects": objects, "Quiet": True})
        if answer.get("Errors"):
            msg = "objects could not be deleted; try again"
            raise UnavailableError(msg, details={"errors": len(answer["Errors"])})


def versions(prefix: str, *, within: str | None = None) -> Iterator[Version]:
    """Every version of the objects below a prefix, those that were overwritten or deleted too; a key's newest first."""
    bucket_name = within or bucket()
    for page in clients.s3().get_paginator("list_object_versions").paginate(Bucket=bucket_name, Prefix=prefix):
        for found in page.get("Versions", ()):
            if not found["Key"].endswith("/"):
                kept = found["VersionId"], found["Size"], found["IsLatest"], found["LastModified"]
                yield Version(bucket_name, found["Key"], *kept)


def version_chunks(version: Version) -> Iterator[bytes]:
    """One version piece by piece; FileMissingError when it is gone."""
    yield from _open(version.key, None, 0, None, version.bucket, version.id).iter_chunks(_CHUNK_BYTES)


def content_type(version: Version) -> str:
    answer = clients.s3().head_object(Bucket=version.bucket, Key=version.key, VersionId=version.id)
    return answer["ContentType"]


def delete_version(version: Version) -> None:
    """Remove one version for good."""
    clients.s3().delete_object(Bucket=version.bucket, Key=version.key, VersionId=version.id)


def delete_for_good(prefix: str, *, within: str | None = None) -> None:
    """Delete every object below a prefix, with all its former versions: nobody can take it back."""
    bucket_name = within or bucket()
    for page in clients.s3().get_paginator("list_object_versions").paginate(Bucket=bucket_name, Prefix=prefix):
        objects: list[ObjectIdentifierTypeDef] = [
            {"Key": found["Key"], "VersionId": found["VersionId"]}
            for found in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        ]
        for start in range(0, len(objects), _MAX_DELETED):
            some = objects[start : start + _MAX_DELETED]
            answer = clients.s3().delete_objects(Bucket=bucket_name, Delete={"Objects": some, "Quiet": True})
            if answer.get("Errors"):
                msg = "objects could not be deleted; try again"
                raise UnavailableError(msg, details={"errors": len(answer["Errors"])})


def presigned_url(key: str, *, expires_in_s: int, file_name: str | None = None, within: str | None = None) -> str:
    """An address that gives the object to whoever has it, for a while; under a name of its own where one is given."""
    parameters = {"Bucket": within or bucket(), "Key": key}
    if file_name is not None:
        parameters["ResponseContentDisposition"] = f'attachment; filename="{file_name}"'
    return clients.s3().generate_presigned_url("get_object", Params=parameters, ExpiresIn=expires_in_s)


class Upload:
    """Writes an object from pieces; what is held in memory is one part.

    Leaving the `with` block normally makes the object, by an exception nothing. What fits in one part is a plain put.
    """

    def __init__(self, key: str, content_type: str, *, within: str | None = None) -> None:
        self._place: dict[str, Any] = {"Bucket": within or bucket(), "Key": key}
        self._content_type = content_type
        self._buffer = bytearray()
        self._upload_id: str | None = None
        self._parts: list[CompletedPartTypeDef] = []

    def write(self, piece: bytes) -> None:
        self._buffer += piece
        if len(self._buffer) >= PART_BYTES:
            self._send_part()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is not None:
            if self._upload_id is not None and issubclass(kind, Exception):
                clients.s3().abort_multipart_upload(**self._place, UploadId=self._upload_id)
            return
        if self._upload_id is None:
            clients.s3().put_object(**self._place, Body=bytes(self._buffer), ContentType=self._content_type)
            return
        if self._buffer:
            self._send_part()
        clients.s3().complete_multipart_upload(
            **self._place, UploadId=self._upload_id, MultipartUpload={"Parts": self._parts}
        )

    def _begun(self) -> str:
        if self._upload_id is None:
            begun = clients.s3().create_multipart_upload(**self._place, ContentType=self._content_type)
            self._upload_id = begun["UploadId"]
        return self._upload_id

    def _send_part(self) -> None:
        number, upload_id = len(self._parts) + 1, self._begun()
        body = bytes(self._buffer)
        sent = clients.s3().upload_part(**self._place, UploadId=upload_id, PartNumber=number, Body=body)
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})
        self._buffer.clear()


def _open(  # noqa: PLR0917 (its callers are above)
    key: str,
    etag: str | None,
    start: int,
    length: int | None,
    within: str | None = None,
    version_id: str | None = None,
) -> Any:  # noqa: ANN401 (botocore's body)
    wanted: dict[str, Any] = {"Bucket": within or bucket(), "Key": key}
    if version_id is not None:
        wanted["VersionId"] = version_id
    if etag is not None:
        wanted["IfMatch"] = etag
    if start or length is not None:
        wanted["Range"] = f"bytes={start}-" if length is None else f"bytes={start}-{start + length - 1}"
    try:
        return clients.s3().get_object(**wanted)["Body"]
    except ClientError as error:
        match _status(error):
            case 404:
                msg = "the object does not exist"
                raise FileMissingError(msg) from error
            case 412 | 416:
                msg = "the object has changed since it was listed"
                raise FileChangedError(msg) from error
        raise


def _status(error: ClientError) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
