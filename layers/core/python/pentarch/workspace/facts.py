"""The events of workspace files. A name that somebody gave a file may tell of a person, so none of them holds it."""

from datetime import datetime

from pentarch.events.model import Event, happened
from pentarch.workspace.model import Author, resource

WRITTEN = "file.written"
DELETED = "file.deleted"
_ACTIONS = {WRITTEN: "file_write", DELETED: "file_delete"}


def event_of(event_type: str, author: Author, path: str, at: datetime, **data: object) -> Event:
    return happened(
        at,
        author.tenant,
        event_type,
        action=_ACTIONS[event_type],
        actor=author.subject,
        resource=resource(path),
        tags=("data_processing",),
        correlation_id=author.correlation_id,
        data={"file_id": resource(path), **data},
    )
