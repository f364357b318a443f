"""What the identity functions read from the environment."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import BaseModel, Field

HOUR_S = 3600


class Settings(BaseModel):
    signing_keys_secret: str = Field(alias="SIGNING_KEYS_SECRET", min_length=1)
    login_token_seconds: int = Field(HOUR_S, alias="LOGIN_TOKEN_SECONDS", ge=60, le=24 * HOUR_S)
    client_token_seconds: int = Field(HOUR_S, alias="CLIENT_TOKEN_SECONDS", ge=60, le=HOUR_S)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        return cls.model_validate(environ)

    @property
    def login_token_lifetime(self) -> timedelta:
        return timedelta(seconds=self.login_token_seconds)

    @property
    def client_token_lifetime(self) -> timedelta:
        return timedelta(seconds=self.client_token_seconds)
