"""What can go wrong with who is asking."""

from typing import NamedTuple

from pentarch.platform.errors import ConflictError, Meaning, PentarchError


class AuthenticationError(PentarchError):
    """No credential, or none that is known and good. It never says which part was wrong."""

    meaning = Meaning.UNAUTHENTICATED

    def __init__(self, message: str = "missing or invalid credentials", *, refused: "Refused | None" = None) -> None:
        super().__init__(message)
        self.refused = refused
        """For the tenant's log; the caller is not told."""


class Refused(NamedTuple):
    """Whose credential was presented in vain, and why."""

    tenant: str
    subject: str
    reason: str


class PermissionDeniedError(PentarchError):
    """The caller is known, and its roles do not include the scope."""

    meaning = Meaning.FORBIDDEN

    def __init__(self, scope: str) -> None:
        super().__init__(f"this needs the permission {scope}", details={"required_scope": scope})


class QuotaExceededError(PentarchError):
    """The tenant's budget for the month is spent."""

    meaning = Meaning.QUOTA_EXCEEDED


class NameTakenError(ConflictError):
    """Another principal has the name."""
