"""What can go wrong with roll-outs."""

from pentarch.platform.errors import ConflictError, InvalidInputError, NotFoundError


class DeploymentNotFoundError(NotFoundError):
    """There is no such roll-out."""

    def __init__(self) -> None:
        super().__init__("no such deployment")


class ReleaseNotFoundError(NotFoundError):
    """The stack's bucket has no release of this version."""

    def __init__(self, version: str) -> None:
        super().__init__(f"there is no release {version}", details={"version": version})


class NothingToDeployError(InvalidInputError):
    """Neither code nor a configuration would change."""

    def __init__(self, version: str) -> None:
        msg = f"there is no release {version}, and no configuration is given: nothing would change"
        super().__init__(msg, field="version")


class UnknownServiceError(InvalidInputError):
    """The stack has no service of this name."""

    def __init__(self, service: str, known: list[str]) -> None:
        super().__init__(f"there is no service {service!r}", field="service", details={"services": known})


class RolloutActiveError(ConflictError):
    """A service has one roll-out at a time."""

    def __init__(self, service: str) -> None:
        """`service` is what is locked: a service of the stack, or an ECS service's ARN."""
        name = service.rpartition("/")[2]
        super().__init__(f"a roll-out of {name} is under way", details={"service": name})
        self.service = service


class StateError(ConflictError):
    """The deployment is in a state that does not allow this."""


class ChangedMeanwhileError(ConflictError):
    """Another step of the same roll-out came first."""

    def __init__(self) -> None:
        super().__init__("the roll-out went on meanwhile")


class RolloutFailedError(ConflictError):
    """The new version cannot be rolled out; the message is what the deployment's events say."""
