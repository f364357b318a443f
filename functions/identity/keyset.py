"""The signing keys' public halves, and the rules of when each is published and dropped."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7

LIFETIME = timedelta(days=29)
"""A day short of the schedule's thirty, so that a run which comes a little early does not wait another month."""
GRACE = timedelta(hours=48)
"""A former key verifies for this long: a token lives a day at most (`settings`), a signer's memory a minute."""


@dataclass(frozen=True, slots=True)
class Published:
    """What every function verifies with: PEM by key id, and when those that sign no more will be dropped."""

    keys: Mapping[str, str] = field(default_factory=dict)
    retire_at: Mapping[str, datetime] = field(default_factory=dict)
    revision: int = 0
    """How often it was written; each write requires the revision that it started from."""

    def with_key(self, key_id: str, public_pem: str) -> "Published":
        return replace(self, keys={**self.keys, key_id: public_pem})

    def settled(self, current: str, current_pem: str, at: datetime) -> "Published":
        """Only the current key stays for good; every other one retires, and is dropped when its time is over."""
        ends = {key_id: self.retire_at.get(key_id, at + GRACE) for key_id in self.keys if key_id != current}
        living = {key_id: end for key_id, end in ends.items() if end > at}
        keys = {key_id: self.keys[key_id] for key_id in living} | {current: current_pem}
        return replace(self, keys=keys, retire_at=living)

    def only(self, current: str, current_pem: str) -> "Published":
        """Nothing but the current key, at once: what anybody signs with a former one is refused from now on."""
        return replace(self, keys={current: current_pem}, retire_at={})


@dataclass(frozen=True, slots=True)
class SigningKey:
    id: str
    """A UUID of version 7 of `created_at`: who sees the id of a published key can tell how old it is."""
    private_pem: str
    created_at: datetime

    @property
    def public_pem(self) -> str:
        return public_half(self.private_pem)


def is_due(since: datetime | None, at: datetime) -> bool:
    """Whether the current key is old enough to be replaced; a schedule may fire twice, and only one run finds it so."""
    return since is None or at - since >= LIFETIME


def new_key(at: datetime) -> SigningKey:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SigningKey(uuid7(epoch_ms(at)), pem.decode(), at)


def public_half(private_pem: str) -> str:
    from cryptography.hazmat.primitives import serialization

    private = serialization.load_pem_private_key(private_pem.encode(), password=None)
    pem = private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


def jwk(key_id: str, public_pem: str) -> dict[str, str]:
    """A public key as RFC 7517 writes it."""
    from jwt.algorithms import ECAlgorithm

    algorithm = ECAlgorithm(ECAlgorithm.SHA256)
    written: dict[str, str] = algorithm.to_jwk(algorithm.prepare_key(public_pem), as_dict=True)
    return {**written, "kid": key_id, "use": "sig", "alg": "ES256"}
