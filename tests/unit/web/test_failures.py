"""What an exception means to the caller."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, NoCredentialsError
from pynamodb.exceptions import GetError, PutError

from pentarch.platform.errors import ConflictError, InvalidInputError, Meaning, NotFoundError
from pentarch.web.failures import failure_of, is_outage


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "secret table name"}}, "PutItem")


OUTAGES = [
    client_error("ProvisionedThroughputExceededException"),
    client_error("ThrottlingException"),
    client_error("InternalServerError"),
    EndpointConnectionError(endpoint_url="http://x"),
    ConnectTimeoutError(endpoint_url="http://x"),
    PutError(cause=client_error("ThrottlingException")),
    GetError(cause=EndpointConnectionError(endpoint_url="http://x")),
]
FAULTS = [
    client_error("ValidationException"),
    client_error("AccessDeniedException"),
    PutError(cause=client_error("ValidationException")),
    KeyError("secret"),
    RuntimeError("secret"),
]


@pytest.mark.parametrize("error", OUTAGES, ids=lambda error: type(error).__name__)
def test_aws_out_of_reach_is_an_outage(error: Exception) -> None:
    found = failure_of(error, "c")
    assert (found.meaning, found.retry_after) == (Meaning.UNAVAILABLE, 1)


@pytest.mark.parametrize("error", FAULTS, ids=lambda error: type(error).__name__)
def test_our_own_faults_are_internal_and_tell_nothing(error: Exception) -> None:
    found = failure_of(error, "c")
    assert found.meaning is Meaning.INTERNAL
    assert "secret" not in found.message
    assert not found.details


def test_missing_credentials_are_an_outage_of_aws_access() -> None:
    assert is_outage(NoCredentialsError())


@pytest.mark.parametrize(
    ("error", "meaning", "details"),
    [
        (NotFoundError("no such thing"), Meaning.NOT_FOUND, {}),
        (ConflictError("taken", details={"name": "x"}), Meaning.CONFLICT, {"name": "x"}),
        (InvalidInputError("too long", field="name"), Meaning.INVALID, {"field": "name"}),
    ],
)
def test_a_domain_error_tells_what_it_says(error: Exception, meaning: Meaning, details: dict[str, Any]) -> None:
    found = failure_of(error, "c")
    assert (found.meaning, found.message, found.details) == (meaning, str(error), details)


def test_a_field_at_fault_is_named_in_the_errors_too() -> None:
    assert failure_of(InvalidInputError("too long", field="name"), "c").errors == {"name": ["too long"]}
