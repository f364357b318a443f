import subprocess
from pathlib import Path

from local.version import of_checkout


def test_the_last_commit_and_its_time_are_told(tmp_path: Path) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@t.test"]
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(
        ["git", "-C", str(tmp_path), *identity, "commit", "-q", "--allow-empty", "-m", "x"],
        check=True,
        env={"GIT_COMMITTER_DATE": "2026-01-02T03:04:05+01:00", "PATH": "/usr/bin:/bin"},
    )
    told = of_checkout(tmp_path)
    assert len(told["BuildCommit"]) == 40
    assert told["BuildDate"] == "2026-01-02T02:04:05Z"


def test_without_a_history_the_templates_defaults_hold(tmp_path: Path) -> None:
    assert of_checkout(tmp_path) == {}
