"""CPU of a governed call through the real handler, against a bare route of FastAPI and Mangum with the same body.

AWS answers in this process and the provider is a fake, so what is measured is Pentarch and the libraries it stands on.
Both are measured in turns in one run, so their ratio means something even on a machine that does other things.
"""

import io
import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from fastapi import FastAPI
from mangum import Mangum

from support.lambdas import rest_event

ROUNDS = 15
CALLS = 60
PROMPT = "Name three primary colours, and say in one sentence what each of them is used for in signs and signals. " * 5


_TABLES = (
    *("IDENTITY", "LIMITS", "USAGE", "EVENTS", "IDEMPOTENCY"),
    *("CACHE", "CONFIGURATIONS", "MODELS", "SERVICES"),
)


def use_tables() -> None:
    """The environment of a function that has every table that the handlers measured look into."""
    for table in _TABLES:
        os.environ[f"{table}_TABLE"] = f"{table.title()}Table"
    os.environ.update(AWS_DEFAULT_REGION="us-east-1", AWS_ACCESS_KEY_ID="bench", AWS_SECRET_ACCESS_KEY="bench")


class FakeAws:
    """Answers the operations of a call from memory, and keeps the time that was spent in it."""

    def __init__(self, headers: dict[str, str]) -> None:
        from pentarch.identity.credentials import Credential
        from pentarch.identity.model import Kind, Principal, Status, Tenant, Tier
        from pentarch.identity.store import from_principal, from_tenant

        key = Credential.new("pk", "bench")
        headers["X-API-Key"] = str(key)
        principal = Principal(
            "bench",
            Kind.KEY,
            key.record,
            "",
            ("developer",),
            (),
            Status.ACTIVE,
            key.hash,
            datetime.now(UTC),
            "bench",
        )
        items = (from_tenant(Tenant("bench", Tier.ENTERPRISE, 10**9, None, Status.ACTIVE)), from_principal(principal))
        self._identity = [item.serialize() for item in items]
        self.calls: Counter[str] = Counter()

    def __call__(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self.calls[operation] += 1
        match operation:
            case "BatchGetItem":
                wanted = parameters["RequestItems"]
                found = {"IdentityTable": self._identity} if "IdentityTable" in wanted else {}
                return {"Responses": found, "UnprocessedKeys": {}}
            case "Query":
                return {"Items": [], "Count": 0, "ScannedCount": 0}
            case "UpdateItem":
                counters = {name: {"N": "1"} for name in parameters["ExpressionAttributeNames"].values()}
                return {"Attributes": counters}
            case "GetSecretValue":
                return {"SecretString": '{"providers": []}'}
            case _:
                return {}


class ClientTime:
    """CPU spent in the AWS client: PynamoDB and botocore, and building and reading the items they carry."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._inside = False

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **options: Any) -> Any:
            if self._inside:
                return function(*arguments, **options)
            self._inside, started = True, time.process_time()
            try:
                return function(*arguments, **options)
            finally:
                self.seconds += time.process_time() - started
                self._inside = False

        return timed


@contextmanager
def timed_client() -> Iterator[ClientTime]:
    """Time what stands between the stores' plain values and the wire."""
    from pentarch.events import store as events
    from pentarch.identity import service
    from pentarch.platform.tables import Transaction

    client = ClientTime()
    with ExitStack() as patches:
        for owner, name in (
            (events, "record"),
            (Transaction, "commit"),
            (service, "batch_get"),
        ):
            patches.enter_context(mock.patch.object(owner, name, client.around(getattr(owner, name))))
        yield client


@contextmanager
def answered_by(aws: FakeAws) -> Iterator[None]:
    original = BaseClient._make_api_call  # type: ignore[attr-defined]
    BaseClient._make_api_call = lambda _, operation, parameters: aws(operation, parameters)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        BaseClient._make_api_call = original  # type: ignore[attr-defined]


def fake_catalogue() -> Any:
    from pentarch.llm.catalogue import Backend, Catalogue
    from pentarch.llm.model import Completion, ModelSpec, Prompt, Sensitivity, Usage

    class Instant:
        name = "fake"

        def complete(self, model: str, prompt: Prompt, *, timeout: float) -> Completion:  # noqa: ARG002
            return Completion("Red, yellow and blue.", "stop", Usage(100, 6))

    spec = ModelSpec("gpt-4", "fake", 8192, 8192, 1, 2, max_sensitivity=Sensitivity.INTERNAL)
    return Catalogue({"gpt-4": Backend(spec, Instant())})  # type: ignore[arg-type]


def bare() -> Callable[[dict[str, Any], Any], Any]:
    app = FastAPI()

    @app.post("/api/v1/llm/generate")
    async def generate(body: dict[str, Any]) -> dict[str, Any]:
        return {"success": True, "data": {"response": body["prompt"][:20]}, "timestamp": "2026-01-01T00:00:00Z"}

    return Mangum(app, lifespan="off")


def cpu_per_call(handler: Callable[[dict[str, Any], Any], Any], event: dict[str, Any]) -> float:
    """Seconds of CPU of one call, the mean of `CALLS`."""
    started = time.process_time()
    for _ in range(CALLS):
        answer = handler(event, None)
    spent = time.process_time() - started
    if answer["statusCode"] != 200:
        sys.exit(f"the benchmark's own request failed: {answer['body']}")
    return spent / CALLS


def client_seconds(handler: Callable[[dict[str, Any], Any], Any], event: dict[str, Any]) -> float:
    with timed_client() as client:
        cpu_per_call(handler, event)
    return client.seconds / CALLS


def compare() -> dict[str, Any]:
    use_tables()
    from llm.api import handler
    from llm.asking import gateway

    headers: dict[str, str] = {"Content-Type": "application/json"}
    aws = FakeAws(headers)
    known = fake_catalogue()
    gateway().load = lambda: known
    figures: dict[str, Any] = {}
    with answered_by(aws), redirect_stdout(io.StringIO()):
        plain = rest_event("POST", "/api/v1/llm/generate", headers=headers, body=json.dumps({"prompt": PROMPT}))
        cached = rest_event(
            "POST", "/api/v1/llm/generate", headers=headers, body=json.dumps({"prompt": PROMPT, "cache_ttl": 60})
        )
        route = bare()
        for one in (handler, route):
            cpu_per_call(one, plain)
        rounds = [(cpu_per_call(route, plain), cpu_per_call(handler, plain)) for _ in range(ROUNDS)]
        client_s = statistics.median(client_seconds(handler, plain) for _ in range(ROUNDS))
        for name, event in (("AWS calls without cache", plain), ("AWS calls with cache", cached)):
            aws.calls.clear()
            handler(event, None)
            figures[name] = dict(aws.calls)
    figures["bare route, ms CPU"] = 1000 * statistics.median(one for one, _ in rounds)
    figures["governed call, ms CPU"] = 1000 * statistics.median(other for _, other in rounds)
    figures["of it in the AWS client, ms CPU"] = 1000 * client_s
    figures["ratio, AWS client and all"] = _quartiles([other / one for one, other in rounds])
    figures["ratio without it (target: 4)"] = _quartiles([(other - client_s) / one for one, other in rounds])
    return figures


def _quartiles(values: Sequence[float]) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.2f} (quartiles {low:.2f} to {high:.2f})"
