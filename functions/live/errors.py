"""What can go wrong with live events."""

from pentarch.platform.errors import NotFoundError


class SessionNotFoundError(NotFoundError):
    """No event of such a session is known."""

    def __init__(self) -> None:
        super().__init__("no such session")


class MovedError(Exception):
    """Another worker gave numbers in between: read again. Never leaves the slice."""
