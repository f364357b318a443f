"""Asking for roll-outs of the one ECS service that `fake_ecs` has."""

from typing import Any

from support.lambdas import Caller
from support.rollouts import DEPLOY, FakeMachine, shown

TEAM = "registry.example:5000/team/web"


def asked(version: str = "2.0", strategy: str = "rolling_update", **more: Any) -> dict[str, Any]:
    return {"service": "web", "version": version, "strategy": strategy} | more


def deploy(api: Caller, machine: FakeMachine, version: str = "2.0", *args: str, **more: Any) -> dict[str, Any]:
    made = api.post(DEPLOY, asked(version, *args, **more)).expect(200).data
    machine.run()
    return shown(api, made["deployment_id"])
