"""`Idempotency-Key`: the same key and body get the first answer again, another body is an error.

A record is made before the work begins and completed with the answer. While it is open, the same request is refused
as a conflict; a crash leaves it open for `OPEN_FOR` at most. Only successes are kept: after a refusal the key is free.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from pentarch.platform.errors import ConflictError, InvalidInputError
from pentarch.platform.tables import TableName, TenantTable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEPT_FOR = timedelta(hours=24)
OPEN_FOR = timedelta(minutes=2)
MAX_KEY_LENGTH = 255
_NONCE_BYTES = 12
_MAX_BODY_BYTES = 256 * 1024
"""A longer answer is not kept (an item holds 400 KB); creations answer with far less."""


class IdempotencyItem(TenantTable):
    class Meta:
        table_name = TableName("IDEMPOTENCY_TABLE")

    request_hash = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    status = NumberAttribute(null=True)
    media_type = UnicodeAttribute(null=True)
    body = UnicodeAttribute(null=True)
    open_until = NumberAttribute(null=True)
    ttl = NumberAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request with a key."""

    tenant: str
    subject: str
    route: str
    key: str
    request_body: bytes
    confidential: bool = False

    @property
    def place(self) -> str:
        given = f"{self.subject}\n{self.route}\n{self.key}"
        return hashlib.sha256(given.encode()).hexdigest()

    @property
    def request_hash(self) -> str:
        """Keyed with what the table does not hold, so that a password in the body cannot be tried out on it."""
        return hmac.digest(self.key.encode(), self.request_body, "sha256").hex()

    def begin(self, at: datetime) -> Answer | None:
        """The first answer if there is one, None if the work is this attempt's."""
        if not 0 < len(self.key) <= MAX_KEY_LENGTH:
            msg = f"Idempotency-Key must have 1 to {MAX_KEY_LENGTH} characters"
            raise InvalidInputError(msg, field="Idempotency-Key")
        item = IdempotencyItem(
            self.tenant,
            self.place,
            request_hash=self.request_hash,
            subject=self.subject,
            open_until=(at + OPEN_FOR).timestamp(),
            ttl=int((at + KEPT_FOR).timestamp()),
        )
        gone = IdempotencyItem.ttl < at.timestamp()
        crashed = (
            IdempotencyItem.status.does_not_exist()
            & (IdempotencyItem.open_until < at.timestamp())
            & (IdempotencyItem.request_hash == self.request_hash)
        )
        try:
            item.save(condition=IdempotencyItem.key.does_not_exist() | gone | crashed)
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            return self._first_answer()
        return None

    def _first_answer(self) -> Answer:
        item = IdempotencyItem.get(self.tenant, self.place, consistent_read=True)
        if item.request_hash != self.request_hash:
            msg = "this Idempotency-Key was used with another request"
            raise ConflictError(msg, details={"header": "Idempotency-Key"})
        if item.status is None:
            msg = "the first request with this Idempotency-Key is still being answered"
            raise ConflictError(msg, details={"header": "Idempotency-Key"}, retry_after=1)
        body = base64.b64decode(item.body or "")
        if self.confidential:
            body = self._cipher().decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], None)
        return Answer(int(item.status), item.media_type or "", body)

    def complete(self, answer: Answer) -> None:
        if len(answer.body) > _MAX_BODY_BYTES:
            self.abandon()
            return
        body = answer.body
        if self.confidential:
            nonce = secrets.token_bytes(_NONCE_BYTES)
            body = nonce + self._cipher().encrypt(nonce, body, None)
        IdempotencyItem(self.tenant, self.place).update(
            actions=[
                IdempotencyItem.status.set(answer.status),
                IdempotencyItem.media_type.set(answer.media_type),
                IdempotencyItem.body.set(base64.b64encode(body).decode()),
            ]
        )

    def abandon(self) -> None:
        """Free the key: the work was refused, so nothing was made."""
        IdempotencyItem(self.tenant, self.place).delete()

    def _cipher(self) -> "AESGCM":
        """AES-256-GCM under a key made from the `Idempotency-Key`, of which the table holds only a hash."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(hmac.digest(self.key.encode(), f"answer\n{self.tenant}\n{self.place}".encode(), "sha256"))
