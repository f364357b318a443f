"""Deployments as the list of all roll-outs has them: each has a record of its own id, written in its transactions.

A canary and a shadow are rolled out until they are promoted, replaced or taken away: what was begun for a share of the
requests has not come to its end while it stands there.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from pentarch.platform.tables import Transaction
from pentarch.rollouts import store as records
from pentarch.rollouts.model import ENDED, Action, Kind, Level, Note, Status, Strategy, TenantRollout, moved
from specialists.errors import MovedError
from specialists.lifecycle import DeploymentState
from specialists.model import Deployment, Served

_ENDS = {DeploymentState.ROLLED_BACK: Status.ROLLED_BACK, DeploymentState.FAILED: Status.FAILED}


def asked_for(deployment: Deployment) -> TenantRollout:
    """The record of a deployment that waits for its probe."""
    told = f"Version {deployment.version} is asked for in {deployment.environment}: its probe comes first"
    return _new(deployment, Status.DEPLOYING, Note(deployment.created_at, told))


def rolled_back_to(deployment: Deployment, undoes: str | None) -> TenantRollout:
    """The record of a roll-back, which is there at once."""
    told = f"Version {deployment.version} answers in {deployment.environment} again"
    note = Note(deployment.created_at, told, Level.WARNING)
    return replace(_new(deployment, Status.COMPLETED, note), action=Action.ROLLBACK, undoes=undoes)


def in_force(one: TenantRollout, deployment: Deployment, at: datetime) -> TenantRollout:
    """Its probe held: the version answers all, a share of the requests, or a share unheard."""
    version, environment = deployment.version, deployment.environment
    if deployment.share is not None:
        note = Note(at, f"{100 * deployment.share:.6g} % of the requests in {environment} go to version {version}")
        return moved(one, at, note, progress=deployment.share)
    if deployment.shadow is not None:
        told = (
            f"Version {version} answers {100 * deployment.shadow:.6g} % of the requests in {environment} too, unheard"
        )
        return moved(one, at, Note(at, told))
    return moved(one, at, Note(at, f"Version {version} answers in {environment}"), status=Status.COMPLETED, progress=1)


def refused(one: TenantRollout, ended: Deployment, at: datetime) -> TenantRollout:
    """Its probe did not hold: nothing changed."""
    reason = ended.reason or "its probe did not hold"
    told = f"Version {ended.version} does not answer: {reason}"
    return moved(one, at, Note(at, told, Level.ERROR), status=_ENDS[ended.state], failure=reason)


def replaced(records: Iterable[TenantRollout], by: Deployment, at: datetime) -> list[TenantRollout]:
    """Another deployment took their place: the same version goes on in it, a different one has displaced them."""
    note, version = Note(at, f"Goes on as deployment {by.id}"), str(by.version)
    stood = list(records)
    goes_on = [moved(one, at, note, status=Status.COMPLETED, progress=1) for one in stood if one.version == version]
    others = [one for one in stood if one.version != version]
    return [*goes_on, *taken_back(others, f"Displaced by deployment {by.id} of version {version}", at)]


def taken_back(records: Iterable[TenantRollout], why: str, at: datetime) -> list[TenantRollout]:
    """Those that may still go back, gone back."""
    return [
        moved(one, at, Note(at, why, Level.WARNING), status=Status.ROLLED_BACK, failure=why)
        for one in records
        if one.status in (Status.DEPLOYING, Status.COMPLETED)
    ]


def dropped(before: Served | None, after: Served | None) -> list[str]:
    """The deployments whose canaries and shadows stand there no more."""
    stay = set() if after is None else set(after.trials)
    return [] if before is None else [one for one in before.trials if one not in stay]


def read(tenant: str, ids: Iterable[str]) -> dict[str, TenantRollout]:
    """Records by their ids; what was deployed before there were records has none."""
    partition = records.partition_of(Kind.SPECIALIST, tenant)
    found = records.TENANTS.get_many([(partition, one) for one in dict.fromkeys(ids)])
    return {one.id: one for one in found if one is not None}


def write(transaction: Transaction, rollouts: Iterable[TenantRollout]) -> None:
    for one in rollouts:
        records.put(transaction, one, otherwise=MovedError())


def _new(deployment: Deployment, status: Status, note: Note) -> TenantRollout:
    return TenantRollout(
        id=deployment.id,
        tenant=deployment.tenant,
        actor=deployment.created_by,
        kind=Kind.SPECIALIST,
        resource=deployment.specialist_id,
        environment=deployment.environment,
        version=str(deployment.version),
        previous_version=None if deployment.previous is None else str(deployment.previous),
        strategy=_strategy(deployment),
        status=status,
        progress=float(status is Status.COMPLETED),
        created_at=deployment.created_at,
        updated_at=deployment.created_at,
        completed_at=deployment.created_at if status in ENDED else None,
        notes=(note,),
    )


def _strategy(deployment: Deployment) -> Strategy:
    if deployment.share is not None:
        return Strategy.CANARY
    return Strategy.BLUE_GREEN if deployment.shadow is None else Strategy.SHADOW
