"""The exact cache: the same question, by the same tenant, in the same class, under the same policy.

from typing import NamedTuple
An answer is found only by all of that together, so no tenant, and no caller with another class, can hit on it.
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import NamedTuple

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from pentarch.llm.model import Completion, Prompt, Sensitivity, Usage
from pentarch.platform.tables import TableName, TenantTable, Transaction

MAX_TTL_S = 7 * 24 * 3600
_MAX_TEXT_BYTES = 300_000
"""An item holds 400 KB; a longer answer is not kept."""


class CacheItem(TenantTable):
    class Meta:
        table_name = TableName("CACHE_TABLE")

    text = UnicodeAttribute()
    model = UnicodeAttribute()
    provider = UnicodeAttribute()
    finish_reason = UnicodeAttribute()
    prompt_tokens = NumberAttribute()
    completion_tokens = NumberAttribute()
    ttl = NumberAttribute()


class CachedAnswer(NamedTuple):
    completion: Completion
    model: str
    provider: str


class CacheKey(NamedTuple):
    tenant: str
    place: str

    @classmethod
    def of(
        cls, tenant: str, prompt: Prompt, *, asked_for: str, sensitivity: Sensitivity, policy_version: str
    ) -> "CacheKey":
        sampling = prompt.sampling
        parts = [
            asked_for,
            sensitivity,
            policy_version,
            [(message.role, message.content) for message in prompt.messages],
            [getattr(sampling, name) for name in sorted(sampling.__slots__)],
        ]
        return cls(tenant, hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest())


def find(key: CacheKey, at: datetime) -> CachedAnswer | None:
    """The answer, unless it is past its time: DynamoDB removes expired items later than it should."""
    try:
        item = CacheItem.get(key.tenant, key.place)
    except CacheItem.DoesNotExist:
        return None
    if item.ttl <= at.timestamp():
        return None
    usage = Usage(int(item.prompt_tokens), int(item.completion_tokens))
    return CachedAnswer(Completion(item.text, item.finish_reason, usage), item.model, item.provider)


def keep(transaction: Transaction, key: CacheKey, answer: CachedAnswer, *, ttl_s: int, at: datetime) -> None:
    """Add the answer to the transaction of its event, so that neither is there without the other."""
    completion = answer.completion
    if len(completion.text.encode()) > _MAX_TEXT_BYTES:
        return
    transaction.put(
        CacheItem(
            key.tenant,
            key.place,
            text=completion.text,
            model=answer.model,
            provider=answer.provider,
            finish_reason=completion.finish_reason,
            prompt_tokens=completion.usage.prompt_tokens,
            completion_tokens=completion.usage.completion_tokens,
            ttl=int((at + timedelta(seconds=ttl_s)).timestamp()),
        )
    )
