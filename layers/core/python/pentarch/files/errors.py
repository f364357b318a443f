"""What can go wrong with files."""

from pentarch.platform.errors import ConflictError, InvalidInputError, NotFoundError


class FileMissingError(NotFoundError):
    """No object lies under the key."""


class FileChangedError(ConflictError):
    """The object is no longer the one that was seen before."""


class LocationError(InvalidInputError):
    """An S3 address that is none, or that the tenant may not read."""
