"""Evidence of the requests of data subjects: when each came, and when it was answered; nothing of whom it is about."""

from collections.abc import Mapping, Sequence
from itertools import chain, islice

from compliance.evidence.context import Collector, Context
from compliance.evidence.identity import TooManyToReadError
from compliance.model import JsonObject
from compliance.subjects import store
from compliance.subjects.model import Request, due
from pentarch.platform.clock import iso

MAX_REQUESTS = 2_000
_SECONDS_PER_DAY = 86_400


def _requests(context: Context) -> Sequence[JsonObject]:
    """All that are open, and those that were answered in the assessed time."""
    found = chain(store.open_requests(context.tenant), store.answered(context.tenant, context.start, context.end))
    taken = list(islice(found, MAX_REQUESTS + 1))
    if len(taken) > MAX_REQUESTS:
        raise TooManyToReadError
    return [_request(one, context) for one in taken]


def _request(one: Request, context: Context) -> JsonObject:
    """`days_over` is counted from the month that the regulation gives, whatever the request says of itself."""
    until = one.answered_at or context.at
    return {
        "name": f"subject_request:{one.id}",
        "kind": str(one.kind),
        "received_at": iso(one.received_at),
        "is_answered": one.answered_at is not None,
        "days_over": round((until - due(one.received_at)).total_seconds() / _SECONDS_PER_DAY, 2),
    }


COLLECTORS: Mapping[str, Collector] = {"subject_requests": _requests}
