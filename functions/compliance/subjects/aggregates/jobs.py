"""A person's own jobs; and others' that name the person."""

import json
from collections.abc import Iterator

from compliance.subjects.aggregates.aggregate import Aggregate, Record
from compliance.subjects.aggregates.identity import ERASED_LABEL
from compliance.subjects.aggregates.objects import Files
from compliance.subjects.aggregates.rows import Texts
from compliance.subjects.errors import StillWorkingError
from compliance.subjects.model import Counts, Person, Request
from pentarch.events.actor import Actor
from pentarch.files import store as files
from pentarch.files.model import JOBS, place
from pentarch.platform import clock
from pentarch.platform.clock import iso
from pentarch.work import facts as job_facts
from pentarch.work import jobs, recurrences, results, shards
from pentarch.work.errors import JobMovedError
from pentarch.work.model import Job, JobState
from pentarch.work.recurrences import Recurrence
from pentarch.work.table import partition_of, results_partition

MAX_INPUT_BYTES = 1024 * 1024
"""Of a job's own inputs, to be in the document; of larger ones it names the object."""
_PAGE = 100


def _all_jobs(tenant: str) -> Iterator[Job]:
    cursor: str | None = None
    while True:
        page = jobs.page(tenant, None, limit=_PAGE, cursor=cursor)
        yield from page.jobs
        cursor = page.next_cursor
        if cursor is None:
            return


def _jobs_of(tenant: str, person: Person) -> Iterator[Job]:
    return (job for job in _all_jobs(tenant) if job.owner.subject in person.subjects)


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
        parts = shards.of_job(job.tenant, job.id)
        leased_until = shards.progress(parts).leased_until
        busy += int(leased_until is not None and leased_until > now)
        for shard in parts:
            results.erase(shard)
        jobs.erase_words(job, name=ERASED_LABEL)
        files.delete_for_good(_job_prefix(job))
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


def _recurring_of(tenant: str, person: Person) -> Iterator[Recurrence]:
    cursor: str | None = None
    while True:
        page = recurrences.page(tenant, _PAGE, cursor)
        yield from (one for one in page.recurrences if one.owner.subject in person.subjects)
        cursor = page.next_cursor
        if cursor is None:
            return


def _find_recurring(tenant: str, person: Person) -> Counts:
    return {"recurring_jobs": sum(1 for _ in _recurring_of(tenant, person))}


def _recurring_records(tenant: str, person: Person) -> Iterator[Record]:
    for one in _recurring_of(tenant, person):
        yield {
            "record": "recurring_job",
            "id": one.id,
            "name": one.name,
            "expression": one.expression,
            "time_zone": one.time_zone,
            "created_at": iso(one.created_at),
            "job": dict(one.job),
        }


def _erase_recurring(request: Request, person: Person) -> None:
    """What a person wanted again and again ends; its schedule goes with the event."""
    for one in list(_recurring_of(request.tenant, person)):
        actor = Actor(request.tenant, request.requested_by)
        told = job_facts.of_recurrence(actor, job_facts.RECURRENCE_REMOVED, one.id, clock.now())
        recurrences.remove(one, told)


def _partitions(tenant: str) -> Iterator[str]:
    yield tenant  # recurring jobs
    for job in _all_jobs(tenant):
        yield partition_of(tenant, job.id)
        yield from (results_partition(tenant, job.id, one.number) for one in shards.of_job(tenant, job.id))


OWN_JOBS = Aggregate("jobs", ("JobsTable", "FilesBucket/jobs"), _find_jobs, _job_records, _erase_jobs)
OWN_RECURRING_JOBS = Aggregate("recurring_jobs", ("JobsTable",), _find_recurring, _recurring_records, _erase_recurring)
OTHERS_JOBS = Texts(
    "others_jobs",
    "JobsTable",
    texts=("name", "parameters", "log", "line", "job"),
    hash_key="partition",
    partitions=_partitions,
).aggregate()
JOB_FILES = Files("job_files", JOBS).aggregate()
"""After the person's own jobs are gone, of an erasure: what is left is others'."""
