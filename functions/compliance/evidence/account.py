"""How the AWS account around the stack is guarded: each service a section, since each may be out of sight alone."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from compliance.evidence.asking import field
from compliance.evidence.context import Collector, Context
from compliance.model import JsonObject
from pentarch.platform import clients


def _account() -> str:
    """The account's number, which the stack's id holds."""
    return os.environ["STACK_ID"].split(":")[4]


def root_user(_: Context) -> Sequence[JsonObject]:
    summary = clients.inspection("iam").get_account_summary()["SummaryMap"]
    return [
        {
            "name": f"root user of {_account()}",
            "mfa": field(lambda: summary["AccountMFAEnabled"] == 1),
            "access_keys": field(lambda: summary["AccountAccessKeysPresent"]),
        }
    ]


def password_policy(_: Context) -> Sequence[JsonObject]:
    policy = field(
        lambda: clients.inspection("iam").get_account_password_policy()["PasswordPolicy"], {"NoSuchEntity": None}
    )
    return [{"name": f"password policy of {_account()}", "policy": policy}]


def public_access(_: Context) -> Sequence[JsonObject]:
    block = field(
        lambda: clients.inspection("s3control", attempts=2).get_public_access_block(AccountId=_account())[
            "PublicAccessBlockConfiguration"
        ],
        {"NoSuchPublicAccessBlockConfiguration": {}},
    )
    return [{"name": f"S3 in {_account()}", "public_access_block": block}]


def trails(_: Context) -> Sequence[JsonObject]:
    """One item for the account, since having no trail is what is to be found."""
    cloudtrail = clients.inspection("cloudtrail")
    found = [_trail(cloudtrail, trail) for trail in cloudtrail.describe_trails()["trailList"]]
    return [{"name": f"CloudTrail in {_account()}", "trails": found}]


def _trail(cloudtrail: Any, trail: Mapping[str, Any]) -> JsonObject:  # noqa: ANN401 (a client)
    return {
        "name": trail["Name"],
        "all_regions": trail.get("IsMultiRegionTrail", False),
        "validated": trail.get("LogFileValidationEnabled", False),
        "logging": field(lambda: cloudtrail.get_trail_status(Name=trail["TrailARN"])["IsLogging"]),
    }


def threat_detection(_: Context) -> Sequence[JsonObject]:
    guardduty = clients.inspection("guardduty")
    found = [_detector(guardduty, name) for name in guardduty.list_detectors()["DetectorIds"]]
    return [{"name": f"GuardDuty in {_account()}", "detectors": found}]


def _detector(guardduty: Any, name: str) -> JsonObject:  # noqa: ANN401 (a client)
    return {"name": name, "status": field(lambda: guardduty.get_detector(DetectorId=name)["Status"])}


def change_recording(_: Context) -> Sequence[JsonObject]:
    recorders = clients.inspection("config").describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    return [{"name": f"AWS Config in {_account()}", "recording": [entry["recording"] for entry in recorders]}]


def access_analysis(_: Context) -> Sequence[JsonObject]:
    analyzers = clients.inspection("accessanalyzer").list_analyzers()["analyzers"]
    states = [{"type": entry["type"], "status": entry["status"]} for entry in analyzers]
    return [{"name": f"IAM Access Analyzer in {_account()}", "analyzers": states}]


COLLECTORS: Mapping[str, Collector] = {
    "root_user": root_user,
    "password_policy": password_policy,
    "public_access": public_access,
    "trails": trails,
    "threat_detection": threat_detection,
    "change_recording": change_recording,
    "access_analysis": access_analysis,
}
