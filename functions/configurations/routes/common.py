"""What the routes share."""

from typing import Annotated, Any

from fastapi import Depends, Header, Query

from configurations.schemas import shown
from configurations.service import Configurations
from pentarch.configuration.model import Configuration, State
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.preconditions import tag_of
from pentarch.web.replies import JsonReply

PREFIX = "/configurations"
READ = "configurations:read"
WRITE = "configurations:write"
DEFAULT_LIMIT = 50

Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=512)]
IfMatch = Annotated[str | None, Header(description='The version that the change was decided on, in quotes: "3"')]


async def _configurations(caller: CurrentCaller, correlation_id: CorrelationId) -> Configurations:
    return Configurations(caller, correlation_id)


Service = Annotated[Configurations, Depends(_configurations)]


def reply(one: Configuration, status: int = 200) -> JsonReply:
    """A configuration with its version as the entity tag."""
    return JsonReply(shown(one), status, headers={"ETag": tag_of(one.present)})


def accepted(one: Configuration, status: int = 200) -> JsonReply:
    """The outcome of a change: 202 where somebody else has to approve it first."""
    return reply(one, 202 if one.state is State.PENDING_APPROVAL else status)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    told = {202: "It waits for approval", 404: "There is none", 409: "The state, or the version, is another"}
    return {status: {"description": told[status]} for status in statuses}
