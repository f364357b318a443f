"""Every check over the deployed stack: passes what is well, finds what is not, and never passes what it cannot see."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.checks import (
    CHECKS,
    account,
    buckets,
    functions,
    gateway,
    judge,
    messaging,
    roles,
    secrecy,
    tables,
    watching,
)
from compliance.facts import unseen
from compliance.model import Check, Outcome, Unseen, Verdict
from support.stack_evidence import ACCOUNT, arn, spoiled, tls_only, well

MODULES = (tables, buckets, messaging, secrecy, functions, roles, gateway, watching, account)
OURS = [check.id for module in MODULES for check in module.CHECKS]
EVERYBODY = {"Statement": [{"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}]}
STRANGER = "arn:aws:iam::999999999999:root"
STATEMENT = ("roles", 0, "policies", 0, "document", "Statement", 0)
EVENTS = arn("dynamodb", "table/stack-EventsTable")


def allow(action: object, resource: object, **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


def let_in(principal: object, condition: object = None) -> dict[str, object]:
    statement: dict[str, object] = {"Sid": "Open", "Effect": "Allow", "Principal": principal, "Action": "any:Thing"}
    return {"Statement": [statement if condition is None else statement | {"Condition": condition}]}


BAD: list[tuple[str, tuple[str | int, ...], Any]] = [
    ("tables-encrypted-with-kms", ("tables", 0, "encryption", "status"), "DISABLED"),
    ("tables-encrypted-with-kms", ("tables", 0, "encryption", "type"), "AES256"),
    ("tables-recoverable", ("tables", 0, "point_in_time_recovery"), "DISABLED"),
    ("tables-deletion-protected", ("tables", 0, "deletion_protection"), False),
    ("tables-on-demand", ("tables", 0, "billing"), "PROVISIONED"),
    ("event-log-kept", ("tables", 0, "expiry", "TimeToLiveStatus"), "ENABLED"),
    ("event-log-kept", ("tables", 0, "expiry", "TimeToLiveStatus"), "ENABLING"),
    ("event-log-streamed", ("tables", 0, "stream"), False),
    ("buckets-encrypted", ("buckets", 0, "encryption"), []),
    (
        "buckets-encrypted",
        ("buckets", 0, "encryption", 0, "ApplyServerSideEncryptionByDefault", "SSEAlgorithm"),
        "none",
    ),
    ("buckets-block-public-access", ("buckets", 0, "public_access_block"), {}),
    ("buckets-block-public-access", ("buckets", 0, "public_access_block", "RestrictPublicBuckets"), False),
    ("buckets-not-public", ("buckets", 0, "policy"), EVERYBODY),
    ("buckets-not-public", ("buckets", 0, "policy"), let_in({"AWS": ["*"]})),
    ("buckets-not-public", ("buckets", 0, "policy"), let_in("*", {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})),
    ("buckets-not-public", ("buckets", 0, "policy"), let_in("*", {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}})),
    ("buckets-not-public", ("buckets", 0, "policy"), let_in("*", {"StringLike": {"aws:SourceAccount": "*"}})),
    ("buckets-not-public", ("buckets", 0, "policy"), {"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": "1"}}}),
    ("buckets-tls-only", ("buckets", 0, "policy"), None),
    ("buckets-tls-only", ("buckets", 0, "policy", "Statement", 0, "Effect"), "Allow"),
    ("buckets-tls-only", ("buckets", 0, "policy", "Statement", 0, "Principal"), {"AWS": STRANGER}),
    ("buckets-tls-only", ("buckets", 0, "policy", "Statement", 0, "Action"), "s3:GetObject"),
    ("buckets-tls-only", ("buckets", 0, "policy", "Statement", 0, "Resource"), ["arn:aws:s3:::files"]),
    ("buckets-tls-only", ("buckets", 0, "policy", "Statement", 0), tls_only("another")),
    (
        "buckets-tls-only",
        ("buckets", 0, "policy", "Statement", 0, "Condition"),
        {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:SourceVpc": "vpc-1"}},
    ),
    ("buckets-versioned", ("buckets", 0, "versioning"), "Suspended"),
    ("buckets-owner-enforced", ("buckets", 0, "ownership"), ["ObjectWriter"]),
    ("buckets-owner-enforced", ("buckets", 0, "ownership"), []),
    ("buckets-access-logged", ("buckets", 0, "logs_to"), None),
    ("buckets-unfinished-uploads-end", ("buckets", 0, "lifecycle"), []),
    ("buckets-unfinished-uploads-end", ("buckets", 0, "lifecycle", 0, "enabled"), False),
    ("buckets-unfinished-uploads-end", ("buckets", 0, "lifecycle", 0, "whole_bucket"), False),
    ("buckets-unfinished-uploads-end", ("buckets", 0, "lifecycle", 0, "aborts_uploads_after_days"), 30),
    ("seals-object-locked", ("buckets", 1, "object_lock"), None),
    ("seals-object-locked", ("buckets", 1, "object_lock"), {"ObjectLockEnabled": "Enabled"}),
    ("seals-locked-for-everybody", ("buckets", 1, "object_lock", "Rule", "DefaultRetention", "Mode"), "GOVERNANCE"),
    ("seals-locked-365-days", ("buckets", 1, "object_lock", "Rule", "DefaultRetention", "Days"), 364),
    ("queues-encrypted", ("queues", 0, "managed_encryption"), False),
    ("queues-not-public", ("queues", 0, "policy"), let_in("*")),
    ("queues-have-dead-letter", ("queues", 0, "dead_letter"), None),
    ("dead-letters-watched", ("alarms", 0, "dimensions"), {"QueueName": "another"}),
    ("dead-letters-watched", ("alarms", 0, "metric"), "NumberOfMessagesSent"),
    ("dead-letters-kept", ("queues", 1, "retention_s"), 345600),
    ("streams-keep-failures", ("event_sources", 1, "on_failure"), None),
    ("event-sources-on", ("event_sources", 1, "state"), "Disabled"),
    ("event-sources-report-partial-failures", ("event_sources", 0, "partial_failures"), False),
    ("schedules-keep-failures", ("schedules", 0, "targets", 0, "dead_letter"), None),
    ("schedules-on", ("schedules", 0, "state"), "DISABLED"),
    ("schedules-on", ("schedules", 0, "targets"), []),
    ("state-machines-logged", ("state_machines", 0, "log_level"), "OFF"),
    ("state-machines-log-no-data", ("state_machines", 0, "logs_data"), True),
    ("keys-rotate", ("keys", 0, "rotation"), False),
    ("keys-usable", ("keys", 0, "state"), "PendingDeletion"),
    ("keys-usable", ("keys", 0, "state"), "Disabled"),
    ("keys-strong", ("keys", 0, "spec"), "RSA_2048"),
    ("keys-in-own-hands", ("keys", 0, "policy"), let_in({"AWS": STRANGER})),
    ("keys-in-own-hands", ("keys", 0, "policy"), let_in({"AWS": "999999999999"})),
    ("keys-in-own-hands", ("keys", 0, "policy"), let_in("*")),
    ("secrets-in-own-hands", ("secrets", 0, "policy"), let_in({"AWS": [f"arn:aws:iam::{ACCOUNT}:root", STRANGER]})),
    ("secrets-in-own-hands", ("secrets", 0, "policy"), let_in({"Federated": "accounts.example.com"})),
    ("secrets-kept", ("secrets", 0, "deleted"), True),
    ("secrets-renewed-90-days", ("secrets", 0, "changed_days_ago"), 91),
    ("secrets-renewed-365-days", ("secrets", 0, "changed_days_ago"), 366),
    ("functions-supported-runtime", ("functions", 0, "support_days_left"), -1),
    ("functions-supported-runtime", ("functions", 0, "support_days_left"), None),
    ("functions-runtime-lasts-90-days", ("functions", 0, "support_days_left"), 89),
    ("functions-runtime-lasts-90-days", ("functions", 0, "support_days_left"), None),
    ("functions-no-secrets-in-environment", ("functions", 0, "variables", 0, "looks_secret"), "its name says so"),
    ("functions-not-public", ("functions", 0, "policy"), let_in("*")),
    ("functions-callers-narrowed", ("functions", 0, "policy"), let_in({"Service": "sns.amazonaws.com"})),
    (
        "functions-callers-narrowed",
        ("functions", 0, "policy"),
        let_in({"Service": "s3.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}),
    ),
    ("function-urls-closed", ("functions", 0, "urls"), [{"authorization": "NONE"}]),
    ("functions-traced", ("functions", 0, "tracing"), "PassThrough"),
    ("functions-have-own-roles", ("functions", 0, "role"), f"arn:aws:iam::{ACCOUNT}:role/admin"),
    ("functions-keep-failures", ("functions", 0, "on_failure"), None),
    ("functions-log-to-own-groups", ("functions", 0, "log_group"), "/aws/lambda/stack-ApiFunction"),
    ("functions-log-to-own-groups", ("log_groups", 0, "exists"), False),
    ("logs-kept-90-days", ("log_groups", 0, "retention_days"), 60),
    ("logs-kept-90-days", ("log_groups", 0, "exists"), False),
    ("logs-kept-365-days", ("log_groups", 0, "retention_days"), 180),
    ("logs-end", ("log_groups", 0, "retention_days"), None),
    ("roles-no-wildcard-actions", STATEMENT, allow("*", EVENTS)),
    ("roles-no-wildcard-actions", STATEMENT, allow(["dynamodb:Get*"], EVENTS)),
    ("roles-no-wildcard-actions", STATEMENT, allow("dynamodb:?utItem", EVENTS)),
    ("roles-no-wildcard-resources", STATEMENT, allow("dynamodb:PutItem", "*")),
    ("roles-no-wildcard-resources", STATEMENT, allow("s3:GetObject", ["arn:aws:s3:::*"])),
    ("roles-no-wildcard-resources", STATEMENT, allow("s3:GetObject", ["arn:aws:s3:::*/*"])),
    ("roles-no-wildcard-resources", STATEMENT, allow("sqs:SendMessage", arn("sqs", "*"))),
    ("roles-no-wildcard-resources", STATEMENT, allow(["xray:PutTraceSegments", "sqs:SendMessage"], "*")),
    ("roles-no-exceptions", STATEMENT, {"Effect": "Allow", "NotAction": "iam:*", "Resource": EVENTS}),
    ("roles-no-exceptions", STATEMENT, {"Effect": "Allow", "Action": "sqs:SendMessage", "NotResource": EVENTS}),
    ("roles-no-administrators", ("roles", 0, "attached"), ["arn:aws:iam::aws:policy/AdministratorAccess"]),
    ("roles-no-administrators", ("roles", 0, "attached"), ["arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"]),
    ("roles-no-administrators", STATEMENT, allow("*", "*")),
    ("roles-pass-named-roles", STATEMENT, allow("iam:PassRole", "*")),
    ("roles-pass-named-roles", STATEMENT, allow("iam:*", f"arn:aws:iam::{ACCOUNT}:role/*")),
    ("roles-taken-by-services-only", ("roles", 0, "trust"), let_in({"AWS": "*"})),
    ("roles-taken-by-services-only", ("roles", 0, "trust"), let_in({"AWS": STRANGER})),
    ("roles-taken-by-services-only", ("roles", 0, "trust"), let_in({"Federated": "example.com"})),
    ("roles-reach-own-data-only", STATEMENT, allow("dynamodb:GetItem", arn("dynamodb", "table/others"))),
    ("roles-reach-own-data-only", STATEMENT, allow("s3:GetObject", "arn:aws:s3:::others/*")),
    ("roles-reach-own-data-only", STATEMENT, allow("dynamodb:GetItem", arn("dynamodb", "table/*"))),
    ("event-log-append-only", STATEMENT, allow("dynamodb:DeleteItem", EVENTS)),
    ("event-log-append-only", STATEMENT, allow("dynamodb:BatchWriteItem", arn("dynamodb", "table/*", "eu-west-1"))),
    ("event-log-append-only", STATEMENT, allow("dynamodb:*", "*")),
    ("event-log-append-only", STATEMENT, {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
    ("seals-signed-by-sealers", STATEMENT, allow("kms:Sign", arn("kms", "key/k1"))),
    ("seals-signed-by-sealers", STATEMENT, allow(["kms:*"], "*")),
    ("seals-out-of-reach", STATEMENT, allow("s3:DeleteObjectVersion", "arn:aws:s3:::seals/*")),
    ("seals-out-of-reach", STATEMENT, allow("s3:Bypass*", "*")),
    ("seals-out-of-reach", STATEMENT, allow("s3:PutBucketObjectLockConfiguration", "arn:aws:s3:::seals")),
    ("api-access-logged", ("stages", 0, "access_log"), None),
    ("api-throttled", ("stages", 0, "rate_limit"), None),
    ("api-throttled", ("stages", 0, "burst_limit"), None),
    ("api-traced", ("stages", 0, "tracing"), False),
    ("api-logs-no-bodies", ("stages", 0, "logs_bodies"), ["*/*"]),
    ("api-behind-firewall", ("stages", 0, "firewall"), None),
    ("api-tls12", ("apis", 0, "security_policy"), "TLS_1_0"),
    ("api-tls12", ("domains", 0, "security_policy"), "TLS_1_0"),
    ("api-routes-reach-own-functions", ("routes", 0, "target"), "https://example.com/steal"),
    ("api-routes-reach-own-functions", ("routes", 0, "integration"), "HTTP_PROXY"),
    ("api-routes-name-methods", ("routes", 0, "name"), "ANY /x"),
    ("alarms-on-server-errors", ("alarms", 1, "dimensions"), {"ApiName": "another"}),
    ("alarms-on-stream-lag", ("alarms", 2, "dimensions"), {"FunctionName": "another"}),
    ("alarms-tell-somebody", ("alarms", 0, "actions"), []),
    ("alarms-tell-somebody", ("alarms", 0, "actions_enabled"), False),
    ("alarms-there", ("stack", 0, "alarms"), ["LostAlarm", "RemovedAlarm"]),
    ("alarms-quiet", ("alarms", 0, "state"), "ALARM"),
    ("stack-protected", ("stack", 0, "termination_protection"), False),
    ("stack-settled", ("stack", 0, "status"), "UPDATE_ROLLBACK_COMPLETE"),
    ("stack-not-drifted", ("stack", 0, "drift"), "DRIFTED"),
    ("account-root-has-mfa", ("root_user", 0, "mfa"), False),
    ("account-root-has-no-keys", ("root_user", 0, "access_keys"), 1),
    ("account-passwords-long", ("password_policy", 0, "policy"), None),
    ("account-passwords-long", ("password_policy", 0, "policy", "MinimumPasswordLength"), 11),
    ("account-blocks-public-buckets", ("public_access", 0, "public_access_block"), {}),
    ("account-calls-recorded", ("trails", 0, "trails"), []),
    ("account-calls-recorded", ("trails", 0, "trails", 0, "logging"), False),
    ("account-calls-recorded", ("trails", 0, "trails", 0, "all_regions"), False),
    ("account-records-validated", ("trails", 0, "trails", 0, "validated"), False),
    ("account-threats-detected", ("threat_detection", 0, "detectors"), []),
    ("account-threats-detected", ("threat_detection", 0, "detectors", 0, "status"), "DISABLED"),
    ("account-changes-recorded", ("change_recording", 0, "recording"), [False]),
    ("account-access-analysed", ("access_analysis", 0, "analyzers"), []),
]


@pytest.mark.parametrize("name", OURS)
def test_a_stack_that_is_well_passes(name: str) -> None:
    verdict, outcome = judge(CHECKS[name], well())
    assert verdict == Verdict.PASSED, outcome
    assert isinstance(outcome, Outcome)
    assert outcome.examined


@pytest.mark.parametrize(("name", "path", "value"), BAD)
def test_what_is_wrong_is_found_and_named(name: str, path: tuple[str | int, ...], value: object) -> None:
    verdict, outcome = judge(CHECKS[name], spoiled(path, value))
    assert verdict == Verdict.FAILED, outcome
    assert isinstance(outcome, Outcome)
    assert all(fault.resource and fault.message for fault in outcome.faults)


def test_every_check_has_something_that_it_finds() -> None:
    assert {name for name, _, _ in BAD} == set(OURS)


def test_the_sweep_may_prune_events_and_sign_and_may_not_change_them() -> None:
    sections = spoiled(STATEMENT, allow(["dynamodb:DeleteItem", "kms:Sign"], [EVENTS, arn("kms", "key/k1")]))
    sections["roles"][0]["logical_id"] = "ComplianceSweepFunctionRole"
    assert judge(CHECKS["event-log-append-only"], sections)[0] == Verdict.PASSED
    assert judge(CHECKS["seals-signed-by-sealers"], sections)[0] == Verdict.PASSED
    sections["roles"][0]["policies"][0]["document"]["Statement"][0]["Action"].append("dynamodb:UpdateItem")
    assert judge(CHECKS["event-log-append-only"], sections)[0] == Verdict.FAILED


def test_two_functions_with_one_role_are_found() -> None:
    sections = well()
    sections["functions"].append(sections["functions"][0] | {"name": "second", "function": "second"})
    assert judge(CHECKS["functions-have-own-roles"], sections)[0] == Verdict.FAILED


def test_a_function_and_its_alias_share_a_role_without_fault() -> None:
    sections = well()
    sections["functions"].append(sections["functions"][0] | {"name": "stack-ApiFunction:live"})
    assert judge(CHECKS["functions-have-own-roles"], sections)[0] == Verdict.PASSED


@pytest.mark.parametrize("name", OURS)
def test_a_section_that_was_not_seen_is_not_assessed_and_says_why(name: str) -> None:
    for section in CHECKS[name].needs:
        verdict, reason = judge(CHECKS[name], {**well(), section: Unseen("GetThing answered AccessDenied")})
        assert (verdict, reason) == (Verdict.NOT_ASSESSED, f"{section}: GetThing answered AccessDenied")
        assert judge(CHECKS[name], {s: v for s, v in well().items() if s != section})[0] == Verdict.NOT_ASSESSED


@pytest.mark.parametrize("name", OURS)
def test_a_check_whose_fields_were_not_seen_is_not_assessed(name: str) -> None:
    """An item of which only its names are known, as a collector gives it that was refused."""
    bare = {
        section: [{"name": item["name"], "logical_id": item.get("logical_id"), "unseen": "refused"} for item in items]
        for section, items in well().items()
    }
    bare_but_stack = bare | {"stack": well()["stack"]}
    sections = bare_but_stack if name == "alarms-there" else bare
    if name in ("alarms-there", "api-routes-name-methods"):
        return  # these two ask for nothing but names
    verdict, reason = judge(CHECKS[name], sections)
    assert verdict == Verdict.NOT_ASSESSED
    assert "refused" in str(reason) or "unseen" in str(reason)


def test_a_fault_counts_although_another_item_was_not_seen() -> None:
    sections = spoiled(("buckets", 0, "versioning"), "Off")
    sections["buckets"][1]["versioning"] = unseen("GetBucketVersioning answered AccessDenied")
    verdict, outcome = judge(CHECKS["buckets-versioned"], sections)
    assert verdict == Verdict.FAILED
    assert isinstance(outcome, Outcome)
    assert [fault.resource for fault in outcome.faults] == ["files"]


def test_drift_that_nobody_looked_for_is_not_assessed() -> None:
    check = CHECKS["stack-not-drifted"]
    assert judge(check, spoiled(("stack", 0, "drift"), "NOT_CHECKED"))[0] == Verdict.NOT_ASSESSED
    assert judge(check, spoiled(("stack", 0, "drift_checked_days_ago"), 91))[0] == Verdict.NOT_ASSESSED


def test_a_check_with_nothing_to_look_at_does_not_apply() -> None:
    assert judge(CHECKS["keys-rotate"], spoiled(("keys", 0, "can_rotate"), value=False))[0] == Verdict.NOT_APPLICABLE
    assert judge(CHECKS["queues-encrypted"], {**well(), "queues": []})[0] == Verdict.NOT_APPLICABLE


def test_a_check_that_breaks_is_not_assessed() -> None:
    def broken(_: object) -> Outcome:
        raise ZeroDivisionError

    check = CHECKS["queues-encrypted"]
    values = {name: getattr(check, name) for name in Check.__slots__} | {"judge": broken}
    verdict, reason = judge(Check(**values), well())
    assert (verdict, reason) == (Verdict.NOT_ASSESSED, "the check could not read the evidence")


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every field of our own facts; what stands in a policy has its own grammar, where leaving out means something."""
    found: list[tuple[str | int, ...]] = []
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
        here = (*path, step)
        if isinstance(step, str) and len(here) > 2:
            found.append(here)
        if isinstance(inner, dict | list) and step not in ("policy", "document", "trust", "dimensions"):
            found += _places(inner, here)
    return found


