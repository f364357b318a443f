"""HTTP entry point of the stack: what runs, updates, restarts, deployments, the way back, desired states."""

from infrastructure.routes import deployments, inventory, scaling, syncing, updates
from pentarch.web.app import build_app, lambda_handler

app = build_app(
    "Pentarch infrastructure", updates.router, deployments.router, inventory.router, scaling.router, syncing.router
)
handler = lambda_handler(app)
