"""Files that a tool reads: of the tenant's workspace, and of its own places in the stack's bucket."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pentarch.files import store as files
from pentarch.files.errors import FileMissingError
from pentarch.files.model import AREAS, Location, place
from pentarch.platform.errors import InvalidInputError, NotFoundError
from pentarch.workspace import paths
from pentarch.workspace import store as workspace
from pentarch.workspace.errors import NoSuchFileError
from tools.failures import Code, ToolFailedError

SCHEME = "s3://"


@dataclass(frozen=True, slots=True)
class Stored:
    """One file, not yet read."""

    path: str
    size: int
    content_type: str | None
    version: int | None
    _read: Callable[[int, int], bytes]

    def read(self, start: int = 0, most: int | None = None) -> bytes:
        if start >= self.size:
            return b""
        return self._read(start, self.size - start if most is None else min(most, self.size - start))

    def whole(self, most: int) -> bytes:
        """All of it, where it is not larger than that."""
        if self.size > most:
            msg = f"{self.path} has {self.size} bytes, and {most} at most are taken"
            raise ToolFailedError(Code.TOO_LARGE, msg)
        return self.read()


def open_stored(tenant: str, path: str, version: int | None = None) -> Stored:
    """Raises ToolFailedError for what is not there, or not the tenant's."""
    if path.startswith(SCHEME):
        if version is not None:
            msg = "only files of the workspace have versions"
            raise ToolFailedError(Code.BAD_PARAMETERS, msg)
        return _of_bucket(tenant, path)
    try:
        entry = workspace.head(tenant, paths.checked(path), version)
    except NoSuchFileError as error:
        raise ToolFailedError(Code.NOT_FOUND, error.message) from error
    except InvalidInputError as error:
        raise ToolFailedError(Code.BAD_PARAMETERS, error.message) from error

    def read(start: int, length: int) -> bytes:
        return workspace.read(tenant, entry)[start : start + length]  # a file of the workspace has 4 MB at most

    return Stored(entry.path, entry.size, entry.content_type, entry.version, read)


def list_stored(tenant: str, path: str, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """What is below a path, in the order of names."""
    if path.startswith(SCHEME):
        return _list_bucket(tenant, path, limit, cursor)
    try:
        prefix = "" if path in ("/", ".") else paths.checked_prefix(path)
        page = workspace.page(tenant, prefix, limit=limit, cursor=cursor)
    except InvalidInputError as error:
        raise ToolFailedError(Code.BAD_PARAMETERS, error.message) from error
    rows = [
        {"path": one.path, "size": one.size, "version": one.version, "content_type": one.content_type}
        for one in page.entries
    ]
    return {"entries": rows, "next_cursor": page.next_cursor, "truncated": page.next_cursor is not None}


def _of_bucket(tenant: str, address: str) -> Stored:
    location = _own(tenant, address)
    entry = files.entry(location.prefix)
    if entry is None:
        msg = "there is no such object"
        raise ToolFailedError(Code.NOT_FOUND, msg)

    def read(start: int, length: int) -> bytes:
        try:
            return files.get(entry.key, etag=entry.etag, start=start, length=length)
        except (FileMissingError, NotFoundError) as error:
            raise ToolFailedError(Code.NOT_FOUND, error.message) from error

    return Stored(address, entry.size, None, None, read)


def _list_bucket(tenant: str, address: str, limit: int, cursor: str | None) -> dict[str, Any]:
    location = _own(tenant, address)
    found, following = files.page(location.prefix, limit, cursor)
    rows = [{"path": f"{SCHEME}{location.bucket}/{one.key}", "size": one.size} for one in found]
    return {"entries": rows, "next_cursor": following, "truncated": following is not None}


def _own(tenant: str, address: str) -> Location:
    location = Location.parse(address)
    if location is None or location.bucket != files.bucket() or not location.belongs_to(tenant):
        own = ", ".join(f"{SCHEME}{files.bucket()}/{place(area, tenant, '')}" for area in AREAS)
        msg = f"only what is below {own} may be read"
        raise ToolFailedError(Code.REFUSED, msg)
    return location
