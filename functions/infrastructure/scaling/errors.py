"""What can go wrong with scaling."""

import math
from datetime import timedelta

from pentarch.platform.errors import ConflictError, InvalidInputError, NotFoundError


class NothingToScaleError(InvalidInputError):
    """No service and no resource of this name can be scaled."""

    def __init__(self, service: str, known: list[str]) -> None:
        msg = f"{service!r} is no service, and no id of a resource that can be scaled"
        super().__init__(msg, field="service", details={"services": known})


class OutOfBoundsError(InvalidInputError):
    """More or fewer than the configuration allows."""

    def __init__(self, lowest: int, highest: int) -> None:
        super().__init__(
            f"replicas must be from {lowest} to {highest}",
            field="replicas",
            details={"minimum": lowest, "maximum": highest},
        )


class CoolingDownError(ConflictError):
    """What was scaled a moment ago is left alone for a while."""

    def __init__(self, service: str, cool_down: timedelta) -> None:
        seconds = math.ceil(cool_down.total_seconds())
        super().__init__(
            f"{service} was scaled less than {seconds} s ago",
            details={"service": service, "cool_down_seconds": seconds},
            retry_after=max(1, seconds),
        )


class OperationNotFoundError(NotFoundError):
    def __init__(self) -> None:
        super().__init__("no such scaling operation")
