"""The client that the Ai-semble reference names."""

from pentarch_client import AiSembleClient as Client
from pentarch_client import AsyncAiSembleClient as AsyncClient

__all__ = ["AsyncClient", "Client"]
