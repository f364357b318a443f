"""What callers do with specialists: propose, archive, deploy."""

from dataclasses import replace
from datetime import datetime

from pentarch.events.actor import Actor
from pentarch.llm.specialists import withdraw
from pentarch.platform.clock import epoch_ms
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.ids import uuid7
from pentarch.platform.tables import Transaction
from specialists import deployments, facts, rollouts, store
from specialists.errors import ArchivedError, MovedError, NotDeployableError, SpecialistNotFoundError
from specialists.lifecycle import DeploymentState, Status
from specialists.model import Deployment, Specialist, Version
from specialists.schemas import DeployRequest, Proposal

ALGORITHM = "pentarch/linear"
ALGORITHMS = (ALGORITHM, "pentarch/k-means", "pentarch/bandit")
"""What can be trained here; the type of the training decides which."""
_ATTEMPTS = 5


def propose(actor: Actor, asked: Proposal, at: datetime) -> Specialist:
    config = asked.training_config.model_dump(exclude_none=True)
    if config.get("model", ALGORITHM) not in ALGORITHMS:
        msg = f"what is trained here is one of {', '.join(ALGORITHMS)}; a provider's is a training's base_model"
        raise InvalidInputError(msg, field="training_config.model")
    specialist = Specialist(
        tenant=actor.tenant,
        id=uuid7(epoch_ms(at)),
        name=asked.name,
        description=asked.description,
        skills=tuple(dict.fromkeys(asked.skills)),
        status=Status.DRAFT,
        created_at=at,
        created_by=actor.subject,
        training_config=config,
        validation_criteria=asked.validation_criteria.model_dump(exclude_none=True),
        mode=asked.gateway.mode,
    )
    event = facts.did(
        actor, facts.PROPOSED, specialist.id, at, skills=list(specialist.skills), gateway_mode=specialist.mode
    )
    store.create(specialist, event)
    return specialist


def get(tenant: str, specialist_id: str) -> Specialist:
    specialist = store.get(tenant, specialist_id)
    if specialist is None:
        raise SpecialistNotFoundError
    return specialist


def usable(tenant: str, specialist_id: str) -> Specialist:
    """One that may still be trained and deployed."""
    specialist = get(tenant, specialist_id)
    if specialist.status is Status.ARCHIVED:
        raise ArchivedError
    return specialist


def archive(actor: Actor, specialist_id: str, at: datetime) -> Specialist:
    """Nothing of it answers any more, and all of it is kept. Archiving again changes nothing."""
    for _ in range(_ATTEMPTS):
        specialist = get(actor.tenant, specialist_id)
        if specialist.status is Status.ARCHIVED:
            return specialist
        after = replace(specialist, status=Status.ARCHIVED)
        event = facts.did(actor, facts.ARCHIVED, specialist.id, at, was=specialist.status)
        try:
            store.replace_with(specialist, after, event, also=_archiving(specialist, actor, at))
        except MovedError:
            continue
        return after
    raise MovedError


def deploy(actor: Actor, specialist_id: str, asked: DeployRequest, at: datetime) -> Deployment:
    """Ask for a deployment; the worker probes the version before requests reach it."""
    for _ in range(_ATTEMPTS):
        specialist = usable(actor.tenant, specialist_id)
        version = deployable(specialist, asked.version)
        deployments.check_free(specialist, asked.environment, version.number)
        before = specialist.serving.get(asked.environment)
        partly = asked.canary_share is not None or asked.shadow is not None
        if partly and (before is None or before.version == version.number):
            msg = "a canary or a shadow needs another version beside it in the same environment"
            raise NotDeployableError(msg)
        deployment = Deployment(
            tenant=actor.tenant,
            specialist_id=specialist.id,
            id=uuid7(epoch_ms(at)),
            version=version.number,
            environment=asked.environment,
            state=DeploymentState.DEPLOYING,
            rollback_on_failure=asked.rollback_on_failure,
            created_at=at,
            created_by=actor.subject,
            correlation_id=actor.correlation_id,
            share=asked.canary_share,
            shadow=asked.shadow,
            previous=None if before is None else before.version,
        )
        event = facts.did(
            actor,
            facts.DEPLOYMENT_REQUESTED,
            specialist.id,
            at,
            deployment_id=deployment.id,
            version=version.number,
            environment=asked.environment,
            canary_share=asked.canary_share,
            shadow=asked.shadow,
        )
        try:
            after = deployments.waiting_for(specialist, deployment)
            store.replace_with(specialist, after, event, also=_adding(deployment))
        except MovedError:
            continue
        return deployment
    raise MovedError


def deployable(specialist: Specialist, wanted: int | None) -> Version:
    """The version to deploy, when it keeps what the proposal asks; NotDeployableError says why not."""
    number = wanted or specialist.latest_version
    if not specialist.latest_version:
        msg = "the specialist has no trained version: train it first"
        raise NotDeployableError(msg)
    version = store.version(specialist.tenant, specialist.id, number) if number <= specialist.latest_version else None
    if version is None:
        msg = f"there is no version {number}; the latest is {specialist.latest_version}"
        raise NotDeployableError(msg, details={"latest_version": specialist.latest_version})
    found = deployments.version_shortcomings(specialist, version)
    if found:
        msg = f"version {number} does not keep the validation criteria: {'; '.join(found)}"
        criteria = dict(specialist.validation_criteria)
        raise NotDeployableError(msg, details={"version": number, "criteria": criteria, "reasons": found})
    return version


def _adding(deployment: Deployment) -> store.Also:
    def add(transaction: Transaction) -> None:
        deployments.add(transaction, deployment)
        rollouts.write(transaction, [rollouts.asked_for(deployment)])

    return add


def _archiving(specialist: Specialist, actor: Actor, at: datetime) -> store.Also:
    """Take it from the gateway, and end the roll-outs of canaries and shadows: nothing answers any more."""
    trials = [one for served in specialist.serving.values() for one in served.trials]
    told = f"The specialist was archived by {actor.subject}"
    ended = rollouts.taken_back(rollouts.read(specialist.tenant, trials).values(), told, at)

    def add(transaction: Transaction) -> None:
        withdraw(transaction, tenant=specialist.tenant, specialist_id=specialist.id)
        rollouts.write(transaction, ended)

    return add
