"""What docs/costs.md is computed from: the calls to AWS that real handlers make, warm, over moto."""

from collections.abc import Callable, Iterator

import pytest
import yaml

import agents.api
import compliance.api
import fanout.stream
import jobs.api
import llm.api
from costs import page
from costs.model import Use
from pentarch.llm import catalogue
from pentarch.web.admission import Gate
from support import sealing
from support.gateway import written
from support.lambdas import Caller
from support.metered import metered
from support.tenants import make_key, make_tenant

APPS = (agents.api, compliance.api, jobs.api, llm.api)
PROMPT = {"prompt": "When does the lamp arrive? The lamp arrives on Monday."}
JOB = {"name": "greetings", "type": "batch_processing", "service": "llm", "parameters": {"inputs": ["hello", "world"]}}
AGENT = {"name": "Reader", "type": "reading", "configuration": {"model": "gpt-4"}}


@pytest.fixture
def headers(
    aws: None,  # noqa: ARG001 (a fixture that this one needs)
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[dict[str, str]]:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    catalogue.forget()
    llm.asking.gateway.cache_clear()
    make_tenant("acme")
    for module in APPS:
        module.app.state.gate = Gate()
    yield {"X-API-Key": make_key("acme", "admin")}
    catalogue.forget()
    llm.asking.gateway.cache_clear()


def used(act: Callable[[], object]) -> Use:
    with metered() as meter:
        act()
    return meter.use


def test_the_measured_uses_are_what_the_handlers_make(headers: dict[str, str]) -> None:
    gateway, queue, people, trail = (
        Caller(module.handler, headers) for module in (llm.api, jobs.api, agents.api, compliance.api)
    )
    generate = "/api/v1/llm/generate"
    gateway.post(generate, PROMPT).expect(200)  # the first request of an environment reads more
    for caller, path in ((queue, "/api/v2/jobs"), (people, "/api/v1/agents"), (trail, "/api/v1/compliance/audit")):
        caller.get(path).expect(200)
    event = written()[0]
    one = sealing.record_of(event)
    found = {
        "a governed model call (`POST /api/v1/llm/generate`)": used(lambda: gateway.post(generate, PROMPT).expect(200)),
        "a new job (`POST /api/v2/jobs`)": used(lambda: queue.post("/api/v2/jobs", JOB).expect(201)),
        "a page of jobs (`GET /api/v2/jobs`)": used(lambda: queue.get("/api/v2/jobs").expect(200)),
        "a new agent (`POST /api/v1/agents`)": used(lambda: people.post("/api/v1/agents", AGENT).expect(201)),
        "a page of the audit trail": used(lambda: trail.get("/api/v1/compliance/audit").expect(200)),
        "behind an event of a model call, alone in its batch": used(
            lambda: (fanout.stream.handler({"Records": [one]}, None), sealing.deliver([event]))
        ),
    }
    plain = {name: {key: value for key, value in use._asdict().items() if value} for name, use in found.items()}
    told = f"write this to infra/costs/measured.yaml, then `make costs`:\n{yaml.safe_dump(plain, sort_keys=False)}"
    known = page.measured()
    assert list(known) == list(found), told
    for name, use in found.items():
        assert tuple(known[name]) == pytest.approx(tuple(use), rel=0.1, abs=1), told
