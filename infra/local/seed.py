"""Give a fresh stack its first tenant, and the language models that the developer has a key for."""

import json
from collections.abc import Mapping
from typing import Any

from local.clients import Clients
from local.errors import LocalStackError
from local.stack import Stack
from local.target import CREDENTIALS, Target

BOOTSTRAP = "IdentityBootstrapFunction"
PROVIDERS = "ProvidersSecret"
OPENAI_URL = "https://api.openai.com/v1"
TENANT = {"tenant": "local", "tier": "enterprise", "requests_per_hour": 1_000_000, "admin": {"username": "admin"}}


def make_tenant(clients: Clients, stack: Stack, kept: Target) -> dict[str, str]:
    """The credentials of the tenant `local`: those that were kept while they are its own, else new ones."""
    request: dict[str, Any] = dict(TENANT)
    credentials = {name: kept[name] for name in CREDENTIALS if kept.get(name)}
    if len(credentials) < len(CREDENTIALS):
        credentials = {}
    answer = _bootstrap(clients, stack, request)
    if answer.get("already") and not credentials:
        answer = _bootstrap(clients, stack, request | {"reset_credentials": True})
    if answer.get("already"):
        return credentials
    missing = [name for name in CREDENTIALS if not answer.get(name)]
    if missing:
        message = f"{BOOTSTRAP} answered without {', '.join(missing)}."
        raise LocalStackError(message)
    return {name: str(answer[name]) for name in CREDENTIALS}


def providers(environ: Mapping[str, str]) -> dict[str, Any] | None:
    """What the secret holds for the models that the environment gives access to; None to leave it as it is."""
    key, url = environ.get("OPENAI_API_KEY"), environ.get("OPENAI_BASE_URL")
    if not key and not url:
        return None
    openai = {
        "name": "openai",
        "kind": "openai",
        "base_url": url or OPENAI_URL,
        "api_key": key or "",
        "data_policy": {"max_sensitivity": "INTERNAL"},
    }
    return {"providers": [openai]}


def write_providers(clients: Clients, stack: Stack, wanted: dict[str, Any]) -> None:
    secret = stack.named(PROVIDERS).physical_id
    clients["secretsmanager"].put_secret_value(SecretId=secret, SecretString=json.dumps(wanted))


def _bootstrap(clients: Clients, stack: Stack, request: dict[str, Any]) -> dict[str, Any]:
    function = stack.named(BOOTSTRAP).physical_id
    answer = clients["lambda"].invoke(FunctionName=function, Payload=json.dumps(request).encode())
    said = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        message = f"{BOOTSTRAP} failed: {said}"
        raise LocalStackError(message)
    parsed: dict[str, Any] = json.loads(said)
    return parsed
