"""Going back to an earlier version at once, and taking back a deployment that still waits for its probe."""

from dataclasses import dataclass, replace
from datetime import datetime

from pentarch.events.actor import Actor
from pentarch.llm.specialists import Briefing, publish
from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7
from pentarch.platform.tables import Transaction
from pentarch.rollouts.model import TenantRollout
from specialists import briefing, deployments, facts, rollouts, store
from specialists.errors import MovedError, NotDeployableError
from specialists.lifecycle import DeploymentState, Environment
from specialists.model import Deployment, Served, Specialist
from specialists.schemas import RollbackRequest
from specialists.service import usable

_ATTEMPTS = 5
_OVER, _REASON = DeploymentState.ROLLED_BACK, "rolled back"


@dataclass(frozen=True, slots=True)
class Way:
    """What a roll-back does in an environment."""

    environment: Environment
    waiting: str | None = None
    """A deployment that waits for its probe, which the roll-back ends."""
    served: Served | None = None
    """What serves and shall not go on; None: it stays."""
    number: int = 0
    """The version to go back to."""
    named: str | None = None
    """The deployment that shall be taken back."""

    @property
    def undone(self) -> list[str]:
        """The deployments that it takes back, the newest first."""
        gone = [] if self.waiting is None else [self.waiting]
        if self.served is None:
            return gone
        gone += self.served.trials
        return gone if self.number == self.served.version else [*gone, self.served.deployment_id]


def rollback(actor: Actor, specialist_id: str, asked: RollbackRequest, at: datetime) -> Deployment:
    """At once and without a probe: what answered before has shown that it answers.

    Answers the deployment of the earlier version; or, where nothing but the probe of one was under way, that one.
    """
    for _ in range(_ATTEMPTS):
        specialist = usable(actor.tenant, specialist_id)
        way = way_back(specialist, asked)
        try:
            return _take(actor, specialist, way, at)
        except MovedError:
            continue
    raise MovedError


def way_back(specialist: Specialist, asked: RollbackRequest) -> Way:
    environment = asked.environment if asked.deployment_id is None else place_of(specialist, asked.deployment_id)
    served, waiting = specialist.serving.get(environment), specialist.deploying.get(environment)
    if waiting is not None and asked.version is None:
        stays = served is None or (served.previous is None and not served.tried)
        if asked.deployment_id == waiting or (asked.deployment_id is None and stays):
            return Way(environment, waiting)
    if served is None:
        msg = f"nothing is deployed to {environment}"
        raise NotDeployableError(msg)
    number = target_of(served, asked.version, asked.deployment_id)
    if number > specialist.latest_version:
        msg = f"there is no version {number}; the latest is {specialist.latest_version}"
        raise NotDeployableError(msg)
    return Way(environment, waiting, served, number, asked.deployment_id)


def place_of(specialist: Specialist, deployment_id: str) -> Environment:
    """The environment where a deployment serves or waits for its probe."""
    for environment in Environment:
        served = specialist.serving.get(environment)
        there = {specialist.deploying.get(environment)}
        there |= set() if served is None else {served.deployment_id, *served.trials}
        if deployment_id in there:
            return environment
    msg = "the deployment is neither what serves nor under way: there is nothing of it to roll back"
    raise NotDeployableError(msg, details={"deployment_id": deployment_id})


def target_of(served: Served, wanted: int | None, deployment_id: str | None = None) -> int:
    """What was asked for; else, of a canary or a shadow, the version beside it; else the one before."""
    if wanted is not None:
        return wanted
    if served.tried and deployment_id != served.deployment_id:
        return served.version
    if served.previous is None:
        msg = "there is no earlier version here to roll back to"
        raise NotDeployableError(msg)
    return served.previous


def _take(actor: Actor, specialist: Specialist, way: Way, at: datetime) -> Deployment:
    waiting = deployments.get(specialist.tenant, specialist.id, way.waiting) if way.waiting else None
    stopped = None if waiting is None else replace(waiting, state=_OVER, ended_at=at, reason=_REASON)
    made = None if way.served is None else _deployment(actor, specialist.id, way, way.served, at)
    shown = made or stopped
    if shown is None:
        raise MovedError  # what waited has ended meanwhile
    after = specialist if waiting is None else deployments.without(specialist, waiting)
    if made is not None and way.served is not None:
        after = _back_to(after, way.served, made)
    lent = None if made is None else _lent(specialist, made)
    records = _records(actor, specialist.tenant, way, made, at)

    def also(transaction: Transaction) -> None:
        if waiting is not None and stopped is not None:
            deployments.end(transaction, waiting, stopped)
        if made is not None:
            deployments.add(transaction, made)
        if lent is not None:
            publish(transaction, specialist.tenant, lent, specialist.skills)
        rollouts.write(transaction, records)

    event = facts.did(
        actor,
        facts.ROLLED_BACK,
        specialist.id,
        at,
        deployment_id=shown.id,
        environment=way.environment,
        version=shown.previous if made is None else made.version,
        was=shown.version if made is None else made.previous,
        undone=way.undone or None,
    )
    store.replace_with(specialist, after, event, also=also)
    return shown


def _records(actor: Actor, tenant: str, way: Way, made: Deployment | None, at: datetime) -> list[TenantRollout]:
    """The records of what is taken back, and of the roll-back itself."""
    told = f"Rolled back by {actor.subject}"
    records = rollouts.taken_back(rollouts.read(tenant, way.undone).values(), told, at)
    if made is not None:
        undoes = way.named or next(iter(way.undone), None)
        records.append(rollouts.rolled_back_to(made, undoes))
    return records


def _deployment(actor: Actor, specialist_id: str, way: Way, served: Served, at: datetime) -> Deployment:
    return Deployment(
        tenant=actor.tenant,
        specialist_id=specialist_id,
        id=uuid7(epoch_ms(at)),
        version=way.number,
        environment=way.environment,
        state=DeploymentState.DEPLOYED,
        rollback_on_failure=False,
        created_at=at,
        created_by=actor.subject,
        correlation_id=actor.correlation_id,
        previous=served.candidate or served.shadow or served.version,
        ended_at=at,
        reason=_REASON,
    )


def _lent(specialist: Specialist, made: Deployment) -> Briefing | None:
    """What the gateway is lent of the version that speaks in production."""
    if made.environment is not Environment.PRODUCTION:
        return None
    version = store.version(specialist.tenant, specialist.id, made.version)
    return None if version is None else briefing.of(specialist, version)


def _back_to(specialist: Specialist, served: Served, made: Deployment) -> Specialist:
    previous = served.previous if made.version == served.version else served.version
    now = Served(made.version, made.id, previous=previous)
    return replace(specialist, serving={**specialist.serving, made.environment: now})
