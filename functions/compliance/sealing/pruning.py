"""Retention: events whose time is over are removed from the front of the trail, which then begins at a signed anchor.

Whole batches are pruned, in order, once all their events are old enough and the bucket holds them. The anchor is
written first, with the event that tells of it; then the events go. So an event that is missing without an anchor was
never removed by Pentarch, and a run that dies goes on where it was. The tree's tiles stay (32 bytes an event, which say
nothing of it), so every proof holds as before: of kept events, and of consistency with heads that somebody saved.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from compliance.sealing import anchors, signing, store
from compliance.sealing.anchors import Kept
from pentarch.audit import store as audit
from pentarch.configuration import accessor
from pentarch.configuration.model import ConfigType
from pentarch.events import store as events
from pentarch.events.model import happened
from pentarch.platform.clock import epoch_ms, iso
from pentarch.platform.ids import uuid7_ms
from pentarch.sealing import heads, tiles
from pentarch.sealing.heads import NONE_BEFORE, Anchor
from pentarch.sealing.trail import Batch

MAX_BATCHES = 5_000
"""Of one anchor, so that a trail that becomes due at once is removed in several steps."""
ACTOR = "system:retention"

HasTime = Callable[[], bool]


def prune(tenant: str, now: datetime, has_time: HasTime) -> int:
    """How many batches lost their events. What was begun is ended first."""
    kept = anchors.read(tenant)
    if kept is not None and kept.removed < kept.anchor.batch:
        return _remove(tenant, kept, has_time)
    days = (accessor.current(tenant, ConfigType.RETENTION) or {}).get("events_days")
    if days is None:
        return 0
    last = _last_due(tenant, kept, now - timedelta(days=int(days)))
    if last is None:
        return 0
    return _remove(tenant, _drop_anchor(tenant, kept, last, int(days), now), has_time)


def _last_due(tenant: str, kept: Kept | None, cutoff: datetime) -> Batch | None:
    """The last batch before the first that has to stay."""
    newest = store.newest(tenant)
    first = kept.anchor.batch + 1 if kept else 1
    end = min(store.pending(tenant), default=newest.head.batch + 1 if newest else 0)
    due = None
    for batch in store.batches(tenant, first, min(end - 1, first + MAX_BATCHES - 1)):
        if max(uuid7_ms(event_id) for event_id, _ in batch.leaves) >= epoch_ms(cutoff):
            break
        due = batch
    return due


def _drop_anchor(tenant: str, before: Kept | None, last: Batch, days: int, now: datetime) -> Kept:
    head = last.head
    anchor = Anchor(
        tenant=tenant,
        number=before.anchor.number + 1 if before else 1,
        first=head.size,
        batch=head.batch,
        head=heads.hash_of(head),
        root=head.root,
        events_days=days,
        previous=heads.hash_of(before.anchor) if before else NONE_BEFORE,
        timestamp=iso(now),
        key_id=signing.public_key().id,
    )
    signature = signing.sign(heads.signed_bytes(anchor))
    base = tiles.parts_of(store.read_tiles(tenant, tiles.needed([(0, head.size)])), head.size)
    facts = {
        "first_leaf": anchor.first,
        "last_pruned_batch": anchor.batch,
        "events": anchor.first - (before.anchor.first if before else 0),
        "events_days": days,
        "anchor": heads.hash_of(anchor),
    }
    told = happened(
        now,
        tenant,
        "compliance.trail_pruned",
        action="audit_prune",
        actor=ACTOR,
        resource=f"trail/{anchor.number}",
        tags=("audit_logs", "data_processing"),
        data=facts,
    )
    anchors.write(before, anchor, signature, b"".join(base), told)
    return Kept(anchor, signature, tuple(part.hex() for part in base), before.removed if before else 0)


def _remove(tenant: str, kept: Kept, has_time: HasTime) -> int:
    done = 0
    for batch in store.batches(tenant, kept.removed + 1, kept.anchor.batch):
        if not has_time():
            return done
        event_ids = [event_id for event_id, _ in batch.leaves]
        audit.forget(tenant, [event for event in events.get_many(tenant, event_ids) if event is not None])
        events.remove_pruned(tenant, event_ids)
        store.strip(batch)
        anchors.note_removed(tenant, batch.head.batch)
        done += 1
    anchors.note_removed(tenant, kept.anchor.batch)
    return done
