"""What a provider tells of its job, and no more than that: pure."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

_METRICS = (
    "train_loss",
    "valid_loss",
    "full_valid_loss",
    "train_mean_token_accuracy",
    "valid_mean_token_accuracy",
    "full_valid_mean_token_accuracy",
)


def progress(tuning: Mapping[str, Any]) -> float | None:
    step, total = tuning.get("step"), tuning.get("total_steps")
    return round(min(1.0, step / total), 4) if step is not None and total else None


def epoch(tuning: Mapping[str, Any]) -> int | None:
    """Epochs that are done: the steps told, of the steps and the epochs told."""
    step, total, epochs = (tuning.get(name) for name in ("step", "total_steps", "epochs"))
    return int(step * epochs // total) if step is not None and total and epochs else None


def shown(tuning: Mapping[str, Any]) -> dict[str, Any]:
    names = ("job", "status", "step", "total_steps", "trained_tokens", "deployment", "deployment_status")
    return {name: tuning.get(name) for name in names}


def curve(tuning: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The loss by epoch, where the provider tells it; it does not tell how long an epoch took."""
    return [{"epoch": epoch, "seconds": None, "loss": loss} for epoch, loss in tuning.get("curve", ())]


def facts(job: Mapping[str, Any]) -> dict[str, Any]:
    method = _mapping(_mapping(job.get("method")).get("supervised"))
    epochs = _mapping(method.get("hyperparameters") or job.get("hyperparameters")).get("n_epochs")
    return {
        "job": str(job["id"]),
        "status": str(job["status"]),
        "model": job.get("fine_tuned_model") or None,
        "epochs": _whole(epochs),
        "trained_tokens": _whole(job.get("trained_tokens")),
    }


def steps(events: Iterable[object]) -> tuple[dict[str, Any], dict[str, float]]:
    """How far the events say the job is, and the metrics of the last step that has some."""
    found: dict[str, Any] = {}
    metrics: dict[str, float] = {}
    for event in events:
        data = _mapping(_mapping(event).get("data"))
        step = _whole(data.get("step"))
        if step is None or step <= found.get("step", -1):
            continue
        found = {"step": step, "total_steps": _whole(data.get("total_steps"))}
        metrics = {name: float(data[name]) for name in _METRICS if _is_number(data.get(name))}
    return found, metrics


def stepwise(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Steps, and the mean loss of each epoch, of Bedrock's table of steps; rows that are not as it promises count not.

    https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-analyze.html
    """
    losses: dict[int, list[float]] = {}
    for row in rows:
        try:
            epoch, loss = int(float(row["epoch_number"])), float(row["training_loss"])
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
        if isfinite(loss):
            losses.setdefault(epoch, []).append(loss)
    if not losses:
        return {}
    steps = sum(map(len, losses.values()))
    numbered = enumerate(sorted(losses), 1)  # it is not said whether epochs begin at 0 or at 1
    curve = [[number, round(sum(losses[epoch]) / len(losses[epoch]), 6)] for number, epoch in numbered]
    return {"step": steps, "total_steps": steps, "curve": curve}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
