"""MetaQore: model gateway, specialists, compliance, infrastructure, webhooks; and identity, which speaks as it does."""

from typing import Any

from pentarch_client.records import Record


class Completion(Record):
    """A model's answer. The end of a stream has no `response`."""

    response: str
    model: str
    requested_model: str
    provider: str
    processing_time: float
    cached: bool
    specialist_used: str | None
    tokens_used: int
    finish_reason: str
    sensitivity: str
    cost_usd: float
    audit_event_id: str
    trace_id: str


class ModelEntry(Record):
    name: str
    provider: str
    description: str
    context_window: int
    supported_features: list[str]
    max_sensitivity: str


class Usage(Record):
    rows: list[Record]
    total: Record
    month: Record
    budget_usd: float | None


class Health(Record):
    status: str
    version: str
    uptime: float
    cache_status: str


class Epoch(Record):
    epoch: int
    seconds: float
    loss: float
    accuracy: float


class Training(Record):
    job_id: str
    specialist_id: str
    type: str
    status: str
    phase: str
    progress: float
    current_epoch: int
    total_epochs: int
    metrics: Record
    loss_curve: list[Epoch]
    estimated_completion: str | None
    version: int | None
    error: Record | None

    @property
    def is_over(self) -> bool:
        return self.status in {"completed", "failed", "cancelled"}


class TrainingStarted(Record):
    training_job_id: str
    status: str
    estimated_duration: float | None


class Specialist(Record):
    id: str
    name: str
    description: str
    status: str
    skills: list[str]
    performance_score: float | None
    performance_metrics: Record
    training_history: list[Training]
    created_at: str
    last_trained: str | None
    latest_version: int | None


class SpecialistVersion(Record):
    version: int
    job_id: str
    type: str
    metrics: Record
    latency_ms: float
    model_hash: str
    created_at: str


class SpecialistDeployment(Record):
    deployment_id: str
    specialist_id: str
    status: str
    endpoint: str
    environment: str
    version: int
    reason: str | None
    probe: Record

    @property
    def is_over(self) -> bool:
        return self.status != "deploying"


class Dataset(Record):
    id: str
    name: str
    format: str
    size_bytes: int | None
    created_at: str


class Control(Record):
    id: str
    name: str
    status: str
    score: float | None
    weight: float
    evidence_count: int


class Check(Record):
    check_id: str
    framework: str
    status: str
    overall_compliance: float | None
    assessed_share: float
    controls: list[Control]
    findings: list[Record]
    report_url: str | None

    @property
    def is_over(self) -> bool:
        return self.status in {"completed", "failed", "cancelled"}


class FrameworkStatus(Record):
    name: str
    overall_score: float | None
    last_assessment: str | None
    next_assessment: str | None
    critical_findings: int | None


class Schedule(Record):
    framework: str
    expression: str
    enabled: bool
    next_at: str | None


class AuditEvent(Record):
    id: str
    timestamp: str
    agent: str
    action: str
    resource: str
    sensitivity: str
    compliance_tags: list[str]
    evidence: dict[str, Any]
    type: str
    actor: str


class SubjectRequest(Record):
    id: str
    kind: str
    status: str


class Resource(Record):
    id: str
    name: str
    type: str
    status: str
    replicas: int
    cpu_usage: float | None
    memory_usage: float | None
    last_updated: str
    service: str | None


class Scaling(Record):
    scaling_operation_id: str
    service: str
    target_replicas: int
    current_replicas: int
    status: str
    estimated_completion: str

    @property
    def is_over(self) -> bool:
        return self.status != "scaling"


class Deployment(Record):
    """A roll-out; `service` is None where it is of a specialist or a configuration, which `resource` names."""

    deployment_id: str
    kind: str
    action: str
    service: str | None
    resource: str
    environment: str | None
    version: str
    previous_version: str | None
    strategy: str
    status: str
    progress: float
    rollback_available: bool
    start_time: str
    completion_time: str | None
    events: list[Record]
    reason: str | None

    @property
    def is_over(self) -> bool:
        return self.status in {"completed", "failed", "rolled_back"}


class Webhook(Record):
    """`secret` and `signing_key` are told once: when it is registered, and when its secret is rotated."""

    id: str
    url: str
    events: list[str]
    status: str
    secret: str | None
    signing_key: str | None


class Delivery(Record):
    id: str
    event: str
    status: str
    attempts: Any


class Credential(Record):
    """An API key, an OAuth client or a user. Its secret is told once."""

    id: str
    name: str
    roles: list[str]
    scopes: list[str]
    status: str
    created_at: str
    expires_at: str | None
    key: str | None
    client_id: str | None
    client_secret: str | None
    username: str | None
