"""What the routes of the slice share."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Response

from compliance.reports.asked import Form
from compliance.reports.service import File
from pentarch.files import store as files
from pentarch.platform import clock
from pentarch.platform.dialects import enveloped

READ = "compliance:read"
WRITE = "compliance:write"

ADDRESS_LIFETIME_S = 900
"""Of a link to S3, which works for whoever has it and cannot be withdrawn; asking again gives a new one."""
FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {form.media_type: {} for form in Form}},
    202: {"description": "The file is being made; `status_url` tells when it is there"},
    303: {"description": "The file is made: `Location` is a link to it that expires"},
}

Day = Annotated[str | None, Query(max_length=40, description="A date, or a date with a time, in ISO 8601")]


def wrapped(data: object, at: datetime) -> dict[str, Any]:
    return enveloped(data, timestamp=clock.iso(at))


def file_reply(made: File) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.body, media_type=made.media_type, headers=headers)


def link_to(key: str, name: str) -> str:
    return files.presigned_url(key, expires_in_s=ADDRESS_LIFETIME_S, file_name=name)
