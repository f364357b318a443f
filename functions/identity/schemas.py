"""What the identity routes take and give."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from identity import passwords
from identity.client_tokens import client_id
from identity.grants import SCOPE_FORM
from pentarch.identity.model import Kind, Principal, Status
from pentarch.platform import clock

MAX_LIFETIME_DAYS = 3650

Role = Literal["admin", "operator", "developer", "auditor", "viewer"]
ScopeText = Annotated[str, StringConstraints(pattern=f"^{SCOPE_FORM.pattern}$")]
Username = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{2,63}$")]
"""No @: an e-mail address is personal data, and user names are written into events."""
PresentedPassword = Annotated[str, StringConstraints(min_length=1, max_length=passwords.MAX_LENGTH)]
NewPassword = Annotated[str, StringConstraints(max_length=1024)]
"""Judged by the policy, which says more than a pattern; the bound keeps nonsense from being looked at."""


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Login(BaseModel):
    username: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    password: PresentedPassword


class Refresh(BaseModel):
    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=256)]


class TokenPair(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 (a scheme's name)
    expires_in: int
    refresh_token: str


class OAuthToken(BaseModel):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (a scheme's name)
    expires_in: int
    scope: str


class _Roles(_Request):
    """`role` is short for one role."""

    roles: Annotated[list[Role], Field(min_length=1, max_length=5)]

    @model_validator(mode="before")
    @classmethod
    def _one_role(cls, given: Any) -> Any:  # noqa: ANN401 (what the client sent)
        if isinstance(given, dict) and "role" in given and "roles" not in given:
            return {name: value for name, value in given.items() if name != "role"} | {"roles": [given["role"]]}
        return given


class NewPrincipal(_Roles):
    name: Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
    scopes: Annotated[list[ScopeText], Field(max_length=50)] = []
    expires_in_days: Annotated[int, Field(ge=1, le=MAX_LIFETIME_DAYS)] | None = None
    expires_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _one_expiry(self) -> Self:
        if self.expires_in_days is not None and self.expires_at is not None:
            msg = "give expires_in_days or expires_at, not both"
            raise ValueError(msg)
        return self

    def expiry(self, at: datetime) -> datetime | None:
        if self.expires_in_days is not None:
            return at + timedelta(days=self.expires_in_days)
        return self.expires_at.astimezone(UTC) if self.expires_at is not None else None


class NewUser(_Roles):
    username: Username
    password: NewPassword


class UserChange(_Request):
    """What is left out stays as it is."""

    roles: Annotated[list[Role], Field(min_length=1, max_length=5)] | None = None
    status: Status | None = None
    password: NewPassword | None = None
    current_password: PresentedPassword | None = None


def described(one: Principal) -> dict[str, Any]:
    """A key, a client or a user as its owner and admins see it: everything but the secret."""
    seen: dict[str, Any] = {
        "roles": list(one.roles),
        "scopes": list(one.scopes),
        "status": one.status,
        "created_at": clock.iso(one.created_at),
        "created_by": one.created_by,
        "expires_at": clock.iso(one.expires_at) if one.expires_at else None,
    }
    match one.kind:
        case Kind.KEY:
            return {"id": one.name, "name": one.label, **seen}
        case Kind.CLIENT:
            return {"client_id": client_id(one.tenant, one.name), "name": one.label, **seen}
        case _:
            return {"username": one.name, "subject": one.subject, **seen}
