# Written from _async by unasync.py ("make sdk"): change it there.
"""A client for each reference, and one for all of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pentarch_client._sync.agents import Agents, Tools
from pentarch_client._sync.ai import LanguageModels, Nlp, Vision
from pentarch_client._sync.client import ClientBase, Group
from pentarch_client._sync.compliance import Compliance
from pentarch_client._sync.configurations import Configurations
from pentarch_client._sync.identity import Auth, Keys, OAuthClients, Users
from pentarch_client._sync.infrastructure import Infrastructure
from pentarch_client._sync.jobs import Jobs, Models, Operations, RecurringJobs
from pentarch_client._sync.live import listen
from pentarch_client._sync.llm import Compatible, Llm
from pentarch_client._sync.registry import Credentials, Router, Services
from pentarch_client._sync.session import Session
from pentarch_client._sync.sessions import Sessions, Skills, Workspace
from pentarch_client._sync.specialists import Datasets, Specialists
from pentarch_client._sync.system import System
from pentarch_client._sync.webhooks import MetaQoreWebhooks, Webhooks
from pentarch_client._sync.workflows import Executions, Workflows
from pentarch_client.models import LiveEvent


class MetaQoreClient(ClientBase):
    llm = Group(Llm)
    specialists = Group(Specialists)
    datasets = Group(Datasets)
    compliance = Group(Compliance)
    infrastructure = Group(Infrastructure)
    webhooks = Group(MetaQoreWebhooks)
    keys = Group(Keys)
    users = Group(Users)
    clients = Group(OAuthClients)
    system = Group(System)


class MetaForgeClient(ClientBase):
    sessions = Group(Sessions)
    workspace = Group(Workspace)
    skills = Group(Skills)
    system = Group(System)

    def run_skill(
        self,
        skill: str,
        files: Sequence[str] = (),
        args: Mapping[str, Any] | None = None,
        *,
        options: Mapping[str, Any] | None = None,
    ) -> Session:
        """Run a skill's agent on files of the workspace (`workspace.write` puts them there)."""
        return Session(self.sessions, self.sessions.run(skill, files, args, options=options))

    def live(
        self, *, sessions: Sequence[str] = (), types: Sequence[str] = (), last: int | None = None
    ) -> Iterator[LiveEvent]:
        """Events as they happen, by the WebSocket; a lost connection is taken up where it was."""
        return listen(self._transport, sessions=sessions, types=types, last=last)


class MetaAgentsClient(ClientBase):
    agents = Group(Agents)
    workflows = Group(Workflows)
    executions = Group(Executions)
    tools = Group(Tools)


class CaioClient(ClientBase):
    services = Group(Services)
    routing = Group(Router)
    credentials = Group(Credentials)
    configurations = Group(Configurations)
    system = Group(System)


class AiSembleClient(ClientBase):
    auth = Group(Auth)
    llm = Group(LanguageModels)
    vision = Group(Vision)
    nlp = Group(Nlp)
    jobs = Group(Jobs)
    recurring = Group(RecurringJobs)
    models = Group(Models)
    operations = Group(Operations)
    webhooks = Group(Webhooks)


class Pentarch(MetaForgeClient, MetaAgentsClient, CaioClient, MetaQoreClient):
    """Everything. Of what two references have, MetaQore's is under the plain name."""

    auth = Group(Auth)
    openai = Group(Compatible)
    language_models = Group(LanguageModels)
    vision = Group(Vision)
    nlp = Group(Nlp)
    jobs = Group(Jobs)
    recurring = Group(RecurringJobs)
    models = Group(Models)
    operations = Group(Operations)
    plain_webhooks = Group(Webhooks)
