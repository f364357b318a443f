"""Specialists, trainings and deployments as the reference shows them, and what goes beyond it."""

from collections.abc import Sequence
from typing import Any

from pentarch.platform.clock import iso
from pentarch.usage.model import Consumption
from pentarch.usage.store import Agreement
from specialists import asking
from specialists.finetuning import told as finetuning
from specialists.lifecycle import TrainingState
from specialists.model import Dataset, Deployment, Epoch, Specialist, Training, Version


def created(one: Specialist) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "status": one.status, "created_at": iso(one.created_at)}


def row(one: Specialist) -> dict[str, Any]:
    """A specialist in a list. Its score is its accuracy, as far as its type of training measures one."""
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "status": one.status,
        "skills": list(one.skills),
        "performance_score": one.accuracy,
        "created_at": iso(one.created_at),
        "last_trained": iso(one.last_trained) if one.last_trained else None,
        "latest_version": one.latest_version,
    }


def detailed(
    one: Specialist, history: Sequence[Training], serving: Version | None, used: Consumption
) -> dict[str, Any]:
    """Accuracy is that of the version that serves, else of the latest; the rest was measured at real requests."""
    accuracy = one.accuracy if serving is None else serving.accuracy
    return row(one) | {
        "training_config": dict(one.training_config),
        "validation_criteria": dict(one.validation_criteria),
        "training_history": [in_history(training) for training in history],
        "performance_metrics": {
            "accuracy": accuracy,
            "latency_ms": round(used.milliseconds / used.requests, 3) if used.requests else None,
            "requests_served": used.requests,
        },
        "gateway": {"mode": one.mode},
        "serving": {name: served.told() for name, served in one.serving.items()},
    }


def in_history(one: Training) -> dict[str, Any]:
    return {
        "job_id": one.id,
        "type": one.type,
        "status": one.state.shown,
        "version": one.version,
        "epochs": finetuning.epoch(one.tuning) if one.is_tuned else one.current_epoch,
        "accuracy": one.metrics.get("accuracy"),
        "loss": one.metrics.get("loss"),
        "created_at": iso(one.created_at),
        "completed_at": iso(one.ended_at) if one.ended_at else None,
        "error": one.error,
    }


def queued(one: Training, seconds: float | None) -> dict[str, Any]:
    return {"training_job_id": one.id, "status": one.state.shown, "estimated_duration": seconds}


def training(one: Training, curve: Sequence[Epoch]) -> dict[str, Any]:
    completion = asking.estimated_completion(one)
    return {
        "job_id": one.id,
        "specialist_id": one.specialist_id,
        "type": one.type,
        "status": one.state.shown,
        "phase": one.state,
        "progress": asking.progress(one),
        "current_epoch": finetuning.epoch(one.tuning) if one.is_tuned else one.current_epoch,
        "total_epochs": one.total_epochs,
        "stopped_early": (
            one.state is TrainingState.COMPLETED and not one.is_tuned and one.current_epoch < one.total_epochs
        ),
        "metrics": dict(one.metrics),
        "loss_curve": (
            finetuning.curve(one.tuning)
            if one.is_tuned
            else [{"epoch": epoch.number, "seconds": epoch.seconds, **epoch.metrics} for epoch in curve]
        ),
        "estimated_completion": iso(completion) if completion else None,
        "dataset": dict(one.report),
        "parameters": dict(one.parameters),
        "provider_job": finetuning.shown(one.tuning) if one.is_tuned else None,
        "version": one.version,
        "error": one.error,
        "created_at": iso(one.created_at),
        "started_at": iso(one.started_at) if one.started_at else None,
        "completed_at": iso(one.ended_at) if one.ended_at else None,
    }


def version(one: Version) -> dict[str, Any]:
    """A version in a list; the whole of its metrics is with its training."""
    numbers = {name: value for name, value in one.metrics.items() if isinstance(value, int | float)}
    return {
        "version": one.number,
        "job_id": one.training_id,
        "type": one.type,
        "metrics": numbers,
        "latency_ms": one.latency_ms,
        "model_hash": one.model_hash,
        "provider_model": None if one.tuned is None else dict(one.tuned),
        "dataset_hash": one.dataset_hash,
        "created_at": iso(one.created_at),
    }


def deployment(one: Deployment, agreement: Agreement | None = None) -> dict[str, Any]:
    """Of a shadow with how often it said what the heard version said; a rate of nothing is null."""
    told = {
        "deployment_id": one.id,
        "specialist_id": one.specialist_id,
        "status": one.state,
        "endpoint": f"/api/v1/specialists/{one.specialist_id}/predict",
        "environment": one.environment,
        "version": one.version,
        "previous_version": one.previous,
        "canary_share": one.share,
        "shadow": one.shadow,
        "rollback_on_failure": one.rollback_on_failure,
        "probe": dict(one.probe),
        "reason": one.reason,
        "created_at": iso(one.created_at),
        "completed_at": iso(one.ended_at) if one.ended_at else None,
    }
    if agreement is None:
        return told
    rate = round(agreement.agreed / agreement.compared, 6) if agreement.compared else None
    return told | {"agreement": {"compared": agreement.compared, "agreed": agreement.agreed, "rate": rate}}


def dataset(one: Dataset, size: int | None) -> dict[str, Any]:
    """`size_bytes` is null until the file is there."""
    return {
        "id": one.id,
        "name": one.name,
        "format": one.format,
        "size_bytes": size,
        "created_at": iso(one.created_at),
    }
