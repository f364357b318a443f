"""What the slice is about: specialists, their trainings, versions and deployments, and datasets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pentarch.llm.specialists import Mode
from specialists.lifecycle import DeploymentState, Environment, Status, TrainingState

JsonObject = Mapping[str, Any]


class TrainingType(StrEnum):
    SUPERVISED = "supervised"
    UNSUPERVISED = "unsupervised"
    REINFORCEMENT = "reinforcement"


@dataclass(frozen=True, slots=True)
class Served:
    """What answers in one environment: a version, and perhaps a newer one for a share of the requests."""

    version: int
    deployment_id: str
    previous: int | None = None
    """What answered before: where a rollback leads to."""
    candidate: int | None = None
    share: float = 0.0
    candidate_deployment: str | None = None
    shadow: int | None = None
    """A version that answers a share of the requests too, without being heard."""
    shadow_share: float = 0.0
    shadow_deployment: str | None = None

    def told(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "deployment_id": self.deployment_id,
            "previous": self.previous,
            "candidate": self.candidate,
            "share": self.share,
            "candidate_deployment": self.candidate_deployment,
            "shadow": self.shadow,
            "shadow_share": self.shadow_share,
            "shadow_deployment": self.shadow_deployment,
        }

    @property
    def tried(self) -> set[int]:
        """The versions that stand beside the one that answers."""
        return {one for one in (self.candidate, self.shadow) if one is not None}

    @property
    def trials(self) -> tuple[str, ...]:
        """The deployments that put them there."""
        return tuple(one for one in (self.candidate_deployment, self.shadow_deployment) if one is not None)


@dataclass(frozen=True, slots=True)
class Specialist:
    tenant: str
    id: str
    name: str
    description: str
    skills: tuple[str, ...]
    status: Status
    created_at: datetime
    created_by: str
    training_config: JsonObject = field(default_factory=dict)
    validation_criteria: JsonObject = field(default_factory=dict)
    revision: int = 1
    latest_version: int = 0
    last_trained: datetime | None = None
    accuracy: float | None = None
    """Of the latest version on rows that it did not learn from."""
    serving: Mapping[Environment, Served] = field(default_factory=dict)
    deploying: Mapping[Environment, str] = field(default_factory=dict)
    """The deployment to each environment that waits for its probe: there is one at a time."""
    mode: Mode = Mode.BRIEF
    """What it is for in the gateway."""

    @property
    def serves(self) -> Served | None:
        """What production answers with, or staging where there is nothing in production."""
        return self.serving.get(Environment.PRODUCTION) or self.serving.get(Environment.STAGING)


@dataclass(frozen=True, slots=True)
class Training:
    """One training job. Its checkpoint is `current_epoch` together with the object that `checkpoint` names."""

    tenant: str
    specialist_id: str
    id: str
    type: TrainingType
    parameters: JsonObject
    source: JsonObject
    """Where the dataset is read from: `{"kind": ..., ...}`."""
    state: TrainingState
    created_at: datetime
    created_by: str
    total_epochs: int
    correlation_id: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    current_epoch: int = 0
    checkpoint: str | None = None
    prepared: str | None = None
    """The key of the manifest of the rows that the validated dataset became."""
    report: JsonObject = field(default_factory=dict)
    metrics: JsonObject = field(default_factory=dict)
    error: JsonObject | None = None
    version: int | None = None
    epoch_seconds: float | None = None
    """What the epochs took on average, measured; None before the first."""
    lease_owner: str | None = None
    leased_until: datetime | None = None
    tries: int = 0
    """How often a worker began since the last epoch that was finished."""
    epoch_when_taken: int = -1
    tuning: JsonObject = field(default_factory=dict)
    """What is known of the job at a provider; empty where the training is our own."""

    def is_leased(self, at: datetime) -> bool:
        return self.lease_owner is not None and self.leased_until is not None and at < self.leased_until

    @property
    def step(self) -> int:
        """Raised by every step that a worker can lose: the dataset's preparation, each epoch or look at a provider."""
        return self.current_epoch + int(self.prepared is not None) + int(self.tuning.get("looks", 0))

    @property
    def is_tuned(self) -> bool:
        """Whether a provider does it."""
        return "backend" in self.parameters

    @property
    def next_try(self) -> int:
        return 1 if self.step > self.epoch_when_taken else self.tries + 1


@dataclass(frozen=True, slots=True)
class Epoch:
    number: int
    seconds: float
    metrics: JsonObject


@dataclass(frozen=True, slots=True)
class Version:
    """What a completed training made."""

    tenant: str
    specialist_id: str
    number: int
    training_id: str
    type: TrainingType
    model_hash: str
    dataset_hash: str
    metrics: JsonObject
    latency_ms: float | None
    """The 95th percentile of single predictions when it was trained; None where a provider answers."""
    created_at: datetime
    tuned: JsonObject | None = None
    """The provider and its model that answers; None of what is trained here."""

    @property
    def accuracy(self) -> float | None:
        found = self.metrics.get("accuracy")
        return None if found is None else float(found)

    @property
    def performance_score(self) -> float | None:
        """The measure of its kind: accuracy, the silhouette of clusters, a policy's doubly robust value."""
        policy = self.metrics.get("policy_value") or {}
        measured = (self.accuracy, self.metrics.get("silhouette"), (policy.get("dr") or {}).get("value"))
        return next((float(one) for one in measured if one is not None), None)


@dataclass(frozen=True, slots=True)
class Deployment:
    tenant: str
    specialist_id: str
    id: str
    version: int
    environment: Environment
    state: DeploymentState
    rollback_on_failure: bool
    created_at: datetime
    created_by: str
    correlation_id: str = ""
    share: float | None = None
    """The share of requests that the version gets beside the present one; None: all."""
    shadow: float | None = None
    """The share of requests that the version answers unheard; None: it is heard."""
    previous: int | None = None
    ended_at: datetime | None = None
    probe: JsonObject = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """A file that somebody uploads under an address of ours."""

    tenant: str
    id: str
    name: str
    format: str
    key: str
    created_at: datetime
    created_by: str
