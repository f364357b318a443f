"""What can go wrong with a message, as JSON-RPC tells it."""

from typing import Any


class RpcError(Exception):
    """A refusal by a code of JSON-RPC; `status` is the reply's HTTP status."""

    def __init__(self, code: int, message: str, *, data: Any = None, status: int = 200) -> None:  # noqa: ANN401 (JSON)
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data
        self.status = status
