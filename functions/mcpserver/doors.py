"""The APIs of the stack that the server asks, with the caller's credential; see `pentarch.platform.doors`."""

from enum import StrEnum

from pentarch.platform.doors import Door, Reply

__all__ = ["Api", "Door", "Reply"]


class Api(StrEnum):
    """The environment variables that name the functions behind the APIs."""

    AGENTS = "AGENTS_API_FUNCTION"
    TOOLS = "TOOLS_API_FUNCTION"
    WORKFLOWS = "WORKFLOWS_API_FUNCTION"
