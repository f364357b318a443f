"""Webhooks' secrets at rest: encrypted by AES-256-GCM with a key from Secrets Manager, bound to tenant and webhook.

One key for all, because a secret of its own for each webhook costs by the month, and because the ciphertext is then
part of the same transaction as everything else that is kept of a webhook.
"""

import base64
import os
import secrets
from functools import cache
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pentarch.platform import clients
from webhooks.signing import PREFIX

_NONCE_BYTES = 12
_SECRET_BYTES = 32


def generate() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def seal(tenant: str, webhook_id: str, secret: str) -> str:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = _cipher(os.environ["WEBHOOKS_SECRET"]).encrypt(nonce, secret.encode(), _bound_to(tenant, webhook_id))
    return base64.b64encode(nonce + sealed).decode()


def unseal(tenant: str, webhook_id: str, sealed: str) -> str:
    """Raises cryptography's InvalidTag for what was not sealed here for this webhook."""
    raw = base64.b64decode(sealed)
    cipher = _cipher(os.environ["WEBHOOKS_SECRET"])
    return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound_to(tenant, webhook_id)).decode()


def _bound_to(tenant: str, webhook_id: str) -> bytes:
    return f"pentarch-webhook-1\x1f{tenant}\x1f{webhook_id}".encode()


@cache
def _cipher(name: str) -> AESGCM:
    """Read once in the life of a process."""
    value = clients.secretsmanager().get_secret_value(SecretId=name)["SecretString"]
    return AESGCM(sha256(value.encode()).digest())
