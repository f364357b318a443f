"""Evidence of the model calls in the event log: to whom each went, and the proofs of the confidential ones."""

from collections.abc import Mapping, Sequence
from typing import Any

from compliance import routed
from compliance.evidence.context import Collector, Context
from compliance.evidence.log import SENSITIVE, part, reading
from compliance.model import JsonObject
from pentarch.events.model import Event
from pentarch.platform.clock import iso
from pentarch.routing import places
from pentarch.routing.model import Candidate
from pentarch.routing.packing import unpacked

CALLS = ("llm.", "nlp.", "vision.")
"""How the events of calls begin, of models and of other engines: all are classified and routed with a proof."""
_NOT_ASKED = frozenset({"no time left", "circuit open"})
"""Why the gateway passes over a model without sending it anything."""
MAX_PROOFS = 500
"""Kept with the evidence, at up to 4 KB each, so that who checks the verdict can verify them again."""


def _calls(context: Context) -> Sequence[JsonObject]:
    return [_call(event) for event in _events(context)]


def _sensitive_calls(context: Context) -> Sequence[JsonObject]:
    """Calls of a sensitive class, the newest with their proofs whole; the proofs of the others are verified here."""
    rows: list[JsonObject] = []
    for event in _events(context):
        if event.sensitivity not in SENSITIVE:
            continue
        call = {
            "name": event.id,
            "at": iso(event.at),
            "sensitivity": event.sensitivity,
            "outcome": event.data.get("outcome"),
            "model": event.data.get("model"),
            "cached": event.data.get("cached", False),
        }
        proven = {**call, "routing": event.data.get("routing")}
        rows.append(proven if len(rows) < MAX_PROOFS else {**call, "found_faults": list(routed.faults(proven))})
    return rows


def _providers(context: Context) -> Sequence[JsonObject]:
    """Every model outside that the router could choose from, as the proofs have it: the newest word on each."""
    rows: dict[str, JsonObject] = {}
    for event in _events(context)[:MAX_PROOFS]:
        for candidate in _candidates(event):
            if not places.is_internal(candidate["base_url"]):
                rows.setdefault(candidate["service_id"], {"name": candidate["service_id"], **_place(candidate)})
    return list(rows.values())


def _events(context: Context) -> list[Event]:
    """The newest calls, and the confidential ones that lie further back."""
    found = {event.id: event for event in (*reading(context).events, *part(context, "sensitive_calls").events)}
    return [found[event_id] for event_id in sorted(found, reverse=True) if found[event_id].type.startswith(CALLS)]


def _call(event: Event) -> JsonObject:
    data = event.data
    return {
        "name": event.id,
        "at": iso(event.at),
        "outcome": data.get("outcome"),
        "has_actor": bool(event.actor),
        "correlation_id": event.correlation_id,
        "sensitivity": event.sensitivity,
        "found": data.get("findings", {}),
        "reason": data.get("reason"),
        "excluded": data.get("excluded", {}),
        "has_proof": "routing" in data,
        "sent_to": [{"service_id": one["service_id"], **_place(one)} for one in _asked(event)],
    }


def _asked(event: Event) -> list[Candidate]:
    """Who was sent the prompt: who answered, and who failed before. What the cache answers is sent to nobody."""
    data = event.data
    routing = data.get("routing")
    if routing is None or data.get("cached"):
        return []
    failures = unpacked(routing).get("failures", [])
    names = {failure["service_id"] for failure in failures if failure["reason"] not in _NOT_ASKED} | {data.get("model")}
    return [one for one in _candidates(event) if one["service_id"] in names]


def _candidates(event: Event) -> list[Candidate]:
    routing: Mapping[str, Any] | None = event.data.get("routing")
    return [] if routing is None else unpacked(routing)["problem"]["candidates"]


def _place(candidate: Candidate) -> JsonObject:
    policy = candidate["data_policy"]
    return {
        "is_outside": not places.is_internal(candidate["base_url"]),
        "is_encrypted": places.is_encrypted(candidate["base_url"]),
        "region": policy.get("region"),
        "max_sensitivity": policy.get("max_sensitivity"),
        "retention_days": policy.get("retention_days"),
    }


COLLECTORS: Mapping[str, Collector] = {
    "model_calls": _calls,
    "sensitive_calls": _sensitive_calls,
    "outside_models": _providers,
}
