import base64
from collections.abc import Mapping
from typing import Any

import pytest

from support.lambdas import Caller, Reply
from support.log import events_of
from support.stopped_clock import StoppedClock

from .conftest import Seeded

TOKEN = "/oauth2/v2.0/token"


def form(acme: Seeded, **changes: str) -> dict[str, str]:
    given = {
        "grant_type": "client_credentials",
        "client_id": acme.client_id,
        "client_secret": acme.client_secret,
        "scope": "api://agentstudio/.default",
    } | changes
    return {name: value for name, value in given.items() if value}


def error_of(reply: Reply, status: int) -> str:
    body: Mapping[str, Any] = reply.expect(status).json()
    assert set(body) == {"error", "error_description", "correlation_id"}
    assert reply.headers["cache-control"] == "no-store"
    return str(body["error"])


def test_client_credentials_give_a_working_token(acme: Seeded) -> None:
    reply = acme.anybody.post(TOKEN, form=form(acme)).expect(200)
    body = reply.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert "*:invoke" in body["scope"].split()
    assert reply.headers["cache-control"] == "no-store"
    acme.anybody.using(body["access_token"]).get(f"/api/v1/clients/{acme.client_id}").expect(200)
    [event] = events_of("acme", "token.issued")
    assert event.actor == event.resource


def test_a_client_may_authenticate_by_http_basic(acme: Seeded) -> None:
    pair = base64.b64encode(f"{acme.client_id}:{acme.client_secret}".encode()).decode()
    body = form(acme, client_id="", client_secret="")
    acme.anybody.post(TOKEN, form=body, headers={"Authorization": f"Basic {pair}"}).expect(200)
    acme.anybody.post(TOKEN, form=form(acme), headers={"Authorization": f"Basic {pair}"}).expect(400)


def test_a_token_is_narrowed_to_the_requested_scopes(acme: Seeded) -> None:
    made = acme.admin.post("/api/v1/clients", {"name": "ops", "role": "admin"}).expect(201).data
    wide = form(acme, client_id=made["client_id"], client_secret=made["client_secret"])
    token = acme.anybody.post(TOKEN, form=wide).expect(200).json()["access_token"]
    acme.anybody.using(token).get("/api/v1/keys").expect(200)
    reply = acme.anybody.post(TOKEN, form=wide | {"scope": "llm:read agents:read"}).expect(200).json()
    assert reply["scope"] == "llm:read agents:read"
    acme.anybody.using(reply["access_token"]).get("/api/v1/keys").expect(403)


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "cl_acme_00000000"}, 401, "invalid_client"),
        ({"client_id": "cl_nowhere_00000000"}, 401, "invalid_client"),
        ({"client_id": "somebody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"client_secret": ""}, 400, "invalid_request"),
        ({"scope": "infrastructure:admin"}, 400, "invalid_scope"),
        ({"scope": "https://graph.microsoft.com/User.Read"}, 400, "invalid_scope"),
    ],
)
def test_a_refusal_is_worded_as_the_standard_has_it(
    acme: Seeded, changes: dict[str, str], status: int, error: str
) -> None:
    reply = acme.anybody.post(TOKEN, form=form(acme, **changes))
    assert error_of(reply, status) == error
    if status == 401:
        assert reply.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    "body", ["grant_type=a&grant_type=b", "&".join(f"a{n}=1" for n in range(30)), "%ff=1", '{"grant_type": "x"}']
)
def test_what_is_no_form_is_an_invalid_request(anybody: Caller, body: str) -> None:
    assert error_of(anybody.post(TOKEN, raw=body), 400) == "invalid_request"


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer abc", "Basic /w=="])
def test_a_malformed_authorization_header_is_no_client(acme: Seeded, header: str) -> None:
    body = form(acme, client_id="", client_secret="")
    assert error_of(acme.anybody.post(TOKEN, form=body, headers={"Authorization": header}), 401) == "invalid_client"


def test_wrong_secrets_fill_the_log_only_so_far_and_lock_nobody_out(acme: Seeded) -> None:
    for _ in range(60):
        acme.anybody.post(TOKEN, form=form(acme, client_secret="wrong")).expect(401)
    reply = acme.anybody.post(TOKEN, form=form(acme, client_secret="wrong"))
    assert error_of(reply, 429) == "temporarily_unavailable"
    assert len(events_of("acme", "login.failed")) == 60
    acme.anybody.post(TOKEN, form=form(acme)).expect(200)


def test_a_revoked_client_gets_no_token_and_its_tokens_stop(acme: Seeded, clock: StoppedClock) -> None:
    token = acme.anybody.post(TOKEN, form=form(acme)).expect(200).json()["access_token"]
    client = acme.anybody.using(token)
    client.get(f"/api/v1/clients/{acme.client_id}").expect(200)
    acme.admin.delete(f"/api/v1/clients/{acme.client_id}").expect(200)
    assert error_of(acme.anybody.post(TOKEN, form=form(acme)), 401) == "invalid_client"
    clock.advance(seconds=60)
    client.get(f"/api/v1/clients/{acme.client_id}").expect(401)


def test_a_token_ends_when_it_says(acme: Seeded, clock: StoppedClock) -> None:
    reply = acme.anybody.post(TOKEN, form=form(acme)).expect(200).json()
    client = acme.anybody.using(reply["access_token"])
    clock.advance(seconds=reply["expires_in"] - 1)
    client.get(f"/api/v1/clients/{acme.client_id}").expect(200)
    clock.advance(seconds=31)
    client.get(f"/api/v1/clients/{acme.client_id}").expect(401)
