"""Evidence about a tenant that is well, and evidence that is not, by check: the tables of their tests."""

from collections.abc import Sequence
from typing import Any

from support.tenant_evidence import (
    KEY,
    SHA256,
    action,
    argon2,
    call,
    change,
    configured,
    ended,
    former_key,
    issuer,
    log,
    logins,
    model,
    place,
    principal,
    proven,
    refusal,
    request,
    seal,
    session,
    signing_key,
    tenant,
    text,
    use,
)

Sections = dict[str, Sequence[dict[str, Any]]]


def of_calls(**changes: object) -> Sections:
    return {"model_calls": [call(**changes)], "event_log": log()}


def of_proofs(**changes: object) -> Sections:
    return {"sensitive_calls": [proven(**changes)], "event_log": log()}


def sent(**changes: object) -> Sections:
    return of_calls(sent_to=[place(**changes)])


def of_principals(*rows: dict[str, Any]) -> Sections:
    return {"principals": rows}


def of_configurations(*rows: dict[str, Any]) -> Sections:
    return {"configurations": rows}


def routing(**value: object) -> dict[str, Any]:
    return configured("routing_policy", dict(value))


def retention(**value: object) -> Sections:
    return of_configurations(configured("retention", dict(value)))


def changed(**changes: object) -> Sections:
    return {"configuration_changes": [change(**changes)], "event_log": log()}


def traced(created: dict[str, Any], told: dict[str, Any]) -> Sections:
    return {"principals": [created], "privileged_actions": [told], "event_log": log()}


ROUTED = "sensitive-calls-routed-as-policy-says"
ALL_KEPT = {"sessions_days": 30, "results_days": 90, "files_days": 365, "traces_days": 90}


