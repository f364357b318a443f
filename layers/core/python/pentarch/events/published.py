"""The events that webhooks may tell of: what a tenant's work came to, and what changed in what it owns.

Left out is what comes with every request (model calls, routing decisions, sign-ins, refusals) and what only moves work
from one worker to the next: the audit trail has those.
"""

PUBLISHED = frozenset(
    {
        "compliance.check_completed",
        "compliance.check_failed",
        "compliance.export_completed",
        "compliance.export_failed",
        "compliance.subject_erased",
        "compliance.subject_exported",
        "compliance.subject_failed",
        "compliance.violation",
        "configuration.approved",
        "configuration.created",
        "configuration.deleted",
        "configuration.proposed",
        "configuration.rejected",
        "configuration.rolled_back",
        "configuration.rollout_completed",
        "configuration.rollout_rolled_back",
        "configuration.updated",
        "infrastructure.deployment_completed",
        "infrastructure.deployment_failed",
        "infrastructure.deployment_rolled_back",
        "infrastructure.deployment_started",
        "infrastructure.scaled",
        "job.cancelled",
        "job.completed",
        "job.created",
        "job.failed",
        "job.started",
        "model.loaded",
        "service.came_back",
        "service.deregistered",
        "service.registered",
        "service.went_inactive",
        "specialist.archived",
        "specialist.deployed",
        "specialist.deployment_failed",
        "specialist.proposed",
        "specialist.rolled_back",
        "specialist.trained",
        "specialist.training_cancelled",
        "specialist.training_failed",
        "specialist.training_started",
        "webhook.disabled",
    }
)
ALIASES = {"deployment.completed": "infrastructure.deployment_completed"}
"""A name that a reference's example uses for an event that its list calls otherwise."""
