"""The key that signs heads and anchors: its private half never leaves KMS."""

import hashlib
import os
import textwrap
from base64 import b64encode
from dataclasses import dataclass
from functools import cache

from pentarch.platform import clients
from pentarch.sealing.heads import ALGORITHM

_PEM_WIDTH = 64


@dataclass(frozen=True, slots=True)
class PublicKey:
    id: str
    """As statements name it (`pentarch.sealing.heads`)."""
    pem: str


def sign(message: bytes) -> bytes:
    answer = clients.kms().sign(
        KeyId=os.environ["SEALS_KEY"], Message=message, MessageType="RAW", SigningAlgorithm=ALGORITHM
    )
    return bytes(answer["Signature"])


def public_key() -> PublicKey:
    return _public_key(os.environ["SEALS_KEY"])


@cache
def _public_key(arn: str) -> PublicKey:
    der = bytes(clients.kms().get_public_key(KeyId=arn)["PublicKey"])
    body = "\n".join(textwrap.wrap(b64encode(der).decode(), _PEM_WIDTH))
    pem = f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"
    return PublicKey(hashlib.sha256(der).hexdigest(), pem)
