"""A client of the Meta-Agents reference."""

from pentarch_client import AsyncMetaAgentsClient, MetaAgentsClient

__all__ = ["AsyncMetaAgentsClient", "MetaAgentsClient"]
