"""HTTP entry point of roll-outs: updates, restarts, deployments, the way back."""

from infrastructure.routes import deployments, updates
from pentarch.web.app import build_app, lambda_handler

app = build_app("Pentarch infrastructure", updates.router, deployments.router)
handler = lambda_handler(app)
