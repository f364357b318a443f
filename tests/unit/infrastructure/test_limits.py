import pytest

from infrastructure.limits import LARGEST_MB, memory_mb
from pentarch.platform.errors import InvalidInputError


@pytest.mark.parametrize(
    ("memory", "cpu", "expected"),
    [
        (None, None, None),
        ("256Mi", None, 256),
        ("1Gi", None, 1024),
        ("1G", None, 954),  # 10^9 bytes in units of 2^20, rounded up
        ("64Mi", None, 128),  # the least that Lambda gives
        (None, "1", 1769),
        (None, "500m", 885),
        ("256Mi", "500m", 885),
        ("2Gi", "500m", 2048),
        ("1.5Gi", None, 1536),
    ],
)
def test_memory_is_the_larger_of_what_is_asked_and_what_the_cpu_comes_with(
    memory: str | None, cpu: str | None, expected: int | None
) -> None:
    assert memory_mb(memory, cpu) == expected


@pytest.mark.parametrize(
    ("memory", "cpu"),
    [("much", None), ("0Mi", None), ("-1Mi", None), ("256mb", None), (None, "fast"), (None, "0"), (None, "1k"),
     (f"{LARGEST_MB + 1}Mi", None), (None, "6")],
)  # fmt: skip
def test_what_is_no_amount_or_too_much_is_refused(memory: str | None, cpu: str | None) -> None:
    with pytest.raises(InvalidInputError):
        memory_mb(memory, cpu)
