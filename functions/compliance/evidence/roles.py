"""What the stack's roles may do: who takes them, and the statements of every policy that is not AWS's own."""

from collections.abc import Mapping, Sequence

from compliance.evidence.asking import document, field
from compliance.evidence.context import Collector, Context, Resource
from compliance.evidence.gathering import items, over
from compliance.facts import UNSEEN, is_unseen
from compliance.model import JsonObject
from pentarch.platform import clients

AWS_ACCOUNT = "aws"
"""Stands for the account in the ARNs of the policies that AWS keeps."""


def roles(context: Context) -> Sequence[JsonObject]:
    found = items(_role, context.resources("AWS::IAM::Role"))
    attached = sorted({arn for role in found if not _part_unseen(role) for arn in role["attached"]})
    own = [arn for arn in attached if arn.split(":")[4] != AWS_ACCOUNT]
    documents = dict(zip(own, over(lambda arn: field(lambda: _managed(arn)), own), strict=True))
    return [role if UNSEEN in role else {**role, "policies": _policies(role, documents)} for role in found]


def _part_unseen(role: JsonObject) -> bool:
    return UNSEEN in role or is_unseen(role["attached"])


def _role(resource: Resource) -> JsonObject:
    iam, name = clients.inspection("iam"), resource.physical_id
    role = iam.get_role(RoleName=name)["Role"]
    return {
        "name": name,
        "logical_id": resource.logical_id,
        "arn": role["Arn"],
        "account": role["Arn"].split(":")[4],
        "trust": field(lambda: document(role["AssumeRolePolicyDocument"])),
        "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "inline": field(
            lambda: [
                {"name": policy, "document": _inline(name, policy)}
                for page in iam.get_paginator("list_role_policies").paginate(RoleName=name)
                for policy in page["PolicyNames"]
            ]
        ),
        "attached": field(
            lambda: [
                policy["PolicyArn"]
                for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
                for policy in page["AttachedPolicies"]
            ]
        ),
    }


def _inline(role: str, policy: str) -> object:
    return document(clients.inspection("iam").get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"])


def _managed(arn: str) -> object:
    iam = clients.inspection("iam")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return document(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def _policies(role: JsonObject, documents: Mapping[str, object]) -> object:
    """All that somebody of this account wrote for the role, wherever it is kept."""
    for part in ("inline", "attached"):
        if is_unseen(role[part]):
            return role[part]
    managed = [{"name": arn, "document": documents[arn]} for arn in role["attached"] if arn in documents]
    return [*role["inline"], *managed]


COLLECTORS: Mapping[str, Collector] = {"roles": roles}
