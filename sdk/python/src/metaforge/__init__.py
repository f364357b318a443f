"""The client that the MetaForge reference names."""

from pentarch_client import AsyncMetaForgeClient, MetaForgeClient

__all__ = ["AsyncMetaForgeClient", "MetaForgeClient"]
