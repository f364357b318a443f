"""Answers that are kept for a while: for a repeated request, and for the same question to a model."""

import base64
from collections.abc import Iterator

from compliance.subjects.aggregates.aggregate import Aggregate, Record
from compliance.subjects.aggregates.rows import Texts
from compliance.subjects.model import Counts, Person, Request
from pentarch.web.idempotency import IdempotencyItem


def _answers_of(tenant: str, person: Person) -> Iterator[IdempotencyItem]:
    """Answers that are kept for a repeated request: the person's own, and others' that name them; a day's at most."""
    for item in IdempotencyItem.query(tenant):
        if item.subject in person.subjects or person.is_named_in(_body(item)):
            yield item


def _body(item: IdempotencyItem) -> str:
    return base64.b64decode(item.body or "").decode(errors="replace")


def _find_answers(tenant: str, person: Person) -> Counts:
    return {"answers": sum(1 for _ in _answers_of(tenant, person))}


def _answer_records(tenant: str, person: Person) -> Iterator[Record]:
    for item in _answers_of(tenant, person):
        if item.subject in person.subjects:
            yield {"record": "answer", "status": int(item.status or 0), "body": _body(item)}


def _erase_answers(request: Request, person: Person) -> None:
    for item in _answers_of(request.tenant, person):
        item.delete()


IDEMPOTENCY = Aggregate("idempotency", ("IdempotencyTable",), _find_answers, _answer_records, _erase_answers)
CACHE = Texts("cache", "CacheTable", texts=("text",), deletes=True).aggregate()
"""Cached answers of models that name the person: asked again, a model answers again."""
