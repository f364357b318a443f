"""What is known of a person, aggregate by aggregate: finding it, giving it out, and forgetting it.

Events and records call people by pseudonyms that only the identity table resolves, so most of what tells of a person
does so no longer once the identity table has forgotten them.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from compliance.subjects import facts
from compliance.subjects.errors import LastAdminError, StillWorkingError
from compliance.subjects.model import Counts, Person, Request
from pentarch.audit import store as audit
from pentarch.audit.model import Filters
from pentarch.events import store as events
from pentarch.files import store as files
from pentarch.files.model import JOBS, place
from pentarch.identity import erasure, store
from pentarch.identity.model import Kind, Principal
from pentarch.platform import clock
from pentarch.platform.clock import iso
from pentarch.platform.tables import Transaction
from pentarch.usage import store as usage
from pentarch.web.idempotency import IdempotencyItem
from pentarch.work import facts as job_facts
from pentarch.work import jobs, shards
from pentarch.work.errors import JobMovedError
from pentarch.work.model import Job, JobState

AREA = "subjects"
"""Of the documents that answer requests of access; the bucket forgets them after a month."""
ERASED_LABEL = "erased"
MAX_INPUT_BYTES = 1024 * 1024
"""Of a job's own inputs, to be in the document; of larger ones it names the object."""
_PAGE = 100
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(9999, 12, 31)

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Aggregate:
    name: str
    find: Callable[[str, Person], Counts]
    records: Callable[[str, Person], Iterator[Record]]
    erase: Callable[[Request, Person], None] | None
    """Done twice it changes nothing more."""
    kept: Callable[[Request, Person], str | None]
    """Why an erasure leaves something, if it does."""


def _nothing(_: Request, __: Person) -> None:
    return None


# ------------------------------------------------------------------------------------------------------------ identity
def _labelled(tenant: str, person: Person) -> Iterator[Principal]:
    """Keys and clients that are called by the person's name."""
    for kind in (Kind.KEY, Kind.CLIENT):
        for one in store.principals(tenant, kind):
            if person.is_named_in(one.label):
                yield one


def _find_identity(tenant: str, person: Person) -> Counts:
    user = None if person.username is None else erasure.user(tenant, person.username)
    open_ones = [] if person.username is None else list(erasure.sessions(tenant, person.username))
    labels = sum(1 for _ in _labelled(tenant, person))
    return {"users": int(user is not None), "sessions": len(open_ones), "labels": labels}


def _identity_records(tenant: str, person: Person) -> Iterator[Record]:
    if person.username is not None:
        user = erasure.user(tenant, person.username)
        if user is not None:
            yield {
                "record": "user",
                "username": user.name,
                "subject": user.subject,
                "roles": list(user.roles),
                "status": user.status,
                "created_at": iso(user.created_at),
            }
        for session in erasure.sessions(tenant, person.username):
            yield {"record": "session", "id": session.id, "expires_at": iso(session.expires_at)}
    for one in _labelled(tenant, person):
        yield {"record": f"label of a {one.kind}", "id": one.name, "label": one.label}


def _erase_identity(request: Request, person: Person) -> None:
    """The user goes first: with it end its sessions and tokens, everywhere within a minute."""
    tenant = request.tenant
    user = None if person.username is None else erasure.user(tenant, person.username)
    if user is not None:
        remaining = None
        if erasure.is_administrator(user):
            remaining = next(erasure.administrators(tenant, but=user.name), None)
            if remaining is None:
                raise LastAdminError
        transaction = Transaction()
        erasure.add_erasure(transaction, user, remaining=remaining, if_last=LastAdminError())
        events.record(transaction, facts.user_erased(request, _subject_of(user), clock.now()))
        with suppress(erasure.UserGoneError):  # another run of this request was quicker
            transaction.commit()
    if person.username is not None:
        for session in erasure.sessions(tenant, person.username):
            erasure.delete_session(session)
    for one in _labelled(tenant, person):
        erasure.rename(one, ERASED_LABEL)


def _subject_of(user: Principal) -> str:
    """What an event may call an erased user: nobody that can be told from another, if all it has is a name."""
    return user.subject if user.pseudonym is not None else f"{Kind.USER}:{ERASED_LABEL}"


# -------------------------------------------------------------------------------------------------------------- events
def _find_events(tenant: str, person: Person) -> Counts:
    return _counted(tenant, person.subjects)


def _counted(tenant: str, subjects: Iterable[str]) -> Counts:
    called = list(subjects)
    return {
        "by_the_person": sum(audit.count(tenant, Filters(actor=subject)) for subject in called),
        "about_the_person": sum(audit.count(tenant, Filters(resource=subject)) for subject in called),
    }


def _event_records(tenant: str, person: Person) -> Iterator[Record]:
    for subject in person.subjects:
        for filters in (Filters(actor=subject), Filters(resource=subject)):
            for event in audit.walk(tenant, filters):
                yield {
                    "record": event.type,
                    "id": event.id,
                    "timestamp": iso(event.at),
                    "action": event.action,
                    "actor": event.actor,
                    "resource": event.resource,
                    "facts": dict(event.data),
                }


