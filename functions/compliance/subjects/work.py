"""Working on a request of a data subject. Whatever ends it half-way, the next try goes on to the same end."""

import json
from dataclasses import replace
from datetime import datetime

from compliance.subjects import facts, store
from compliance.subjects.aggregates import AGGREGATES, documents
from compliance.subjects.errors import LastAdminError, MovedError
from compliance.subjects.model import Kind, Person, Request, State
from pentarch.files.store import Upload
from pentarch.platform import clock
from pentarch.platform.clock import iso
from pentarch.platform.observability import logger


def process(tenant: str, request_id: str) -> None:
    """Answer a request; one that is answered, or unknown, is left alone."""
    request = store.get(tenant, request_id)
    person = None if request is None else request.person
    if request is None or person is None or request.state is State.FAILED:
        return
    try:
        begun = _begin(request, person)
        if begun.kind is Kind.ACCESS:
            _give_copy(begun, person)
        else:
            _forget(begun, person)
    except MovedError:
        logger().info("another worker was quicker", request_id=request_id)


def give_up(tenant: str, request_id: str) -> None:
    """Nobody shall believe that it is being worked on: it stays open, and can be asked for again."""
    request = store.get(tenant, request_id)
    if request is not None and request.state in (State.RECEIVED, State.WORKING):
        at = clock.now()
        store.move(request, replace(request, state=State.FAILED), facts.failed(request, at))


def _begin(request: Request, person: Person) -> Request:
    """Look first, and keep what was found: an erasure that is tried again finds less."""
    if request.state is State.WORKING:
        return request
    for one in AGGREGATES:
        if one.name not in request.found:
            models = (*request.models, *one.models(request.tenant, person)) if one.models else request.models
            found = {**request.found, one.name: one.find(request.tenant, person)}
            request = replace(request, found=found, models=models)
            store.note(request)
    begun = replace(request, state=State.WORKING)
    store.move(request, begun, facts.started(begun, clock.now()))
    return begun


def _give_copy(request: Request, person: Person) -> None:
    key = f"{documents.prefix_of(request.tenant, request.digest)}{request.id}.json"
    at = clock.now()
    with Upload(key, "application/json") as document:
        _write(document, request, person, at)
    answered = replace(store.closed(request, State.ANSWERED, at), export=key)
    store.move(request, answered, facts.answered(answered, at))


def _write(document: Upload, request: Request, person: Person, at: datetime) -> None:
    """Piece by piece: there may be more than fits into memory."""
    head = {"request_id": request.id, "subject": person.given, "generated_at": iso(at)}
    document.write(json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "aggregates": {')
    for number, one in enumerate(AGGREGATES):
        document.write(f"{', ' if number else ''}{json.dumps(one.name)}: [".encode())
        for place, record in enumerate(one.records(request.tenant, person)):
            document.write((",\n" if place else "\n").encode() + json.dumps(record, ensure_ascii=False).encode())
        document.write(b"]")
    document.write(b"}}\n")


def _forget(request: Request, person: Person) -> None:
    try:
        for one in AGGREGATES:
            if one.erase is not None and one.name not in request.erased:
                one.erase(request, person)
                request = replace(request, erased=(*request.erased, one.name))
                store.note(request)
    except LastAdminError as error:
        at = clock.now()
        refused = replace(store.closed(request, State.REFUSED, at), refusal=error.message)
        store.move(request, refused, facts.refused(refused, error.message, at))
        return
    at = clock.now()
    kept = {one.name: reason for one in AGGREGATES if (reason := one.kept(request, person)) is not None}
    answered = replace(store.closed(request, State.ANSWERED, at), retained=kept)
    store.move(request, answered, facts.answered(answered, at))
