"""Clients of Pentarch's API, in two kinds: plain, and `Async...` for asyncio."""

from pentarch_client._async.clients import (
    AsyncAiSembleClient,
    AsyncCaioClient,
    AsyncMetaAgentsClient,
    AsyncMetaForgeClient,
    AsyncMetaQoreClient,
    AsyncPentarch,
)
from pentarch_client._sync.clients import (
    AiSembleClient,
    CaioClient,
    MetaAgentsClient,
    MetaForgeClient,
    MetaQoreClient,
    Pentarch,
)
from pentarch_client.errors import (
    ApiError,
    AuthenticationError,
    ConflictError,
    ConnectionFailedError,
    InvalidRequestError,
    InvalidSignatureError,
    NotFoundError,
    PentarchError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitedError,
    ServerError,
    StreamBrokenError,
    TimedOutError,
    UnavailableError,
    UploadFailedError,
    WaitTimedOutError,
)
from pentarch_client.records import Record
from pentarch_client.version import VERSION

__version__ = VERSION

__all__ = [
    "AiSembleClient",
    "ApiError",
    "AsyncAiSembleClient",
    "AsyncCaioClient",
    "AsyncMetaAgentsClient",
    "AsyncMetaForgeClient",
    "AsyncMetaQoreClient",
    "AsyncPentarch",
    "AuthenticationError",
    "CaioClient",
    "ConflictError",
    "ConnectionFailedError",
    "InvalidRequestError",
    "InvalidSignatureError",
    "MetaAgentsClient",
    "MetaForgeClient",
    "MetaQoreClient",
    "NotFoundError",
    "Pentarch",
    "PentarchError",
    "PermissionDeniedError",
    "QuotaExceededError",
    "RateLimitedError",
    "Record",
    "ServerError",
    "StreamBrokenError",
    "TimedOutError",
    "UnavailableError",
    "UploadFailedError",
    "WaitTimedOutError",
]
