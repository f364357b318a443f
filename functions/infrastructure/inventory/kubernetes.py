"""Talking to an EKS cluster's own API: a token that AWS STS answers for, the cluster's certificate, JSON over HTTPS."""

import base64
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from pentarch.platform import clients
from pentarch.platform.errors import Meaning, PentarchError

_TOKEN_S = 60
_FINAL = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.FORBIDDEN, httpx.codes.UNPROCESSABLE_ENTITY})
_TIMEOUT_S = 5
_PREFIX = "k8s-aws-v1."
"""How the authenticator of EKS marks its tokens (kubernetes-sigs/aws-iam-authenticator, "API Authorization")."""


class ClusterError(PentarchError):
    """A cluster's API does not answer, or refuses."""

    meaning = Meaning.UPSTREAM_FAILED

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final
        """Whether it refused for a reason that asking again does not change."""


@dataclass(frozen=True, slots=True)
class Cluster:
    name: str
    arn: str
    endpoint: str
    certificate: str
    """Of its authority, base64 of PEM."""

    def get(self, path: str) -> Mapping[str, Any] | None:
        """None for what the cluster does not have, such as figures without a metrics server."""
        return self._call("GET", path, None)

    def patch(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self._call("PATCH", path, body)
        if answer is None:
            msg = f"the cluster {self.name} does not have it any more"
            raise ClusterError(msg, is_final=True)
        return answer

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        headers = {"Authorization": f"Bearer {token(self.name)}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/merge-patch+json"
        try:
            with httpx.Client(verify=self._trust(), timeout=_TIMEOUT_S) as client:
                reply = client.request(method, f"{self.endpoint}{path}", headers=headers, json=body)
        except httpx.HTTPError as error:
            msg = f"the cluster {self.name} does not answer"
            raise ClusterError(msg) from error
        if reply.status_code == httpx.codes.NOT_FOUND:
            return None
        if reply.is_error:
            msg = f"the cluster {self.name} answers with status {reply.status_code}"
            raise ClusterError(msg, is_final=reply.status_code in _FINAL)
        answer: Mapping[str, Any] = reply.json()
        return answer

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=base64.b64decode(self.certificate).decode())


def token(cluster: str) -> str:
    """A signed question to STS who we are, which the cluster asks in our place."""
    from botocore.signers import RequestSigner

    client = clients.inspection("sts")
    region = os.environ["AWS_REGION"]
    credentials = client._get_credentials()  # noqa: SLF001 (as the AWS CLI's `eks get-token` does)
    signer = RequestSigner(client.meta.service_model.service_id, region, "sts", "v4", credentials, client.meta.events)
    asked = {
        "method": "GET",
        "url": f"{client.meta.endpoint_url}/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": cluster},
        "context": {},
    }
    url = signer.generate_presigned_url(asked, region_name=region, expires_in=_TOKEN_S, operation_name="")
    return _PREFIX + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
