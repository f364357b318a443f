"""What is kept for others' sake: the event log with its seals, and what the bill adds up from."""

from collections.abc import Iterable, Iterator
from datetime import date

from compliance.subjects.aggregates.aggregate import Aggregate, Record
from compliance.subjects.model import Counts, Person, Request
from pentarch.audit import store as audit
from pentarch.audit.model import Filters
from pentarch.platform.clock import iso
from pentarch.usage import store as usage

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(9999, 12, 31)


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


EVENTS = Aggregate("events", ("EventsTable", "SealsBucket"), _find_events, _event_records, None, _kept_events)
USAGE = Aggregate("usage", ("UsageTable",), _find_usage, _usage_records, None, _kept_usage)
