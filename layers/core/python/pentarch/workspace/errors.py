"""What can go wrong with a workspace's files."""

from collections.abc import Mapping
from typing import Any

from pentarch.platform.errors import ConflictError, InvalidInputError, Meaning, NotFoundError, PentarchError


class PathError(InvalidInputError):
    """A path that leads out of the workspace, or that no file may have."""

    def __init__(self, message: str, *, field: str = "path") -> None:
        super().__init__(message, field=field)


class NoSuchFileError(NotFoundError):
    """The workspace has no such file, or not that version of it."""

    def __init__(self, path: str, version: int | None = None) -> None:
        which = path if version is None else f"{path} in version {version}"
        super().__init__(f"the workspace has no {which}", details={"path": path})


class FileMovedError(ConflictError):
    """The file is no longer in the version that the change was made for."""

    def __init__(self, path: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{path} has been changed meanwhile", details={"path": path, **(details or {})})


class FileTooLargeError(PentarchError):
    """More bytes than a file of the workspace may have."""

    meaning = Meaning.TOO_LARGE
