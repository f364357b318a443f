"""The slices whose roll-outs stand in one list, wired together: they are invoked by name in this process."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest

import configurations.api
import infrastructure.api
import specialists.api
from pentarch.platform import clients, clock
from pentarch.platform.tables import Transaction
from pentarch.web.admission import Gate
from specialists import briefing, probing, store
from specialists.model import TrainingType, Version
from support.lambdas import Caller
from support.loops import call_elsewhere
from support.rollouts import DEPLOYMENTS
from support.specialists import SpecialistStack
from support.stopped_clock import StoppedClock

APIS = {"specialists": specialists.api, "configurations": configurations.api}
HEALTHY: tuple[dict[str, Any], list[str]] = ({"healthy": True, "accuracy": None, "latency_ms": None}, [])
SPECIALISTS, CONFIGURATIONS = "/api/v1/specialists", "/configurations"


class EveryRollout(SpecialistStack):
    """`down` names the APIs that do not answer; `probed` is what probes find, without a model."""

    def __init__(self, patch: pytest.MonkeyPatch, clock: StoppedClock) -> None:
        super().__init__(patch, clock)
        self.down: set[str] = set()
        self.probed = HEALTHY
        patch.setenv("OPERATOR_TENANT", "acme")
        patch.setenv("DELEGATION", "accepted")
        patch.setattr(clients, "prediction_functions", lambda _: self)
        patch.setattr(probing, "probe", lambda *_: self.probed)
        patch.setattr(briefing, "of", lambda *_: None)
        for name, module in APIS.items():
            patch.setenv(f"{name.upper()}_API_FUNCTION", name)
            module.app.state.gate = Gate()
        infrastructure.api.app.state.gate = Gate()

    def invoke(self, *, FunctionName: str, Payload: bytes) -> Any:  # noqa: N803 (as boto3 has it)
        if FunctionName in self.down:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "boom"}')}
        with self.elsewhere():
            answer = call_elsewhere(APIS[FunctionName].handler, json.loads(Payload))
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

    def caller(self, key: str) -> Caller:
        """All their routes, for whoever has the key."""
        return Caller(_routed, {"Authorization": f"Bearer {key}"})


def _routed(event: dict[str, Any], context: Any) -> dict[str, Any]:
    beginnings = {SPECIALISTS: specialists.api, CONFIGURATIONS: configurations.api, "/api/v1/inf": infrastructure.api}
    [module] = [module for beginning, module in beginnings.items() if event["path"].startswith(beginning)]
    answer: dict[str, Any] = module.handler(event, context)
    return answer


def trained(tenant: str, specialist_id: str, versions: int = 3) -> None:
    """Let a specialist have versions that no training made."""
    one = store.get(tenant, specialist_id)
    assert one is not None
    for number in range(1, versions + 1):
        transaction = Transaction()
        made = Version(
            tenant, specialist_id, number, "t", TrainingType.SUPERVISED, "h", "d", {"accuracy": 0.9}, 1.0, clock.now()
        )
        store.put_version(transaction, made)
        transaction.commit()
    transaction = Transaction()
    transaction.put(store._to_item(replace(one, latest_version=versions)))
    transaction.commit()


def rollouts(caller: Caller, **query: Any) -> list[dict[str, Any]]:
    """The list, as far as it is asked for."""
    found: list[dict[str, Any]] = caller.get(DEPLOYMENTS, query=query).expect(200).data["deployments"]
    return found


def rollout(caller: Caller, ident: str) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(f"{DEPLOYMENTS}/{ident}").expect(200).data
    return found


def roll_back(caller: Caller, ident: str, **body: Any) -> dict[str, Any]:
    said: dict[str, Any] = caller.post(f"{DEPLOYMENTS}/{ident}/rollback", body).expect(200).data
    return said
