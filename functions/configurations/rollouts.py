"""Roll-outs of configurations as the list of all roll-outs has them: a record of each, written with the change.

A version that all callers see at once is no roll-out; what takes one out of force again that was rolled out, is.
"""

from collections.abc import Mapping
from dataclasses import replace

from configurations.changes import Author, Change
from pentarch.configuration.model import MAX_PERCENTAGE, Configuration, Origin, Rollout
from pentarch.rollouts import store as records
from pentarch.rollouts.model import Action, Kind, Level, Note, Status, Strategy, TenantRollout, moved


def of(change: Change, author: Author, alarm: str | None = None) -> list[TenantRollout]:
    """The records that a change writes: one read where there is a roll-out to go on with."""
    tenant = change.subject.tenant
    partition = records.partition_of(Kind.CONFIGURATION, tenant)
    found = records.TENANTS.get_many([(partition, one) for one in named(change)])
    return told(change, author, {one.id: one for one in found if one is not None}, alarm)


def named(change: Change) -> list[str]:
    """The roll-outs that a change goes on with, ends or takes back."""
    goes_on, undone = _former(change), _undone(change)
    return [one for one in (goes_on.id if goes_on else None, undone) if one]


def told(
    change: Change, author: Author, known: Mapping[str, TenantRollout], alarm: str | None = None
) -> list[TenantRollout]:
    """What a change makes of the records; begun before there were records, a roll-out has none."""
    before, after = change.before, change.after
    written = []
    former, present = _former(change), None if after is None else after.rollout
    one = None if former is None else known.get(former.id)
    if one is not None:
        written.append(_moved(one, change, author, alarm))
    elif before is not None and present is not None and before.rollout is None:
        written.append(_begun(before, present, author))
    undone = known.get(_undone(change) or "")
    if undone is not None and after is not None:
        written += _taken_back(undone, after, author)
    return written


def _former(change: Change) -> Rollout | None:
    """The roll-out that was under way, if the change is about it."""
    before, after = change.before, change.after
    former = None if before is None else before.rollout
    return None if after is not None and after.rollout == former else former


def _undone(change: Change) -> str | None:
    """The roll-out whose version a way back takes out of force."""
    before, after = change.before, change.after
    if before is None or after is None or after.active == before.active:
        return None
    waited = None if before.pending is None else before.pending.origin
    origin = waited if change.version is None else change.version.origin
    return before.brought_by if origin is Origin.ROLLBACK else None


def _begun(before: Configuration, rollout: Rollout, author: Author) -> TenantRollout:
    return TenantRollout(
        id=rollout.id,
        tenant=before.tenant,
        actor=rollout.by,
        kind=Kind.CONFIGURATION,
        resource=before.id,
        version=str(rollout.version),
        previous_version=str(before.active),
        strategy=Strategy.CANARY,
        status=Status.DEPLOYING,
        progress=_share(rollout),
        created_at=author.at,
        updated_at=author.at,
        notes=(_seen_by(rollout, author),),
    )


def _moved(one: TenantRollout, change: Change, author: Author, alarm: str | None) -> TenantRollout:
    after, at = change.after, author.at
    if after is not None and after.rollout is not None:
        return moved(one, at, _seen_by(after.rollout, author), progress=_share(after.rollout))
    if after is not None and str(after.active) == one.version:
        note = Note(at, f"All callers see version {one.version}")
        return moved(one, at, note, status=Status.COMPLETED, progress=1.0)
    why, level = f"Taken back by {author.subject}", Level.WARNING
    if alarm is not None:
        why, level = f"The alarm {alarm} went off", Level.ERROR
    elif after is None:
        why = f"The configuration was deleted by {author.subject}"
    return moved(one, at, Note(at, why, level), status=Status.ROLLED_BACK, failure=why)


def _taken_back(undone: TenantRollout, after: Configuration, author: Author) -> list[TenantRollout]:
    """What was rolled out completely, and the roll-back, which is there at once."""
    at, why = author.at, f"Rolled back by {author.subject}"
    back = replace(
        undone,
        id=after.brought_by or "",
        actor=author.subject,
        action=Action.ROLLBACK,
        version=str(after.active),
        previous_version=undone.version,
        strategy=Strategy.BLUE_GREEN,
        undoes=undone.id,
        progress=1.0,
        failure=None,
        created_at=at,
        updated_at=at,
        completed_at=at,
        notes=(Note(at, f"All callers see version {after.active}", Level.WARNING),),
        revision=0,
        listed=None,
    )
    undone = moved(undone, at, Note(at, why, Level.WARNING), status=Status.ROLLED_BACK, failure=why)
    return [undone, back]


def _seen_by(rollout: Rollout, author: Author) -> Note:
    return Note(author.at, f"{rollout.percentage} % of the callers see version {rollout.version}")


def _share(rollout: Rollout) -> float:
    return rollout.percentage / MAX_PERCENTAGE
