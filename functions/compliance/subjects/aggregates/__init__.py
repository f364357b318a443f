"""All kinds of data that may be about a person, and why some are not looked into.

In the order in which they forget: first whoever could make more of it.
"""

from collections.abc import Mapping

from compliance.subjects.aggregates import (
    answers,
    configurations,
    documents,
    identity,
    jobs,
    log,
    specialists,
    traces,
    webhooks,
    workflows,
    workspace,
)
from compliance.subjects.aggregates.aggregate import Aggregate
from compliance.subjects.aggregates.objects import Files
from compliance.subjects.aggregates.rows import Texts
from pentarch.files.model import UPLOADS

AGGREGATES: tuple[Aggregate, ...] = (
    identity.IDENTITY,
    jobs.OWN_RECURRING_JOBS,
    jobs.OWN_JOBS,
    jobs.OTHERS_JOBS,
    jobs.JOB_FILES,
    answers.IDEMPOTENCY,
    answers.CACHE,
    specialists.SPECIALISTS,
    specialists.DATASETS,
    specialists.TRAINING_FILES,
    Files("uploads", UPLOADS).aggregate(),
    workspace.WORKSPACE,
    workspace.PROPOSALS,
    Texts(
        "tools",
        "ToolsTable",
        texts=("body", "answer"),
        references=frozenset({"id", "name", "url", "target", "input_schema", "credential", "tools", "created_by"}),
    ).aggregate(),
    Texts(
        "agents",
        "AgentsTable",
        texts=("description", "configuration", "metadata", "body"),
        references=frozenset({"id", "name", "type", "tags", "capabilities", "tools", "model", "created_by"}),
    ).aggregate(),
    Texts(
        "models",
        "ModelsTable",
        texts=("manifest", "error"),
        references=frozenset({"id", "labels", "version", "created_by"}),
    ).aggregate(),
    workflows.WORKFLOWS,
    workflows.EXECUTIONS,
    workflows.EXECUTION_FILES,
    Texts(
        "sessions",
        "SessionsTable",
        texts=("facts", "definition"),
        references=frozenset(
            {"files", "path", "sources", "skill", "agent", "owner", "approved_by", "name", "author", "correlation_id"}
        ),
    ).aggregate(),
    configurations.CONFIGURATIONS,
    Texts(
        "services",
        "ServicesTable",
        texts=("body",),
        references=frozenset({"id", "base_url", "contract", "contract_path", "registered_by"}),
    ).aggregate(),
    traces.TRACES,
    webhooks.WEBHOOKS,
    documents.DOCUMENTS,
    Texts(
        "assessments",
        "ComplianceTable",
        texts=(),
        references=frozenset({"scope", "asked", "body"}),
        skips=("subject",),
        ground="assessments are sealed with the labels that were given them; what an export was asked for with goes "
        "within a day",
    ).aggregate(),
    log.EVENTS,
    log.USAGE,
)

LEFT: Mapping[str, str] = {
    "LiveTable": "events as they were told, with pseudonyms, for seven days; connections, for three hours",
    "LimitsTable": "how many requests a tenant made in an hour",
    "AuditTable": "ids of events under digests of what they are listed by, and counts",
    "SealsTable": "hashes, signatures and counts",
    "InfrastructureTable": "which versions were rolled out, and their steps; who asked is a pseudonym",
    "TurnsTable": "what models and tools answered an agent, under the attempt's id alone; gone after seven days",
    "ReleasesBucket": "the stack's own code",
    "AccessLogsBucket": "S3's own account of which role asked for which object; gone with the logs' retention",
    "FilesBucket/compliance": "evidence of assessments: settings, figures, and people by pseudonyms",
    "FilesBucket/models": "files of registered models: weights, whose hash is what is loaded",
    "FilesBucket/exports": "events and assessments, which hold pseudonyms; gone after two days",
}
"""Tables, buckets and areas of buckets that nobody looks into: what they hold, and why that is nothing to be found."""
