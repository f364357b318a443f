"""The client that the MetaQore reference names."""

from pentarch_client import AsyncMetaQoreClient, MetaQoreClient

__all__ = ["AsyncMetaQoreClient", "MetaQoreClient"]
