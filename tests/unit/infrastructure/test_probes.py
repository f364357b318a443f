import pytest

from infrastructure.functions import Answer
from infrastructure.probes import fault


@pytest.mark.parametrize(
    ("body", "healthy"),
    [
        (b'{"statusCode": 404, "body": ""}', True),
        (b'{"statusCode": 401}', True),
        (b'{"statusCode": 200, "headers": {}}\x00\x00\x00\x00\x00\x00\x00\x00streamed', True),
        (b'{"statusCode": 500}', False),
        (b'{"statusCode": "soon"}', False),
        (b"null", False),
        (b"", False),
        (b"\xff", False),
    ],
)
def test_a_version_is_healthy_if_it_answers_below_500(body: bytes, *, healthy: bool) -> None:
    assert (fault("LlmApiFunction", Answer(body, failed=False)) is None) is healthy


def test_a_worker_is_healthy_if_it_does_not_fail() -> None:
    assert fault("LlmWorkerFunction", Answer(b"{}", failed=False)) is None
    assert fault("LlmWorkerFunction", Answer(b'{"errorMessage": "a secret"}', failed=True)) == "it fails"
