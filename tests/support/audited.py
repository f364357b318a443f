"""A tenant that is looked at as an assessment does: the real functions make the evidence."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

import configurations.api
import configurations.facts
import identity.api
import identity.facts
import llm.api
from compliance.checks import CHECKS, judge
from compliance.evidence import collect
from compliance.evidence.context import Context
from compliance.model import Outcome, Section, Verdict
from identity import bootstrap, rotate
from llm.asking import gateway
from pentarch.audit import store as audit
from pentarch.configuration import accessor
from pentarch.llm import catalogue
from pentarch.web.admission import Gate
from pentarch.web.app import lambda_handler
from support.lambdas import Caller
from support.log import events_of
from support.sealing import deliver
from support.stopped_clock import StoppedClock

SECTIONS = (
    "event_log",
    "logins",
    "privileged_actions",
    "configuration_changes",
    "sessions_ended",
    "event_texts",
    "model_calls",
    "sensitive_calls",
    "outside_models",
    "principals",
    "sessions",
    "signing_keys",
    "token_issuers",
    "tenant",
    "uses",
    "configurations",
    "seals",
    "subject_requests",
)
GENERATE = "/api/v1/llm/generate"
LOGIN = "/api/v2/auth/login"
WRONG = "not the password of anybody"


@dataclass
class House:
    """A tenant, and the functions that it calls."""

    tenant: str
    clock: StoppedClock
    seeded: Mapping[str, Any]
    identity: Caller
    configurations: Caller
    llm: Caller

    def log_in(self, password: str | None = None) -> Any:
        body = {"username": self.seeded["username"], "password": password or self.seeded["password"]}
        return self.identity.post(LOGIN, body)

    def seal(self) -> None:
        """What the stream's readers do."""
        written = events_of(self.tenant)
        deliver(written)
        audit.add(self.tenant, written)

    def evidence(self, *names: str) -> dict[str, Section]:
        at = self.clock.at + timedelta(seconds=1)
        context = Context(self.tenant, at - timedelta(days=30), at, at)
        return collect(context, names or SECTIONS)

    def judged(self, check_id: str) -> tuple[Verdict, Any]:
        check = CHECKS[check_id]
        return judge(check, self.evidence(*check.needs))

    def faults(self, check_id: str) -> list[str]:
        verdict, outcome = self.judged(check_id)
        assert verdict is Verdict.FAILED, outcome
        return [f"{fault.resource}: {fault.message}" for fault in outcome.faults]

    def is_well(self, check_id: str) -> Outcome:
        verdict, outcome = self.judged(check_id)
        assert verdict is Verdict.PASSED, outcome
        assert isinstance(outcome, Outcome)
        return outcome


def make_house(tenant: str, username: str, clock: StoppedClock) -> House:
    order = {"tenant": tenant, "tier": "enterprise", "requests_per_hour": 10_000, "admin": {"username": username}}
    seeded = bootstrap.handler(order, None)
    headers = {"Authorization": f"Bearer {seeded['api_key']}"}
    return House(
        tenant,
        clock,
        seeded,
        Caller(lambda_handler(identity.api.make_app()), headers),
        Caller(configurations.api.handler, headers),
        Caller(llm.api.handler, headers),
    )


@contextmanager
def audited(tenant: str, username: str, clock: StoppedClock, patch: pytest.MonkeyPatch) -> Iterator[House]:
    """A tenant of a stack that has its signing key, and whose processes remember nothing of another test."""
    patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    patch.setenv("OIDC_ISSUERS", "[]")
    catalogue.forget()
    gateway.cache_clear()
    accessor.forget()
    llm.api.app.state.gate = Gate()
    configurations.api.app.state.gate = Gate()
    rotate.rotate(os.environ["SIGNING_KEYS_SECRET"], clock.at)
    yield make_house(tenant, username, clock)
    catalogue.forget()
    gateway.cache_clear()
