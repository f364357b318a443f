"""Uploading a file with the form that the API gave."""

from collections.abc import Mapping
from typing import Any

import httpx

from pentarch_client.errors import PentarchError

_UPLOAD_S = 300


class UploadFailedError(PentarchError):
    """S3 did not take the file."""


def form(upload: Mapping[str, Any], name: str, content: bytes) -> dict[str, Any]:
    """The fields as they were signed; the file comes last, as S3 asks for."""
    return {"data": dict(upload["fields"]), "files": {"file": (name, content)}, "timeout": _UPLOAD_S}


def check(response: httpx.Response) -> None:
    if not response.is_success:
        msg = f"the file was not taken: {response.status_code} {response.text[:200]}"
        raise UploadFailedError(msg)
