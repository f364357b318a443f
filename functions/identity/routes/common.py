"""What the routes of the slice share."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Request

from identity.schemas import described
from identity.settings import Settings
from identity.signing import Signer
from identity.store import Page
from pentarch.platform import clock
from pentarch.platform.dialects import enveloped

Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(pattern=r"^[a-z0-9._-]{1,64}$", description="`next_cursor` of the page before")]
Id = Annotated[str, Path(alias="id", max_length=128)]
Name = Annotated[str, Path(max_length=128)]
"""Bounded, because DynamoDB refuses a long key rather than find nothing."""
DEFAULT_LIMIT = 50


def wrapped(data: object, at: datetime) -> dict[str, Any]:
    return enveloped(data, timestamp=clock.iso(at))


def listed(page: Page, limit: int, at: datetime) -> dict[str, Any]:
    items = [described(one) for one in page.principals]
    return wrapped({"items": items, "total": page.total, "limit": limit, "next_cursor": page.next_cursor}, at)


def signer_of(request: Request) -> Signer:
    """The process's one signer, which remembers the key."""
    signer: Signer = request.app.state.signer
    return signer


def settings_of(request: Request) -> Settings:
    settings: Settings = request.app.state.settings()
    return settings
