"""The events of specialists. None of them holds a row of a dataset, an input, a prediction or a specialist's name."""

from datetime import datetime
from typing import Any

from pentarch.events.actor import Actor
from pentarch.events.model import Event

PROPOSED = "specialist.proposed"
ARCHIVED = "specialist.archived"
TRAINING_QUEUED = "specialist.training_queued"
TRAINING_STARTED = "specialist.training_started"
DATASET_VALIDATED = "specialist.dataset_validated"
TRAINING_PROGRESSED = "specialist.training_progressed"
TRAINING_PAUSED = "specialist.training_paused"
TRAINING_RESUMED = "specialist.training_resumed"
TRAINING_CANCELLED = "specialist.training_cancelled"
TRAINING_FAILED = "specialist.training_failed"
TRAINED = "specialist.trained"
DEPLOYMENT_REQUESTED = "specialist.deployment_requested"
DEPLOYED = "specialist.deployed"
DEPLOYMENT_FAILED = "specialist.deployment_failed"
ROLLED_BACK = "specialist.rolled_back"
PREDICTED = "specialist.predicted"
DATASET_CREATED = "dataset.created"
DATASET_DELETED = "dataset.deleted"

MEASURE = "specialist_measure"
"""The action of the model calls that a tuned model is measured by; their events are the gateway's."""

_ACTIONS = {
    PROPOSED: "specialist_propose",
    ARCHIVED: "specialist_archive",
    TRAINING_QUEUED: "specialist_train",
    TRAINING_STARTED: "specialist_training_start",
    DATASET_VALIDATED: "specialist_dataset_validate",
    TRAINING_PROGRESSED: "specialist_training_progress",
    TRAINING_PAUSED: "specialist_training_pause",
    TRAINING_RESUMED: "specialist_training_resume",
    TRAINING_CANCELLED: "specialist_training_cancel",
    TRAINING_FAILED: "specialist_training_fail",
    TRAINED: "specialist_training_complete",
    DEPLOYMENT_REQUESTED: "specialist_deploy",
    DEPLOYED: "specialist_deployment_complete",
    DEPLOYMENT_FAILED: "specialist_deployment_fail",
    ROLLED_BACK: "specialist_rollback",
    PREDICTED: "specialist_predict",
    DATASET_CREATED: "dataset_create",
    DATASET_DELETED: "dataset_delete",
}
"""As auditors name them."""


def did(actor: Actor, event_type: str, resource: str, at: datetime, **data: Any) -> Event:  # noqa: ANN401 (JSON)
    """An event about a specialist or a dataset, whose id is the resource."""
    facts = {f"{event_type.partition('.')[0]}_id": resource, **data}
    return actor.did(event_type, resource, at, action=_ACTIONS[event_type], tags=("data_processing",), **facts)
