"""Deployments in the table, and what one does to what serves: rules and writes."""

from dataclasses import replace
from datetime import datetime

from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Transaction, batch_get
from specialists import store
from specialists.errors import MovedError, NotDeployableError
from specialists.lifecycle import DeploymentState, Environment, Status
from specialists.model import Deployment, Served, Specialist, Version
from specialists.table import DeploymentItem, deployment_key


def served_after(specialist: Specialist, deployment: Deployment) -> Specialist:
    """The specialist once a deployment holds: all requests go to its version, or a share of them does."""
    before = specialist.serving.get(deployment.environment)
    if deployment.shadow is not None and before is not None:
        served = replace(
            before,
            shadow=deployment.version,
            shadow_share=deployment.shadow,
            shadow_deployment=deployment.id,
        )
    elif deployment.share is not None and before is not None:
        served = replace(
            before, candidate=deployment.version, share=deployment.share, candidate_deployment=deployment.id
        )
    else:
        former = None if before is None else before.version
        previous = before.previous if before is not None and former == deployment.version else former
        served = Served(deployment.version, deployment.id, previous=previous)
    return replace(specialist, status=Status.ACTIVE, serving={**specialist.serving, deployment.environment: served})


def waiting_for(specialist: Specialist, deployment: Deployment) -> Specialist:
    """The specialist while a deployment waits for its probe."""
    return replace(specialist, deploying={**specialist.deploying, deployment.environment: deployment.id})


def without(specialist: Specialist, deployment: Deployment) -> Specialist:
    """The specialist when a deployment waits no more."""
    waiting = {place: one for place, one in specialist.deploying.items() if one != deployment.id}
    return replace(specialist, deploying=waiting)


def check_free(specialist: Specialist, environment: Environment, version: int) -> None:
    """NotDeployableError where another roll-out is under way: an environment has one at a time.

    The version of a canary or a shadow may be deployed again: so it gets another share, or all.
    """
    waiting = specialist.deploying.get(environment)
    if waiting is not None:
        msg = f"a deployment to {environment} is under way: wait for its end, or roll it back"
        raise NotDeployableError(msg, details={"deployment_id": waiting})
    served = specialist.serving.get(environment)
    others = set() if served is None else served.tried - {version}
    if others:
        number = min(others)
        msg = f"version {number} is being rolled out in {environment}: deploy it to all, or roll it back first"
        raise NotDeployableError(msg, details={"version": number})


def shortcomings(criteria: dict[str, float], accuracy: float | None, latency_ms: float | None) -> list[str]:
    """Why a version does not keep what `validation_criteria` ask; empty if it does."""
    found: list[str] = []
    wanted, most = criteria.get("min_accuracy"), criteria.get("max_latency")
    if wanted is not None:
        if accuracy is None:
            found.append(f"min_accuracy is {wanted:g}, and no accuracy was measured")
        elif accuracy < wanted:
            found.append(f"its accuracy is {accuracy:.4g}, and min_accuracy is {wanted:g}")
    if most is not None and latency_ms is not None and latency_ms > most:
        found.append(f"it answers within {latency_ms:.4g} ms, and max_latency is {most:g} ms")
    return found


def add(transaction: Transaction, deployment: Deployment) -> None:
    transaction.put(_to_item(deployment), condition=DeploymentItem.key.does_not_exist(), otherwise=MovedError())


def end(transaction: Transaction, before: Deployment, after: Deployment) -> None:
    condition = DeploymentItem.state == before.state
    transaction.put(_to_item(after), condition=condition, otherwise=MovedError("the deployment has ended"))


def get(tenant: str, specialist_id: str, deployment_id: str) -> Deployment | None:
    return with_specialist(tenant, specialist_id, deployment_id)[1]


def with_specialist(tenant: str, specialist_id: str, deployment_id: str) -> tuple[Specialist | None, Deployment | None]:
    specialist, deployment = batch_get(
        [store.place(tenant, specialist_id), (DeploymentItem, tenant, deployment_key(specialist_id, deployment_id))],
        consistent=True,
    )
    return (store.to_specialist(specialist) if specialist else None), (
        _to_deployment(deployment) if deployment else None
    )


def version_shortcomings(specialist: Specialist, version: Version) -> list[str]:
    return shortcomings(dict(specialist.validation_criteria), version.accuracy, version.latency_ms)


def _to_item(one: Deployment) -> DeploymentItem:
    return DeploymentItem(
        one.tenant,
        deployment_key(one.specialist_id, one.id),
        version=one.version,
        environment=one.environment,
        state=one.state,
        rollback_on_failure=int(one.rollback_on_failure),
        created_at=epoch_ms(one.created_at),
        created_by=one.created_by,
        correlation_id=one.correlation_id or None,
        share=one.share,
        shadow=one.shadow,
        previous=one.previous,
        ended_at=None if one.ended_at is None else epoch_ms(one.ended_at),
        probe=dict(one.probe) or None,
        reason=one.reason,
    )


def _to_deployment(item: DeploymentItem) -> Deployment:
    _, specialist_id, deployment_id = item.key.split("#")
    return Deployment(
        tenant=item.tenant,
        specialist_id=specialist_id,
        id=deployment_id,
        version=int(item.version),
        environment=Environment(item.environment),
        state=DeploymentState(item.state),
        rollback_on_failure=bool(item.rollback_on_failure),
        created_at=from_epoch_ms(int(item.created_at)),
        created_by=item.created_by,
        correlation_id=item.correlation_id or "",
        share=None if item.share is None else float(item.share),
        shadow=None if item.shadow is None else float(item.shadow),
        previous=None if item.previous is None else int(item.previous),
        ended_at=_instant(item.ended_at),
        probe=item.probe or {},
        reason=item.reason,
    )


def _instant(ms: float | None) -> datetime | None:
    return None if ms is None else from_epoch_ms(int(ms))
