"""A client for each reference, and one for all of them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from pentarch_client._async.agents import AsyncAgents, AsyncTools
from pentarch_client._async.ai import AsyncLanguageModels, AsyncNlp, AsyncVision
from pentarch_client._async.client import AsyncClientBase, AsyncGroup
from pentarch_client._async.compliance import AsyncCompliance
from pentarch_client._async.configurations import AsyncConfigurations
from pentarch_client._async.identity import AsyncAuth, AsyncKeys, AsyncOAuthClients, AsyncUsers
from pentarch_client._async.infrastructure import AsyncInfrastructure
from pentarch_client._async.jobs import AsyncJobs, AsyncModels, AsyncOperations, AsyncRecurringJobs
from pentarch_client._async.live import listen
from pentarch_client._async.llm import AsyncCompatible, AsyncLlm
from pentarch_client._async.registry import AsyncCredentials, AsyncRouter, AsyncServices
from pentarch_client._async.session import AsyncSession
from pentarch_client._async.sessions import AsyncSessions, AsyncSkills, AsyncWorkspace
from pentarch_client._async.specialists import AsyncDatasets, AsyncSpecialists
from pentarch_client._async.system import AsyncSystem
from pentarch_client._async.webhooks import AsyncMetaQoreWebhooks, AsyncWebhooks
from pentarch_client._async.workflows import AsyncExecutions, AsyncWorkflows
from pentarch_client.models import LiveEvent


class AsyncMetaQoreClient(AsyncClientBase):
    llm = AsyncGroup(AsyncLlm)
    specialists = AsyncGroup(AsyncSpecialists)
    datasets = AsyncGroup(AsyncDatasets)
    compliance = AsyncGroup(AsyncCompliance)
    infrastructure = AsyncGroup(AsyncInfrastructure)
    webhooks = AsyncGroup(AsyncMetaQoreWebhooks)
    keys = AsyncGroup(AsyncKeys)
    users = AsyncGroup(AsyncUsers)
    clients = AsyncGroup(AsyncOAuthClients)
    system = AsyncGroup(AsyncSystem)


class AsyncMetaForgeClient(AsyncClientBase):
    sessions = AsyncGroup(AsyncSessions)
    workspace = AsyncGroup(AsyncWorkspace)
    skills = AsyncGroup(AsyncSkills)
    system = AsyncGroup(AsyncSystem)

    async def run_skill(
        self,
        skill: str,
        files: Sequence[str] = (),
        args: Mapping[str, Any] | None = None,
        *,
        options: Mapping[str, Any] | None = None,
    ) -> AsyncSession:
        """Run a skill's agent on files of the workspace (`workspace.write` puts them there)."""
        return AsyncSession(self.sessions, await self.sessions.run(skill, files, args, options=options))

    def live(
        self, *, sessions: Sequence[str] = (), types: Sequence[str] = (), last: int | None = None
    ) -> AsyncIterator[LiveEvent]:
        """Events as they happen, by the WebSocket; a lost connection is taken up where it was."""
        return listen(self._transport, sessions=sessions, types=types, last=last)


class AsyncMetaAgentsClient(AsyncClientBase):
    agents = AsyncGroup(AsyncAgents)
    workflows = AsyncGroup(AsyncWorkflows)
    executions = AsyncGroup(AsyncExecutions)
    tools = AsyncGroup(AsyncTools)


class AsyncCaioClient(AsyncClientBase):
    services = AsyncGroup(AsyncServices)
    routing = AsyncGroup(AsyncRouter)
    credentials = AsyncGroup(AsyncCredentials)
    configurations = AsyncGroup(AsyncConfigurations)
    system = AsyncGroup(AsyncSystem)


class AsyncAiSembleClient(AsyncClientBase):
    auth = AsyncGroup(AsyncAuth)
    llm = AsyncGroup(AsyncLanguageModels)
    vision = AsyncGroup(AsyncVision)
    nlp = AsyncGroup(AsyncNlp)
    jobs = AsyncGroup(AsyncJobs)
    recurring = AsyncGroup(AsyncRecurringJobs)
    models = AsyncGroup(AsyncModels)
    operations = AsyncGroup(AsyncOperations)
    webhooks = AsyncGroup(AsyncWebhooks)


class AsyncPentarch(AsyncMetaForgeClient, AsyncMetaAgentsClient, AsyncCaioClient, AsyncMetaQoreClient):
    """Everything. Of what two references have, MetaQore's is under the plain name."""

    auth = AsyncGroup(AsyncAuth)
    openai = AsyncGroup(AsyncCompatible)
    language_models = AsyncGroup(AsyncLanguageModels)
    vision = AsyncGroup(AsyncVision)
    nlp = AsyncGroup(AsyncNlp)
    jobs = AsyncGroup(AsyncJobs)
    recurring = AsyncGroup(AsyncRecurringJobs)
    models = AsyncGroup(AsyncModels)
    operations = AsyncGroup(AsyncOperations)
    plain_webhooks = AsyncGroup(AsyncWebhooks)
