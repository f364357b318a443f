"""HTTP entry point of webhooks, for the two references that have them."""

from pentarch.web.app import build_app, lambda_handler
from webhooks.model import Format
from webhooks.routes.webhooks import routes

app = build_app(
    "Pentarch webhooks",
    routes("/api/v1/webhooks", "MetaQore: webhooks", Format.METAQORE),
    routes("/api/v2/webhooks", "Ai-semble: webhooks", Format.AI_SEMBLE),
)
handler = lambda_handler(app)
