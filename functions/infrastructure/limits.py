"""Resource limits in Kubernetes' notation, as the reference writes them, and what Lambda and ECS give for them."""

import math
import re

from pentarch.platform.errors import InvalidInputError

MB_PER_VCPU = 1769
"""Lambda gives CPU by memory: one vCPU at 1,769 MB (AWS Lambda developer guide, "Configure Lambda function memory")."""
UNITS_PER_VCPU = 1024
"""As ECS counts CPU."""
SMALLEST_MB, LARGEST_MB = 128, 10_240
"""Lambda's bounds."""
_BYTES = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
_MEMORY = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)(Ki|Mi|Gi|k|M|G)?")
_CPU = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(m)?")
_MIB = 2**20


def memory_mb(memory: str | None, cpu: str | None) -> int | None:
    """The larger of what is asked for and what the CPU asked for comes with; None when neither is."""
    asked = [
        wanted
        for wanted in (
            None if memory is None else _memory(memory),
            None if cpu is None else math.ceil(_vcpus(cpu) * MB_PER_VCPU),
        )
        if wanted is not None
    ]
    if not asked:
        return None
    if max(asked) > LARGEST_MB:
        msg = f"Lambda gives a function {LARGEST_MB} MB at most, and {max(asked)} would be needed"
        raise InvalidInputError(msg, field="config.resource_limits")
    return max(SMALLEST_MB, *asked)


def task_size(memory: str | None, cpu: str | None) -> tuple[int | None, int | None]:
    """MiB of memory and CPU units of an ECS task, each None when it is not asked for."""
    return (
        None if memory is None else _memory(memory),
        None if cpu is None else math.ceil(_vcpus(cpu) * UNITS_PER_VCPU),
    )


def _memory(text: str) -> int:
    found = _MEMORY.fullmatch(text)
    if found is None or float(found[1]) == 0:
        msg = f"{text!r} is no amount of memory, such as 256Mi"
        raise InvalidInputError(msg, field="config.resource_limits.memory")
    return math.ceil(float(found[1]) * _BYTES[found[2] or ""] / _MIB)


def _vcpus(text: str) -> float:
    found = _CPU.fullmatch(text)
    if found is None or float(found[1]) == 0:
        msg = f"{text!r} is no amount of CPU, such as 500m"
        raise InvalidInputError(msg, field="config.resource_limits.cpu")
    return float(found[1]) / (1000 if found[2] else 1)
