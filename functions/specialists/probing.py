"""Letting a version in: it answers the rows that were kept for that, before requests reach it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from time import perf_counter
from typing import Any

from pentarch.events.actor import Actor
from pentarch.llm.specialists import publish
from pentarch.platform import clock
from pentarch.platform.observability import logger
from pentarch.platform.tables import Transaction
from pentarch.rollouts.model import TenantRollout
from pentarch.work.messages import Run
from specialists import briefing, deployments, facts, rollouts, serving, store
from specialists.errors import ModelTamperedError, MovedError
from specialists.finetuning import probing as finetuning
from specialists.lifecycle import DeploymentState, Environment, Status
from specialists.model import Deployment, Specialist, Version
from specialists.training.measures import p95

_ATTEMPTS = 5


def deploy(run: Run) -> None:
    """End a deployment that was asked for. A repeat finds it ended and does nothing."""
    tenant, specialist_id, deployment_id = (
        str(run.body[name]) for name in ("tenant", "specialist_id", "deployment_id")
    )
    found: tuple[dict[str, Any], list[str]] | None = None
    if run.is_last:
        found = {"healthy": False}, ["its probe ended without a result, again and again"]
    for _ in range(_ATTEMPTS):
        specialist, deployment = deployments.with_specialist(tenant, specialist_id, deployment_id)
        if specialist is None or deployment is None:
            logger().error("a message names a deployment that does not exist", body=run.body)
            return
        if deployment.state is not DeploymentState.DEPLOYING:
            return
        version = store.version(tenant, specialist_id, deployment.version)
        found = found or probe(specialist, version, deployment, run.remaining_s)
        try:
            _end(specialist, deployment, version, *found)
        except MovedError:
            continue
        return
    raise MovedError


def probe(
    specialist: Specialist, version: Version | None, deployment: Deployment, remaining_s: Callable[[], float]
) -> tuple[dict[str, Any], list[str]]:
    """What a version does with the kept rows, and what speaks against it."""
    if version is None:
        return {"healthy": False}, ["its version does not exist"]
    if version.tuned is not None:
        told, reason = finetuning.probed(specialist, version, deployment, remaining_s)
        if reason is not None:
            return told, [reason]
        return told, deployments.shortcomings(
            dict(specialist.validation_criteria), told["accuracy"], told["latency_ms"]
        )
    try:
        warm = serving.load(version)
    except ModelTamperedError as error:
        return {"healthy": False}, [str(error)]
    asked = briefing.rows(version)["probes"]
    inputs = [one.get("text", one.get("features")) for one in asked]
    times: list[float] = []
    answers: list[Any] = []
    for one in inputs:
        begun = perf_counter()
        answers.append(warm.answer([one])[0]["prediction"])
        times.append(1000 * (perf_counter() - begun))
    latency = p95(times)
    accuracy = None
    if version.accuracy is not None and asked:
        right = sum(answer == one.get("label") for answer, one in zip(answers, asked, strict=True))
        accuracy = round(right / len(asked), 6)
    told = {"healthy": True, "rows": len(asked), "accuracy": accuracy, "latency_ms": latency}
    return told, deployments.shortcomings(dict(specialist.validation_criteria), accuracy, latency)


def _end(
    specialist: Specialist,
    deployment: Deployment,
    version: Version | None,
    told: dict[str, Any],
    against: list[str],
) -> None:
    at = clock.now()
    if specialist.status is Status.ARCHIVED:
        against, told = [*against, "the specialist was archived meanwhile"], {**told, "healthy": False}
    holds = not against or (told["healthy"] and not deployment.rollback_on_failure)
    if holds:
        state, kind = DeploymentState.DEPLOYED, facts.DEPLOYED
    elif deployment.rollback_on_failure:
        state, kind = DeploymentState.ROLLED_BACK, facts.DEPLOYMENT_FAILED
    else:
        state, kind = DeploymentState.FAILED, facts.DEPLOYMENT_FAILED
    ended = replace(
        deployment, state=state, ended_at=at, probe={**told, "passed": not against}, reason="; ".join(against) or None
    )
    event = facts.did(
        Actor(deployment.tenant, deployment.created_by, deployment.correlation_id),
        kind,
        specialist.id,
        at,
        deployment_id=deployment.id,
        version=deployment.version,
        environment=deployment.environment,
        status=state,
        probe=ended.probe,
        performance_score=None if version is None else version.accuracy,
    )

    speaks = deployment.environment is Environment.PRODUCTION and deployment.share is None and deployment.shadow is None
    lent = briefing.of(specialist, version) if holds and speaks and version is not None else None

    after = deployments.without(specialist, deployment)
    if holds:
        after = deployments.served_after(after, deployment)
    told_of = _told_of(specialist, after, ended, at, holds=holds)

    def also(transaction: Transaction) -> None:
        deployments.end(transaction, deployment, ended)
        if lent is not None:
            publish(transaction, deployment.tenant, lent, specialist.skills)
        rollouts.write(transaction, told_of)

    store.replace_with(specialist, after, event, also=also)


def _told_of(
    before: Specialist, after: Specialist, ended: Deployment, at: datetime, *, holds: bool
) -> list[TenantRollout]:
    """The records of the deployment and of those whose place it took."""
    gone = rollouts.dropped(before.serving.get(ended.environment), after.serving.get(ended.environment))
    records = rollouts.read(before.tenant, [ended.id, *gone])
    own = records.pop(ended.id, None)
    told_of = rollouts.replaced(records.values(), ended, at)
    if own is not None:
        told_of.append(rollouts.in_force(own, ended, at) if holds else rollouts.refused(own, ended, at))
    return told_of
