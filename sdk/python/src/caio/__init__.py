"""A client of the CAIO reference."""

from pentarch_client import AsyncCaioClient, CaioClient

__all__ = ["AsyncCaioClient", "CaioClient"]
