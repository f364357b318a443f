"""Give a fresh stack its first tenant, a classifier of digits, and the language models the developer has a key for."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.clients import Clients
from local.errors import LocalStackError
from local.place import CHECKOUT, Place
from local.stack import Stack
from local.target import CREDENTIALS, Target

BOOTSTRAP = "IdentityBootstrapFunction"
PROVIDERS = "ProvidersSecret"
FILES = "FilesBucket"
MODELS_WORKER = "ModelsWorkerFunction"
_DIGITS_SOURCES = ("infra/digits.py", "functions/vision/preparing.py", "uv.lock")
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


def register_digits(clients: Clients, stack: Stack, place: Place, environ: Mapping[str, str]) -> str:
    """Register the classifier of digits for every tenant; what the models' worker says of it."""
    folder = _built_digits(place, environ)
    manifest = json.loads((folder / "digits.json").read_text())
    key = f"models/@stack/{manifest['id']}/{manifest['sha256']}.onnx"
    clients["s3"].put_object(Bucket=stack.named(FILES).physical_id, Key=key, Body=(folder / "digits.onnx").read_bytes())
    answer = _invoke(clients, stack, MODELS_WORKER, {"register_for_all": manifest})
    return str(answer["error"] or answer["status"])


def _built_digits(place: Place, environ: Mapping[str, str]) -> Path:
    """Trained once for what it is made of; a process of its own, because the driver has no use for its libraries."""
    named = hashlib.sha256(b"".join((CHECKOUT / source).read_bytes() for source in _DIGITS_SOURCES)).hexdigest()[:16]
    folder = place.home / "models" / named
    if not (folder / "digits.json").exists():
        roots = [str(CHECKOUT / root) for root in ("infra", "functions", "layers/core/python")]
        environment = {**environ, "PYTHONPATH": os.pathsep.join(roots)}
        done = subprocess.run(
            [sys.executable, "-m", "digits", str(folder)], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            message = f"The classifier of digits could not be built: {done.stderr.strip()[-500:]}"
            raise LocalStackError(message)
    return folder


def _bootstrap(clients: Clients, stack: Stack, request: dict[str, Any]) -> dict[str, Any]:
    return _invoke(clients, stack, BOOTSTRAP, request)


def _invoke(clients: Clients, stack: Stack, name: str, request: dict[str, Any]) -> dict[str, Any]:
    function = stack.named(name).physical_id
    answer = clients["lambda"].invoke(FunctionName=function, Payload=json.dumps(request).encode())
    said = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        message = f"{name} failed: {said}"
        raise LocalStackError(message)
    parsed: dict[str, Any] = json.loads(said)
    return parsed