PLACES = _places(well())
SPOILED = [*BAD, *((name, ("stack", 0, "resources"), 30) for name in OURS)]
"""Everything that is wrong, and everything that is well."""


def _taken(sections: dict[str, list[dict[str, Any]]], place: tuple[str | int, ...], *, marked: bool) -> None:
    inner: Any = sections
    for step in place[:-1]:
        try:
            inner = inner[step]
        except (KeyError, IndexError, TypeError):  # this evidence has no such place
            return
    if isinstance(inner, dict) and place[-1] in inner:
        del inner[place[-1]]
        if marked:
            inner[place[-1]] = unseen("refused")


@pytest.mark.parametrize("name", OURS)
def test_a_field_that_is_taken_away_never_makes_a_check_pass(name: str) -> None:
    """Law: with less evidence a verdict may fall from passed, and never rises to it."""
    for _, path, value in [case for case in SPOILED if case[0] == name]:
        before, _ = judge(CHECKS[name], spoiled(path, value))
        for place in PLACES:
            for marked in (True, False):
                if place[0] not in CHECKS[name].needs:
                    continue
                sections = spoiled(path, value)
                _taken(sections, place, marked=marked)
                after, _ = judge(CHECKS[name], sections)
                assert after != Verdict.PASSED or before == Verdict.PASSED, place


@given(case=st.sampled_from(BAD), data=st.data())
def test_any_number_of_fields_that_are_taken_away_never_makes_a_check_pass(
    case: tuple[str, tuple[str | int, ...], Any], data: st.DataObject
) -> None:
    name, path, value = case
    needed = [place for place in PLACES if place[0] in CHECKS[name].needs]
    sections = spoiled(path, value)
    for place in data.draw(st.lists(st.sampled_from(needed), max_size=6)):
        _taken(sections, place, marked=data.draw(st.booleans()))
    assert judge(CHECKS[name], sections)[0] != Verdict.PASSED
