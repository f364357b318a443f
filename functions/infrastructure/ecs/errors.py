"""What stands in the way of a roll-out of an ECS service."""

from infrastructure.errors import RolloutFailedError
from pentarch.platform.errors import InvalidInputError


class UnsuitedError(InvalidInputError):
    """The service lacks what the strategy needs."""

    def __init__(self, service: str, strategy: str, lack: str) -> None:
        super().__init__(f"{service} cannot be rolled out by {strategy}: {lack}", field="strategy")


class BusyError(RolloutFailedError):
    """Somebody else deploys the service at the moment."""

    def __init__(self, service: str) -> None:
        msg = f"a deployment of {service} is under way that was not begun here: it has to end first"
        super().__init__(msg, details={"service": service})


class GoneError(RolloutFailedError):
    """The service was deleted."""

    def __init__(self, service: str) -> None:
        super().__init__(f"the ECS service {service} is gone")


class RefusedError(RolloutFailedError):
    """ECS does not do what it is asked for, and trying again does not help."""

    def __init__(self, message: str) -> None:
        super().__init__(f"ECS refuses: {message}")
