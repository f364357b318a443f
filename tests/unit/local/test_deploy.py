from pathlib import Path

from local import deploy


def test_the_profile_is_samconfigs_local_one(tmp_path: Path) -> None:
    samconfig = tmp_path / "samconfig.toml"
    samconfig.write_text(
        '[default.global.parameters]\nstack_name = "other"\n'
        '[local.global.parameters]\nstack_name = "mine"\n'
        '[local.deploy.parameters]\nparameter_overrides = ["Url=http://x/?a=b", "Size=1"]\n'
    )

    profile = deploy.Profile(samconfig)

    assert profile.stack_name == "mine"
    assert profile.parameters == {"Url": "http://x/?a=b", "Size": "1"}


def test_without_a_samconfig_there_are_defaults(tmp_path: Path) -> None:
    assert deploy.Profile(tmp_path / "samconfig.toml").stack_name == "pentarch"


def test_a_failure_names_its_cause_first() -> None:
    def event(name: str, status: str, reason: str | None) -> dict[str, str]:
        event = {"LogicalResourceId": name, "ResourceType": "AWS::SQS::Queue", "ResourceStatus": status}
        return event if reason is None else event | {"ResourceStatusReason": reason}

    newest_first = [
        event("Other", "CREATE_FAILED", "cancelled"),
        event("Queue", "CREATE_FAILED", "bad policy"),
        event("Table", "CREATE_COMPLETE", None),
    ]

    lines = deploy.failure("ROLLBACK_COMPLETE", newest_first).splitlines()

    assert lines[0] == "The deployment failed (ROLLBACK_COMPLETE):"
    assert [line.split()[0] for line in lines[1:]] == ["Queue", "Other"]
    assert lines[1].endswith("bad policy")
