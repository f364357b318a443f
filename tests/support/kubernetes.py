"""A Kubernetes API as EKS serves it: HTTPS with its own authority, tokens that AWS STS answers for, the real shapes."""

import base64
import hashlib
import hmac
import json
import os
import re
import ssl
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from support.certificates import self_signed
from support.served import Served

REGION = "us-east-1"
_SCALE = re.compile(r"/apis/apps/v1/namespaces/([^/]+)/deployments/([^/]+)/scale")
_PAGE = 1
"""Deployments of one page, however many are asked for: the API may give fewer."""


class KubernetesServer(Served):
    """`deployments` by namespace and name; pods follow at once unless `is_slow`. STS knows the environment's key."""

    def __init__(self, place: Path, cluster: str) -> None:
        pem = self_signed("localhost")
        certificate = place / "kubernetes.pem"
        certificate.write_bytes(pem)
        self.cluster = cluster
        self.authority = authority_of(pem)
        self.deployments: dict[tuple[str, str], dict[str, Any]] = {}
        self.pods: list[dict[str, Any]] | None = None
        """What the metrics server tells; None: the cluster has none."""
        self.is_slow = False
        self.forbidden = False
        """Whether the caller's role may change nothing (RBAC)."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        super().__init__(self._server)

    @property
    def url(self) -> str:
        return f"https://localhost:{self._server.server_port}"

    def add(self, namespace: str, name: str, replicas: int) -> None:
        container = {"name": "c", "resources": {"limits": {"cpu": "500m", "memory": "128Mi"}}}
        self.deployments[namespace, name] = {
            "metadata": {"namespace": namespace, "name": name, "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"replicas": replicas, "template": {"spec": {"containers": [container]}}},
            "status": {"replicas": replicas, "readyReplicas": replicas},
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(server.get(self.path))

            def do_PATCH(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._answer(server.patch(self.path, self.headers["Content-Type"], body))

            def _answer(self, answer: tuple[int, dict[str, Any]]) -> None:
                if not server.knows(self.headers.get("Authorization", "")):
                    answer = failure(401, "Unauthorized")
                content = json.dumps(answer[1]).encode()
                self.send_response(answer[0])
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        parts = urlsplit(path)
        if parts.path == "/apis/metrics.k8s.io/v1beta1/pods":
            if self.pods is None:
                return failure(404, "NotFound")
            return 200, {"kind": "PodMetricsList", "apiVersion": "metrics.k8s.io/v1beta1", "items": self.pods}
        assert parts.path == "/apis/apps/v1/deployments", path
        asked = dict(parse_qsl(parts.query))
        assert int(asked["limit"]) > 0
        start = int(asked.get("continue", "0"))
        items = list(self.deployments.values())
        following = {"continue": str(start + _PAGE)} if start + _PAGE < len(items) else {}
        return 200, {
            "kind": "DeploymentList",
            "apiVersion": "apps/v1",
            "metadata": {"resourceVersion": "1", **following},
            "items": items[start : start + _PAGE],
        }

    def patch(self, path: str, kind: str, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        if kind != "application/merge-patch+json":
            return failure(415, "UnsupportedMediaType")
        found = _SCALE.fullmatch(path)
        one = self.deployments.get((found[1], found[2])) if found else None
        if one is None:
            return failure(404, "NotFound")
        if self.forbidden:
            return failure(403, "Forbidden")
        replicas = body["spec"]["replicas"]
        one["spec"]["replicas"] = replicas
        if not self.is_slow:
            one["status"] = {"replicas": replicas, "readyReplicas": replicas} if replicas else {}
        return 200, {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": one["metadata"],
                     "spec": {"replicas": replicas}, "status": {"replicas": replicas}}  # fmt: skip

    def knows(self, authorization: str) -> bool:
        """As the authenticator of EKS does: the token is a question to STS, which must be signed for this cluster."""
        scheme, _, text = authorization.partition(" k8s-aws-v1.")
        if scheme != "Bearer":
            return False
        url = urlsplit(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode())
        query = dict(parse_qsl(url.query))
        signature = query.pop("X-Amz-Signature")
        is_question = (query["Action"], query["X-Amz-Expires"]) == ("GetCallerIdentity", "60")
        signs = query["X-Amz-SignedHeaders"] == "host;x-k8s-aws-id"
        is_sts = bool(re.fullmatch(r"sts\.([a-z0-9-]+\.)?amazonaws\.com", url.netloc))
        return is_question and signs and is_sts and hmac.compare_digest(signature, self._signature(url.netloc, query))

    def _signature(self, host: str, query: Mapping[str, str]) -> str:
        """Signature version 4 of a request that was signed in its query."""
        named = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in sorted(query.items()))
        headers = f"host:{host}\nx-k8s-aws-id:{self.cluster}\n"
        canonical = "\n".join(
            ["GET", "/", named, headers, query["X-Amz-SignedHeaders"], hashlib.sha256(b"").hexdigest()]
        )
        at, scope = query["X-Amz-Date"], query["X-Amz-Credential"].partition("/")[2]
        text = "\n".join(["AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = f"AWS4{os.environ['AWS_SECRET_ACCESS_KEY']}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.new(key, text.encode(), "sha256").hexdigest()


def authority_of(pem: bytes) -> str:
    """A certificate as EKS tells it."""
    return base64.b64encode(pem[pem.index(b"-----BEGIN CERTIFICATE") :]).decode()


def failure(status: int, reason: str) -> tuple[int, dict[str, Any]]:
    return status, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": status}
