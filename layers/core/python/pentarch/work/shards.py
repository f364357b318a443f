"""Shards in the table: leases decide who works, and every result moves the checkpoint in its own transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pynamodb.exceptions import UpdateError

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import MAX_TRANSACTION_ITEMS, Transaction, batch_get
from pentarch.work import jobs
from pentarch.work.errors import LeaseHeldError, LeaseLostError
from pentarch.work.model import Job, Progress, Shard
from pentarch.work.table import ShardItem, partition_of, shard_key

LIFETIME = timedelta(days=30)
"""How long single results are kept: more than twice as long as a message can wait in a queue. Shards are kept twice as
long, because they tell where the results are."""
_PAGE = 10


class _ExistError(Exception):
    """The shards are there: this is a repeat."""


def add(shards: Sequence[Shard], at: datetime) -> None:
    """Make a job's shards. A repeat leaves those that are there, and may have progress by now, alone."""
    ttl = int((at + 2 * LIFETIME).timestamp())
    for start in range(0, len(shards), MAX_TRANSACTION_ITEMS):
        transaction = Transaction()
        for shard in shards[start : start + MAX_TRANSACTION_ITEMS]:
            item = ShardItem(
                partition_of(shard.tenant, shard.job_id),
                shard_key(shard.number),
                first=shard.first,
                inputs=shard.count,
                manifest=shard.manifest,
                ttl=ttl,
            )
            transaction.put(item, condition=ShardItem.key.does_not_exist(), otherwise=_ExistError())
        try:
            transaction.commit()
        except _ExistError:
            continue


def with_job(tenant: str, job_id: str, number: int) -> tuple[Job | None, Shard | None]:
    partition = partition_of(tenant, job_id)
    job, shard = batch_get(
        [jobs.place(tenant, job_id), (ShardItem, partition, shard_key(number))],
        consistent=True,
    )
    return (jobs.to_job(job) if job else None), (_to_shard(shard) if shard else None)


def of_job(tenant: str, job_id: str) -> list[Shard]:
    """A job's shards, at most `MAX_SHARDS` small items."""
    found = ShardItem.query(partition_of(tenant, job_id), ShardItem.key.startswith("shard#"), consistent_read=True)
    return [_to_shard(item) for item in found]


def all_done(tenant: str, job_id: str) -> bool:
    """Asked once for each shard that ends, so it reads from the end, where a shard that is not done is soon met."""
    found = ShardItem.query(
        partition_of(tenant, job_id),
        ShardItem.key.startswith("shard#"),
        consistent_read=True,
        scan_index_forward=False,
        page_size=_PAGE,
    )
    return all(item.done for item in found)


def progress(shards: Sequence[Shard]) -> Progress:
    return Progress(
        resolved=sum(shard.resolved for shard in shards),
        failed=sum(shard.failed for shard in shards),
        total=sum(shard.count for shard in shards),
        worked_s=sum(shard.worked_ms for shard in shards) / 1000,
        leased_until=max(
            (shard.leased_until for shard in shards if shard.leased_until and not shard.done), default=None
        ),
    )


def take(shard: Shard, owner: str, at: datetime, until: datetime) -> Shard:
    """Lease a shard as it was just read; LeaseHeldError when another worker was faster."""
    condition = (ShardItem.done == False) & (  # noqa: E712 (an expression, not a comparison)
        ShardItem.lease_owner.does_not_exist()
        if shard.lease_owner is None
        # `owner`: when the answer to the first attempt was lost, the client's second finds the lease its own.
        else (ShardItem.lease_owner == shard.lease_owner) | (ShardItem.lease_owner == owner)
    )
    if shard.is_leased(at) and shard.leased_until is not None:
        raise LeaseHeldError(shard.leased_until)
    tries = shard.next_try
    try:
        _item_of(shard).update(
            actions=[
                ShardItem.lease_owner.set(owner),
                ShardItem.leased_until.set(epoch_ms(until)),
                ShardItem.tries.set(tries),
                ShardItem.resolved_when_taken.set(shard.resolved),
            ],
            condition=condition & (ShardItem.resolved == shard.resolved),
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        raise LeaseHeldError(until) from error
    return replace(shard, lease_owner=owner, leased_until=until, tries=tries, resolved_when_taken=shard.resolved)


def release(shard: Shard) -> None:
    """Give a leased shard back; harmless when the lease was lost."""
    try:
        _item_of(shard).update(
            actions=[ShardItem.lease_owner.remove(), ShardItem.leased_until.remove()],
            condition=ShardItem.lease_owner == shard.lease_owner,
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise


def advance(transaction: Transaction, shard: Shard, *, failed: bool, worked: timedelta) -> Shard:
    """Add the step past one input to the transaction of its result; LeaseLostError from its commit undoes both."""
    mine = (ShardItem.lease_owner == shard.lease_owner) & (ShardItem.resolved == shard.resolved)
    after = replace(
        shard,
        resolved=shard.resolved + 1,
        failed=shard.failed + int(failed),
        worked_ms=shard.worked_ms + round(worked.total_seconds() * 1000),
    )
    actions = [getattr(ShardItem, name).set(getattr(after, name)) for name in ("resolved", "failed", "worked_ms")]
    transaction.update(_item_of(shard), actions, condition=mine, otherwise=LeaseLostError())
    return after


def finish(shard: Shard, part_size: int, event: Event) -> None:
    """Every input has its result, and all of them are in one object."""
    transaction = Transaction()
    transaction.update(
        _item_of(shard),
        [
            ShardItem.done.set(True),
            ShardItem.part_size.set(part_size),
            ShardItem.lease_owner.remove(),
            ShardItem.leased_until.remove(),
        ],
        condition=ShardItem.lease_owner == shard.lease_owner,
        otherwise=LeaseLostError(),
    )
    events.record(transaction, event)
    transaction.commit()


def _item_of(shard: Shard) -> ShardItem:
    return ShardItem(partition_of(shard.tenant, shard.job_id), shard_key(shard.number))


def _to_shard(item: ShardItem) -> Shard:
    tenant, _, job_id = item.partition.partition("#")
    return Shard(
        tenant=tenant,
        job_id=job_id,
        number=int(item.key.removeprefix("shard#")),
        first=int(item.first),
        count=int(item.inputs),
        manifest=item.manifest,
        resolved=int(item.resolved),
        failed=int(item.failed),
        worked_ms=int(item.worked_ms),
        done=bool(item.done),
        part_size=None if item.part_size is None else int(item.part_size),
        lease_owner=item.lease_owner,
        leased_until=None if item.leased_until is None else from_epoch_ms(int(item.leased_until)),
        tries=int(item.tries),
        resolved_when_taken=int(item.resolved_when_taken),
    )
