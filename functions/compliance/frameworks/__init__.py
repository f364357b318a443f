"""The four frameworks: data files of real controls, each with the checks whose evidence speaks to it.

Read once, at the first use: only assessments need them, and reading takes longer than most requests.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from compliance.checks import CHECKS
from compliance.model import Control, Framework

_FILES: Mapping[str, str] = {"SOC2": "soc2", "GDPR": "gdpr", "HIPAA": "hipaa", "PCI-DSS": "pci-dss"}


class InvalidFrameworkError(ValueError):
    """A data file does not hold a framework that can be assessed."""


class _Frameworks(Mapping[str, Framework]):
    def __getitem__(self, name: str) -> Framework:
        return _read(name, _FILES[name])

    def __iter__(self) -> Iterator[str]:
        return iter(_FILES)

    def __len__(self) -> int:
        return len(_FILES)


FRAMEWORKS: Mapping[str, Framework] = _Frameworks()
"""By the names that callers use."""


@cache
def _read(name: str, file: str) -> Framework:
    import yaml

    text = Path(__file__).with_name(f"{file}.yaml").read_text()
    framework = parse(yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506 (both are safe)
    if framework.name != name:
        msg = f"{file}.yaml is of {framework.name}, not of {name}"
        raise InvalidFrameworkError(msg)
    return framework


def parse(told: Mapping[str, Any]) -> Framework:
    """A framework from its data; InvalidFrameworkError where it has a fault."""
    controls = tuple(
        Control(
            id=str(control["id"]),
            name=control["name"],
            description=control["description"],
            weight=float(control["weight"]),
            checks=tuple(control["checks"]),
        )
        for control in told["controls"]
    )
    framework = Framework(told["name"], told["title"], str(told["version"]), controls)
    wrong = list(faults(framework))
    if wrong:
        raise InvalidFrameworkError("; ".join(wrong))
    return framework


def faults(framework: Framework) -> Iterator[str]:
    """What keeps a framework from being assessed as it says."""
    seen: set[str] = set()
    for control in framework.controls:
        where = f"{framework.name} {control.id}"
        if control.id in seen:
            yield f"{where} is there twice"
        seen.add(control.id)
        if control.weight <= 0:
            yield f"{where} has no weight"
        if not control.checks or len(set(control.checks)) < len(control.checks):
            yield f"{where} has no checks, or one twice"
        for check in control.checks:
            if check not in CHECKS:
                yield f"{where} names the check {check}, which there is not"
