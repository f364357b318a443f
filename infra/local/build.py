"""Build the template's functions and layers, and tell whether that is needed at all."""

import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from local import emulator, version
from local.clients import CREDENTIALS
from local.errors import LocalStackError
from local.place import REGION, Place, program

INPUTS = ("functions", "infra", "layers", "samconfig.toml", "uv.lock")
"""Beside the template: what decides about the deployed stack, the driver itself included."""
SHOWN_LINES = 15


def fingerprint(place: Place) -> str:
    """One hash over everything that a deployment is made of."""
    digest = hashlib.sha256(sys.version.encode())
    for file in (place.template, *_files(place.template.parent)):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(place.template.parent)} {content}\n".encode())
    return digest.hexdigest()


def build(place: Place, environ: Mapping[str, str], *, to: Path | None = None, more: Sequence[str] = ()) -> None:
    arguments = ["--template", str(place.template), "--build-dir", str(to or place.build), "--parallel", *more]
    _sam(place, environ, ["build", *arguments], failed="The build failed")


def package(place: Place, environ: Mapping[str, str], *, bucket: str) -> Path:
    """Upload what was built and return the template that points there."""
    packaged = place.home / "packaged.yaml"
    arguments = ["--template-file", str(place.build / "template.yaml"), "--s3-bucket", bucket]
    arguments += ["--output-template-file", str(packaged), "--no-progressbar"]
    _sam(place, environ, ["package", *arguments], failed="The upload of the build failed")
    return packaged


def environment(place: Place, environ: Mapping[str, str]) -> dict[str, str]:
    """What `sam` and the makefiles under it see: no account of the developer's, only the local endpoint."""
    inherited = {name: value for name, value in environ.items() if not name.startswith("AWS_")}
    return (
        {"PENTARCH_DEPLOYMENT": version.deployment_id(place.template.parent)}
        | {"PENTARCH_LAYER": _layer(place), "PENTARCH_PLATFORM": f"{platform.machine()}-manylinux_2_28"}
        | {"PENTARCH_COMPILER": sys.executable if place.external is None else ""}
        | inherited
        | {
            "AWS_ACCESS_KEY_ID": CREDENTIALS.access_key,
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS.secret_key,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": place.endpoint,
            "NO_PROXY": place.no_proxy,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environ.get('PATH', os.defpath)}",
            "SAM_CLI_TELEMETRY": "0",
            "no_proxy": place.no_proxy,
        }
    )


def _layer(place: Place) -> str:
    """MiniStack runs functions in its own interpreter, where the requirements are; others need them in the layer."""
    return "slim" if place.external is None or emulator.is_ministack(place.external) else "full"


def _files(root: Path) -> Iterator[Path]:
    for name in INPUTS:
        path = root / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in found if file.is_file() and "__pycache__" not in file.parts)


def _sam(place: Place, environ: Mapping[str, str], arguments: list[str], *, failed: str) -> None:
    with place.build_log.open("ab") as log:
        start = log.tell()
        outcome = subprocess.run(
            [program("sam"), *arguments],
            cwd=place.template.parent,
            env=environment(place, environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if outcome.returncode != 0:
        said = place.build_log.read_bytes()[start:].decode(errors="replace")
        message = "\n    ".join((f"{failed} (all of it in {place.build_log}):", *reasons(said)))
        raise LocalStackError(message)


def reasons(said: str) -> list[str]:
    """What a person needs of `sam`'s output: from its first error on, without the lines of progress before."""
    lines = [line for line in said.splitlines() if line.strip()]
    first = next((n for n, line in enumerate(lines) if line.startswith("Error")), len(lines) - SHOWN_LINES)
    return lines[max(first, 0) :][:SHOWN_LINES]
