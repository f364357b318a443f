"""Making the new version of a function out of the one that runs."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from infrastructure import functions, releases
from infrastructure.errors import RolloutFailedError
from infrastructure.functions import Version
from infrastructure.model import Rollout
from infrastructure.releases import Manifest
from pentarch import __version__

ROLLOUT_ID = "ROLLOUT_ID"
ROLLOUT_VARIABLES = "ROLLOUT_VARIABLES"
"""The names that deployments have given, which later ones may change again."""
VERSION, SERVICE_VERSION = "VERSION", "SERVICE_VERSION"
"""The release that the code is of, and the name of the deployment, which may have changed settings only."""
BUILD_COMMIT, BUILD_DATE = "BUILD_COMMIT", "BUILD_DATE"
STAMPS = frozenset({ROLLOUT_ID, ROLLOUT_VARIABLES, VERSION, SERVICE_VERSION, BUILD_COMMIT, BUILD_DATE})
"""What a roll-out writes into a function's environment itself."""
TUNABLE = frozenset({"POWERTOOLS_LOG_LEVEL", "LOG_LEVEL"})
_RESERVED = re.compile(
    r"_.*|(AWS|LAMBDA|LD|PYTHON|SSL|BOTO|OTEL)_?.*|.*_PROXY|.*_CA_BUNDLE|.*_(TABLE|BUCKET|SECRET|QUEUE_URL)",
    re.IGNORECASE,
)
"""What decides about which code runs, whom it trusts, where its calls go and what it stores where."""


def name_of(version: Version) -> str:
    """What a running version calls itself."""
    return version.environment.get(SERVICE_VERSION) or version.environment.get(VERSION) or __version__


def manifest_of(rollout: Rollout) -> Manifest | None:
    if rollout.change.release is None:
        return None
    found = releases.manifest(rollout.change.release)
    if found is None:
        msg = f"there is no release {rollout.change.release} any more"
        raise RolloutFailedError(msg)
    return found


def next_version(
    function: str, base: Version, rollout: Rollout, manifest: Manifest | None, layers: Mapping[str, str]
) -> Version:
    """What is to run after `base`. The roll-out's id makes each one new, so that its environments are fresh."""
    names = given(base)
    gone = names & set(rollout.change.removed)
    kept = {name: value for name, value in base.environment.items() if name not in gone | {ROLLOUT_VARIABLES}}
    environment = kept | rollout.change.environment | {ROLLOUT_ID: rollout.id}
    names = (names - gone) | rollout.change.environment.keys()
    if names:
        environment[ROLLOUT_VARIABLES] = " ".join(sorted(names))
    if rollout.change.release is not None or rollout.change.is_configuration:
        environment[SERVICE_VERSION] = rollout.version
    wanted = replace(base, number="", environment=environment, memory_mb=rollout.change.memory_mb or base.memory_mb)
    if manifest is None:
        return wanted
    if function not in manifest.functions:
        msg = f"release {manifest.version} has no {function}"
        raise RolloutFailedError(msg)
    environment |= {VERSION: manifest.version, BUILD_COMMIT: manifest.commit, BUILD_DATE: manifest.build_date}
    return replace(
        wanted,
        sha256=manifest.functions[function].sha256,
        layers=tuple(layers.get(layer_name(arn), arn) for arn in base.layers),
    )


def layers_of(rollout: Rollout, base: Version, manifest: Manifest | None) -> dict[str, str]:
    """The addresses of the release's layers that a version has, by name; those that differ are published."""
    made = dict(rollout.layers)
    for arn in base.layers if manifest is not None else ():
        name = layer_name(arn)
        artifact = None if manifest is None else manifest.layers.get(name)
        if artifact is None or name in made:
            continue  # an extension that AWS publishes, or done already
        unchanged = functions.layer_sha256(arn) == artifact.sha256
        label = f"release {rollout.change.release}"
        made[name] = arn if unchanged else functions.publish_layer(_own_name(name), artifact.sha256, label=label)
    return made


def refused_variables(names: Iterable[str], bases: Iterable[Version]) -> list[str]:
    """Names that the template wires: another value would point a function at somebody else's table or issuer."""
    wired = {name for base in bases for name in base.environment.keys() - given(base)}
    return sorted(
        name for name in names if _RESERVED.fullmatch(name) or name in STAMPS or (name in wired and name not in TUNABLE)
    )


def given(base: Version) -> set[str]:
    """The names of variables that deployments gave."""
    return set(base.environment.get(ROLLOUT_VARIABLES, "").split())


def layer_name(arn: str) -> str:
    """The name in the template: of `arn:aws:lambda:R:A:layer:pentarch-CoreLayer:3`, CoreLayer."""
    return arn.split(":")[6].removeprefix(f"{os.environ['STACK_NAME']}-")


def _own_name(layer: str) -> str:
    return f"{os.environ['STACK_NAME']}-{layer}"