WELL: list[tuple[str, Sections]] = [
    ("failed-logins-bounded", {"logins": logins(), "event_log": log()}),
    ("privileged-actions-attributable", {"privileged_actions": [action()], "event_log": log()}),
    (
        "privileged-actions-attributable",
        {"privileged_actions": [action(actor="system:bootstrap", correlation_id="")], "event_log": log()},
    ),
    ("credentials-traced", traced(principal(name=KEY), action())),
    ("security-changes-approved-by-two", changed()),
    ("refresh-tokens-not-reused", {"sessions_ended": [ended()], "event_log": log()}),
    ("events-free-of-personal-data", {"event_texts": [text()], "event_log": log()}),
    ("model-calls-classified", of_calls()),
    ("prompt-classes-not-understated", of_calls()),
    ("prompt-classes-not-understated", of_calls(found={"payment_card": 2}, sensitivity="CRITICAL")),
    ("model-calls-attributable", of_calls()),
    ("refusals-explained", {"model_calls": [refusal()], "event_log": log()}),
    ("sensitive-calls-routed-as-policy-says", of_proofs()),
    ("sensitive-calls-routed-as-policy-says", of_proofs(cached=True, model="a model of yesterday")),
    ("sensitive-calls-sent-to-cleared-models", of_calls()),
    ("sensitive-calls-encrypted", of_calls()),
    ("sensitive-calls-within-eea", of_calls()),
    ("outside-models-described", {"outside_models": [model()]}),
    ("outside-models-not-cleared-for-critical", {"outside_models": [model()]}),
    ("api-keys-rotated", of_principals(principal(secret_age_days=90.0, age_days=400.0))),
    ("oauth-clients-rotated", of_principals(principal("client"))),
    ("credentials-expire", of_principals(principal(), principal("client"))),
    ("credentials-scoped", of_principals(principal(roles=["admin"], scopes=["jobs:read"]))),
    ("duties-separated", of_principals(principal(roles=["auditor", "viewer"]))),
    ("roles-known", of_principals(principal())),
    ("users-not-generic", of_principals(principal("user"))),
    ("passwords-hashed-strongly", of_principals(principal("user"))),
    ("passwords-hashed-strongly", of_principals(principal("user", secret=argon2(19_456, 2)))),
    ("secrets-kept-as-digests", of_principals(principal(), principal("client"))),
    ("sessions-bounded", {"sessions": [session()]}),
    ("sessions-of-present-users", {"sessions": [session()]}),
    ("refresh-tokens-kept-as-digests", {"sessions": [session()]}),
    ("signing-keys-rotated", {"signing_keys": [signing_key(), former_key(1)]}),
    ("former-signing-keys-dropped", {"signing_keys": [signing_key(), former_key(-1)]}),
    ("token-issuers-sound", {"token_issuers": [issuer()]}),
    ("admins-in-use", {"uses": [use(roles=["admin"])]}),
    ("admins-in-use", {"uses": [use(roles=["admin"], acts=0, age_days=3.0)]}),
    ("credentials-in-use", {"uses": [use()]}),
    ("sensitivity-policy-not-loosened", of_configurations()),
    (
        "sensitivity-policy-not-loosened",
        of_configurations(configured("sensitivity_policy", {"undeclared": "CRITICAL"})),
    ),
    ("encryption-demanded", of_configurations(routing(require_encryption=True))),
    (
        "encryption-demanded",
        of_configurations(
            routing(require_encryption=False), configured("policy", {"routing": {"require_encryption": True}})
        ),
    ),
    ("regions-demanded", of_configurations(routing(allowed_regions=["us-east-1"]))),
    ("regions-within-eea", of_configurations(routing(allowed_regions=["eu-west-1", "eu-central-1"]))),
    (
        "regions-within-eea",
        of_configurations(routing(allowed_regions=["eu-west-1", "us-east-1"]), routing(allowed_regions=["eu-west-1"])),
    ),
    ("event-log-kept-a-year", of_configurations()),
    ("event-log-kept-a-year", retention(events_days=365)),
    ("event-log-kept-six-years", retention(events_days=2_192)),
    ("content-retention-bounded", retention(**ALL_KEPT)),
    ("approval-demanded", of_configurations(configured("approval", {"required": True}))),
    ("rate-limit-in-force", {"tenant": [tenant()]}),
    ("rate-limit-in-force", {"tenant": [tenant(tier="enterprise", requests_per_hour=100_000)]}),
    ("budget-set", {"tenant": [tenant()], "configurations": []}),
    (
        "budget-set",
        {"tenant": [tenant(has_budget=False)], "configurations": [configured("budget", {"monthly_usd": 1})]},
    ),
    ("audit-trail-sealed", {"seals": [seal()]}),
    ("audit-trail-verifies", {"seals": [seal()]}),
    ("erasures-in-time", {"subject_requests": [request("erasure", -0.5)]}),
    ("access-requests-in-time", {"subject_requests": [request("access", -28.0, is_answered=False)]}),
]

