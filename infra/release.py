"""Make a release of what `sam build` left: code and layers by their hashes, and the manifest that names them.

    python -m release VERSION --template .aws-sam/build/template.yaml --stack pentarch

A release is never changed: the same content under the same version is left alone, other content is refused.
"""

import argparse
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import yaml
from botocore.exceptions import ClientError

from local import version as checkout

BUCKET_OUTPUT = "ReleasesBucketName"
_KINDS = {
    "AWS::Serverless::Function": ("functions", "CodeUri"),
    "AWS::Serverless::LayerVersion": ("layers", "ContentUri"),
}
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can tell: equal content gives equal bytes, whenever it was built."""


class ReleaseError(Exception):
    """The release cannot be made; the message says why."""


def publish(s3: Any, bucket: str, built: Path, version: str, build: Mapping[str, str]) -> dict[str, Any]:  # noqa: ANN401
    """Upload what is not there yet, the manifest last, and return the manifest."""
    manifest: dict[str, Any] = {
        "version": version,
        "commit": build.get("BuildCommit", "unknown"),
        "build_date": build.get("BuildDate", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        "functions": {},
        "layers": {},
    }
    uploaded: dict[Path, str] = {}
    for name, resource in yaml.safe_load(built.read_text())["Resources"].items():
        if resource["Type"] not in _KINDS:
            continue
        kind, place = _KINDS[resource["Type"]]
        directory = built.parent / resource["Properties"][place]
        if directory not in uploaded:
            uploaded[directory] = _upload(s3, bucket, zipped(directory))
        manifest[kind][name] = {"sha256": uploaded[directory]}
    text = json.dumps(manifest, indent=1, sort_keys=True).encode()
    try:
        s3.put_object(Bucket=bucket, Key=f"releases/{version}/manifest.json", Body=text, IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"PreconditionFailed", "412"}:
            raise
        _check_same(s3, bucket, version, manifest)
    return manifest


def zipped(directory: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for path in directory.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(directory).as_posix(), _EPOCH)
            entry.external_attr = (0o755 if file.stat().st_mode & 0o100 else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    return buffer.getvalue()


def _upload(s3: Any, bucket: str, content: bytes) -> str:  # noqa: ANN401
    sha256 = hashlib.sha256(content).hexdigest()
    s3.put_object(Bucket=bucket, Key=f"code/{sha256}.zip", Body=content)
    return sha256


def _check_same(s3: Any, bucket: str, version: str, manifest: Mapping[str, Any]) -> None:  # noqa: ANN401
    there = json.loads(s3.get_object(Bucket=bucket, Key=f"releases/{version}/manifest.json")["Body"].read())
    if any(there[kind] != manifest[kind] for kind in ("functions", "layers")):
        message = f"There is a release {version} with other content; a release is never changed."
        raise ReleaseError(message)


def _bucket_of(stack: str) -> str:
    described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return next(str(output["OutputValue"]) for output in described["Outputs"] if output["OutputKey"] == BUCKET_OUTPUT)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m release", description="Upload a release to the stack's bucket.")
    parser.add_argument("version")
    parser.add_argument("--template", type=Path, default=Path(".aws-sam/build/template.yaml"))
    parser.add_argument("--stack", default="pentarch")
    asked = parser.parse_args(arguments)
    build = checkout.of_checkout(Path.cwd())
    try:
        manifest = publish(boto3.client("s3"), _bucket_of(asked.stack), asked.template, asked.version, build)
    except ReleaseError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Release {asked.version}: {len(manifest['functions'])} functions of commit {manifest['commit']}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
