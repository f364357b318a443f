"""Making a large export: read, written and stored piece by piece, so that the memory it takes stays the same."""

import hashlib
from contextlib import suppress
from datetime import timedelta

from compliance import stopping
from compliance.reports import facts, making, store
from compliance.reports.errors import ExportMovedError
from compliance.reports.store import Export, Made
from compliance.stopping import StoppedError
from pentarch.files.store import Upload
from pentarch.platform import clock
from pentarch.platform.observability import logger

LEASE = timedelta(minutes=16)
"""The worker's 15 minutes, and a moment."""


def make(tenant: str, export_id: str) -> None:
    """Make what waits to be made. A second message, or one of a former attempt, finds nothing to do."""
    one = store.get(tenant, export_id)
    if one is None or one.state is not store.State.REQUESTED:
        return
    at = clock.now()
    try:
        store.take(one, at, at + LEASE)
    except ExportMovedError:
        return  # another worker is at it, and its message is still in the queue until it is done
    try:
        with stopping.watched(lambda: store.is_wanted(one)):
            made = _write(one)
        count = making.size_of(one.asked)
        now = clock.now()
        store.complete(one, made, count, now, facts.completed(one, made, count, now))
    except (ExportMovedError, StoppedError):
        logger().info("somebody else ended this export", export_id=export_id)
    except Exception:
        store.release(one)
        raise


def give_up(tenant: str, export_id: str) -> None:
    """Say that it failed, unless somebody is at work on it."""
    one = store.get(tenant, export_id)
    at = clock.now()
    if one is None or one.state is not store.State.REQUESTED:
        return
    if one.leased_until is None or one.leased_until < at:
        with suppress(ExportMovedError):  # it has ended meanwhile
            store.fail(one, at, facts.failed(one, at))


def _write(one: Export) -> Made:
    digest, size = hashlib.sha256(), 0
    with Upload(one.key, one.asked.form.media_type) as upload:
        for piece in making.export(one.asked, ascii_only=False):
            stopping.look_up()
            upload.write(piece)
            digest.update(piece)
            size += len(piece)
    return Made(one.key, size, digest.hexdigest())
