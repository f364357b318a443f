"""HTTP entry point of the registry: services, discovery, routing and its traces, as the CAIO reference has them."""

from pentarch.web.app import build_app, lambda_handler
from registry.routes import credentials, routing, services

app = build_app("Pentarch registry", services.router, credentials.router, routing.router)
handler = lambda_handler(app)
