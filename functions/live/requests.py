"""What clients ask for: in the query of a connection, and in the messages that they send."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from live.model import Subscription, is_known, scopes_of
from pentarch.events.live import SESSION_EVENTS
from pentarch.identity.errors import PermissionDeniedError
from pentarch.identity.roles import permits
from pentarch.platform.errors import InvalidInputError

MAX_SUBSCRIPTIONS = 20
MAX_NAMES = 50
"""Sessions, or types, that one subscription lists."""
MAX_BODY_BYTES = 16 * 1024

Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Names = Annotated[tuple[Name, ...], Field(max_length=MAX_NAMES)]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Subscribe(_Message):
    action: Literal["subscribe"]
    sessions: Names = ()
    types: Names = ()


class Unsubscribe(_Message):
    """Without sessions and types: from everything."""

    action: Literal["unsubscribe"]
    sessions: Names = ()
    types: Names = ()


class Resume(_Message):
    action: Literal["resume"]
    last: Annotated[int, Field(ge=0, lt=10**12)]


class Ping(_Message):
    action: Literal["ping"]


Message = Annotated[Subscribe | Unsubscribe | Resume | Ping, Field(discriminator="action")]
_MESSAGE: TypeAdapter[Subscribe | Unsubscribe | Resume | Ping] = TypeAdapter(Message)


class Wish(_Message):
    """The query of a connection."""

    sessions: Names = ()
    types: Names = ()
    last: Annotated[int, Field(ge=0, lt=10**12)] | None = None

    @property
    def subscriptions(self) -> tuple[Subscription, ...] | None:
        return (Subscription(self.sessions, self.types),) if self.sessions or self.types else None


def message(body: str) -> Subscribe | Unsubscribe | Resume | Ping:
    """A client's message. Raises InvalidInputError."""
    if len(body.encode()) > MAX_BODY_BYTES:
        msg = f"a message has at most {MAX_BODY_BYTES} bytes"
        raise InvalidInputError(msg, field="body")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        msg = "a message is a JSON object with an action"
        raise InvalidInputError(msg, field="body") from error
    try:
        return _MESSAGE.validate_python(given, strict=False)
    except ValidationError as error:
        raise _invalid(error) from error


def wish(query: Mapping[str, str]) -> Wish:
    """What a connection asks for; lists are parted by commas. Raises InvalidInputError."""
    given: dict[str, Any] = {name: query[name].split(",") for name in ("sessions", "types") if query.get(name)}
    if query.get("last"):
        given["last"] = query["last"]
    try:
        return Wish.model_validate(given)
    except ValidationError as error:
        raise _invalid(error) from error


def subscription(
    sessions: tuple[str, ...], types: tuple[str, ...], roles: tuple[str, ...], scopes: tuple[str, ...]
) -> Subscription:
    """A subscription that there is something to be heard of. Raises InvalidInputError and PermissionDeniedError."""
    for pattern in types:
        if not is_known(pattern):
            msg = f"no event that is told live is called {pattern}"
            raise InvalidInputError(msg, field="types")
    needed = scopes_of(types or SESSION_EVENTS)
    if not any(permits(roles, scopes, scope) for scope in needed):
        raise PermissionDeniedError(min(needed))
    return Subscription(tuple(dict.fromkeys(sessions)), tuple(dict.fromkeys(types)))


def _invalid(error: ValidationError) -> InvalidInputError:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "action"
    return InvalidInputError(f"{place}: {first['msg']}", field=place)