def _kept_events(request: Request, person: Person) -> str | None:
    if not any(request.found["events"].values()):
        return None
    if any(_counted(request.tenant, person.named_subjects).values()):
        return (
            "sealed events, and records that name their author, call this user by name, because the user was made "
            "before pseudonyms were; they go with the log's retention"
        )
    return "events call the person by a pseudonym that nothing resolves any more; they go with the log's retention"


# ---------------------------------------------------------------------------------------------------------------- jobs
def _jobs_of(tenant: str, person: Person) -> Iterator[Job]:
    cursor: str | None = None
    while True:
        page = jobs.page(tenant, None, limit=_PAGE, cursor=cursor)
        yield from (job for job in page.jobs if job.owner.subject in person.subjects)
        cursor = page.next_cursor
        if cursor is None:
            return


def _job_prefix(job: Job) -> str:
    return place(JOBS, job.tenant, job.id) + "/"


def _find_jobs(tenant: str, person: Person) -> Counts:
    found = list(_jobs_of(tenant, person))
    return {"jobs": len(found), "files": sum(1 for job in found for _ in files.entries(_job_prefix(job)))}


def _job_records(tenant: str, person: Person) -> Iterator[Record]:
    for job in _jobs_of(tenant, person):
        objects = list(files.entries(_job_prefix(job)))
        own = place(JOBS, tenant, job.id, "request.jsonl")
        small = next((entry for entry in objects if entry.key == own and entry.size <= MAX_INPUT_BYTES), None)
        yield {
            "record": "job",
            "id": job.id,
            "name": job.name,
            "type": job.type,
            "state": job.state,
            "created_at": iso(job.created_at),
            "parameters": dict(job.parameters),
            "files": [{"key": entry.key, "bytes": entry.size} for entry in objects],
            "inputs": None if small is None else [json.loads(line) for line in files.get(own).splitlines() if line],
        }


def _erase_jobs(request: Request, person: Person) -> None:
    """A job that still runs is cancelled first; its inputs, results and the words that it was given go."""
    now, busy = clock.now(), 0
    for job in _jobs_of(request.tenant, person):
        if not job.state.ended:
            _cancel(job, request)
        leased_until = shards.progress(shards.of_job(job.tenant, job.id)).leased_until
        busy += int(leased_until is not None and leased_until > now)
        jobs.erase_content(job, name=ERASED_LABEL)
        files.delete_below(_job_prefix(job))
    if busy:
        raise StillWorkingError(busy)


def _cancel(job: Job, request: Request) -> None:
    present: Job | None = job
    while present is not None and not present.state.ended:
        event = job_facts.event_of(
            present, job_facts.CANCELLED, clock.now(), actor=request.requested_by, was=present.state
        )
        try:
            jobs.move(present, JobState.CANCELLED, event, message="Job cancelled", level="WARNING")
        except JobMovedError:
            present = jobs.get(job.tenant, job.id)
        else:
            return


# -------------------------------------------------------------------------------------------------- idempotency answers
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


# --------------------------------------------------------------------------------------------------------------- usage
def _usage_records(tenant: str, person: Person) -> Iterator[Record]:
    for row in usage.rows(tenant, _FIRST_DAY, _LAST_DAY):
        if row.subject in person.subjects:
            yield {
                "record": "usage",
                "day": row.day.isoformat(),
                "model": row.model,
                "requests": row.consumption.requests,
                "prompt_tokens": row.consumption.prompt_tokens,
                "completion_tokens": row.consumption.completion_tokens,
            }


def _find_usage(tenant: str, person: Person) -> Counts:
    return {"rows": sum(1 for _ in _usage_records(tenant, person))}


def _kept_usage(request: Request, _: Person) -> str | None:
    if not request.found["usage"]["rows"]:
        return None
    return "the tenant's bill adds up from it; it calls the person by the subject alone"


# ---------------------------------------------------------------------------------------- documents of earlier requests
def prefix_of(tenant: str, digest: str) -> str:
    """Where the documents for a person lie."""
    return place(AREA, tenant, digest) + "/"


def _erase_documents(request: Request, _: Person) -> None:
    files.delete_below(prefix_of(request.tenant, request.digest))


def _none(_: str, __: Person) -> Iterator[Record]:
    return iter(())


AGGREGATES = (
    Aggregate("identity", _find_identity, _identity_records, _erase_identity, _nothing),
    Aggregate("jobs", _find_jobs, _job_records, _erase_jobs, _nothing),
    Aggregate("idempotency", _find_answers, _answer_records, _erase_answers, _nothing),
    Aggregate("documents", lambda _, __: {}, _none, _erase_documents, _nothing),
    Aggregate("events", _find_events, _event_records, None, _kept_events),
    Aggregate("usage", _find_usage, _usage_records, None, _kept_usage),
)
"""In the order in which they forget: first whoever could make more of it."""
