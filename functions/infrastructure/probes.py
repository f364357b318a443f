"""Harmless events that show whether a version starts and answers, before any traffic reaches it."""

import json
from typing import Any

from infrastructure.functions import Answer

HEALTHY_BELOW = 500
"""An answer that a function chose to give, of whatever kind, is a sign of life; a 5xx is none."""
NO_RECORDS: dict[str, Any] = {"Records": []}
PATH = "/"
"""A path of no route: the application starts, its gate and dialects are there, and nothing is read or counted."""
UNPROBED = {
    "ComplianceSweepFunction": "a run of it is too long to wait for",
    "IdentityBootstrapFunction": "it gives out credentials, so roll-outs may not invoke it",
}
_OWN: dict[str, dict[str, Any]] = {
    "ConfigurationsAlarmFunction": {"detail": {"alarmName": "probe", "state": {"value": "OK"}}},
    "InfrastructureStepFunction": {"step": "probe"},
    "WorkflowsStepFunction": {"probe": True},
    "ToolsRunnerFunction": {"probe": True},
}
_ALSO_HTTP = frozenset({"EdgeFunction", "SpecialistsInferenceFunction"})
_SCHEDULED = frozenset(
    {"IdentityRotateFunction", "InfrastructureSweepFunction", "RegistryHealthFunction", "WorkflowsSweepFunction"}
)
"""A schedule may deliver twice, so one run more does no harm."""


def answers_http(function: str) -> bool:
    return function.endswith("ApiFunction") or function in _ALSO_HTTP


def event_for(function: str) -> dict[str, Any] | None:
    """The event for a function by its logical id; None for one that cannot be probed."""
    if function in UNPROBED:
        return None
    if function in _OWN:
        return _OWN[function]
    if function in _SCHEDULED:
        return {}
    return _request() if answers_http(function) else NO_RECORDS


def fault(function: str, answer: Answer) -> str | None:
    """What is wrong with an answer, without its text: that may hold anything."""
    if answer.failed:
        return "it fails"
    if not answers_http(function):
        return None
    try:
        # What streams sends its head first, and the body behind it.
        head, _ = json.JSONDecoder().raw_decode(answer.body.decode())
        status = int(head["statusCode"])
    except (ValueError, KeyError, TypeError):
        return "its answer is none of an HTTP function"
    return f"it answers with status {status}" if status >= HEALTHY_BELOW else None


def _request() -> dict[str, Any]:
    return {
        "resource": PATH,
        "path": PATH,
        "httpMethod": "GET",
        "headers": {"Host": "probe"},
        "multiValueHeaders": {"Host": ["probe"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": PATH,
            "httpMethod": "GET",
            "path": PATH,
            "stage": "prod",
            "requestId": "probe",
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": None,
        "isBase64Encoded": False,
    }
