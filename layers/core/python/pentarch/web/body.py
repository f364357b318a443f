"""Request bodies: JSON as the standard has it, because Python's reader takes more than anybody can store."""

from typing import Any

from fastapi import Request

from pentarch.platform.jsons import decoded


class StrictRequest(Request):
    """Refuses NaN, infinities and halves of surrogate pairs, which JSON replies and DynamoDB cannot carry."""

    async def json(self) -> Any:  # noqa: ANN401 (any JSON value)
        if not hasattr(self, "_json"):
            self._json = decoded(await self.body())
        return self._json
