"""Where a dataset is: what `training_data.dataset` may name, and what becomes of it. Nothing is read here."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit
from uuid import UUID

from pentarch.files import store as files
from pentarch.files.model import Location, place
from pentarch.platform import egress
from specialists.datasets import uploads
from specialists.errors import DatasetNotFoundError, DatasetSourceError

AREA = "specialists"
WORK_AREA = "trainings"
"""What a training needs while it lasts: the bucket's own rule removes it after 30 days."""
MAX_BYTES = 512 * 1024 * 1024
MAX_FETCHED_BYTES = 64 * 1024 * 1024
"""Of an https address, whose answer is held in memory; larger sets are uploaded."""
MAX_ADDRESS = 1024
FORMATS = ("csv", "jsonl")
_MEDIA_TYPES = {
    "text/csv": "csv",
    "application/csv": "csv",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/x-jsonlines": "jsonl",
    "text/jsonl": "jsonl",
}


def resolve(tenant: str, dataset: str) -> tuple[dict[str, Any], bytes | None]:
    """The source as a training keeps it, and the content where the request itself holds it."""
    if dataset.startswith("data:"):
        form, content = _decoded(dataset)
        return {"kind": "inline", "format": form, "bytes": len(content)}, content
    if len(dataset) > MAX_ADDRESS:
        msg = f"the address is longer than {MAX_ADDRESS} characters"
        raise DatasetSourceError(msg)
    if dataset.startswith("s3://"):
        return _stored(tenant, dataset), None
    if dataset.startswith("https://"):
        return _address(dataset), None
    if _is_id(dataset):
        return _uploaded(tenant, dataset), None
    msg = "the dataset is an s3:// or https:// address, a data: URL, or the id of an uploaded dataset"
    raise DatasetSourceError(msg)


def _decoded(url: str) -> tuple[str, bytes]:
    head, comma, data = url.removeprefix("data:").partition(",")
    media_type, *marks = (part.strip().lower() for part in head.split(";"))
    form = _MEDIA_TYPES.get(media_type)
    if not comma or form is None:
        msg = "a data: URL of a dataset is text/csv or application/jsonl"
        raise DatasetSourceError(msg)
    content = unquote_to_bytes(data)
    if "base64" in marks:
        try:
            content = base64.b64decode(content, validate=True)
        except binascii.Error as error:
            msg = "the data of the data: URL is not base64"
            raise DatasetSourceError(msg) from error
    if not content.strip():
        msg = "the data: URL holds nothing"
        raise DatasetSourceError(msg)
    return form, content


def _stored(tenant: str, address: str) -> dict[str, Any]:
    location = Location.parse(address)
    own = (place("files", tenant, ""), place(AREA, tenant, "datasets", ""))
    if location is None or location.bucket != files.bucket() or not location.prefix.startswith(own):
        msg = f"datasets are read from s3://{files.bucket()}/{own[0]} only"
        raise DatasetSourceError(msg)
    return {"kind": "s3", "format": _by_name(location.prefix), **_measured(location.prefix)}


def _uploaded(tenant: str, dataset_id: str) -> dict[str, Any]:
    dataset = uploads.get(tenant, str(UUID(dataset_id)))
    if dataset is None:
        raise DatasetNotFoundError
    return {"kind": "upload", "dataset_id": dataset.id, "format": dataset.format, **_measured(dataset.key)}


def _measured(key: str) -> dict[str, Any]:
    entry = files.entry(key)
    if entry is None:
        msg = "there is no such object, or it was not uploaded yet"
        raise DatasetSourceError(msg)
    if entry.size > MAX_BYTES:
        msg = f"the dataset has {entry.size} bytes, and {MAX_BYTES} at most are taken"
        raise DatasetSourceError(msg)
    return {"key": key, "etag": entry.etag, "bytes": entry.size}


def _address(url: str) -> dict[str, Any]:
    try:
        egress.check(url)
    except egress.EgressError as error:
        msg = f"the address cannot be read: {error}"
        raise DatasetSourceError(msg) from error
    return {"kind": "https", "format": _by_name(urlsplit(url).path), "url": url}


def _by_name(name: str) -> str:
    form = name.rpartition(".")[2].lower()
    if form == "ndjson":
        return "jsonl"
    if form not in FORMATS:
        msg = "the dataset's name ends in .csv or .jsonl"
        raise DatasetSourceError(msg)
    return form


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
