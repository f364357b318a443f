"""What an operation is called: `<reference>_<group>_<act>`, which is also where the clients have it.

`metaqore_llm_generate` is `client.llm.generate` of the MetaQore client.
"""

import re
from typing import NamedTuple


class Group(NamedTuple):
    reference: str
    name: str
    nouns: tuple[str, ...]
    """What the names of its functions end with and its own name says already: `list_agents` is `agents_list`."""

    @property
    def tag(self) -> str:
        return f"{REFERENCES[self.reference]}: {' '.join(re.split(r'(?=[A-Z])', self.name)).lower()}"


REFERENCES = {
    "metaqore": "MetaQore",
    "metaforge": "MetaForge",
    "metaagents": "Meta-Agents",
    "caio": "CAIO",
    "aisemble": "Ai-semble",
    "openai": "OpenAI-compatible",
    "pentarch": "Pentarch",
}

_BY_PREFIX: tuple[tuple[str, Group], ...] = (
    ("/api/v1/llm", Group("metaqore", "llm", ())),
    ("/api/v1/specialists", Group("metaqore", "specialists", ("specialist", "specialists"))),
    ("/api/v1/compliance/subjects", Group("metaqore", "subjects", ("request", "requests", "subject"))),
    ("/api/v1/compliance", Group("metaqore", "compliance", ())),
    ("/api/v1/infrastructure", Group("metaqore", "infrastructure", ("infrastructure",))),
    ("/api/v1/webhooks", Group("metaqore", "webhooks", ("webhook", "webhooks"))),
    ("/api/v1/health", Group("metaqore", "system", ())),
    ("/api/v1/sessions/{id}/events", Group("metaforge", "events", ("events",))),
    ("/api/v1/session", Group("metaforge", "sessions", ("session", "sessions"))),
    ("/api/v1/agents", Group("metaagents", "agents", ("agent", "agents"))),
    ("/api/v1/agent", Group("metaforge", "agent", ())),
    ("/api/v1/pending", Group("metaforge", "approvals", ("pending",))),
    ("/api/v1/approve", Group("metaforge", "approvals", ())),
    ("/api/v1/reject", Group("metaforge", "approvals", ())),
    ("/api/v1/revise", Group("metaforge", "approvals", ())),
    ("/api/v1/workspace", Group("metaforge", "workspace", ("file", "files"))),
    ("/api/v1/skills", Group("metaforge", "skills", ("skill", "skills"))),
    ("/api/v1/status", Group("metaforge", "system", ())),
    ("/api/v1/ws", Group("metaforge", "events", ())),
    ("/api/v1/workflows", Group("metaagents", "workflows", ("workflow", "workflows"))),
    ("/api/v1/executions", Group("metaagents", "executions", ("execution", "executions"))),
    ("/api/v1/tools", Group("metaagents", "tools", ("tool", "tools"))),
    ("/health", Group("caio", "system", ())),
    ("/api/v1/update", Group("caio", "system", ())),
    ("/api/v1/restart", Group("caio", "system", ())),
    ("/api/v1/version", Group("caio", "system", ())),
    ("/api/services", Group("caio", "services", ("service", "services"))),
    ("/api/credentials", Group("caio", "credentials", ("credential", "credentials"))),
    ("/api/discover", Group("caio", "routing", ())),
    ("/api/route", Group("caio", "routing", ())),
    ("/api/traces", Group("caio", "traces", ("trace", "traces"))),
    ("/configurations", Group("caio", "configurations", ("configuration", "configurations"))),
    ("/api/v2/auth", Group("aisemble", "auth", ())),
    ("/api/v2/ai/llm", Group("aisemble", "llm", ())),
    ("/api/v2/ai/vision", Group("aisemble", "vision", ())),
    ("/api/v2/ai/nlp", Group("aisemble", "nlp", ())),
    ("/api/v2/jobs", Group("aisemble", "jobs", ("job", "jobs"))),
    ("/api/v2/models", Group("aisemble", "models", ("model", "models"))),
    ("/api/v2/webhooks", Group("aisemble", "webhooks", ("webhook", "webhooks"))),
    ("/api/v2/ops", Group("aisemble", "ops", ())),
    ("/api/v2/metrics", Group("aisemble", "ops", ())),
    ("/api/v2/health", Group("aisemble", "system", ())),
    ("/v1", Group("openai", "v1", ())),
    ("/api/v1/keys", Group("pentarch", "keys", ("key", "keys"))),
    ("/api/v1/users", Group("pentarch", "users", ("user", "users"))),
    ("/api/v1/clients", Group("pentarch", "clients", ("client", "clients"))),
    ("/api/v1/datasets", Group("pentarch", "datasets", ("dataset", "datasets"))),
    ("/oauth2", Group("pentarch", "oauth", ())),
    ("/.well-known", Group("pentarch", "oauth", ())),
    ("/mcp", Group("pentarch", "mcp", ())),
)


def group_of(path: str) -> Group:
    for prefix, group in _BY_PREFIX:
        if path.startswith(prefix):
            return group
    msg = f"{path} is in no group: give its prefix one in apidoc/naming.py"
    raise LookupError(msg)


def operation_id(path: str, function: str) -> str:
    """An operation's id, from its path and the name of the function that serves it."""
    group = group_of(path)
    words = function.split("_")
    if words[-1] in group.nouns:
        words = words[:-1] or ["list"]
    act = words[0] + "".join(word.capitalize() for word in words[1:])
    return f"{group.reference}_{group.name}_{act}"
