"""What can go wrong with configurations."""

from pentarch.platform.errors import ConflictError, InvalidInputError, NotFoundError, PentarchError


class ConfigurationNotFoundError(NotFoundError):
    """The tenant has no such configuration."""

    def __init__(self) -> None:
        super().__init__("no such configuration")


class VersionNotFoundError(NotFoundError):
    """The configuration has no such version."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the configuration has no version {number}")


class NameTakenError(ConflictError):
    """Two configurations of one label and type have different names."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is a configuration of this tenant_id and config_type with the name {name!r}")


class StaleVersionError(ConflictError):
    """The caller decided on a version that is not the present one any more."""

    def __init__(self, expected: str, present: int) -> None:
        msg = f"version {expected} was expected, and the present one is {present}"
        super().__init__(msg, details={"expected_version": expected, "version": present})


class StateError(ConflictError):
    """The configuration is in a state that does not allow this."""


class SamePersonError(ConflictError):
    """A change is approved or rejected by somebody else than who asked for it."""

    def __init__(self) -> None:
        super().__init__("a change that needs approval is decided by another person than the one who asked for it")


class TooManyError(ConflictError):
    """The tenant has as many configurations as it can have."""


class InvalidConfigurationError(InvalidInputError):
    """A configuration that breaks its type's schema or rules; `details.errors` has every fault by its field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        field, messages = next(iter(errors.items()))
        super().__init__(f"{field}: {messages[0]}", field=field, details={"errors": errors})


class ImportTooLargeError(InvalidInputError):
    """The changes of an import do not fit into one transaction."""

    def __init__(self, message: str, **details: int) -> None:
        super().__init__(message, field="configurations", details=details)


class ChangedMeanwhileError(PentarchError):
    """Another change came first; whoever has no version to insist on tries again."""

    def __init__(self) -> None:
        super().__init__("the configuration changed meanwhile")
