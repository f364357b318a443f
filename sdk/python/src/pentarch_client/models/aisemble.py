"""Ai-semble: language models, vision, texts, jobs, models, operation, tokens."""

from typing import Any

from pentarch_client.records import Record


class TokenPair(Record):
    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str


class GenerationMetadata(Record):
    tokens_used: int
    processing_time: float
    cost: float


class Answer(Record):
    request_id: str
    model: str
    generated_text: str
    metadata: GenerationMetadata
    status: str


class Choice(Record):
    message: Record
    finish_reason: str


class Chat(Record):
    request_id: str
    choices: list[Choice]
    usage: Record


class LanguageModel(Record):
    id: str
    name: str
    description: str
    max_tokens: int
    cost_per_token: float
    capabilities: list[str]
    status: str


class VisionAnalysis(Record):
    request_id: str
    image_info: Record
    analysis_results: Record
    processing_time: float


class Classification(Record):
    request_id: str
    predictions: list[Record]


class Analysis(Record):
    request_id: str
    text_length: int
    detected_language: str
    sentiment: Record | None
    entities: list[Record]
    keywords: list[Record]


class Summary(Record):
    request_id: str
    original_length: int
    summary: str
    summary_length: int
    compression_ratio: float


class JobProgress(Record):
    completed: int
    total: int
    percentage: float


class LogLine(Record):
    timestamp: str
    level: str
    service: str
    message: str
    trace_id: str | None


class Job(Record):
    """In a list `progress` is a percentage alone."""

    job_id: str
    name: str
    status: str
    priority: str
    progress: JobProgress
    created_at: str
    started_at: str | None
    estimated_completion: str | None
    results_available: bool
    results_url: str | None
    logs: list[LogLine]

    @property
    def is_over(self) -> bool:
        return self.status in {"completed", "failed", "cancelled"}


class RecurringJob(Record):
    recurrence_id: str
    name: str
    status: str
    expression: str
    time_zone: str
    next_at: str | None
    job: Record
    jobs_made: int
    last_job_id: str | None


class OpsStatus(Record):
    system_status: str
    uptime: str
    active_jobs: int
    queued_jobs: int
    failed_jobs_24h: int
    resource_utilization: Record
    alerts: list[Record]


class Model(Record):
    id: str
    name: str
    type: str
    version: str
    status: str
    capabilities: list[str]
    parameters: dict[str, Any]
    performance: Record


class ModelPerformance(Record):
    model_id: str
    performance_metrics: Record
    resource_usage: Record
