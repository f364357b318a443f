"""What the key signs: the head of a tenant's tree after each batch, and the anchor of a trail that was pruned.

Both are signed as the canonical JSON of what `as_json` gives (`pentarch.sealing.leaves`), with ECDSA on P-256 and
SHA-256, the signature in DER as KMS makes it. A head names the hash of the head before it, so heads are a chain; and a
key is named by the SHA-256 of its public half (SubjectPublicKeyInfo in DER), so a file can tell which key to take.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Protocol, TypeVar

from .leaves import canonical

ALGORITHM = "ECDSA_SHA_256"
"""As KMS names it."""
NONE_BEFORE = "0" * 64
"""What the first head and the first anchor name in place of the one before."""

JsonObject = Mapping[str, Any]
Verify = Callable[[bytes, bytes], bool]
"""Whether the second is the key's signature of the first."""


@dataclass(frozen=True, slots=True)
class Head:
    """A tenant's tree after a batch. Hashes are in hexadecimal."""

    tenant: str
    batch: int
    """From 1 on."""
    size: int
    root: str
    previous: str
    """The hash of the head before."""
    timestamp: str
    """When it was sealed."""
    key_id: str

    KIND: ClassVar[str] = "pentarch.tree-head.v1"

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.KIND, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Anchor:
    """Says that the events before a leaf were removed, as the tenant's retention asks: the trail begins there."""

    tenant: str
    number: int
    """From 1 on."""
    first: int
    """The first leaf whose event is kept."""
    batch: int
    """The last batch whose events are removed; its tree has `first` leaves."""
    head: str
    """The hash of that batch's head, which the next head names."""
    root: str
    events_days: int
    """The retention that was in force."""
    previous: str
    """The hash of the anchor before."""
    timestamp: str
    key_id: str

    KIND: ClassVar[str] = "pentarch.trail-anchor.v1"

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.KIND, **asdict(self)}


class _Statement(Protocol):
    def as_json(self) -> dict[str, Any]: ...


_Kind = TypeVar("_Kind", Head, Anchor)


def signed_bytes(statement: _Statement) -> bytes:
    return canonical(statement.as_json())


def hash_of(statement: _Statement) -> str:
    """How the next one names this one."""
    return hashlib.sha256(signed_bytes(statement)).hexdigest()


def head_of(told: JsonObject) -> Head:
    """A head from its JSON; KeyError, TypeError or ValueError when it is none."""
    return _read(Head, told)


def anchor_of(told: JsonObject) -> Anchor:
    return _read(Anchor, told)


def key_id_of(public_key_pem: str) -> str:
    """ValueError when it is no public key."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

    key = load_pem_public_key(public_key_pem.encode())
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def verifier(public_key_pem: str) -> Verify:
    """ValueError when it is not a public key of this kind."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = load_pem_public_key(public_key_pem.encode())
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        msg = "seals are signed with a key on the curve P-256"
        raise ValueError(msg)  # noqa: TRY004 (it is the caller's text that is wrong)

    def verify(message: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, message, ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True

    return verify


def signed(statement: _Statement, signature: bytes) -> dict[str, Any]:
    """A statement with its signature, as exports and the API show it."""
    return {"statement": statement.as_json(), "signature": base64.b64encode(signature).decode()}


def _read(kind: type[_Kind], told: JsonObject) -> _Kind:
    given = dict(told)
    if given.pop("kind", None) != kind.KIND:
        msg = f"it is no {kind.KIND}"
        raise ValueError(msg)
    for one in fields(kind):
        if type(given.get(one.name)) is not one.type:
            msg = f"its {one.name} is not as a {kind.KIND} has it"
            raise ValueError(msg)
    return kind(**given)
