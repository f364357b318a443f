"""AWS clients: made once per process, with time-outs far below the API's own limit.

Endpoints, region and credentials come from the environment, as every AWS SDK reads them; nothing here knows whether
it talks to AWS or to an emulator.
"""

import math
import os
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sqs import SQSClient

CONNECT_TIMEOUT_S = 2
READ_TIMEOUT_S = 5
"""A table answers in milliseconds; what takes longer is retried on another connection."""
MAX_ATTEMPTS = 4
SENDING_THREADS = 16
"""That send to WebSocket connections at the same time."""

_MAKING = Lock()
"""boto3's session makes one client at a time; what it made may then be used by every thread."""


@cache
def _client(service: str, *, endpoint_url: str | None = None, **options: Any) -> Any:  # noqa: ANN401 (boto3 makes its classes at run time)
    import boto3  # noqa: TID251 (this is the one place)
    from botocore.config import Config

    settings: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "read_timeout": READ_TIMEOUT_S,
        "retries": {"total_max_attempts": MAX_ATTEMPTS, "mode": "standard"},
    }
    # botocore writes into the dictionaries that it is given, and these are part of the cache's key.
    given = {name: dict(value) if isinstance(value, dict) else value for name, value in options.items()}
    make: Any = boto3.client
    with _MAKING:
        return make(service, endpoint_url=endpoint_url, config=Config(**(settings | given)))


def dynamodb() -> "DynamoDBClient":
    """The one DynamoDB client of the process; PynamoDB's models share it (see `tables`)."""
    return _client("dynamodb", parameter_validation=False)  # type: ignore[no-any-return]


def s3() -> "S3Client":
    """Signature version 4 in path style, because only that makes presigned URLs that every endpoint checks."""
    return _client(  # type: ignore[no-any-return]
        "s3", signature_version="s3v4", s3=_Fixed({"addressing_style": "path"}), read_timeout=60
    )


def sqs() -> "SQSClient":
    return _client("sqs")  # type: ignore[no-any-return]


def secretsmanager() -> "SecretsManagerClient":
    return _client("secretsmanager")  # type: ignore[no-any-return]


def scheduler() -> Any:  # noqa: ANN401 (its stubs are not worth a dependency)
    """EventBridge Scheduler."""
    return _client("scheduler")


def kms() -> Any:  # noqa: ANN401 (two calls are not worth another package of stubs)
    return _client("kms")


def bedrock() -> Any:  # noqa: ANN401 (its stubs are not worth a dependency)
    """Bedrock's control plane: customising models."""
    return _client("bedrock", read_timeout=30)


def bedrock_runtime(read_timeout: float) -> Any:  # noqa: ANN401 (its stubs are not worth a dependency)
    """`read_timeout` in seconds; retries are the gateway's business, so this client makes none."""
    return _client("bedrock-runtime", read_timeout=read_timeout, retries=_Fixed({"total_max_attempts": 1}))


def comprehend(region: str, read_timeout: float) -> Any:  # noqa: ANN401 (its stubs are not worth a dependency)
    """For an answer that somebody waits for: tried once, because there is another way to it."""
    return _client(
        "comprehend",
        region_name=region,
        read_timeout=math.ceil(read_timeout),  # whole seconds, so that few clients are made
        retries=_Fixed({"total_max_attempts": 1}),
    )


def rekognition(region: str | None, read_timeout: float) -> Any:  # noqa: ANN401 (its stubs are not worth a dependency)
    """Tried once: the caller turns to another engine. One client for each whole second, so that few are made."""
    options: dict[str, Any] = {} if region is None else {"region_name": str(region)}
    once = _Fixed({"total_max_attempts": 1})
    return _client("rekognition", read_timeout=max(1, int(read_timeout)), retries=once, **options)


def inspection(service: str, attempts: int = 6) -> Any:  # noqa: ANN401 (for a dozen services, each with its class)
    """A client for reading how a service is set up, from many threads: control planes answer few calls a second."""
    return _client(
        service,
        max_pool_connections=24,
        connect_timeout=1,
        retries=_Fixed({"total_max_attempts": attempts, "mode": "standard"}),
    )


def lambda_functions() -> "LambdaClient":
    """An invocation takes as long as the function does, a cold start included."""
    return _client("lambda", read_timeout=70)  # type: ignore[no-any-return]


def prediction_functions(read_timeout: float) -> "LambdaClient":
    """For an answer that somebody waits for: tried once, because whoever asks has other models to turn to."""
    return _client(  # type: ignore[no-any-return]
        "lambda", read_timeout=read_timeout, retries=_Fixed({"total_max_attempts": 1})
    )


def websocket_connections(api_id: str, stage: str) -> Any:  # noqa: ANN401 (its stubs are not worth a dependency)
    """For sending to the connections of a WebSocket API, from many threads.

    Each call is tried once: a message whose answer was lost may have arrived, and the sender must know of that. The
    address is the API's own; an endpoint that the environment gives stands in front of it, as for every other client.
    """
    given, region = os.environ.get("AWS_ENDPOINT_URL"), os.environ["AWS_REGION"]
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    own = f"https://{api_id}.execute-api.{region}.{suffix}/{stage}"
    return _client(
        "apigatewaymanagementapi",
        endpoint_url=f"{given.rstrip('/')}/_aws/execute-api/{api_id}/{stage}" if given else own,
        max_pool_connections=SENDING_THREADS,
        retries=_Fixed({"total_max_attempts": 1}),
    )


def stepfunctions() -> Any:  # noqa: ANN401 (its stubs are not worth a dependency)
    return _client("stepfunctions")


class _Fixed(dict[str, Any]):
    """A dictionary that may be part of a cache's key: nobody changes it."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))


def forget() -> None:
    """Let the next use make new clients: for tests, where AWS is replaced between two of them."""
    _client.cache_clear()
