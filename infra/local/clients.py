"""AWS clients of the driver: always the local endpoint, never an account of the developer's."""

from typing import Any, NamedTuple

import boto3
from botocore.config import Config

from local.place import REGION, Place


class Credentials(NamedTuple):
    access_key: str
    secret_key: str


CREDENTIALS = Credentials("test", "test")


class Clients:
    """Made on first use, since `status` needs none and a first client costs a tenth of a second."""

    def __init__(self, place: Place) -> None:
        self.endpoint = place.endpoint
        self._session = boto3.session.Session(CREDENTIALS.access_key, CREDENTIALS.secret_key, region_name=REGION)
        self._made: dict[str, Any] = {}

    def __getitem__(self, service: str) -> Any:  # noqa: ANN401 - one class per service, made from its description
        if service not in self._made:
            self._made[service] = self._session.client(
                service,  # type: ignore[call-overload]
                endpoint_url=self.endpoint,
                config=Config(proxies={}, read_timeout=120, retries={"max_attempts": 2, "mode": "standard"}),
            )
        return self._made[service]

    def close(self) -> None:
        for client in self._made.values():
            client.close()
