"""What can go wrong with bringing the stack to a desired state."""

from collections.abc import Mapping, Sequence

from pentarch.platform.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError

_SHOWN = 20


class DocumentError(InvalidInputError):
    """The desired state is not one that can be had; `errors` says what is wrong by its path in the document."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        shown = dict(list(errors.items())[:_SHOWN])
        path, [first, *_] = next(iter(shown.items()))
        message = f"{path}: {first}" if path else first
        super().__init__(
            f"the desired state cannot be used: {message}",
            field=path or "source",
            details={"errors": [{"path": one, "message": text} for one, texts in shown.items() for text in texts]},
            errors=shown,
        )


class SourceError(InvalidInputError):
    """There is no document at the place that was named."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="source")


class SourceUnavailableError(UnavailableError):
    """The place that was named does not answer."""


class SyncActiveError(ConflictError):
    """The stack is brought to one state at a time."""

    def __init__(self, sync_id: str) -> None:
        super().__init__("another synchronisation is under way", details={"sync_id": sync_id})


class SyncNotFoundError(NotFoundError):
    def __init__(self) -> None:
        super().__init__("no such synchronisation")
