"""Login, refresh and logout, as the Ai-semble reference words them."""

from typing import Annotated

from fastapi import Depends, Request

from identity.routes.common import settings_of, signer_of
from identity.schemas import Login, Refresh, TokenPair
from identity.sessions import Sessions, Tokens
from pentarch.platform import clock
from pentarch.web.access import public
from pentarch.web.context import CorrelationId
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v2/auth", tags=["auth"])


async def _sessions(request: Request, correlation_id: CorrelationId) -> Sessions:
    return Sessions(signer_of(request), settings_of(request), correlation_id)


SessionService = Annotated[Sessions, Depends(_sessions)]


@router.post("/login", summary="Log in with a user name and a password")
@public
async def log_in(body: Login, sessions: SessionService, request: Request) -> TokenPair:
    address = request.client.host if request.client else None
    return _pair(sessions.log_in(body.username, body.password, address=address, at=clock.now()))


@router.post("/refresh", summary="Get new tokens for a refresh token, which is spent by it")
@public
async def refresh(body: Refresh, sessions: SessionService) -> TokenPair:
    return _pair(sessions.refresh(body.refresh_token, at=clock.now()))


@router.post("/logout", status_code=204, summary="End the session of a refresh token")
@public
async def log_out(body: Refresh, sessions: SessionService) -> None:
    sessions.log_out(body.refresh_token, at=clock.now())


def _pair(tokens: Tokens) -> TokenPair:
    return TokenPair(access_token=tokens.access_token, expires_in=tokens.expires_in, refresh_token=tokens.refresh_token)
