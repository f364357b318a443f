"""Rows of evidence about a tenant, as the collectors make them: each is well unless a test changes it."""

from typing import Any

from pentarch.routing.model import DEFAULT_WEIGHTS, Candidate, Problem
from pentarch.routing.proof import prove
from pentarch.routing.rules import decide

Row = dict[str, Any]
START, END = "2026-11-01T00:00:00.000Z", "2026-11-21T00:00:00.000Z"
KEY, USER = "key:01a1", "user:9b74c9897bac770f"
EVENT = "019aa000-0000-7000-8000-000000000001"


PARTS = ("all", "logins", "privileged_actions", "sessions_ended", "sensitive_calls")


def log(**changes: object) -> list[Row]:
    row = {"name": "event log", "read": 3, "is_whole": True, "since": START, "until": END}
    return [{**row, "part": part, **changes} for part in PARTS]


def logins(**changes: object) -> list[Row]:
    row = {"name": USER, "hour": "2026-11-20T10:00:00.000Z", "succeeded": 1, "failed": 10, "newest_refusal": EVENT}
    return [{**row, **changes}]


def action(**changes: object) -> Row:
    row = {"name": EVENT, "type": "key.created", "at": "2026-11-10T10:00:00.000Z", "actor": USER, "resource": KEY}
    return {**row, "correlation_id": "c-1", **changes}


def change(**changes: object) -> Row:
    row = {"name": EVENT, "type": "configuration.approved", "at": START, "config_id": "policy-01"}
    return {**row, "config_type": "policy", **changes}


def ended(**changes: object) -> Row:
    return {"name": EVENT, "session": "session:s1", "at": START, "reason": "logout", **changes}


def text(**found: int) -> Row:
    return {"name": EVENT, "type": "user.updated", "found": found}


def place(**changes: object) -> Row:
    row = {"service_id": "frankfurt", "is_outside": True, "is_encrypted": True, "region": "eu-central-1"}
    return {**row, "max_sensitivity": "SENSITIVE", "retention_days": 30, **changes}


def call(**changes: object) -> Row:
    row = {"name": EVENT, "at": START, "outcome": "completed", "has_actor": True, "correlation_id": "c-1"}
    more = {"sensitivity": "SENSITIVE", "found": {"email": 1}, "reason": None, "excluded": {}, "has_proof": True}
    return {**row, **more, "sent_to": [place()], **changes}


def refusal(**changes: object) -> Row:
    told = {"outcome": "refused", "reason": "PolicyRefusedError", "excluded": {"big": "sensitivity"}, "sent_to": []}
    return call(**{**told, **changes})


def problem(sensitivity: str = "SENSITIVE") -> Problem:
    def candidate(name: str, cleared: str) -> Candidate:
        return {
            "service_id": name,
            "revision": 1,
            "base_url": f"https://{name}.example.com",
            "protocol": "https",
            "active": True,
            "capabilities": ["chat"],
            "guarantees": {},
            "cost_per_token": None,
            "traits": {},
            "data_policy": {"max_sensitivity": cleared, "region": "eu-central-1"},
            "observed": {},
        }

    return {
        "need": {"capabilities": ["chat"], "constraints": {}, "traits": {}, "sensitivity": sensitivity},
        "policies": {"allow_external_services": True},
        "weights": DEFAULT_WEIGHTS,
        "candidates": [candidate("frankfurt", "SENSITIVE"), candidate("anywhere", "PUBLIC")],
    }


def proven(**changes: object) -> Row:
    """A confidential call whose proof is as the router makes it."""
    asked = problem()
    decision = decide(asked)
    row = {"name": EVENT, "at": START, "sensitivity": "SENSITIVE", "outcome": "completed", "model": "frankfurt"}
    routing = prove(asked, decision, decision["order"][0])
    return {**row, "cached": False, "routing": routing, **changes}


def model(**changes: object) -> Row:
    row = {"name": "frankfurt", "is_outside": True, "is_encrypted": True, "region": "eu-central-1"}
    return {**row, "max_sensitivity": "SENSITIVE", "retention_days": 30, **changes}


SHA256: Row = {"algorithm": "sha256"}


def argon2(memory_kib: int = 47_104, passes: int = 1, algorithm: str = "argon2id") -> Row:
    return {"algorithm": algorithm, "memory_kib": memory_kib, "passes": passes, "lanes": 1}


def principal(kind: str = "key", **changes: object) -> Row:
    row = {
        "name": f"{kind}:01a1",
        "kind": kind,
        "roles": ["viewer"],
        "scopes": [],
        "is_usable": True,
        "created_at": "2026-11-10T10:00:00.000Z",
        "age_days": 11.0,
        "secret_age_days": 11.0,
        "lifetime_days": None if kind == "user" else 90.0,
        "secret": argon2() if kind == "user" else SHA256,
        "has_generic_name": False,
    }
    return {**row, **changes}


def use(**changes: object) -> Row:
    return principal(**{"age_days": 200.0, "window_days": 90, "acts": 4, **changes})  # type: ignore[arg-type]


def session(**changes: object) -> Row:
    row = {"name": "session:s1", "is_open": True, "days_left": 29.5, "user": USER, "user_is_usable": True}
    return {**row, "secret": SHA256, **changes}


def signing_key(**changes: object) -> Row:
    return {"name": "signing_key:k1", "age_days": 20.0, "signs": True, "days_overdue": None, **changes}


def former_key(days_overdue: float) -> Row:
    return signing_key(age_days=40.0, signs=False, days_overdue=days_overdue)


def issuer(**changes: object) -> Row:
    row = {"name": "https://login.example.com", "jwks_uri": "https://login.example.com/keys", "has_audience": True}
    return {**row, "default_role": "viewer", **changes}


def tenant(**changes: object) -> Row:
    return {"name": "tenant:acme", "tier": "basic", "requests_per_hour": 1000, "has_budget": True, **changes}


def configured(config_type: str, value: Row | None = None, **changes: object) -> Row:
    row = {"name": f"{config_type}-01", "type": config_type, "is_own": True, "is_rollout": False, "value": value or {}}
    return {**row, **changes}


def seal(**changes: object) -> Row:
    return {"name": EVENT, "age_s": 120.0, "is_sealed": True, "faults": [], "of": 1, **changes}


def request(kind: str, days_over: float, *, is_answered: bool = True) -> Row:
    return {"name": "subject_request:01", "kind": kind, "days_over": days_over, "is_answered": is_answered}
