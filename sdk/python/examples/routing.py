"""CAIO: register a service, and let a request find it."""

from caio import CaioClient

client = CaioClient("https://your-domain.com", api_key="your-api-key")

client.services.register(
    "summaries-1",
    "Summaries",
    "https://summaries.your-domain.com",
    {"capabilities": ["summary"], "guarantees": {"latency_ms": 500, "throughput_tokens_per_sec": 50}},
)
routing = client.routing.route(
    {"intent": "summary", "traits": {}, "payload": {"text": "The lamp arrives on Monday."}},
    constraints={"max_latency_ms": 1000},
    policies={"allow_external_services": True},
)

print(routing.decision.service_url, routing.proof.master_equation_score)
print(client.routing.verify(routing.trace.trace_id).valid)
