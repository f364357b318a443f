"""The workspace's files. A text travels as it is, anything else as a form or by an address of S3."""

import mimetypes
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Header, Query, Request, Response
from starlette.datastructures import UploadFile

from pentarch.limits.model import SESSIONS
from pentarch.platform import clock
from pentarch.platform.clock import iso
from pentarch.platform.errors import InvalidInputError
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router
from pentarch.workspace import objects, paths, store
from pentarch.workspace.model import Author, Content, Entry
from sessions import shown
from sessions.preconditions import expected_version

READ = "workspace:read"
WRITE = "workspace:write"
_PLAIN = "text/plain; charset=utf-8"
_TEXTS = ("text/", "application/json", "application/xml", "application/yaml", "application/x-ndjson", "image/svg+xml")
_MAX_LIMIT = 1000
_URL_LIFETIME_S = 300

router = governed_router(prefix="/api/v1/workspace", tags=["MetaForge: workspace"])


@router.get("", summary="List files by path")
@access(READ, bucket=SESSIONS)
async def list_files(
    caller: CurrentCaller,
    prefix: Annotated[str, Query(max_length=1024)] = "",
    limit: Annotated[int, Query(ge=1, le=_MAX_LIMIT)] = 100,
    cursor: Annotated[str | None, Query(max_length=1024, description="`next_cursor` of the page before")] = None,
) -> dict[str, Any]:
    begins = paths.checked_prefix(prefix)
    after = None if cursor is None else paths.checked(cursor, field="cursor")
    if after is not None and not after.startswith(begins):
        msg = "a cursor is of the list that it came from"
        raise InvalidInputError(msg, field="cursor")
    page = store.page(caller.tenant, begins, limit=limit, cursor=after)
    totals = store.totals(caller.tenant)
    return {
        "files": [shown.file(one) for one in page.entries],
        "total": totals.files,
        "total_bytes": totals.size,
        "limit": limit,
        "next_cursor": page.next_cursor,
    }


@router.get("/{path:path}", summary="A file, an earlier version of it, or its history")
@access(READ, bucket=SESSIONS)
async def get_file(
    *,
    path: str,
    caller: CurrentCaller,
    version: Annotated[int | None, Query(ge=1, le=99_999_999)] = None,
    history: Annotated[bool, Query(description="The versions, newest first")] = False,
    limit: Annotated[int, Query(ge=1, le=_MAX_LIMIT)] = 100,
    before: Annotated[int | None, Query(ge=1, le=99_999_999, description="`next_before` of the page before")] = None,
) -> Response:
    checked = paths.checked(path)
    if history:
        page = store.history(caller.tenant, checked, limit=limit, before=before)
        following = None if page.next_cursor is None else int(page.next_cursor)
        versions = [shown.file(one) for one in page.entries]
        return JsonReply({"path": checked, "versions": versions, "next_before": following})
    entry = store.head(caller.tenant, checked, version)
    headers = {
        "ETag": f'"{entry.version}"',
        "X-Version": str(entry.version),
        "Last-Modified": f"{entry.modified:%a, %d %b %Y %H:%M:%S} GMT",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    if not _is_text(entry.content_type):
        key = objects.content_key(caller.tenant, checked, entry.sha256)
        name = quote(checked.rpartition("/")[2])
        url = objects.presigned_url(key, expires_in_s=_URL_LIFETIME_S, file_name=name)
        return Response(status_code=307, headers=headers | {"Location": url})
    return Response(store.read(caller.tenant, entry), media_type=entry.content_type, headers=headers)


@router.put("/{path:path}", summary="Write a file's next version: a text as the body, anything as a form's `file`")
@access(WRITE, bucket=SESSIONS)
async def put_file(
    *,
    path: str,
    request: Request,
    response: Response,
    caller: CurrentCaller,
    correlation_id: CorrelationId,
    if_match: Annotated[str | None, Header(max_length=64)] = None,
    if_none_match: Annotated[str | None, Header(max_length=64)] = None,
) -> dict[str, Any]:
    checked = paths.checked(path)
    expected = expected_version(if_match, if_none_match)
    author = Author(caller.tenant, caller.subject, correlation_id)
    content = await _content(checked, request)
    written = store.put(author, content, clock.now(), expected=expected)
    response.status_code = 201 if written.version == 1 else 200
    response.headers["ETag"] = f'"{written.version}"'
    return shown.file(written)


@router.delete("/{path:path}", summary="Delete a file; its versions stay in its history")
@access(WRITE, bucket=SESSIONS)
async def delete_file(
    path: str,
    caller: CurrentCaller,
    correlation_id: CorrelationId,
    if_match: Annotated[str | None, Header(max_length=64)] = None,
) -> dict[str, Any]:
    author = Author(caller.tenant, caller.subject, correlation_id)
    ended: Entry = store.delete(author, paths.checked(path), clock.now(), expected=expected_version(if_match, None))
    return {"success": True, "deleted": ended.path, "version": ended.version, "at": iso(ended.modified)}


async def _content(path: str, request: Request) -> Content:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == "multipart/form-data":
        async with request.form() as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                msg = "the form has no file in its field `file`"
                raise InvalidInputError(msg, field="file")
            body, media = await file.read(), (file.content_type or "").partition(";")[0].strip().lower()
        return Content(path, body, _type_of(path, media, is_text=_decodes(body)))
    body = await request.body()
    if not _decodes(body):
        msg = "the body is no text in UTF-8: send what is none as the field `file` of multipart/form-data"
        raise InvalidInputError(msg, field="body")
    return Content(path, body, _type_of(path, media, is_text=True))


def _decodes(body: bytes) -> bool:
    """Whether it is text. The gateway puts U+FFFD in the place of what is none."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return "\ufffd" not in text and "\x00" not in text


def _type_of(path: str, given: str, *, is_text: bool) -> str:
    """What was said, if it fits; else what the name says; texts have a type of texts, so that they travel as such."""
    guessed = mimetypes.guess_type(path)[0] or ""
    for candidate in (given, guessed):
        if candidate and candidate not in ("application/octet-stream", "application/x-www-form-urlencoded"):
            fits = _is_text(candidate) if is_text else not candidate.startswith("text/")
            if fits and len(candidate) <= 100 and candidate.isascii():  # noqa: PLR2004 (longer than every name in use)
                return candidate
    return _PLAIN if is_text else "application/octet-stream"


def _is_text(media: str) -> bool:
    return media.startswith(_TEXTS)