FAULTY: list[tuple[str, Sections, str]] = [
    ("failed-logins-bounded", {"logins": logins(failed=11), "event_log": log()}, "11 logins were refused"),
    (
        "privileged-actions-attributable",
        {"privileged_actions": [action(actor="anybody")], "event_log": log()},
        "no principal",
    ),
    (
        "privileged-actions-attributable",
        {"privileged_actions": [action(correlation_id="")], "event_log": log()},
        "no correlation id",
    ),
    ("credentials-traced", traced(principal(name="key:back-door"), action()), "no event tells"),
    ("credentials-traced", traced(principal(name=KEY), action(type="key.revoked")), "no event tells"),
    ("security-changes-approved-by-two", changed(type="configuration.updated"), "without a second person"),
    (
        "security-changes-approved-by-two",
        changed(type="configuration.rollout_started", config_type="sensitivity_policy"),
        "sensitivity_policy",
    ),
    (
        "refresh-tokens-not-reused",
        {"sessions_ended": [ended(reason="refresh_token_reused")], "event_log": log()},
        "somebody has a copy",
    ),
    (
        "events-free-of-personal-data",
        {"event_texts": [text(email=2, iban=1)], "event_log": log()},
        "email (2), iban (1)",
    ),
    ("model-calls-classified", of_calls(sensitivity=None), "without a class"),
    ("prompt-classes-not-understated", of_calls(found={"payment_card": 1}), "is classed SENSITIVE, under CRITICAL"),
    ("prompt-classes-not-understated", of_calls(sensitivity=None), "is classed None, under SENSITIVE"),
    ("model-calls-attributable", of_calls(has_actor=False), "nobody"),
    ("model-calls-attributable", of_calls(correlation_id=""), "no correlation id"),
    ("refusals-explained", {"model_calls": [refusal(excluded={})], "event_log": log()}, "does not say which rule"),
    ("refusals-explained", {"model_calls": [refusal(has_proof=False)], "event_log": log()}, "does not say which rule"),
    ("sensitive-calls-routed-as-policy-says", of_proofs(routing=None), "no proof"),
    ("sensitive-calls-routed-as-policy-says", of_proofs(routing={"gzip": "?"}), "cannot be read"),
    ("sensitive-calls-routed-as-policy-says", of_proofs(routing={}), "no routing proof"),
    ("sensitive-calls-routed-as-policy-says", of_proofs(sensitivity="CRITICAL"), "of class SENSITIVE, not CRITICAL"),
    ("sensitive-calls-routed-as-policy-says", of_proofs(model="anywhere"), "anywhere answered"),
    ("sensitive-calls-sent-to-cleared-models", sent(max_sensitivity="INTERNAL"), "may see INTERNAL at most"),
    ("sensitive-calls-sent-to-cleared-models", sent(max_sensitivity=None), "may see PUBLIC at most"),
    ("sensitive-calls-encrypted", sent(is_encrypted=False), "without encryption"),
    ("sensitive-calls-within-eea", sent(region="us-east-1"), "in us-east-1"),
    ("sensitive-calls-within-eea", sent(region=None), "at a place that nobody has told"),
    ("outside-models-described", {"outside_models": [model(region=None)]}, "where it runs"),
    ("outside-models-described", {"outside_models": [model(max_sensitivity=None)]}, "the highest class"),
    ("outside-models-not-cleared-for-critical", {"outside_models": [model(max_sensitivity="CRITICAL")]}, "CRITICAL"),
    ("api-keys-rotated", of_principals(principal(secret_age_days=90.5)), "days old"),
    ("oauth-clients-rotated", of_principals(principal("client", secret_age_days=91.0)), "91 days old"),
    ("credentials-expire", of_principals(principal(lifetime_days=None)), "never expires"),
    ("credentials-expire", of_principals(principal(lifetime_days=3650.0)), "3650 days"),
    ("credentials-scoped", of_principals(principal(roles=["admin"])), "may do everything"),
    ("credentials-scoped", of_principals(principal("client", roles=["admin"], scopes=["*:*"])), "may do everything"),
    ("duties-separated", of_principals(principal(roles=["auditor", "admin"])), "is also admin"),
    ("roles-known", of_principals(principal(roles=["king"])), "king"),
    ("roles-known", of_principals(principal(roles=[])), "no role"),
    ("users-not-generic", of_principals(principal("user", has_generic_name=True)), "nobody's in particular"),
    ("passwords-hashed-strongly", of_principals(principal("user", secret=argon2(19_456, 1))), "weaker"),
    ("passwords-hashed-strongly", of_principals(principal("user", secret=argon2(algorithm="argon2i"))), "argon2i,"),
    ("passwords-hashed-strongly", of_principals(principal("user", secret=SHA256)), "sha256"),
    ("secrets-kept-as-digests", of_principals(principal(secret={"algorithm": "unknown"})), "unknown"),
    ("sessions-bounded", {"sessions": [session(days_left=31.0)]}, "31 days"),
    ("sessions-of-present-users", {"sessions": [session(user_is_usable=False)]}, "deactivated or gone"),
    ("refresh-tokens-kept-as-digests", {"sessions": [session(secret={"algorithm": "unknown"})]}, "not kept"),
    ("signing-keys-rotated", {"signing_keys": [signing_key(age_days=32.0)]}, "32 days"),
    ("former-signing-keys-dropped", {"signing_keys": [former_key(40)]}, "dropped 40 days ago"),
    ("token-issuers-sound", {"token_issuers": [issuer(jwks_uri="http://login.example.com/keys")]}, "not https"),
    ("token-issuers-sound", {"token_issuers": [issuer(name="http://login.example.com")]}, "not https"),
    ("token-issuers-sound", {"token_issuers": [issuer(has_audience=False)]}, "no audience"),
    ("token-issuers-sound", {"token_issuers": [issuer(default_role="admin")]}, "becomes admin"),
    ("admins-in-use", {"uses": [use(roles=["admin"], acts=0)]}, "done nothing"),
    ("credentials-in-use", {"uses": [use(acts=0)]}, "done nothing"),
    (
        "sensitivity-policy-not-loosened",
        of_configurations(
            configured("sensitivity_policy", {"floors": {"payment_card": "INTERNAL"}, "acknowledge_risk": True})
        ),
        "prompts in which payment_card is recognised count as INTERNAL",
    ),
    (
        "sensitivity-policy-not-loosened",
        of_configurations(
            configured("sensitivity_policy", {"undeclared": "PUBLIC", "acknowledge_risk": True}, is_rollout=True)
        ),
        "count as PUBLIC",
    ),
    ("encryption-demanded", of_configurations(), "no routing policy"),
    ("encryption-demanded", of_configurations(routing(require_encryption=False)), "no routing policy"),
    (
        "encryption-demanded",
        of_configurations(configured("routing_policy", {"require_encryption": True}, is_rollout=True)),
        "for all callers",
    ),
    (
        "encryption-demanded",
        of_configurations(configured("routing_policy", {"require_encryption": True}, is_own=False)),
        "for all callers",
    ),
    (
        "encryption-demanded",
        of_configurations(configured("policy", {"enabled": False, "routing": {"require_encryption": True}})),
        "no routing policy",
    ),
    ("regions-demanded", of_configurations(routing(require_encryption=True)), "in which regions"),
    ("regions-within-eea", of_configurations(routing(allowed_regions=["eu-west-1", "eu-west-2"])), "eu-west-2"),
    ("regions-within-eea", of_configurations(), "keeps prompts in"),
    ("event-log-kept-a-year", retention(events_days=364), "deleted after 364 days"),
    ("event-log-kept-six-years", retention(events_days=365), "before 2192"),
    ("content-retention-bounded", of_configurations(), "nothing says"),
    ("content-retention-bounded", retention(**{**ALL_KEPT, "files_days": 36_500}), "files_days is 36500"),
    ("content-retention-bounded", retention(sessions_days=30), "files_days is not set"),
    ("approval-demanded", of_configurations(), "one person alone"),
    ("approval-demanded", of_configurations(configured("approval", {"required": False})), "one person alone"),
    (
        "approval-demanded",
        of_configurations(configured("approval", {"required": True, "config_types": ["budget"]})),
        "sensitivity_policy",
    ),
    ("rate-limit-in-force", {"tenant": [tenant(requests_per_hour=5_000)]}, "more than the 1000"),
    ("rate-limit-in-force", {"tenant": [tenant(requests_per_hour=0)]}, "no rate limit"),
    ("budget-set", {"tenant": [tenant(has_budget=False)], "configurations": []}, "no bound"),
    ("audit-trail-sealed", {"seals": [seal(is_sealed=False)]}, "not sealed 120 seconds"),
    ("audit-trail-verifies", {"seals": [seal(faults=["it was changed"])]}, "it was changed"),
    (
        "erasures-in-time",
        {"subject_requests": [request("erasure", 1.25, is_answered=False)]},
        "still waits for its answer, 1.2 days",
    ),
    ("access-requests-in-time", {"subject_requests": [request("access", 15.0)]}, "was answered 15.0 days after"),
]
