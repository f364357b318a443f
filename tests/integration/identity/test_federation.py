"""Tokens of an external issuer, as a deployment with Azure AD has them."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest

from identity import api
from identity.keyset import new_key
from pentarch.web.app import lambda_handler
from support.issuer import Issuer, running_issuer
from support.lambdas import Caller

from .conftest import Seeded

KEYS = "/api/v1/keys"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer() as running:
        running.new_key("k1")
        yield running


@pytest.fixture
def trusting(acme: Seeded, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Caller:
    return deployment(monkeypatch, issuer.trusted(acme.tenant))


def deployment(monkeypatch: pytest.MonkeyPatch, issuers: str) -> Caller:
    monkeypatch.setenv("OIDC_ISSUERS", issuers)
    return Caller(lambda_handler(api.make_app()), {})


def status(api_: Caller, token: str) -> int:
    return api_.using(token).get(KEYS).status


def test_the_issuers_roles_become_ours(trusting: Caller, issuer: Issuer) -> None:
    assert status(trusting, issuer.token("k1", roles=["Boss"])) == 200
    assert status(trusting, issuer.token("k1", roles="Editor Boss")) == 200
    assert status(trusting, issuer.token("k1")) == 403
    assert status(trusting, issuer.token("k1", roles=["admin"])) == 403
    assert status(trusting, issuer.token("k1", roles=None)) == 403


def test_the_tenant_is_the_deployments_choice_and_never_the_tokens(
    trusting: Caller, issuer: Issuer, other: Seeded
) -> None:
    token = issuer.token("k1", roles=["Boss"], tid=other.tenant, tenant=other.tenant)
    trusting.using(token).get(f"/api/v1/clients/{other.client_id}").expect(404)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "api://another"},
        {"aud": None},
        {"iss": "https://login.example/another/v2.0"},
        {"iss": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"nbf": 4_102_444_800},
        {"sub": None},
    ],
)
def test_a_token_that_is_not_meant_for_us_or_is_over_is_refused(
    trusting: Caller, issuer: Issuer, claims: dict[str, Any]
) -> None:
    assert status(trusting, issuer.token("k1", roles=["Boss"], **claims)) == 401


def test_a_token_of_an_unpublished_key_is_refused_without_asking_the_issuer_again_and_again(
    trusting: Caller, issuer: Issuer
) -> None:
    good = issuer.published
    issuer.new_key("stranger")
    issuer.published = good
    for _ in range(5):
        assert status(trusting, issuer.token("stranger", roles=["Boss"])) == 401
    assert issuer.fetches <= 2


def test_an_algorithm_that_does_not_fit_the_key_is_refused(trusting: Caller, issuer: Issuer) -> None:
    claims = jwt.decode(issuer.token("k1", roles=["Boss"]), options={"verify_signature": False})
    secret = "a text that is long enough to be a secret of HMAC"
    assert status(trusting, jwt.encode(claims, secret, "HS256", headers={"kid": "k1"})) == 401
    key = new_key(datetime.now(UTC))
    assert status(trusting, jwt.encode(claims, key.private_pem, "ES256", headers={"kid": "k1"})) == 401
    assert status(trusting, issuer.token("k1", roles=["Boss"]).rpartition(".")[0] + ".") == 401


def test_an_issuer_that_is_not_configured_is_a_stranger(acme: Seeded, issuer: Issuer) -> None:
    assert status(acme.anybody, issuer.token("k1", roles=["Boss"])) == 401
    assert issuer.fetches == 0


def test_an_issuer_out_of_reach_is_an_outage_and_no_fault_of_the_token(
    acme: Seeded, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = deployment(monkeypatch, issuer.trusted(acme.tenant, jwks_uri="http://127.0.0.1:9/keys"))
    reply = closed.using(issuer.token("k1", roles=["Boss"])).get(KEYS).expect(503)
    assert reply.headers["retry-after"] == "5"


@pytest.mark.parametrize("published", ["no JSON", "[]", '{"keys": []}'])
def test_an_issuer_that_publishes_nonsense_lets_nobody_in(
    acme: Seeded, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, published: str
) -> None:
    issuer.published = published
    confused = deployment(monkeypatch, issuer.trusted(acme.tenant, jwks_uri=f"{issuer.url}?{time.time()}"))
    assert status(confused, issuer.token("k1", roles=["Boss"])) in (401, 503)


def test_a_default_role_is_for_users_without_a_known_one(
    acme: Seeded, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    generous = deployment(monkeypatch, issuer.trusted(acme.tenant, default_role="admin"))
    assert status(generous, issuer.token("k1", roles=None)) == 200
    assert status(generous, issuer.token("k1")) == 403


@pytest.mark.parametrize("roles", [7, {"Boss": True}, [["Boss"], {"a": 1}, None]])
def test_roles_of_another_shape_are_no_roles(trusting: Caller, issuer: Issuer, roles: Any) -> None:
    assert status(trusting, issuer.token("k1", roles=roles)) == 403


def test_what_was_changed_is_told_under_one_name_that_does_not_hold_the_issuers(
    trusting: Caller, issuer: Issuer
) -> None:
    def maker(subject: str) -> str:
        boss = trusting.using(issuer.token("k1", roles=["Boss"], sub=subject))
        return str(boss.post(KEYS, {"name": "ci", "role": "viewer"}).expect(201).data["created_by"])

    assert maker("ann@corp.example") == maker("ann@corp.example") != maker("bob@corp.example")
    assert maker("ann@corp.example").startswith("federated:")
    assert "ann" not in maker("ann@corp.example")
