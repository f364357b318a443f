"""HTTP entry point of operations: health, version, status, metrics, logs, stopping and starting services."""

from ops.routes import health, operations
from pentarch.web.app import build_app, lambda_handler

app = build_app("Pentarch operations", health.router, operations.router)
handler = lambda_handler(app)
