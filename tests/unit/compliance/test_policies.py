"""Reading policies: who is let in and what is reached; in doubt, more."""

from typing import Any

import pytest

from compliance.checks import policies
from compliance.checks.roles import RESOURCELESS
from support.lint_data import lint_data

ACCOUNT = "123456789012"


def statement(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"} | more


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        {"StringEquals": {"AWS:SourceAccount": [ACCOUNT]}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:execute-api:us-east-1:{ACCOUNT}:abc/*"}},
        {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::one-bucket"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}},
        {"StringEquals": {"kms:CallerAccount": ACCOUNT}, "Bool": {"aws:SecureTransport": "true"}},
    ],
)
def test_a_condition_that_names_who_may_call_narrows_everybody(condition: dict[str, Any]) -> None:
    assert policies.public({"Statement": [statement(Principal="*", Condition=condition)]}) == []


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}},
        {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}},
        {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-abc"}},
        {"StringLike": {"aws:SourceAccount": "*"}},
        {"StringLike": {"aws:SourceAccount": [ACCOUNT, "*"]}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}},
        {"ArnLike": {"aws:SourceArn": "*"}},
    ],
)
def test_a_condition_that_names_nobody_narrows_nothing(condition: dict[str, Any]) -> None:
    assert policies.public({"Statement": [statement(Principal={"AWS": "*"}, Condition=condition)]})


def test_a_statement_that_denies_lets_nobody_in() -> None:
    assert policies.public({"Statement": statement(Effect="Deny", Principal="*")}) == []
    assert policies.public(None) == []


def test_all_but_somebody_is_everybody() -> None:
    assert policies.public({"Statement": statement(NotPrincipal={"AWS": ACCOUNT})})


@pytest.mark.parametrize(
    ("principal", "found"),
    [
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/own"}, []),
        ({"AWS": ACCOUNT}, []),
        ({"Service": "lambda.amazonaws.com"}, []),
        ({"AWS": ["arn:aws:iam::999999999999:user/a", ACCOUNT]}, ["arn:aws:iam::999999999999:user/a"]),
        ({"AWS": "AIDAEXAMPLEOFADELETEDONE"}, ["AIDAEXAMPLEOFADELETEDONE"]),
        ({"Federated": "login.example.com"}, ["login.example.com"]),
    ],
)
def test_principals_of_others_are_named(principal: dict[str, Any], found: list[str]) -> None:
    assert policies.foreign({"Statement": [statement(Principal=principal)]}, ACCOUNT) == found


@pytest.mark.parametrize(
    ("made", "action", "resource", "expected"),
    [
        (statement(), "s3:GetObject", "arn:aws:s3:::b/k", True),
        (statement(Action="S3:getobject"), "s3:GetObject", "arn:aws:s3:::b/k", True),
        (statement(Action=["s3:Get*"]), "s3:GetObject", "arn:aws:s3:::b/k", True),
        (statement(Action="s3:Put*"), "s3:GetObject", "arn:aws:s3:::b/k", False),
        (statement(Resource="arn:aws:s3:::b/*"), "s3:GetObject", "arn:aws:s3:::b/k/l", True),
        (statement(Resource="arn:aws:s3:::b"), "s3:GetObject", "arn:aws:s3:::b/k", False),
        (statement(Resource="arn:aws:s3:::[b]"), "s3:GetObject", "arn:aws:s3:::b", False),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, "s3:GetObject", "arn:aws:s3:::b/k", True),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:x"}, "s3:GetObject", "arn:aws:s3:::b/k", True),
    ],
)
def test_a_statement_reaches_what_its_wildcards_reach(
    made: dict[str, Any], action: str, resource: str, *, expected: bool
) -> None:
    assert policies.reaches(made, action, resource) is expected


def test_actions_that_are_let_off_are_those_that_aws_gives_no_resource() -> None:
    known = lint_data("Policies")
    for action in RESOURCELESS:
        service, name = action.split(":")
        assert not known[service]["Actions"][name].get("Resources"), action
