"""What can go wrong with operations."""

from pentarch.platform.errors import ConflictError, InvalidInputError, NotFoundError


class UnknownServiceError(NotFoundError):
    """The stack has no service of this name."""

    def __init__(self, service: str, known: list[str]) -> None:
        super().__init__(f"there is no service {service!r}", details={"services": known})


class CannotStopError(ConflictError):
    """Without this service nobody could start it again."""

    def __init__(self, service: str) -> None:
        super().__init__(f"{service} cannot be stopped: nobody could start it again", details={"service": service})


class BusyError(ConflictError):
    """Work is under way, and nobody insisted."""

    def __init__(self, service: str, messages: int) -> None:
        super().__init__(
            f"{service} has {messages} messages of work; with force it is stopped all the same",
            details={"service": service, "messages": messages},
        )


class ChangedMeanwhileError(ConflictError):
    """Somebody else stopped or started a service at the same instant."""

    def __init__(self) -> None:
        super().__init__("somebody else is stopping or starting services; try again", retry_after=1)


class BadCursorError(InvalidInputError):
    """The cursor is none that this API gave out."""

    def __init__(self) -> None:
        super().__init__("this is no cursor of the logs", field="cursor")
