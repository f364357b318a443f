"""Replies of routes that write their own body."""

from typing import Any

from starlette.responses import Response

from pentarch.platform.jsons import encoded


class JsonReply(Response):
    """FastAPI would walk through a dictionary twice before it writes it: what is asked often returns this instead."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:  # noqa: ANN401 (any JSON value)
        return encoded(content)
