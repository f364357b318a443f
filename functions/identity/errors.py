"""What can go wrong in the identity slice alone; what every slice meets is in `pentarch.identity.errors`."""

from pentarch.platform.errors import ConflictError, ForbiddenError, InvalidInputError, Meaning, PentarchError


class WeakPasswordError(InvalidInputError):
    """The password breaks a rule of the policy."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="password")


class WrongPasswordError(ForbiddenError):
    """Whoever changes their own password must know the present one."""

    def __init__(self) -> None:
        super().__init__("current_password is missing or wrong", details={"field": "current_password"})


class ExceedsGrantorError(ForbiddenError):
    """Nobody can hand out more than they have."""

    def __init__(self, right: str) -> None:
        super().__init__("a credential cannot get more rights than its maker has", details={"right": right})


class NotActiveError(ConflictError):
    """What was revoked stays revoked."""


class ChangedMeanwhileError(ConflictError):
    """Somebody else changed the same thing at the same time."""


class SpentTokenError(Exception):
    """The refresh token is not the session's present one; never leaves the slice."""


class OAuthError(PentarchError):
    """A refusal of the token endpoint, with its code of RFC 6749, section 5.2."""

    meaning = Meaning.INVALID

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, details={"oauth_error": code})


class MalformedRequestError(OAuthError):
    """The form lacks a parameter, has one twice, or is none."""

    def __init__(self, message: str) -> None:
        super().__init__("invalid_request", message)


class InvalidClientError(OAuthError):
    """No client of that id, or the secret is not its own; it never says which."""

    meaning = Meaning.UNAUTHENTICATED

    def __init__(self) -> None:
        super().__init__("invalid_client", "unknown client or wrong secret")
