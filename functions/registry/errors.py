"""What can go wrong in the registry, with the codes that the CAIO reference documents."""

from collections.abc import Mapping, Sequence

from pentarch.platform.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    Meaning,
    NotFoundError,
    PentarchError,
)


class InvalidContractError(InvalidInputError):
    """A contract that breaks the published schema or cannot be read; `details.errors` has every fault by field."""

    code = "INVALID_CONTRACT"

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        field, messages = next(iter(errors.items()))
        super().__init__(f"{field}: {messages[0]}", field=field, details={"errors": dict(errors)})


class ServiceNotFoundError(NotFoundError):
    """The tenant has no such service."""

    code = "SERVICE_NOT_FOUND"

    def __init__(self, service_id: str) -> None:
        super().__init__(f"there is no service {service_id}", details={"service_id": service_id})


class CredentialNotFoundError(NotFoundError):
    """The tenant has stored no such credential."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no credential {name}", details={"name": name})


class ServiceExistsError(ConflictError):
    """A service id is registered once."""

    def __init__(self, service_id: str) -> None:
        super().__init__(f"the service {service_id} is registered already", details={"service_id": service_id})


class BuiltInServiceError(ConflictError):
    """What Pentarch brings itself is read-only, and its names are taken."""

    def __init__(self, service_id: str) -> None:
        super().__init__(f"{service_id} is built in: it cannot be registered, changed or removed")


class ChangedMeanwhileError(ConflictError):
    """Another change came first, again and again."""

    def __init__(self) -> None:
        super().__init__("it is being changed by others; try again", retry_after=1)


class TraceNotFoundError(NotFoundError):
    """The tenant has no such trace, or not any more."""

    def __init__(self) -> None:
        super().__init__("no such trace")


class NotInvokableError(ConflictError):
    """The decision does not stand any more, or is none that can be sent."""


class PayloadChangedError(InvalidInputError):
    """What is to be sent is not what was judged."""

    def __init__(self) -> None:
        super().__init__("the payload is not the one that was routed: route the request again", field="payload")


class ServiceFailedError(PentarchError):
    """The service gave no answer; its credential and address are not told."""

    meaning = Meaning.UPSTREAM_FAILED

    def __init__(self, service_id: str, reason: str) -> None:
        super().__init__(f"the service does not answer: {reason}", details={"service_id": service_id})


class NoMatchingServiceError(NotFoundError):
    """No service has a contract that fits."""

    code = "NO_MATCHING_SERVICE"


class RuleViolationError(ForbiddenError):
    """Contracts fit, and a policy forbids each of their services."""

    code = "RULE_VIOLATION"


class SecurityViolationError(PentarchError):
    """Contracts and policies fit, and it would not be safe."""

    meaning = Meaning.POLICY_REFUSED
    code = "SECURITY_VIOLATION"
