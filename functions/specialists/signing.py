"""Models are signed when they are trained, and nothing that is not signed answers.

The key is a secret that only the worker and the inference function may read; the signature binds a model's hash to its
tenant and specialist, so that neither a changed file nor another tenant's model passes.
"""

import hmac
import json
import os
from functools import cache
from hashlib import sha256

from pentarch.files import store as files
from pentarch.files.errors import FileMissingError
from pentarch.files.model import place
from pentarch.platform import clients
from specialists.errors import ModelTamperedError

_PURPOSE = "pentarch-model-1"


def prefix(tenant: str, specialist_id: str) -> str:
    """Where a specialist's models lie, each below its hash."""
    return place("specialists", tenant, specialist_id, "models")


def sign(tenant: str, specialist_id: str, model_hash: str) -> None:
    told = {"purpose": _PURPOSE, "signature": _signature(tenant, specialist_id, model_hash)}
    key = f"{prefix(tenant, specialist_id)}/{model_hash}/signature.json"
    files.put(key, json.dumps(told).encode(), "application/json")


def verify(tenant: str, specialist_id: str, model_hash: str) -> None:
    """Raises ModelTamperedError for a model that was not signed here for this specialist."""
    try:
        told = json.loads(files.get(f"{prefix(tenant, specialist_id)}/{model_hash}/signature.json"))
        signature = str(told["signature"])
    except (FileMissingError, ValueError, KeyError, TypeError) as error:
        msg = "the model is not signed"
        raise ModelTamperedError(msg) from error
    if not hmac.compare_digest(signature, _signature(tenant, specialist_id, model_hash)):
        msg = "the model's signature is not ours"
        raise ModelTamperedError(msg)


def _signature(tenant: str, specialist_id: str, model_hash: str) -> str:
    said = f"{_PURPOSE}\x1f{tenant}\x1f{specialist_id}\x1f{model_hash}"
    return hmac.new(_key(os.environ["MODELS_SECRET"]), said.encode(), sha256).hexdigest()


@cache
def _key(secret: str) -> bytes:
    """Read once in the life of a process; a new key needs new models, so it is not meant to change."""
    return clients.secretsmanager().get_secret_value(SecretId=secret)["SecretString"].encode()
