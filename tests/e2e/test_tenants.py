"""Nobody sees another tenant's things, on any route."""

import re

import pytest

from local.target import Target
from support.deployed import api, new_tenant
from support.routes import listed

OPEN_TO_ALL = {
    "/docs",
    "/health",
    "/openapi.json",
    "/api/v1/health",
    "/api/v2/health",
    "/api/v1/version",
    "/.well-known/jwks.json",
}
SIGNING_IN = {"/api/v2/auth/login", "/api/v2/auth/refresh", "/api/v2/auth/logout", "/oauth2/v2.0/token"}
ROUTES = [(method, path) for path, methods in listed().items() for method in methods if method != "OPTIONS"]
SIGNED = {"/api/v1/compliance/reports/{id}"}
"""The address itself is the credential."""
GOVERNED = [(method, path) for method, path in ROUTES if path not in OPEN_TO_ALL | SIGNING_IN | SIGNED]


def filled(path: str, name: str = "nothing") -> str:
    return re.sub(r"\{\w+\+?\}", name, path)


@pytest.mark.parametrize(("method", "path"), GOVERNED)
def test_a_stranger_gets_401(stack: Target, method: str, path: str) -> None:
    with api(stack) as client:
        for headers in ({"X-API-Key": ""}, {"X-API-Key": "pk_local_00000000_" + "0" * 64}):
            reply = client.request(method, filled(path), headers=headers, json={} if method != "GET" else None)
            assert reply.status_code == 401, reply.text


@pytest.mark.parametrize("path", sorted(SIGNED))
def test_an_address_that_is_not_signed_by_us_opens_nothing(stack: Target, path: str) -> None:
    with api(stack) as client:
        assert client.get(filled(path)).status_code == 400
        made_up = {
            "tenant": "local",
            "format": "pdf",
            "expires": "4102444800",
            "series": "1",
            "issued_to": "key:nobody",
            "signature": "0" * 43,
        }
        assert client.get(filled(path), params=made_up).status_code in (400, 403)


@pytest.mark.parametrize("path", sorted(OPEN_TO_ALL))
def test_what_is_public_answers_without_a_credential(stack: Target, path: str) -> None:
    with api(stack) as client:
        assert client.get(path, headers={"X-API-Key": ""}).status_code == 200


def test_another_tenants_admin_finds_nothing(stack: Target) -> None:
    other = new_tenant(stack, "neighbour")
    with api(stack) as owner, api(stack, other["api_key"]) as neighbour:
        job = owner.post(
            "/api/v2/jobs",
            json={"name": "mine", "type": "inference", "service": "llm", "parameters": {"inputs": ["hello"]}},
        ).json()["job_id"]
        key = owner.post("/api/v1/keys", json={"name": "mine", "roles": ["viewer"]}).json()["data"]
        key_id = key.get("id") or key["key"]["id"]
        for path in (f"/api/v2/jobs/{job}", f"/api/v2/jobs/{job}/results", f"/api/v1/keys/{key_id}"):
            assert owner.get(path).status_code in (200, 409), path
            assert neighbour.get(path).status_code == 404, path
            assert neighbour.delete(path).status_code in (404, 405), path
        assert neighbour.get("/api/v1/users/admin").status_code == 404
        assert neighbour.get("/api/v2/jobs").json()["pagination"]["total"] == 0
        assert "mine" not in neighbour.get("/api/v1/keys").text
        assert neighbour.get("/api/v1/llm/usage").json()["data"]["rows"] == []
        owner.delete(f"/api/v1/keys/{key_id}")
