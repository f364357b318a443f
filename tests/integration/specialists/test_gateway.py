"""A specialist that serves in production joins the prompts that name it."""

from typing import Any

import pytest

import llm.asking
from llm import metaqore
from llm.api import app, handler
from pentarch.llm import specialists
from pentarch.llm.service import Gateway
from pentarch.web.admission import Gate
from support.fake_models import FakeModel
from support.job_stack import told
from support.lambdas import Caller
from support.specialists import PATH, SpecialistStack, deploy, propose, train
from support.stopped_clock import StoppedClock

ASKED = "Is a screen that is lovely and great good news?"


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> FakeModel:
    fake = FakeModel()
    gateway = Gateway(load=fake.catalogue)
    monkeypatch.setattr(metaqore, "gateway", lambda: gateway)
    monkeypatch.setattr(llm.asking, "gateway", lambda: gateway)
    monkeypatch.setattr(metaqore, "_BRIEFINGS", specialists.Briefings())
    app.state.gate = Gate()
    return fake


@pytest.fixture
def serving(stack: SpecialistStack, acme: Caller) -> str:
    ident = propose(acme, name="Sentiment Teller", skills=["tone"])
    train(acme, ident, epochs=2)
    stack.run()
    deploy(acme, ident)
    stack.run()
    return ident


def generate(caller: Caller, **more: Any) -> dict[str, Any]:
    asked = {"prompt": ASKED, "model": "fake-model", "sensitivity": "PUBLIC", **more}
    answer: dict[str, Any] = Caller(handler, caller.headers).post("/api/v1/llm/generate", asked).expect(200).data
    return answer


@pytest.mark.parametrize("name", ["Sentiment Teller", "sentiment teller", "tone"])
def test_a_call_that_names_it_gets_its_instructions_and_nearest_examples(
    acme: Caller, model: FakeModel, serving: str, name: str
) -> None:
    answer = generate(acme, agent_name=name)

    assert (answer["specialist_used"], answer["specialist_version"]) == ("Sentiment Teller", 1)
    briefing = model.prompts[-1].messages[0].content
    assert "Tells praise from complaint" in briefing
    assert briefing.count("-> positive") >= 3
    [event] = told("acme", "llm.completed")
    assert event.data["specialist"] == {"specialist_id": serving, "version": 1}
    assert "lovely" not in str(event.data)


@pytest.mark.usefixtures("serving")
def test_other_names_and_other_tenants_get_nobody(stack: SpecialistStack, acme: Caller, model: FakeModel) -> None:
    assert generate(acme, agent_name="nobody")["specialist_used"] is None
    assert generate(acme)["specialist_used"] is None
    assert generate(stack.tenant("other"), agent_name="tone")["specialist_used"] is None
    assert len(model.prompts[-1].messages) == 1


@pytest.mark.usefixtures("model", "serving")
def test_only_a_call_that_names_an_agent_reads_and_only_once_a_minute(
    acme: Caller, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []

    def counted(tenant: str, name_key: str) -> None:
        reads.append(f"{tenant} {name_key}")

    monkeypatch.setattr(specialists, "_read", counted)
    generate(acme)
    assert reads == []
    for _ in range(3):
        generate(acme, agent_name="tone")
    assert reads == ["acme agent#tone"]
    clock.advance(seconds=61)
    generate(acme, agent_name="tone")
    assert len(reads) == 2


@pytest.mark.usefixtures("model")
def test_what_is_archived_does_not_speak_any_more(acme: Caller, serving: str, clock: StoppedClock) -> None:
    generate(acme, agent_name="tone")
    acme.delete(f"{PATH}/{serving}").expect(200)
    clock.advance(seconds=61)
    assert generate(acme, agent_name="tone")["specialist_used"] is None
