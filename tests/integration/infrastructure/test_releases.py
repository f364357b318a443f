"""What `make release` uploads is what roll-outs read."""

import json
from pathlib import Path

import boto3
import pytest

import release
from infrastructure import releases

BUILD = {"BuildCommit": "abc", "BuildDate": "2026-11-01T00:00:00Z"}

pytestmark = pytest.mark.usefixtures("api")


def built(place: Path, code: str = "one") -> Path:
    """A folder as `sam build` leaves it: two functions of one slice, and a layer."""
    template: dict[str, object] = {}
    for name, kind, key in (
        ("LlmApiFunction", "Function", "CodeUri"),
        ("LlmWorkerFunction", "Function", "CodeUri"),
        ("CoreLayer", "LayerVersion", "ContentUri"),
    ):
        (place / name).mkdir(parents=True, exist_ok=True)
        (place / name / "content.py").write_text(code if kind == "Function" else "layer")
        template[name] = {"Type": f"AWS::Serverless::{kind}", "Properties": {key: name}}
    template["FilesBucket"] = {"Type": "AWS::S3::Bucket"}
    (place / "template.yaml").write_text(json.dumps({"Resources": template}))
    return place / "template.yaml"


def publish(template: Path) -> None:
    release.publish(boto3.client("s3"), releases.bucket(), template, "1.2.0", BUILD)


def test_a_release_is_read_as_it_was_made(tmp_path: Path) -> None:
    publish(built(tmp_path))

    found = releases.manifest("1.2.0")

    assert found is not None
    assert (found.version, found.commit, found.build_date) == ("1.2.0", "abc", "2026-11-01T00:00:00Z")
    assert found.functions["LlmApiFunction"] == found.functions["LlmWorkerFunction"]
    assert releases.code(found.functions["LlmApiFunction"].sha256) == release.zipped(tmp_path / "LlmApiFunction")
    assert list(found.layers) == ["CoreLayer"]
    assert releases.manifest("1.3.0") is None


def test_the_same_release_may_be_made_twice_and_never_another_of_its_name(tmp_path: Path) -> None:
    publish(built(tmp_path / "first"))
    publish(built(tmp_path / "again"))
    with pytest.raises(release.ReleaseError, match="never changed"):
        publish(built(tmp_path / "other", "two"))
