"""The token endpoint of OAuth 2.0, and the public keys that verify its tokens."""

import base64
import binascii
from collections import Counter
from urllib.parse import parse_qsl, unquote_plus

from fastapi import Request, Response

from identity import published
from identity.client_tokens import ClientTokens
from identity.errors import InvalidClientError, MalformedRequestError
from identity.routes.common import settings_of, signer_of
from identity.schemas import OAuthToken
from pentarch.platform import clock
from pentarch.web.access import public
from pentarch.web.context import CorrelationId
from pentarch.web.routes import governed_router

router = governed_router(tags=["oauth"])

MAX_FIELDS = 20
KEYS_MAX_AGE_S = 300


@router.post("/oauth2/v2.0/token", summary="Get a token with client credentials (RFC 6749, section 4.4)")
@public
async def token(request: Request, response: Response, correlation_id: CorrelationId) -> OAuthToken:
    form = _read_form(await request.body())
    client, secret = _client_of(request.headers.get("authorization"), form)
    issued = ClientTokens(signer_of(request), settings_of(request), correlation_id).issue(
        grant_type=_required(form, "grant_type"),
        client=client,
        secret=secret,
        scope=form.get("scope", ""),
        at=clock.now(),
    )
    response.headers["Pragma"] = "no-cache"  # RFC 6749, section 5.1
    return OAuthToken(access_token=issued.access_token, expires_in=issued.expires_in, scope=issued.scope)


@router.get("/.well-known/jwks.json", summary="The public keys of access tokens (RFC 7517)")
@public
async def public_keys(response: Response) -> dict[str, list[dict[str, str]]]:
    response.headers["Cache-Control"] = f"public, max-age={KEYS_MAX_AGE_S}"
    return {"keys": published.jwks()}


def _read_form(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError as error:
        msg = "the body is not a form"
        raise MalformedRequestError(msg) from error
    repeated = [name for name, count in Counter(name for name, _ in fields).items() if count > 1]
    if repeated:
        msg = "a parameter is given twice"
        raise MalformedRequestError(msg)
    return dict(fields)


def _client_of(authorization: str | None, form: dict[str, str]) -> tuple[str, str]:
    """Id and secret, from the header or from the form, never from both (RFC 6749, section 2.3)."""
    if authorization is None:
        return _required(form, "client_id"), _required(form, "client_secret")
    if "client_secret" in form:
        msg = "authenticate in one way"
        raise MalformedRequestError(msg)
    scheme, _, encoded = authorization.partition(" ")
    try:
        client, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise InvalidClientError from error
    if scheme.lower() != "basic" or not colon:
        raise InvalidClientError
    return unquote_plus(client), unquote_plus(secret)


def _required(form: dict[str, str], name: str) -> str:
    value = form.get(name)
    if not value:
        msg = f"{name} is missing"
        raise MalformedRequestError(msg)
    return value
